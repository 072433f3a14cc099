//go:build unix

package container

import (
	"os"
	"syscall"
)

// flock locks f unless another does, until f is closed.
func flock(f *os.File, shared bool) bool {
	how := syscall.LOCK_EX
	if shared {
		how = syscall.LOCK_SH
	}
	return syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB) == nil
}
