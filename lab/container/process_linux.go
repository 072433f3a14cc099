package container

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// bootID joins the kernel's boot id and the name of this process's table of
// processes, since the same number means another process in another container.
func bootID() (string, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", err
	}
	table, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(boot)) + "+" + strings.Trim(strings.TrimPrefix(table, "pid:"), "[]"), nil
}

// startTime returns when a process started, in the kernel's ticks since the
// machine's start.
func startTime(pid int) (string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	// The name, in parentheses, may hold anything; the 20th field after it is
	// the time, the first the state.
	_, rest, found := cutLast(string(text), ")")
	fields := strings.Fields(rest)
	if !found || len(fields) < 20 {
		return "", fmt.Errorf("/proc/%d/stat is not as proc(5) says", pid)
	}
	if fields[0] == "Z" || fields[0] == "X" {
		return "", fmt.Errorf("process %d is dead: %w", pid, fs.ErrNotExist)
	}
	return fields[19], nil
}

// isGone reports whether an error of startTime says that there is no such
// process.
func isGone(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) }
