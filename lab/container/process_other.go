//go:build !linux && !darwin

package container

import (
	"errors"
	"io/fs"
	"os"
)

// bootID is the same for ever: on these systems what an earlier run of the
// machine left is told by its process alone.
func bootID() (string, error) { return "unknown", nil }

// startTime knows only whether there is such a process.
func startTime(pid int) (string, error) {
	p, err := os.FindProcess(pid)
	if err != nil {
		return "", errors.Join(err, fs.ErrNotExist)
	}
	return "unknown", p.Release()
}

// isGone reports whether an error of startTime says that there is no such
// process.
func isGone(err error) bool { return errors.Is(err, fs.ErrNotExist) }
