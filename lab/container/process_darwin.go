package container

import (
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sys/unix"
)

func bootID() (string, error) { return unix.Sysctl("kern.bootsessionuuid") }

// startTime returns when a process started, in microseconds since 1970 as the
// kernel noted it then.
func startTime(pid int) (string, error) {
	p, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil {
		return "", fmt.Errorf("process %d: %w", pid, errors.Join(err, fs.ErrNotExist))
	}
	const zombie = 5 // SZOMB
	if int(p.Proc.P_pid) != pid || p.Proc.P_stat == zombie {
		return "", fmt.Errorf("process %d is dead: %w", pid, fs.ErrNotExist)
	}
	return fmt.Sprintf("%d.%06d", p.Proc.P_starttime.Sec, p.Proc.P_starttime.Usec), nil
}

// isGone reports whether an error of startTime says that there is no such
// process.
func isGone(err error) bool { return errors.Is(err, fs.ErrNotExist) }
