package house_test

import (
	"context"
	"testing"
	"time"
)

// comesTrue reports whether a state comes to hold in time.
func comesTrue(within time.Duration, holds func() bool) bool {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// eventually waits until a state holds, and ends the test when it does not in
// time.
func eventually(t *testing.T, within time.Duration, what string, holds func() bool) {
	t.Helper()
	if !comesTrue(within, holds) {
		t.Fatalf("waited %s for %s", within, what)
	}
}
