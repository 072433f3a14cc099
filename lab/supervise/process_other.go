//go:build !unix

package supervise

import (
	"errors"
	"syscall"
)

// Containers run Linux, so elsewhere there is a client only.

func ownGroup() *syscall.SysProcAttr { return nil }

func killGroup(int) error { return errors.New("a directory is supervised on Linux alone") }

func reap(int) {}
