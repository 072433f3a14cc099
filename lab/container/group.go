package container

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// closeTimeout bounds the removal of a group: an engine that takes longer is
// stuck.
const closeTimeout = time.Minute

// Group owns the networks and containers of one lab. Its methods may be called
// by several goroutines.
type Group struct {
	engine *Engine
	id     string

	// starting is held for reading while something is made, and for writing
	// by Close, which so finds all of it.
	starting sync.RWMutex
	closed   bool

	mu         sync.Mutex
	containers map[string]*Container // by name
}

// errClosed is the error of a group that is used after Close.
var errClosed = errors.New("the group is closed")

// NewGroup returns a group that owns nothing yet.
func (e *Engine) NewGroup() *Group {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", e.owner, groups.Add(1)))
	return &Group{engine: e, id: hex.EncodeToString(sum[:6]), containers: map[string]*Container{}}
}

// ID tells the group from all others on the engine. It is part of the names of
// its networks, and the value of the label io.github.ssprlab.lab.
func (g *Group) ID() string { return g.id }

// labels are those of whatever the group makes.
func (g *Group) labels(more map[string]string) map[string]string {
	labels := maps.Clone(more)
	if labels == nil {
		labels = map[string]string{}
	}
	labels[labelLab], labels[labelOwner] = g.id, g.engine.owner.String()
	return labels
}

// Close removes all containers of the group with their anonymous volumes, and
// then its networks. It asks the engine what there is, so that nothing stays of
// a start that was given up. It lets what is being made be made first, and then
// returns within a minute.
func (g *Group) Close() error {
	g.starting.Lock()
	g.closed = true
	g.starting.Unlock()
	g.mu.Lock()
	containers := slices.Collect(maps.Values(g.containers))
	g.mu.Unlock()
	for _, c := range containers {
		c.expectEnd()
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	_, err := g.engine.remove(ctx, labelLab+"="+g.id, nil)
	for _, c := range containers {
		g.forget(c)
	}
	if err != nil {
		return fmt.Errorf("close the group %s: %w", g.id, err)
	}
	return nil
}

// remove removes the containers, and then the networks, that carry a label and
// whose labels doomed, unless nil, approves. It returns their names.
func (e *Engine) remove(ctx context.Context, label string, doomed func(labels map[string]string) bool) (removed []string, err error) {
	filter := make(client.Filters).Add("label", label)
	list, err := e.client.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: filter})
	if err != nil {
		return nil, fmt.Errorf("list containers: %w", err)
	}
	var all together
	for _, c := range list.Items {
		if doomed == nil || doomed(c.Labels) {
			all.do(containerName(c), func() error { return e.removeContainer(ctx, c.ID) })
		}
	}
	removed, err = all.done()
	if err != nil {
		return removed, err
	}
	networks, err := e.client.NetworkList(ctx, client.NetworkListOptions{Filters: filter})
	if err != nil {
		return removed, fmt.Errorf("list networks: %w", err)
	}
	for _, n := range networks.Items {
		if doomed == nil || doomed(n.Labels) {
			all.do("network "+n.Name, func() error { return e.removeNetwork(ctx, n.ID) })
		}
	}
	more, err := all.done()
	return append(removed, more...), err
}

func containerName(c container.Summary) string {
	name := c.ID[:12]
	if len(c.Names) > 0 {
		name = c.Names[0][1:]
	}
	return fmt.Sprintf("container %s (%s)", name, c.Image)
}

// together does things at once and collects what became of them.
type together struct {
	wait sync.WaitGroup
	mu   sync.Mutex
	well []string
	errs []error
}

func (t *together) do(what string, f func() error) {
	t.wait.Go(func() {
		err := f()
		t.mu.Lock()
		defer t.mu.Unlock()
		if err != nil {
			t.errs = append(t.errs, fmt.Errorf("%s: %w", what, err))
			return
		}
		t.well = append(t.well, what)
	})
}

// done waits for all of them, and returns those that went well, in no order.
func (t *together) done() (well []string, err error) {
	t.wait.Wait()
	well, err = t.well, errors.Join(t.errs...)
	t.well, t.errs = nil, nil
	return well, err
}
