package lab

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/pki"
)

// FleetConfig says what containers a [Fleet] starts. Directory and Authority
// are required.
type FleetConfig struct {
	Directory DirectoryKind // Samba or OpenLDAP
	Authority *pki.Authority
	// MailImage is an image of MailHog itself, such as "mailhog/mailhog", that
	// takes the mails in place of the lab's own catcher; it is pulled if it is
	// not there. Its mails carry the machine's time, and it cannot be paused.
	MailImage string
	// Progress is told how the building of an image goes.
	Progress func(container.Progress)
	// Warn is told of what dead labs left and what could not be removed, which
	// keeps no lab from starting.
	Warn func(error)
}

// Fleet is a Docker engine with the images of the lab, and containers that labs
// use one after the other: a set of them begins anew in a fraction of the time
// that starting it takes. Directories are lent to several labs at a time if
// these keep to trees ([Config.Tree]). Labs that share a fleet must share its
// authority.
type Fleet struct {
	config FleetConfig
	engine *container.Engine
	images map[string]string // references by name

	mu          sync.Mutex
	idle        []*crew
	controllers []*controller // lent or not
	closed      bool
}

// OpenFleet finds the engine, removes what dead labs left there, and builds the
// images that are missing.
func OpenFleet(ctx context.Context, c FleetConfig) (*Fleet, error) {
	engine, err := container.Open(ctx)
	if err != nil {
		return nil, err
	}
	f := &Fleet{config: c, engine: engine, images: map[string]string{}}
	if _, err := engine.Sweep(ctx); err != nil && c.Warn != nil {
		c.Warn(err)
	}
	for _, name := range []string{string(c.Directory), container.Parts} {
		img, err := container.Named(name)
		if err == nil {
			f.images[name], err = engine.Build(ctx, img, c.Progress)
		}
		if err != nil {
			return nil, errors.Join(err, engine.Close())
		}
	}
	if c.MailImage != "" {
		if err := engine.Fetch(ctx, c.MailImage, c.Progress); err != nil {
			return nil, errors.Join(err, engine.Close())
		}
	}
	return f, nil
}

// Close removes all containers of the fleet. Labs that use some must have been
// stopped.
func (f *Fleet) Close() error {
	f.mu.Lock()
	idle, controllers := f.idle, f.controllers
	f.idle, f.controllers, f.closed = nil, nil, true
	f.mu.Unlock()
	var errs []error
	for _, c := range idle {
		errs = append(errs, c.close())
	}
	for _, c := range controllers { // after the crews, whose agents are on their networks
		errs = append(errs, c.close())
	}
	return errors.Join(append(errs, f.engine.Close())...)
}

// lend lends a directory to a lab, to be awaited: one that other labs use that
// have the same in common, or else a pristine one, which is the lab's alone if
// it has nothing in common with others.
func (f *Fleet) lend(ctx context.Context, l *Lab, shared *common) (*controller, *getting) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.choose(shared)
	if c == nil {
		c = f.newController()
		f.controllers = append(f.controllers, c)
	}
	if shared == nil || c.common == nil || *c.common != *shared {
		c.common = shared
		c.prepare(ctx, l.config.DirectoryDomain, l.Clock.Ahead())
	}
	c.users++
	c.join(l)
	return c, c.getting
}

// choose returns the controller to lend, nil if there must be another: that of
// labs with the same in common, or one that nobody uses, and rather one that
// nobody has shared.
func (f *Fleet) choose(shared *common) *controller {
	var free *controller
	for _, c := range f.controllers {
		switch {
		case !c.sound():
		case shared != nil && c.common != nil && *c.common == *shared:
			return c
		case c.users == 0 && (free == nil || free.common != nil):
			free = c
		}
	}
	return free
}

// returned takes a directory back from a lab. One that is no good any more ends
// with the last of them, and agents of idle crews are taken off its network.
func (f *Fleet) returned(c *controller, l *Lab) error {
	c.leave(l)
	f.mu.Lock()
	c.users--
	var near []*crew
	if c.users == 0 && !c.sound() {
		f.idle = slices.DeleteFunc(f.idle, func(idle *crew) bool {
			if idle.near == c {
				near = append(near, idle)
			}
			return idle.near == c
		})
	}
	f.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	var errs []error
	for _, idle := range near {
		errs = append(errs, idle.unplug(ctx), f.give(idle))
	}
	return errors.Join(append(errs, f.retire(c))...)
}

// retire ends a directory that is no good any more, once nobody uses it and no
// agent is on its network.
func (f *Fleet) retire(c *controller) error {
	f.mu.Lock()
	i := slices.Index(f.controllers, c)
	over := i >= 0 && !c.sound() && c.users == 0 && c.agents == 0
	if over {
		f.controllers = slices.Delete(f.controllers, i, i+1)
	}
	f.mu.Unlock()
	if !over {
		return nil
	}
	return c.close()
}

// plugged counts the agents on a directory's network.
func (f *Fleet) plugged(c *controller, by int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c.agents += by
}

// take returns a set of containers that nobody uses, or starts one: rather one
// whose agent is on the network of that directory. One that must listen at a
// certain port is always started.
func (f *Fleet) take(ctx context.Context, port int, near *controller) (*crew, error) {
	if c := f.reuse(port, near); c != nil {
		return c, nil
	}
	return f.start(ctx, port)
}

// reuse returns a set of containers that nobody uses; nil if there is none.
func (f *Fleet) reuse(port int, near *controller) *crew {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.idle)
	if n == 0 || port != 0 {
		return nil
	}
	i := max(0, slices.IndexFunc(f.idle, func(c *crew) bool { return c.near == near }))
	c := f.idle[i]
	f.idle = slices.Delete(f.idle, i, i+1)
	return c
}

// give takes a set of containers back, unless it is no good any more or nobody
// will ask for it.
func (f *Fleet) give(c *crew) error {
	f.mu.Lock()
	keep := c.sound() && len(c.cut) == 0 && c.port == 0 && !f.closed
	if keep {
		f.idle = append(f.idle, c)
	}
	f.mu.Unlock()
	if keep {
		return nil
	}
	return c.close()
}
