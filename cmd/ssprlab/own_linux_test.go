package main_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/ssprlab/ssprlab/lab"
)

// terminal opens a pseudo terminal: what is typed into one end is read from the
// other.
func terminal(t *testing.T) (keyboard, screen *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo terminal: %v", err)
	}
	t.Cleanup(func() { keyboard.Close() })
	var number, unlocked uint32
	for request, value := range map[uintptr]*uint32{syscall.TIOCSPTLCK: &unlocked, syscall.TIOCGPTN: &number} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, keyboard.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			t.Skipf("no pseudo terminal: %v", errno)
		}
	}
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo terminal: %v", err)
	}
	t.Cleanup(func() { screen.Close() })
	return keyboard, screen
}

// TestOwnAsks answers the question on a terminal.
func TestOwnAsks(t *testing.T) {
	t.Parallel()
	s := newTheirs(t, lab.Config{Seed: 3})
	for answer, status := range map[string]int{"y\n": 0, "YES\n": 0, "n\n": 2, "\n": 2, "maybe\n": 2} {
		t.Run(strings.TrimSpace(answer), func(t *testing.T) {
			keyboard, screen := terminal(t)
			if _, err := keyboard.WriteString(answer); err != nil {
				t.Fatal(err)
			}
			var said bytes.Buffer
			c := exec.CommandContext(t.Context(), os.Getenv(binaryVariable), "check-directory", "--rights-only", "--directory-config", s.file)
			c.Env = append(os.Environ(), s.env...)
			c.Stdin, c.Stdout, c.Stderr = screen, &said, &said
			c.Run() // its status is looked at
			if got := c.ProcessState.ExitCode(); got != status || !strings.Contains(said.String(), "Go on? [y/N]") {
				t.Errorf("%q: status %d, want %d:\n%s", answer, got, status, &said)
			}
		})
	}
}
