package checkup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/directory/conformance"
	"github.com/ssprlab/ssprlab/lab/own"
	"github.com/ssprlab/ssprlab/lab/tree"
)

// Report is what an examination found.
type Report struct {
	facts    []fact
	Findings []Finding
	Answers  []Answer
	grants   map[directory.Right][]command
}

// Lacks returns the rights that the connector account lacks.
func (r *Report) Lacks() (rights []directory.Right) {
	for _, f := range r.Findings {
		if f.Lacks {
			rights = append(rights, f.Right)
		}
	}
	return rights
}

// examination is one examination under way.
type examination struct {
	config    *own.Config
	d         *directory.Directory // as who sets people up
	root      string               // DN of the domain
	label     tree.Label
	home      string // DN of the tree
	connector directory.Account
	person    directory.Account
}

// Examine examines the directory that the configuration names: the rights, and
// those of the cases that a unit is enough for. It works in a tree of its own
// below the unit, which it removes also when ctx ends. Told is called with each
// answer as it comes.
func Examine(ctx context.Context, c *own.Config, cases []conformance.Case, told func(Answer)) (_ *Report, err error) {
	e := &examination{config: c}
	if e.d, err = directory.Open(ctx, c.As(c.SetUp)); err != nil {
		return nil, fmt.Errorf("as the account that sets people up: %w", err)
	}
	defer e.d.Close()
	r := &Report{grants: map[directory.Right][]command{}}
	if r.facts, err = facts(ctx, e.d, c); err != nil {
		return nil, err
	}
	e.root = e.d.Root()
	if e.connector, err = connectorAccount(ctx, e.d, c); err != nil {
		return nil, err
	}
	if err := e.plant(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.remove(ctx)) }()
	if p, err := e.d.Policy(ctx, e.person.DN); err == nil {
		r.facts = append(r.facts, fact{"password policy", policyOf(p)})
		if p.MinAge > 0 {
			r.facts = append(r.facts, fact{"", "Within the minimum age nobody can reset or change (R-WB-98, R-WB-100). The lab's scenarios make their people anew, and those that reset are not run here."})
		}
	}
	if r.Findings, err = e.rightsOf(ctx, e.connector); err != nil {
		return nil, err
	}
	for _, right := range r.Lacks() {
		r.grants[right] = e.grants(right)
	}
	r.Answers = e.play(ctx, cases, told)
	return r, ctx.Err()
}

// plant makes the tree, and a person in it.
func (e *examination) plant(ctx context.Context) (err error) {
	if e.label, err = tree.NewLabel(); err != nil {
		return err
	}
	home, err := tree.Plant(ctx, e.d, e.config.Unit, e.label)
	if err != nil {
		return err
	}
	e.home = home
	name := e.label.Account("person")
	e.person, err = e.d.CreateAccount(ctx, directory.NewAccount{Parent: home, Name: name, SAM: name, UPN: name + "@" + e.label.Domain(e.suffix()), Password: startPassword})
	if err != nil {
		return errors.Join(fmt.Errorf("make a person: %w", err), e.remove(ctx))
	}
	return nil
}

// removeTimeout bounds the removal of the tree, in real time.
const removeTimeout = 30 * time.Second

func (e *examination) remove(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTimeout)
	defer cancel()
	return tree.Remove(ctx, e.d, e.home)
}
