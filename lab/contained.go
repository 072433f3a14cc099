package lab

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/part"
	"github.com/ssprlab/ssprlab/lab/supervise"
)

// contained is the body of a lab whose parts run in containers, which it takes
// from a fleet and gives back.
type contained struct {
	lab   *Lab
	fleet *Fleet
	own   bool // the fleet is this lab's alone
	crew  *crew
}

// settle takes containers, or starts them.
func (b *contained) settle(ctx context.Context, port int) (_ places, err error) {
	if b.fleet == nil {
		b.own = true
		b.fleet, err = OpenFleet(ctx, FleetConfig{Directory: b.lab.config.Directory, Authority: b.lab.authority})
		if err != nil {
			return nil, err
		}
	}
	wanted := supervise.Fresh{Domain: b.lab.config.DirectoryDomain, Ahead: b.lab.Clock.Ahead(), CA: string(b.lab.authority.PEM())}
	cert, key, err := b.lab.authority.IssuePEM(nameOf(wanted.Domain), "127.0.0.1", "localhost")
	if err != nil {
		return nil, err
	}
	wanted.Cert, wanted.Key = string(cert), string(key)
	if b.crew, err = b.fleet.take(ctx, port, wanted); err != nil {
		return nil, err
	}
	b.crew.tell(b.lab.died)
	return b.crew.places, nil
}

// client gives orders to the process of a part.
func (b *contained) client(k part.Kind) part.Client {
	return part.Client{Base: b.crew.places.control(k), HTTP: b.lab.HTTP()}
}

// open orders a part from its process.
func (b *contained) open(ctx context.Context, d part.Description) (part.Status, error) {
	o, err := part.NewOrder(d, b.lab.config.Seed, b.lab.config.Era, b.lab.Clock.Ahead())
	if err != nil {
		return part.Status{}, err
	}
	o.Routes = b.crew.routes
	return b.client(d.Kind()).Fresh(ctx, o)
}

// nameOf is what the domain controller of a domain is called.
func nameOf(domain string) string { return "dc1." + domain }

// directory waits for the pristine directory, which settle has asked for.
func (b *contained) directory(_ context.Context, domain string) (directoryAt, error) {
	at := directoryAt{name: nameOf(domain), ca: string(b.lab.authority.PEM()), password: supervise.AdministratorPassword}
	s, err := b.crew.fresh()
	if err != nil {
		return at, err
	}
	p := b.crew.places[part.KindDirectory]
	at.url, at.inside, at.user = "ldaps://"+p.other, "ldaps://"+p.inside, s.User
	if b.lab.config.Directory == OpenLDAP {
		at.dialect = directory.OpenLDAP
	}
	return at, nil
}

// follow moves the parts' clocks one after the other: the directory first,
// because nothing falls due there; the agent last, because what falls due there
// (a beat, a cycle) must find the others in the same time.
func (b *contained) follow(ctx context.Context, ahead time.Duration) error {
	if _, err := b.crew.supervisor.Clock(ctx, ahead); err != nil {
		return err
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
		b.crew.tell(nil)
		b.crew.fresh() // which is not for the next lab
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		if err := b.crew.connect(ctx); err != nil {
			errs = append(errs, fmt.Errorf("put the agent back on its networks: %w", err))
		}
		errs = append(errs, b.fleet.give(b.crew))
	}
	if b.own {
		errs = append(errs, b.fleet.Close())
	}
	return errors.Join(errs...)
}
