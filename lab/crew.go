package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/part"
	"github.com/ssprlab/ssprlab/lab/supervise"
)

// crew is a set of containers that make one lab at a time with a directory that
// they borrow: the parts, as processes of "ssprlab serve" that wait for orders.
//
// There are two networks as in life: the directory is on corp, tenant, phones
// and mail are on cloud, and the agent is on both. On a third, console, the
// agent's own ports are published, so that its pages can be looked at whatever
// cable is pulled. Corp is the directory's: if several labs share it, so do
// their agents that network, and have nothing to say to each other.
type crew struct {
	group      *container.Group
	port       int                            // what the tenant must listen at; 0: any
	networks   map[Network]*container.Network // of its own
	containers map[part.Kind]*container.Container
	places     places
	routes     part.Routes
	vigil

	near *controller      // on whose network the agent is; nil: on none's
	cut  map[Network]bool // what the agent was taken off
}

// The ports inside the containers.
const (
	pagesPort = 8443
	smtpPort  = 1025
)

// identityFolder is where a part's container has its identity.
const identityFolder = "/etc/ssprlab/identity/"

// console is the network of the agent's published ports. Docker publishes them
// on the first of a container's networks by name.
const console Network = "a-console"

// start starts a set of containers, all at once.
func (f *Fleet) start(ctx context.Context, port int) (_ *crew, err error) {
	c := &crew{
		group: f.engine.NewGroup(), port: port, networks: map[Network]*container.Network{}, containers: map[part.Kind]*container.Container{},
		cut: map[Network]bool{},
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	files, err := f.identity()
	if err != nil {
		return nil, err
	}
	if err := c.connectAll(ctx); err != nil {
		return nil, err
	}
	starting, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for _, k := range f.kinds() {
		spec := f.spec(c, k, files)
		wg.Go(func() {
			made, err := c.group.Start(starting, spec)
			if err != nil {
				cancel(err)
				return
			}
			c.mu.Lock()
			c.containers[k] = made
			c.mu.Unlock()
		})
	}
	wg.Wait()
	if err := context.Cause(starting); err != nil {
		return nil, err
	}
	if err := c.locate(); err != nil {
		return nil, err
	}
	for k, made := range c.containers {
		go c.watch(k, made)
	}
	return c, nil
}

// connectAll makes the crew's own networks.
func (c *crew) connectAll(ctx context.Context) error {
	list := []Network{console, Cloud}
	made, errs := make([]*container.Network, len(list)), make([]error, len(list))
	var wg sync.WaitGroup
	for i, n := range list {
		wg.Go(func() { made[i], errs[i] = c.group.Network(ctx, string(n)) })
	}
	wg.Wait()
	for i, n := range list {
		c.networks[n] = made[i]
	}
	return errors.Join(errs...)
}

// spec is what the container of a part is.
func (f *Fleet) spec(c *crew, k part.Kind, files identity) container.Spec {
	if k == mailHog {
		return f.mailHogSpec(c)
	}
	s := container.Spec{
		Name: string(k), Image: f.images[container.Parts], Files: files.in(identityFolder), Networks: c.on(Cloud), OpenFiles: 4096,
		Command: []string{"serve", string(k), "--listen", fmt.Sprintf("0.0.0.0:%d", pagesPort), "--identity", identityFolder},
		Ports:   []container.Port{{Number: pagesPort}},
	}
	switch k {
	case part.KindConnect:
		s.Networks = c.on(console, Cloud)
	case part.KindMail:
		s.Command = append(s.Command, "--smtp-listen", fmt.Sprintf("0.0.0.0:%d", smtpPort))
		s.Ports = append(s.Ports, container.Port{Number: smtpPort})
	case part.KindTenant:
		s.Ports[0].Host = c.port
	}
	return s
}

// uid is the user that a directory's container runs as.
func (f *Fleet) uid() int {
	k, err := supervise.KindNamed(string(f.config.Directory))
	if err != nil {
		panic(err) // OpenFleet has built its image
	}
	return k.UID
}

func (c *crew) on(networks ...Network) (list []container.Attachment) {
	for _, n := range networks {
		list = append(list, container.Attachment{Network: c.networks[n]})
	}
	return list
}

// identity is the files that a container shows to others and trusts others by.
// Everybody in the container may read them, since not every server runs as root.
type identity struct{ cert, key, ca []byte }

// identity is the same for all containers of the fleet.
func (f *Fleet) identity() (id identity, err error) {
	id.cert, id.key, err = f.config.Authority.IssuePEM(append(part.Hosts(), "127.0.0.1")...)
	id.ca = f.config.Authority.PEM()
	return id, err
}

func (id identity) in(folder string) []container.File {
	return []container.File{
		{Path: folder + part.CertFile, Content: id.cert}, {Path: folder + part.KeyFile, Content: id.key}, {Path: folder + part.CAFile, Content: id.ca},
	}
}

// locate learns where the containers' ports are published, and how they lead to
// each other.
func (c *crew) locate() error {
	c.places, c.routes = places{}, part.Routes{}
	for k, made := range c.containers {
		if k == mailHog {
			continue // what is at its pages is at the catcher's
		}
		p := place{}
		if k == part.KindMail {
			p.other, p.inside = c.smtp()
		}
		_, port, err := net.SplitHostPort(made.Addr(pagesPort))
		if err == nil {
			p.port, err = strconv.Atoi(port)
		}
		if err != nil {
			return fmt.Errorf("find the port of the %s: %w", k, err)
		}
		c.routes[p.port] = fmt.Sprintf("%s:%d", k, pagesPort)
		c.places[k] = p
	}
	return nil
}

// approach plugs the agent into the network of that directory, and out of
// another's.
func (c *crew) approach(ctx context.Context, d *controller) error {
	if c.near == d {
		return nil
	}
	if before := c.near; before != nil {
		if err := errors.Join(c.unplug(ctx), before.fleet.retire(before)); err != nil {
			return err
		}
	}
	if err := c.containers[part.KindConnect].Connect(ctx, d.corp); err != nil {
		return err
	}
	d.fleet.plugged(d, 1)
	c.near = d
	return nil
}

// unplug takes the agent off the network of its directory.
func (c *crew) unplug(ctx context.Context) error {
	if err := c.containers[part.KindConnect].Disconnect(ctx, c.near.corp); err != nil {
		return err
	}
	c.near.fleet.plugged(c.near, -1)
	c.near = nil
	return nil
}

// network is one that the agent is on.
func (c *crew) network(n Network) *container.Network {
	if n == Corp {
		return c.near.corp
	}
	return c.networks[n]
}

// disconnect takes the agent off a network.
func (c *crew) disconnect(ctx context.Context, n Network) error {
	if c.cut[n] {
		return nil
	}
	if err := c.containers[part.KindConnect].Disconnect(ctx, c.network(n)); err != nil {
		return err
	}
	c.cut[n] = true
	return nil
}

// connect puts the agent on every network that it was taken off.
func (c *crew) connect(ctx context.Context) error {
	for n := range c.cut {
		if err := c.containers[part.KindConnect].Connect(ctx, c.network(n)); err != nil {
			return err
		}
		delete(c.cut, n)
	}
	return nil
}

// closeTimeout bounds what a stop asks of the containers, in real time.
const closeTimeout = 30 * time.Second

// close removes the containers, and with them the agent from its directory's
// network.
func (c *crew) close() error {
	err := c.group.Close()
	if c.near != nil && err == nil {
		c.near.fleet.plugged(c.near, -1)
		err = c.near.fleet.retire(c.near)
		c.near = nil
	}
	return err
}
