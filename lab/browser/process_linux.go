package browser

import "syscall"

// attributes put Chrome into a process group of its own and have the kernel
// kill it when this program dies, however it dies.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
