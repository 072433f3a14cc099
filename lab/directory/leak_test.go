package directory

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"
)

// It runs before the parallel tests, whose connections would be counted too.
func TestCloseLeavesNoGoroutine(t *testing.T) {
	s := newScript(t)
	d := s.open(t)
	for range 3 {
		if err := d.Unlock(context.Background(), anna); err != nil {
			t.Fatal(err)
		}
		if err := d.Authenticate(context.Background(), "anna@example.test", "Right-Pass-1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for {
		stacks := allStacks()
		if !strings.Contains(stacks, "go-ldap/ldap/v3.(*Conn)") {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("10s after Close a connection's goroutine still runs:\n%s", stacks)
		}
	}
}

func allStacks() string {
	b := make([]byte, 1<<20)
	return string(b[:runtime.Stack(b, true)])
}
