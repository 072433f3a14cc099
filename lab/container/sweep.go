package container

import (
	"context"
	"fmt"
)

// Sweep removes what dead labs left: containers with their anonymous volumes,
// networks, and layers of images whose build was given up. It returns a line
// for each. What belongs to a living process, to another machine or to nobody
// that the lab knows stays.
func (e *Engine) Sweep(ctx context.Context) ([]string, error) {
	removed, err := e.remove(ctx, labelOwner, func(labels map[string]string) bool {
		o, ok := parseOwner(labels[labelOwner])
		return ok && o.dead(e.owner)
	})
	if err != nil {
		return removed, fmt.Errorf("remove what dead labs left: %w", err)
	}
	layers, err := e.prune(ctx)
	return append(removed, layers...), err
}
