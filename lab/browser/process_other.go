//go:build !unix

package browser

import (
	"errors"

	"github.com/ssprlab/ssprlab/lab/scratch"
)

// errNoPipe says why Chrome is not driven here: it takes its debugging pipe on
// descriptors that this system does not hand down.
var errNoPipe = errors.New("Chrome's debugging pipe needs Linux or macOS; use the http driver, or run under WSL")

// process is never made.
type process struct {
	Process
	profile *scratch.Dir
}

func startProcess(string, []string) (*process, error) { return nil, errNoPipe }
