package container

import "fmt"

// How many bytes must be free where the engine keeps its things.
const (
	minimumSpace = 200 << 20 // to run a lab
	buildSpace   = 3 << 30   // to build all images
)

// space checks that a number of bytes is free. A folder that is not to be seen
// from here (the engine's machine is a virtual one) is not judged.
func (e *Engine) space(needed int64) error {
	if !e.direct || e.root == "" {
		return nil
	}
	if free, known := freeBytes(e.root); known && free < needed {
		return e.outOfSpace(fmt.Errorf("%d MB are free in %s, and the lab needs %d MB", free>>20, e.root, needed>>20))
	}
	return nil
}
