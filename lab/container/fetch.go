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
