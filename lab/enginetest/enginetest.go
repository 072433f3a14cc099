// Package enginetest opens the Docker engine for tests, and says what becomes of
// them where there is none.
package enginetest

import (
	"errors"
	"os"
	"testing"

	"github.com/ssprlab/ssprlab/lab/container"
)

// Open opens the engine until the test ends. Where there is none that can be
// used the test is left out; where CI=true it fails.
func Open(t testing.TB) *container.Engine {
	t.Helper()
	e, err := container.Open(t.Context())
	if err != nil {
		if u := (*container.Unusable)(nil); errors.As(err, &u) && os.Getenv("CI") != "true" {
			t.Skipf("without containers: %v", err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}
