package main_test

import (
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// Calls of the kernel that package syscall does not name; their numbers are
// the same on every machine.
const (
	pidfdOpen  = 434
	pidfdGetfd = 438
)

// TestUpEndsWhenAPartDies proves that a lab of which a part has died says
// which, and ends with status 3.
func TestUpEndsWhenAPartDies(t *testing.T) {
	r := up(t)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(r.Addresses["directory"], "ldaps://"))
	if err != nil {
		t.Fatal(err)
	}
	shutListener(t, r.process.Process.Pid, port)
	r.ends(t, 3)
	if said := r.errors.String(); !strings.Contains(said, "ssprlab: directory died: ") {
		t.Errorf("up says %q", said)
	}
}

// shutListener shuts down the socket with which a process listens at a port:
// it fetches each of its descriptors until it finds that one.
func shutListener(t *testing.T, pid int, port string) {
	t.Helper()
	handle, _, errno := syscall.Syscall(pidfdOpen, uintptr(pid), 0, 0)
	if errno != 0 {
		t.Skipf("this kernel hands out no process: %v", errno)
	}
	defer syscall.Close(int(handle))
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		var number uintptr
		if _, err := fmt.Sscan(e.Name(), &number); err != nil {
			t.Fatal(err)
		}
		fd, _, errno := syscall.Syscall(pidfdGetfd, handle, number, 0)
		switch errno {
		case 0:
		case syscall.EBADF:
			continue // closed meanwhile
		default:
			t.Skipf("this kernel hands out no descriptor: %v", errno)
		}
		if listens(int(fd), port) {
			err = syscall.Shutdown(int(fd), syscall.SHUT_RDWR)
		}
		syscall.Close(int(fd))
		if err != nil {
			t.Fatal(err)
		}
	}
}

// listens reports whether a descriptor is the listening socket of a port.
func listens(fd int, port string) bool {
	if on, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_ACCEPTCONN); err != nil || on == 0 {
		return false
	}
	address, err := syscall.Getsockname(fd)
	v4, ok := address.(*syscall.SockaddrInet4)
	return err == nil && ok && fmt.Sprint(v4.Port) == port
}
