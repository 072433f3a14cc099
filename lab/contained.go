package lab

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/part"
)

// contained is the body of a lab whose parts run in containers, which it takes
// from a fleet and gives back.
type contained struct {
	lab        *Lab
	fleet      *Fleet
	own        bool // the fleet is this lab's alone
	controller *controller
	getting    *getting // the directory
	crew       *crew
}

// settle asks for a directory, which takes longest, and takes containers or
// starts them. Where a directory is shared its clock is the lab's.
func (b *contained) settle(ctx context.Context, port int) (_ places, err error) {
	if b.fleet == nil {
		b.own = true
		b.fleet, err = OpenFleet(ctx, FleetConfig{Directory: b.lab.config.Directory, Authority: b.lab.authority,
			Warn: func(err error) { b.lab.config.Log.Warn(err.Error()) }})
		if err != nil {
			return nil, err
		}
	}
	b.controller, b.getting = b.fleet.lend(ctx, b.lab, b.common())
	b.lab.Clock = clock.Ahead(b.controller.ahead)
	if b.crew, err = b.fleet.take(ctx, port, b.controller); err != nil {
		return nil, err
	}
	b.crew.join(b.lab)
	return b.crew.places, nil
}

// common is what the lab has in common with others that share its directory;
// nil: it shares none.
func (b *contained) common() *common {
	c := b.lab.config
	if c.Tree == "" {
		return nil
	}
	shared := &common{domain: c.DirectoryDomain, start: c.Start}
	if c.Policy != nil {
		shared.policy = *c.Policy
	}
	return shared
}

// client gives orders to the process of a part.
func (b *contained) client(k part.Kind) part.Client {
	return part.Client{Base: b.crew.places.control(k), HTTP: b.lab.HTTP()}
}

// open orders a part from its process.
func (b *contained) open(ctx context.Context, d part.Description) (part.Status, error) {
	o, err := part.NewOrder(b.crew.described(d), b.lab.config.Seed, b.lab.config.Era, b.lab.Clock.Ahead())
	if err != nil {
		return part.Status{}, err
	}
	o.Routes = b.crew.routes
	return b.client(d.Kind()).Fresh(ctx, o)
}

// nameOf is what the domain controller of a domain is called.
func nameOf(domain string) string { return "dc1." + domain }

// directory waits for the directory, which settle has asked for, and plugs the
// agent into its network.
func (b *contained) directory(ctx context.Context, _ string) (directoryAt, error) {
	at, err := b.getting.await(ctx)
	if err == nil {
		err = b.crew.approach(ctx, b.controller)
	}
	return at, err
}

// follow moves the parts' clocks one after the other: the directory first,
// because nothing falls due there; the agent last, because what falls due there
// (a beat, a cycle) must find the others in the same time. A directory that is
// shared keeps its own time.
func (b *contained) follow(ctx context.Context, ahead time.Duration) error {
	if b.lab.config.Tree == "" {
		if err := b.controller.clock(ctx, ahead); err != nil {
			return err
		}
	}
	for _, k := range []part.Kind{part.KindMail, part.KindPhone, part.KindTenant, part.KindConnect} {
		if _, err := b.client(k).Clock(ctx, ahead); err != nil {
			return err
		}
	}
	return nil
}

// cut pulls the agent's cable. An agent that is warned hangs up first.
func (b *contained) cut(ctx context.Context, n Network, warned bool) error {
	if n == Cloud && warned {
		if err := b.lab.post(ctx, "/cut?from="+string(n)); err != nil {
			return err
		}
	}
	return b.crew.disconnect(ctx, n)
}

func (b *contained) kill(ctx context.Context, k part.Kind) error {
	if k == part.KindDirectory {
		if b.lab.config.Tree != "" {
			return errors.New("other labs may share it")
		}
		return b.controller.made.Kill(ctx)
	}
	if k == part.KindMail {
		k = b.crew.catcher()
	}
	return b.crew.containers[k].Kill(ctx)
}

// mend plugs it in again, and lets the agent know.
func (b *contained) mend(ctx context.Context) error {
	if err := b.crew.connect(ctx); err != nil {
		return err
	}
	return b.lab.post(ctx, "/restore")
}

// close gives the containers back, with the agent on its networks.
func (b *contained) close() error {
	if b.fleet == nil {
		return nil
	}
	var errs []error
	if b.crew != nil {
		b.crew.leave(b.lab)
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		if err := b.crew.connect(ctx); err != nil {
			errs = append(errs, fmt.Errorf("put the agent back on its networks: %w", err))
		}
		errs = append(errs, b.fleet.give(b.crew))
	}
	if b.controller != nil {
		errs = append(errs, b.fleet.returned(b.controller, b.lab))
	}
	if b.own {
		errs = append(errs, b.fleet.Close())
	}
	return errors.Join(errs...)
}
