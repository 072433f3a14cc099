//go:build !linux

package container

import "syscall"

// attributes are the usual ones: these systems do not end children with their
// parent.
func attributes() *syscall.SysProcAttr { return nil }
