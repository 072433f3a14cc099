package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/tree"
)

// borrowed is the body of a lab whose directory is the user's. The other parts
// are embedded.
type borrowed struct{ *embedded }

// newBorrowed has the lab keep to a tree of its own.
func newBorrowed(l *Lab) (body, error) {
	if l.config.Own == nil {
		return nil, errors.New("a directory of the user's own: Config.Own has to say which, and the unit in which the lab may write")
	}
	if l.config.Own.Unit == "" {
		return nil, errors.New("a directory of the user's own: Config.Own names no unit in which the lab may write")
	}
	if l.config.Tree == "" {
		label, err := tree.NewLabel()
		if err != nil {
			return nil, err
		}
		l.config.Tree = label
	}
	e, err := newEmbedded(l)
	if err != nil {
		return nil, err
	}
	return borrowed{e}, nil
}

// directory brings nothing up. It sees that the connector account gets in,
// because the agent would tell of it much later.
func (b borrowed) directory(ctx context.Context, _ string) (directoryAt, error) {
	o := b.lab.config.Own
	at := directoryAt{url: o.URL, inside: o.URL, name: o.ServerName, ca: o.CA, dialect: o.Dialect, user: o.SetUp.User}
	d, err := directory.Open(ctx, o.As(o.Connector))
	if err != nil {
		return at, fmt.Errorf("as the connector account: %w", err)
	}
	return at, d.Close()
}

// prepareTree makes the lab's tree with the organisational unit for its people
// in it. In a directory of the user's own it first removes the trees of dead
// labs, and the connector account is there; elsewhere it is made, with rights on
// the tree alone.
func (l *Lab) prepareTree(ctx context.Context, d *directory.Directory) error {
	under := d.Base()
	if o := l.config.Own; o != nil {
		under = o.Unit
		removed, err := tree.Sweep(ctx, d, under)
		if err != nil {
			return err
		}
		for _, dn := range removed {
			l.config.Log.Info("removed what a dead lab left", "dn", dn)
		}
	}
	home, err := tree.Plant(ctx, d, under, l.config.Tree)
	var refused *directory.Refusal
	if err == nil || errors.As(err, &refused) && refused.OutcomeUnknown {
		l.home = l.config.Tree.DN(under) // to be removed, also if it was made and nobody heard of it
	}
	if err != nil {
		return err
	}
	if _, err := d.CreateOU(ctx, home, People); err != nil || l.config.Own != nil {
		return err
	}
	return l.connectTree(ctx, d, home)
}

// connectTree makes the connector account of a tree. Everybody who has signed
// in has Unexpire Password in a new domain (R-WB-26): in a shared one it is not
// taken back, nor given again.
func (l *Lab) connectTree(ctx context.Context, d *directory.Directory, home string) error {
	if !slices.Contains(l.config.Delegation, directory.UnexpirePassword) {
		return fmt.Errorf("a tree shares the domain's root with others: %s, which is kept there, cannot be withheld", directory.UnexpirePassword)
	}
	connector, err := d.CreateAccount(ctx, l.connectorAccount(home))
	if err != nil {
		return err
	}
	rights := slices.DeleteFunc(slices.Clone(l.config.Delegation), func(r directory.Right) bool { return r == directory.UnexpirePassword })
	if len(rights) == 0 {
		return nil
	}
	if err := d.Delegate(ctx, connector.DN, home, rights...); err != nil {
		return fmt.Errorf("delegate rights to the connector account: %w", err)
	}
	return nil
}

// uprootTimeout bounds the removal of a tree, in real time: it happens also
// when the lab was interrupted.
const uprootTimeout = 30 * time.Second

// uproot removes the lab's tree, if it has one.
func (l *Lab) uproot() error {
	if l.home == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), uprootTimeout)
	defer cancel()
	d, err := directory.Open(ctx, l.wholeDirectory())
	if err != nil {
		return fmt.Errorf("remove what the lab has made, %s: %w", l.home, err)
	}
	defer d.Close()
	return tree.Remove(ctx, d, l.home)
}
