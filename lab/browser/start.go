package browser

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/ssprlab/ssprlab/lab/scratch"
)

// Process is a Chrome and all processes it starts, wherever they run. Its
// methods may be called by several goroutines.
type Process interface {
	// Pipe is Chrome's debugging pipe: what comes from it and what goes to it.
	Pipe() (events io.ReadCloser, commands io.WriteCloser)
	// Exited is closed when Chrome has ended, soon after Kill at the latest.
	Exited() <-chan struct{}
	// Status says how Chrome ended, such as "signal: killed" or "exit status
	// 1". It is asked for once Exited is closed.
	Status() string
	// Said is the end of what Chrome printed, at most a few kilobytes.
	Said() string
	// Kill ends Chrome at once. One that has ended is no error.
	Kill()
	// Gone waits until nothing is left of a Chrome that has ended, neither a
	// process nor its profile.
	Gone() error
	// String names it in errors and logs, "/usr/bin/chromium".
	String() string
}

// startHere starts the Chrome of this machine. It first removes the profiles
// that killed programs left behind.
func (c Config) startHere(_ context.Context, args []string) (Process, error) {
	profile, err := scratch.Make("chrome", c.Log)
	if err != nil {
		return nil, err
	}
	p, err := startProcess(c.Path, slices.Concat(argumentsHere(c, profile.Path()), args))
	if err != nil {
		profile.Remove()
		return nil, fmt.Errorf("start %s: %w", c.Path, err)
	}
	p.profile = profile
	return p, nil
}
