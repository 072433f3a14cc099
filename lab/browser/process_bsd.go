//go:build unix && !linux

package browser

import "syscall"

// attributes put Chrome into a process group of its own. When this program
// dies Chrome ends because its debugging pipe does.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
