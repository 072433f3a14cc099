package container

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/testcontainers/testcontainers-go"
)

// portTaken is the error of a port of this machine at which another listens.
type portTaken struct {
	port int
	err  error
}

func (p *portTaken) Error() string {
	return fmt.Sprintf("port %d of 127.0.0.1 is taken. Choose another, or 0 for any free one; \"ss -ltnp\" shows who listens there", p.port)
}

func (p *portTaken) Unwrap() error { return p.err }

// explain finds out whether the engine refused because of a port.
func (s Spec) explain(err error) error {
	if err == nil || !strings.Contains(err.Error(), "already allocated") && !strings.Contains(err.Error(), "already in use") {
		return err
	}
	for _, p := range s.Ports {
		if regexp.MustCompile(fmt.Sprintf(`127\.0\.0\.1:%d\b`, p.Host)).MatchString(err.Error()) {
			return &portTaken{p.Host, err}
		}
	}
	return err
}

// createAtFreePorts creates the container with a number for each port that may
// be any. The engine could choose them, but it chooses others whenever the
// container leaves a network. What is free may be taken a moment later; then
// others are tried.
func (g *Group) createAtFreePorts(ctx context.Context, s Spec, choose func(Spec) (Spec, error)) (*testcontainers.DockerContainer, error) {
	const attempts = 5
	for attempt := 1; ; attempt++ {
		chosen, err := choose(s)
		if err != nil {
			return nil, err
		}
		made, err := g.create(ctx, chosen)
		taken := (*portTaken)(nil)
		if !errors.As(err, &taken) || attempt == attempts || slices.ContainsFunc(s.Ports, func(p Port) bool { return p.Host == taken.port }) {
			return made, err
		}
		if err := g.engine.removeContainer(ctx, g.nameOf(s)); err != nil {
			return nil, err
		}
	}
}

// freePorts returns the Spec with free ports where it asks for any.
func freePorts(s Spec) (Spec, error) {
	s.Ports = slices.Clone(s.Ports)
	for i := range s.Ports {
		if s.Ports[i].Host != 0 {
			continue
		}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return s, fmt.Errorf("find a free port: %w", err)
		}
		defer ln.Close() // when all are chosen, so that they differ
		s.Ports[i].Host = ln.Addr().(*net.TCPAddr).Port
	}
	return s, nil
}
