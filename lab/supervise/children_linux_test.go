package supervise_test

import (
	"syscall"
	"testing"
)

// adopt makes this process the parent of orphans among its descendants, as the
// first process of a container is.
func adopt(t *testing.T) {
	t.Helper()
	const setChildSubreaper = 36 // PR_SET_CHILD_SUBREAPER of prctl(2)
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0); errno != 0 {
		t.Fatal(errno)
	}
}

// A server's children go with it, and those that have lost their parent are
// reaped.
func TestNoChildIsLeft(t *testing.T) {
	adopt(t)
	s := newStage(t, func(command []string) []string {
		return append([]string{"/bin/sh", "-c", `(sleep 1000 & echo $! >"$3/child"); exec "$0" "$@"`}, command...)
	})
	s.fresh(t)
	child := s.process(t, "child")
	if err := child.Signal(syscall.Signal(0)); err != nil {
		t.Fatalf("before: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := child.Signal(syscall.Signal(0)); err == nil {
		t.Error("the child is left")
	}
}
