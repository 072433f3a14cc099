//go:build unix

package supervise

import (
	"errors"
	"syscall"
)

// ownGroup puts a process at the head of a group, in which its children are.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// killGroup kills whoever is left of a group.
func killGroup(head int) error {
	if err := syscall.Kill(-head, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// reap takes leave of the killed ones of a group whose parent went before
// them: the first process of a container is everybody's last parent.
func reap(head int) {
	for {
		if _, err := syscall.Wait4(-head, nil, 0, nil); err != nil && !errors.Is(err, syscall.EINTR) {
			return // none is left
		}
	}
}
