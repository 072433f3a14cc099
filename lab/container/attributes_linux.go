package container

import "syscall"

// attributes have the kernel end a child when this program dies, however it
// dies.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
