package container

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
)

// startTimeout is how long a container may take until its ports are listened
// on, unless the Spec says otherwise.
const startTimeout = 30 * time.Second

// Start runs a container and returns when its ports are listened on. If it dies
// before, the error holds the last lines of its log. A container that did not
// start, or whose start was given up because ctx ended, is removed.
func (g *Group) Start(ctx context.Context, s Spec) (*Container, error) {
	c, err := g.run(ctx, s)
	if err == nil {
		if err = c.awaitPorts(ctx); err == nil {
			return c, nil
		}
	}
	err = fmt.Errorf("start the container %s: %w", s.Name, g.engine.full(err))
	if c != nil {
		cleaning, cancel := context.WithTimeout(context.WithoutCancel(ctx), makeTimeout)
		defer cancel()
		err = errors.Join(err, c.Stop(cleaning))
	}
	return nil, err
}

// run starts the container, without waiting for its ports. The container is
// nil if there can be none.
func (g *Group) run(ctx context.Context, s Spec) (*Container, error) {
	g.starting.RLock()
	defer g.starting.RUnlock()
	if g.closed {
		return nil, errClosed
	}
	c := &Container{group: g, spec: s, died: make(chan error, 1), ended: make(chan struct{}), expected: make(chan struct{})}
	if err := g.register(c); err != nil {
		return nil, err
	}
	c.id = g.nameOf(s) // which will do as long as its id is not known
	made, err := g.createAtFreePorts(ctx, s, freePorts)
	if err != nil {
		return c, err
	}
	c.id = made.ID
	c.watch()
	seen, err := c.inspect(ctx)
	if err != nil {
		return c, err
	}
	err = c.readPorts(seen)
	if err != nil && seen.State != nil && !seen.State.Running {
		select {
		case err = <-c.died: // it ended before anybody could look, and says more
		case <-ctx.Done():
		}
	}
	return c, err
}

// create has testcontainers-go create and start the container. It is not given
// up half-way: the engine would go on, and nobody would know of the container.
func (g *Group) create(ctx context.Context, s Spec) (*testcontainers.DockerContainer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), makeTimeout)
	defer cancel()
	if _, err := g.engine.client.ImageInspect(ctx, s.Image); err != nil {
		if errdefs.IsNotFound(err) {
			return nil, fmt.Errorf("the image %s is not there. Build it: ssprlab images build", s.Image)
		}
		return nil, err
	}
	if s.HostNetwork {
		if err := g.engine.HostNetwork(); err != nil {
			return nil, err
		}
	}
	files, err := pack(s.Files)
	if err != nil {
		return nil, err
	}
	copied := func(ctx context.Context, made testcontainers.Container) error {
		_, err := g.engine.client.CopyToContainer(ctx, made.GetContainerID(), client.CopyToContainerOptions{DestinationPath: "/", Content: files})
		if err == nil && s.Attach {
			err = g.attach(ctx, s.Name, made.GetContainerID())
		}
		return err
	}
	made, err := testcontainers.Run(ctx, s.Image, g.options(s, copied)...)
	return made, s.explain(err)
}

// nameOf is a container's name in the engine.
func (g *Group) nameOf(s Spec) string { return "ssprlab-" + g.id + "-" + s.Name }

// options translates a Spec.
func (g *Group) options(s Spec, copied testcontainers.ContainerHook) []testcontainers.ContainerCustomizer {
	quiet := testcontainers.CustomizeRequestOption(func(r *testcontainers.GenericContainerRequest) error {
		r.Logger = log.NewNoopLogger()
		r.Name = g.nameOf(s)
		for _, a := range s.Networks {
			r.Networks = append(r.Networks, a.Network.name)
		}
		r.NetworkAliases = s.aliases()
		for _, p := range s.Ports {
			r.ExposedPorts = append(r.ExposedPorts, strconv.Itoa(p.Number)+"/tcp")
		}
		return nil
	})
	return []testcontainers.ContainerCustomizer{
		quiet,
		testcontainers.WithLabels(g.labels(s.Labels)),
		testcontainers.WithEnv(s.Env),
		testcontainers.WithCmd(s.Command...),
		testcontainers.WithConfigModifier(s.configure),
		testcontainers.WithHostConfigModifier(s.limit),
		testcontainers.WithAdditionalLifecycleHooks(testcontainers.ContainerLifecycleHooks{PostCreates: []testcontainers.ContainerHook{copied}}),
	}
}

func (s Spec) aliases() map[string][]string {
	all := map[string][]string{}
	for _, a := range s.Networks {
		all[a.Network.name] = append([]string{s.Name}, a.Aliases...)
	}
	return all
}

// endpoint describes a container's end of a network.
func endpoint(n *Network, aliases []string) *network.EndpointSettings {
	return &network.EndpointSettings{NetworkID: n.id, Aliases: aliases}
}

// limit sets what the machine gives to the container.
func (s Spec) limit(h *container.HostConfig) {
	if s.HostNetwork {
		h.NetworkMode = "host"
	}
	if s.Attach || s.Silent {
		h.LogConfig = container.LogConfig{Type: "none"}
	}
	if len(s.Networks) > 0 {
		h.NetworkMode = container.NetworkMode(s.Networks[0].Network.name)
	}
	h.PortBindings = network.PortMap{}
	for _, p := range s.Ports {
		if port, ok := network.PortFrom(uint16(p.Number), network.TCP); ok {
			h.PortBindings[port] = []network.PortBinding{{HostIP: netip.AddrFrom4([4]byte{127, 0, 0, 1}), HostPort: strconv.Itoa(p.Host)}}
		}
	}
	for name, address := range s.Hosts {
		h.ExtraHosts = append(h.ExtraHosts, name+":"+address)
	}
	for _, folder := range s.Memory {
		if h.Tmpfs == nil {
			h.Tmpfs = map[string]string{}
		}
		h.Tmpfs[folder.Path] = fmt.Sprintf("exec,mode=755,uid=%d", folder.UID)
	}
	if s.NoNetlink {
		h.SecurityOpt = append(h.SecurityOpt, "seccomp="+noNetlink)
	}
	if s.OpenFiles > 0 {
		h.Ulimits = append(h.Ulimits, &container.Ulimit{Name: "nofile", Soft: s.OpenFiles, Hard: s.OpenFiles})
	}
}

// register notes a container under its name.
func (g *Group) register(c *Container) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.spec.Name == "" {
		return errors.New("it has no name")
	}
	if g.containers[c.spec.Name] != nil {
		return errors.New("the group has a container of that name")
	}
	g.containers[c.spec.Name] = c
	return nil
}

func (g *Group) forget(c *Container) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.attached != nil {
		c.attached.Close()
	}
	if g.containers[c.spec.Name] == c {
		delete(g.containers, c.spec.Name)
	}
}

// noNetlink is a filter that answers a wish for a netlink socket as a kernel
// without netlink does (EAFNOSUPPORT).
const noNetlink = `{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["socket"],"action":"SCMP_ACT_ERRNO","errnoRet":97,"args":[{"index":0,"value":16,"op":"SCMP_CMP_EQ"}]}]}`
