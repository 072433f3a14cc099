package container

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// Container is a running container of a group. Its methods may be called by
// several goroutines.
type Container struct {
	group *Group
	spec  Spec
	id    string
	ports map[int]string // published addresses by the container's port

	attached *attachment // nil unless the Spec says Attach
	status   int         // once ended

	died     chan error    // receives once, unless the end is expected
	ended    chan struct{} // closed when it has ended
	expected chan struct{} // closed when its end is asked for
	expect   sync.Once
}

// Name returns the name that the Spec gave it.
func (c *Container) Name() string { return c.spec.Name }

// Addr returns where a port is published, such as 127.0.0.1:32768; "" for one
// that is not.
func (c *Container) Addr(port int) string { return c.ports[port] }

// Died delivers one error, with the exit status and the last lines of the log,
// when the container ends and nobody called [Container.Stop] or [Group.Close].
func (c *Container) Died() <-chan error { return c.died }

// Ended is closed when the container has ended, by itself or not.
func (c *Container) Ended() <-chan struct{} { return c.ended }

// ExitStatus returns how the container ended, once Ended is closed: its first
// process's status, or 128 and the number of the signal that killed it; -1 if
// the engine did not tell.
func (c *Container) ExitStatus() int { return c.status }

// Log returns what the container has printed so far, both of its outputs.
func (c *Container) Log(ctx context.Context) (string, error) {
	text, err := c.group.engine.log(ctx, c.id, "all")
	if err != nil {
		return "", fmt.Errorf("read the log of %s: %w", c.spec.Name, err)
	}
	return text, nil
}

// IP returns the container's address in a network that it is attached to.
func (c *Container) IP(ctx context.Context, n *Network) (string, error) {
	seen, err := c.inspect(ctx)
	if err != nil {
		return "", err
	}
	for name, end := range seen.NetworkSettings.Networks {
		if name == n.name && end.IPAddress.IsValid() {
			return end.IPAddress.String(), nil
		}
	}
	return "", fmt.Errorf("%s is not attached to the network %s", c.spec.Name, n.short)
}

// Connect attaches the container to a network, under names by which the others
// in it find it.
func (c *Container) Connect(ctx context.Context, n *Network, aliases ...string) error {
	options := client.NetworkConnectOptions{Container: c.id, EndpointConfig: endpoint(n, aliases)}
	if _, err := c.group.engine.client.NetworkConnect(ctx, n.id, options); err != nil {
		return fmt.Errorf("connect %s to the network %s: %w", c.spec.Name, n.short, err)
	}
	return nil
}

// Disconnect detaches the container from a network, as one who pulls the plug:
// its connections there hang.
func (c *Container) Disconnect(ctx context.Context, n *Network) error {
	options := client.NetworkDisconnectOptions{Container: c.id, Force: true}
	if _, err := c.group.engine.client.NetworkDisconnect(ctx, n.id, options); err != nil {
		return fmt.Errorf("disconnect %s from the network %s: %w", c.spec.Name, n.short, err)
	}
	return nil
}

// Kill ends the container's processes at once, as a crash does. The container
// stays until Stop, and Died tells of it.
func (c *Container) Kill(ctx context.Context) error {
	if _, err := c.group.engine.client.ContainerKill(ctx, c.id, client.ContainerKillOptions{Signal: "KILL"}); err != nil {
		return fmt.Errorf("kill %s: %w", c.spec.Name, err)
	}
	return nil
}

// Stop ends the container at once and removes it, with its anonymous volumes.
// Stopping it again is no error.
func (c *Container) Stop(ctx context.Context) error {
	c.expectEnd()
	if err := c.group.engine.removeContainer(ctx, c.id); err != nil {
		return fmt.Errorf("stop %s: %w", c.spec.Name, err)
	}
	c.group.forget(c)
	return nil
}

// expectEnd makes the container's end no death.
func (c *Container) expectEnd() { c.expect.Do(func() { close(c.expected) }) }

func (c *Container) inspect(ctx context.Context) (container.InspectResponse, error) {
	seen, err := c.group.engine.client.ContainerInspect(ctx, c.id, client.ContainerInspectOptions{})
	if err != nil {
		return container.InspectResponse{}, fmt.Errorf("look at %s: %w", c.spec.Name, err)
	}
	return seen.Container, nil
}

// readPorts notes where the ports are published.
func (c *Container) readPorts(seen container.InspectResponse) error {
	c.ports = map[int]string{}
	for port, bindings := range seen.NetworkSettings.Ports {
		if len(bindings) > 0 {
			c.ports[int(port.Num())] = net.JoinHostPort(bindings[0].HostIP.String(), bindings[0].HostPort)
		}
	}
	for _, p := range c.spec.Ports {
		if c.ports[p.Number] == "" {
			return fmt.Errorf("port %d of %s is not published", p.Number, c.spec.Name)
		}
	}
	return nil
}

// watch waits for the container's end, and says so if nobody expects it. It
// does not wait for the engine's promise to tell.
func (c *Container) watch() {
	go func() {
		wait := c.group.engine.client.ContainerWait(context.Background(), c.id, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
		defer close(c.ended)
		c.status = -1
		var how string
		select {
		case r := <-wait.Result:
			c.status = int(r.StatusCode)
			how = "exit status " + strconv.FormatInt(r.StatusCode, 10)
		case err := <-wait.Error:
			how = err.Error()
		}
		select {
		case <-c.expected:
		default:
			c.died <- c.death(how)
		}
	}()
}

// death is the error of an unexpected end. What an attached container printed
// may come after the news of its end.
func (c *Container) death(how string) error {
	if c.attached != nil {
		c.attached.hearOut()
	}
	return fmt.Errorf("%s died with %s; %s", c.spec.Name, how, c.lastWords())
}

// lastWords are the last lines that the container printed.
func (c *Container) lastWords() string {
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	if c.spec.Silent {
		return "what it printed is not kept"
	}
	text, err := c.printed(ctx)
	switch text = strings.TrimSpace(text); {
	case err != nil:
		return "its log cannot be read: " + err.Error()
	case text == "":
		return "it printed nothing"
	}
	return "the end of its log:\n  " + strings.ReplaceAll(text, "\n", "\n  ")
}

// printed returns the last lines that the container printed, of an attached one
// those on standard error.
func (c *Container) printed(ctx context.Context) (string, error) {
	if c.spec.Attach {
		return c.LastWords(), nil
	}
	return c.group.engine.log(ctx, c.id, tailLines)
}

// removeContainer kills and removes a container with its anonymous volumes;
// one that is gone, or being removed by another, is no error.
func (e *Engine) removeContainer(ctx context.Context, id string) error {
	_, err := e.client.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	if errdefs.IsConflict(err) {
		return e.awaitRemoval(ctx, id, err)
	}
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}

// awaitRemoval waits until a container is gone that the engine refused to
// remove: as a rule because another removes it, else it says so.
func (e *Engine) awaitRemoval(ctx context.Context, id string, refused error) error {
	ctx, cancel := context.WithTimeout(ctx, makeTimeout)
	defer cancel()
	wait := e.client.ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: container.WaitConditionRemoved})
	select {
	case <-wait.Result:
		return nil
	case err := <-wait.Error:
		if errdefs.IsNotFound(err) {
			return nil
		}
		return fmt.Errorf("%w; it is still there: %w", refused, err)
	}
}
