//go:build unix

package container

import (
	"errors"
	"os"
	"syscall"
)

// flock locks f unless another does, until f is closed. Some file systems
// cannot, which is an error.
func flock(f *os.File, shared bool) (mine bool, err error) {
	how := syscall.LOCK_EX
	if shared {
		how = syscall.LOCK_SH
	}
	err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}
