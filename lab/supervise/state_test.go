//go:build unix

package supervise

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestProvisioningIsGivenUp proves that what the script has started goes with
// it: that would hold its output, and write on into the state.
func TestProvisioningIsGivenUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := Layout{State: filepath.Join(dir, "state"), Provision: filepath.Join(dir, "provision"), Others: filepath.Join(dir, "others")}
	if err := os.WriteFile(l.Provision, []byte("#!/bin/sh\nsleep 1000\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	late := errors.New("too late")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 200*time.Millisecond, late)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- l.restore(ctx, "other.example.test") }()
	select {
	case err := <-done:
		if !errors.Is(err, late) {
			t.Errorf("it says %v", err)
		}
	case <-time.After(stopPatience):
		t.Error("it waits for what the script has started")
	}
}
