package container

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// pollInterval is how often a port is tried.
const pollInterval = 20 * time.Millisecond

// errStopped is the error of a start during which the container was stopped.
var errStopped = errors.New("it was stopped meanwhile")

// awaitPorts waits until all ports are listened on that are not Later.
func (c *Container) awaitPorts(ctx context.Context) error {
	limit := c.spec.Timeout
	if limit == 0 {
		limit = startTimeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not within %s", limit))
	defer cancel()
	for _, p := range c.spec.Ports {
		if p.Later {
			continue
		}
		if err := c.awaitPort(ctx, p.Number); err != nil {
			return err
		}
	}
	return nil
}

// awaitPort waits until one port is listened on, or the container has ended.
func (c *Container) awaitPort(ctx context.Context, port int) error {
	tick := every(pollInterval)
	defer tick.Stop()
	listened, err := c.probe(ctx)
	if err != nil {
		return err
	}
	for !listened(ctx, port) {
		select {
		case <-tick.C:
		case <-c.ended:
			select {
			case err := <-c.died:
				return err
			default:
				return errStopped
			}
		case <-ctx.Done():
			return fmt.Errorf("nothing listens on its port %d: %w; %s", port, context.Cause(ctx), c.lastWords())
		}
	}
	return nil
}

// probe returns how to find out whether a port is listened on. The container's
// own address tells at once; where it is out of reach, behind Docker Desktop,
// the published one must do.
func (c *Container) probe(ctx context.Context) (func(ctx context.Context, port int) bool, error) {
	if c.group.engine.direct {
		seen, err := c.inspect(ctx)
		if err != nil {
			return nil, err
		}
		for _, end := range seen.NetworkSettings.Networks {
			if ip := end.IPAddress; ip.IsValid() {
				return func(ctx context.Context, port int) bool {
					return accepts(ctx, net.JoinHostPort(ip.String(), strconv.Itoa(port)))
				}, nil
			}
		}
	}
	return func(ctx context.Context, port int) bool { return holds(ctx, c.ports[port]) }, nil
}

func accepts(ctx context.Context, address string) bool {
	d := net.Dialer{Timeout: time.Second}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// holds reports whether a connection is accepted and kept. The engine accepts
// it itself, and drops it at once if nobody listens behind.
func holds(ctx context.Context, address string) bool {
	d := net.Dialer{Timeout: time.Second}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(deadline(5 * pollInterval)); err != nil {
		return false
	}
	_, err = conn.Read(make([]byte, 1))
	return err == nil || errors.Is(err, os.ErrDeadlineExceeded)
}
