package browser

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Chrome listens on a netlink socket for network interfaces that come and go,
// and breaks every connection then, those on the loopback address too
// (net::ERR_NETWORK_CHANGED). A lab in containers beside it makes and removes
// interfaces all the time. There is no switch for that; but a Chrome that gets
// no such socket takes the network for one that does not change.

// auditArch is what the kernel calls this processor, where a filter is known to
// be right.
var auditArch = map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}

// Offsets in what the kernel hands to a filter (struct seccomp_data); the
// processors above keep the low half of an argument first.
const (
	offsetCall     = 0
	offsetArch     = 4
	offsetArgument = 16
)

// keepQuiet keeps the calling thread, and every process that it starts, from
// opening netlink sockets. The thread must end with its goroutine. It does
// nothing where Chrome's sandbox needs a helper that takes on rights, which it
// could not any more.
func keepQuiet() error {
	arch, known := auditArch[runtime.GOARCH]
	if !known || os.Geteuid() != 0 && userNamespaces() != nil {
		return nil
	}
	const deny = unix.SECCOMP_RET_ERRNO | uint32(syscall.EAFNOSUPPORT)
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offsetArch},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: arch, Jf: 5},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offsetCall},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_SOCKET, Jf: 3},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offsetArgument},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.AF_NETLINK, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: deny},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("keep Chrome from watching the network: %w", err)
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	if errno != 0 && !errors.Is(errno, syscall.ENOSYS) {
		return fmt.Errorf("keep Chrome from watching the network: %w", errno)
	}
	return nil
}

// userNamespaces says why this system gives none; nil if it does.
func userNamespaces() error {
	probe := exec.Command("/bin/true")
	probe.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET}
	return probe.Run()
}
