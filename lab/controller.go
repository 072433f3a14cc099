package lab

import (
	"context"
	"fmt"
	"time"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/part"
	"github.com/ssprlab/ssprlab/lab/supervise"
)

// controller is a directory in a container, on a corp network of its own. It is
// one lab's at a time, pristine for each; or it is shared by labs that keep to
// trees, and pristine for the first.
type controller struct {
	fleet *Fleet
	group *container.Group
	vigil

	// The fleet guards these.
	users   int     // labs that it is lent to
	agents  int     // agents on its network
	common  *common // what they share in it; nil: it is one lab's alone
	ahead   time.Duration
	getting *getting // the directory of whom it is lent to

	// One getting after the other writes these.
	corp       *container.Network
	made       *container.Container
	supervisor *supervise.Client
}

// common is what labs that share a directory have in common.
type common struct {
	domain string
	start  time.Time // what the clock shows in the beginning
	policy directory.Policy
}

// getting is a directory that is being got ready.
type getting struct {
	done chan struct{} // closed at its end; the others are set then
	at   directoryAt
	err  error
}

// newController returns a controller that has nothing yet.
func (f *Fleet) newController() *controller {
	return &controller{fleet: f, group: f.engine.NewGroup()}
}

// prepare gets a pristine directory ready, without waiting for it. The start of
// a lab that gives up does not end it, because others may wait for it too; the
// engine and the supervisor bound what it takes.
func (c *controller) prepare(ctx context.Context, domain string, ahead time.Duration) {
	before, g := c.getting, &getting{done: make(chan struct{})}
	c.getting, c.ahead = g, ahead
	ctx = context.WithoutCancel(ctx)
	go func() {
		defer close(g.done)
		if before != nil {
			<-before.done
		}
		if g.at, g.err = c.fresh(ctx, domain, ahead); g.err != nil {
			c.spoil(g.err)
		}
	}()
}

// await waits until a directory is ready, and tells where it is.
func (g *getting) await(ctx context.Context) (directoryAt, error) {
	select {
	case <-g.done:
		return g.at, g.err
	case <-ctx.Done():
		return directoryAt{}, fmt.Errorf("wait for the directory: %w", context.Cause(ctx))
	}
}

// fresh has the supervisor put the pristine directory back, in a container that
// is started if there is none yet.
func (c *controller) fresh(ctx context.Context, domain string, ahead time.Duration) (at directoryAt, err error) {
	if c.made == nil {
		if err := c.start(ctx); err != nil {
			return at, err
		}
	}
	authority := c.fleet.config.Authority
	at = directoryAt{
		url: "ldaps://" + c.made.Addr(supervise.LDAPSPort), inside: fmt.Sprintf("ldaps://%s:%d", part.KindDirectory, supervise.LDAPSPort),
		name: nameOf(domain), ca: string(authority.PEM()), password: supervise.AdministratorPassword,
	}
	if c.fleet.config.Directory == OpenLDAP {
		at.dialect = directory.OpenLDAP
	}
	cert, key, err := authority.IssuePEM(at.name, "127.0.0.1", "localhost")
	if err != nil {
		return at, err
	}
	s, err := c.supervisor.Fresh(ctx, supervise.Fresh{Domain: domain, Ahead: ahead, Cert: string(cert), Key: string(key), CA: at.ca})
	at.user = s.User
	return at, err
}

// start starts the container, on its network.
func (c *controller) start(ctx context.Context) (err error) {
	if c.corp, err = c.group.Network(ctx, string(Corp)); err != nil {
		return err
	}
	id, err := c.fleet.identity()
	if err != nil {
		return err
	}
	uid, files := c.fleet.uid(), id.in(supervise.ControlFolder+"/")
	for i := range files {
		files[i].UID = uid
	}
	made, err := c.group.Start(ctx, container.Spec{
		Name: string(part.KindDirectory), Image: c.fleet.images[string(c.fleet.config.Directory)], Files: files,
		Memory: []container.Folder{{Path: supervise.RunFolder, UID: uid}}, Networks: []container.Attachment{{Network: c.corp}}, Ports: []container.Port{{Number: supervise.ControlPort}, {Number: supervise.LDAPSPort, Later: true}},
	})
	if err != nil {
		return err
	}
	c.made = made
	c.supervisor = supervise.NewClient("https://"+made.Addr(supervise.ControlPort), c.fleet.config.Authority.Pool(), "")
	go c.watch(part.KindDirectory, made)
	return nil
}

// clock moves the directory's clock.
func (c *controller) clock(ctx context.Context, ahead time.Duration) error {
	_, err := c.supervisor.Clock(ctx, ahead)
	return err
}

// close removes the container and its network, from which every agent must
// have been taken.
func (c *controller) close() error {
	err := c.group.Close()
	if c.getting != nil {
		<-c.getting.done // nobody is left to ask, so this ends
	}
	if c.supervisor != nil {
		c.supervisor.Close()
	}
	return err
}
