package container

import (
	"os"
	"syscall"
)

// attributes have the kernel end a child when this program dies, however it
// dies. Root's child is the first of a process table of its own, so that all
// that it starts ends with it.
func attributes() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Getuid() == 0 {
		a.Cloneflags = syscall.CLONE_NEWPID
	}
	return a
}
