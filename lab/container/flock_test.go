//go:build unix

package container

import (
	"os"
	"path/filepath"
	"testing"
)

// TestLockThatCannotBeHad proves that a file that cannot be locked is not taken
// for one that another holds, for which a build would wait for ever.
func TestLockThatCannotBeHad(t *testing.T) {
	open := func() *os.File {
		f, err := os.Create(filepath.Join(t.TempDir(), "lock"))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	held := open()
	defer held.Close()
	again, err := os.Open(held.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if mine, err := flock(held, false); !mine || err != nil {
		t.Errorf("a free lock: %v, %v", mine, err)
	}
	if mine, err := flock(again, true); mine || err != nil {
		t.Errorf("the lock of another: %v, %v", mine, err)
	}
	closed := open()
	closed.Close()
	if mine, err := flock(closed, false); mine || err == nil {
		t.Errorf("what cannot be locked: %v, %v", mine, err)
	}
}
