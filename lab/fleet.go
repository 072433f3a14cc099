package lab

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/supervise"
)

// FleetConfig says what containers a [Fleet] starts. Directory and Authority
// are required.
type FleetConfig struct {
	Directory DirectoryKind // Samba or OpenLDAP
	Authority *pki.Authority
	// Progress is told how the building of an image goes.
	Progress func(container.Progress)
}

// Fleet is a Docker engine with the images of the lab, and sets of containers
// that labs use one after the other: a set begins anew in a fraction of the
// time that starting it takes. Labs that share one must share its authority.
type Fleet struct {
	config FleetConfig
	engine *container.Engine
	images map[string]string // references by name

	mu     sync.Mutex
	idle   []*crew
	closed bool
}

// OpenFleet finds the engine, removes what dead labs left there, and builds the
// images that are missing.
func OpenFleet(ctx context.Context, c FleetConfig) (*Fleet, error) {
	engine, err := container.Open(ctx)
	if err != nil {
		return nil, err
	}
	f := &Fleet{config: c, engine: engine, images: map[string]string{}}
	if _, err := engine.Sweep(ctx); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	for _, name := range []string{string(c.Directory), container.Parts} {
		img, err := container.Named(name)
		if err == nil {
			f.images[name], err = engine.Build(ctx, img, c.Progress)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("build the image %s: %w", name, err), engine.Close())
		}
	}
	return f, nil
}

// Close removes all containers of the fleet. Labs that use some must have been
// stopped.
func (f *Fleet) Close() error {
	f.mu.Lock()
	idle := f.idle
	f.idle, f.closed = nil, true
	f.mu.Unlock()
	var errs []error
	for _, c := range idle {
		errs = append(errs, c.close())
	}
	return errors.Join(append(errs, f.engine.Close())...)
}

// take returns a set of containers that nobody uses, or starts one. One that
// must listen at a certain port is always started. As soon as the directory's
// container is there, it is asked for the directory, which takes longest.
func (f *Fleet) take(ctx context.Context, port int, wanted supervise.Fresh) (*crew, error) {
	if c := f.reuse(port); c != nil {
		c.ask(ctx, wanted)
		return c, nil
	}
	return f.start(ctx, port, wanted)
}

// reuse returns a set of containers that nobody uses; nil if there is none.
func (f *Fleet) reuse(port int) *crew {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.idle)
	if n == 0 || port != 0 {
		return nil
	}
	c := f.idle[n-1]
	f.idle = f.idle[:n-1]
	return c
}

// give takes a set of containers back, unless it is no good any more or nobody
// will ask for it.
func (f *Fleet) give(c *crew) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.sound() && c.port == 0 && !f.closed {
		f.idle = append(f.idle, c)
		return nil
	}
	return c.close()
}
