//go:build unix

package container

import (
	"os"
	"syscall"
)

// flock locks f unless another does, until f is closed.
func flock(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
