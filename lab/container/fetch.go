package container

import (
	"context"
	"fmt"
)

// Has reports whether the engine has an image, under a reference such as
// "debian:trixie-slim".
func (e *Engine) Has(ctx context.Context, reference string) (bool, error) {
	there, err := e.present(ctx, reference)
	if err != nil {
		return false, fmt.Errorf("look for the image %s: %w", reference, err)
	}
	return there, nil
}

// Fetch has an image that others made: it is pulled if it is not there. A nil
// report is told nothing.
func (e *Engine) Fetch(ctx context.Context, reference string, report func(Progress)) (err error) {
	there, err := e.Has(ctx, reference)
	if err != nil || there {
		return err
	}
	p := follow(reference, report)
	defer func() { p.finish(reference, err) }()
	p.doing("pulling " + reference)
	if err := e.pull(ctx, reference); err != nil {
		return fmt.Errorf("the image %s is not there and cannot be pulled: %w. Bring it by \"docker load\", or do without it", reference, e.full(err))
	}
	return nil
}
