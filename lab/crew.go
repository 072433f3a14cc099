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

// crew is a set of containers that make one lab at a time: a directory, and the
// other parts as processes of "ssprlab serve" that wait for orders.
//
// There are two networks as in life: the directory is on corp, tenant, phones
// and mail are on cloud, and the agent is on both. On a third, console, the
// agent's own ports are published, so that its pages can be looked at whatever
// cable is pulled.
type crew struct {
	group      *container.Group
	port       int // what the tenant must listen at; 0: any
	networks   map[Network]*container.Network
	containers map[part.Kind]*container.Container
	supervisor *supervise.Client
	places     places
	routes     part.Routes
	asked      chan answer // of the supervisor, for the directory of the present lab

	mu   sync.Mutex
	dead error       // of a container that ended by itself
	told func(error) // who hears of it
	cut  map[Network]bool
}

// The ports inside the containers.
const (
	pagesPort = 8443
	smtpPort  = 1025
	ldapsPort = 636
	superPort = 8636
)

// identityFolder is where a part's container has its identity.
const identityFolder = "/etc/ssprlab/identity/"

// console is the network of the agent's published ports. Docker publishes them
// on the first of a container's networks by name.
const console Network = "a-console"

// start starts a set of containers, all at once.
func (f *Fleet) start(ctx context.Context, port int, wanted supervise.Fresh) (_ *crew, err error) {
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
	for _, k := range part.Kinds() {
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
			if k == part.KindDirectory {
				c.supervisor = supervise.NewClient("https://"+made.Addr(superPort), f.config.Authority.Pool(), "")
				c.ask(ctx, wanted)
			}
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

// connectAll makes the networks.
func (c *crew) connectAll(ctx context.Context) error {
	list := []Network{console, Corp, Cloud}
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

// answer is what a supervisor says to the wish for a fresh directory.
type answer struct {
	supervise.Status
	err error
}

// ask asks the supervisor for a fresh directory, without waiting for it.
func (c *crew) ask(ctx context.Context, wanted supervise.Fresh) {
	asked := make(chan answer, 1)
	c.asked = asked
	go func() {
		s, err := c.supervisor.Fresh(ctx, wanted)
		asked <- answer{s, err}
	}()
}

// fresh waits for the directory that was asked for.
func (c *crew) fresh() (supervise.Status, error) {
	a := <-c.asked
	c.asked <- a // for whoever asks again
	return a.Status, a.err
}

// spec is what the container of a part is.
func (f *Fleet) spec(c *crew, k part.Kind, files identity) container.Spec {
	if k == part.KindDirectory {
		return container.Spec{
			Name: string(k), Image: f.images[string(f.config.Directory)], Files: f.owned(files.in(supervise.ControlFolder + "/")),
			Networks: c.on(Corp), Ports: []container.Port{{Number: superPort}, {Number: ldapsPort, Later: true}},
		}
	}
	s := container.Spec{
		Name: string(k), Image: f.images[container.Parts], Files: files.in(identityFolder), Networks: c.on(Cloud), OpenFiles: 4096,
		Command: []string{"serve", string(k), "--listen", fmt.Sprintf("0.0.0.0:%d", pagesPort), "--identity", identityFolder},
		Ports:   []container.Port{{Number: pagesPort}},
	}
	switch k {
	case part.KindConnect:
		s.Networks = c.on(console, Corp, Cloud)
	case part.KindMail:
		s.Command = append(s.Command, "--smtp-listen", fmt.Sprintf("0.0.0.0:%d", smtpPort))
		s.Ports = append(s.Ports, container.Port{Number: smtpPort})
	case part.KindTenant:
		s.Ports[0].Host = c.port
	}
	return s
}

// owned gives files to the user that a directory's container runs as.
func (f *Fleet) owned(files []container.File) []container.File {
	for _, k := range supervise.Kinds() {
		for i := range files {
			if k.Name == string(f.config.Directory) {
				files[i].UID = k.UID
			}
		}
	}
	return files
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
		p := place{}
		switch k {
		case part.KindDirectory:
			p.other, p.inside = made.Addr(ldapsPort), fmt.Sprintf("%s:%d", k, ldapsPort)
		case part.KindMail:
			p.other, p.inside = made.Addr(smtpPort), fmt.Sprintf("%s:%d", k, smtpPort)
		}
		if k != part.KindDirectory {
			_, port, err := net.SplitHostPort(made.Addr(pagesPort))
			if err == nil {
				p.port, err = strconv.Atoi(port)
			}
			if err != nil {
				return fmt.Errorf("find the port of the %s: %w", k, err)
			}
			c.routes[p.port] = fmt.Sprintf("%s:%d", k, pagesPort)
		}
		c.places[k] = p
	}
	return nil
}

// watch tells the lab that uses the containers of one that ends by itself.
func (c *crew) watch(k part.Kind, made *container.Container) {
	err, ok := <-made.Died()
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dead = fmt.Errorf("the %s died: %w", k, err)
	if c.told != nil {
		c.told(c.dead)
	}
}

// tell says who hears of a death; nil: nobody.
func (c *crew) tell(told func(error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = told
}

// sound reports whether another lab may use the containers.
func (c *crew) sound() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dead == nil && len(c.cut) == 0
}

// disconnect takes the agent off a network.
func (c *crew) disconnect(ctx context.Context, n Network) error {
	if c.cut[n] {
		return nil
	}
	if err := c.containers[part.KindConnect].Disconnect(ctx, c.networks[n]); err != nil {
		return err
	}
	c.cut[n] = true
	return nil
}

// connect puts the agent on every network that it was taken off.
func (c *crew) connect(ctx context.Context) error {
	for n := range c.cut {
		if err := c.containers[part.KindConnect].Connect(ctx, c.networks[n]); err != nil {
			return err
		}
		delete(c.cut, n)
	}
	return nil
}

// closeTimeout bounds what a stop asks of the containers, in real time.
const closeTimeout = 30 * time.Second

func (c *crew) close() error {
	err := c.group.Close()
	if c.supervisor != nil {
		c.fresh() // nobody is left to ask, so this ends
		c.supervisor.Close()
	}
	return err
}
