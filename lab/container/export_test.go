package container

import "context"

// FreePorts is freePorts.
var FreePorts = freePorts

// CreateAtFreePorts is the part of Start that chooses ports.
func (g *Group) CreateAtFreePorts(ctx context.Context, s Spec, choose func(Spec) (Spec, error)) error {
	_, err := g.createAtFreePorts(ctx, s, choose)
	return err
}

// MakeBase makes the base from the Debian archive under another name.
func (e *Engine) MakeBase(ctx context.Context, reference string) error {
	return e.makeBase(ctx, reference)
}
