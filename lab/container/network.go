package container

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// makeTimeout bounds what may not be given up half-way, because the engine
// would finish it after everybody has gone.
const makeTimeout = 30 * time.Second

// Network is a network of a group. Containers find each other in it by name;
// those of other networks cannot be reached from it.
type Network struct {
	id    string
	name  string // in the engine
	short string // in the group
}

// Network makes a network under a short name such as "corp". Its name in the
// engine begins with that one, since the engine publishes a container's ports on
// the first of its networks by name, whichever groups they are of.
func (g *Group) Network(ctx context.Context, name string) (*Network, error) {
	g.starting.RLock()
	defer g.starting.RUnlock()
	if g.closed {
		return nil, fmt.Errorf("make the network %s: %w", name, errClosed)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("make the network %s: %w", name, err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), makeTimeout)
	defer cancel()
	n := &Network{name: "ssprlab-" + name + "-" + g.id, short: name}
	made, err := g.engine.client.NetworkCreate(ctx, n.name, client.NetworkCreateOptions{
		Driver: "bridge",
		Labels: g.labels(nil),
		// A port that is published without an address is so on loopback too.
		Options: map[string]string{"com.docker.network.bridge.host_binding_ipv4": "127.0.0.1"},
	})
	if err != nil && noAddresses.MatchString(err.Error()) {
		return nil, fmt.Errorf("make the network %s: the Docker engine has addresses for no further network. "+
			"Run fewer labs at a time; \"ssprlab clean\" removes those of dead labs, \"docker network prune\" others that nothing uses: %w", name, err)
	}
	if err != nil {
		return nil, fmt.Errorf("make the network %s: %w", name, g.engine.full(err))
	}
	n.id = made.ID
	return n, nil
}

// noAddresses is what an engine says, an older or a newer one, that has
// addresses for no further network.
var noAddresses = regexp.MustCompile("non-overlapping IPv4 address pool|address pools have been fully subnetted")

// removeNetwork removes a network that nothing is attached to; one that is gone
// is no error.
func (e *Engine) removeNetwork(ctx context.Context, id string) error {
	_, err := e.client.NetworkRemove(ctx, id, client.NetworkRemoveOptions{})
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}
