package container

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// cacheFolder is the lab's own in the user's folder for caches. What lies there
// may be deleted at any time.
func cacheFolder() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a folder for caches: %w. Set HOME or XDG_CACHE_HOME", err)
	}
	dir = filepath.Join(dir, "ssprlab")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make a folder for caches: %w", err)
	}
	return dir, nil
}

// The locks. Each image has one more of its own, held by who builds it.
const (
	buildLock  = "build.lock"  // shared by who builds; who removes layers has it alone
	baseLock   = "base.lock"   // pull or make a base
	binaryLock = "binary.lock" // compile the command
)

// held is a lock that is held until it is released or the process ends.
type held struct{ file *os.File }

func (h held) release() { h.file.Close() }

// lock waits for a lock, and calls wait when another holds it.
func lock(ctx context.Context, name string, shared bool, wait func()) (held, error) {
	const interval = 50 * time.Millisecond
	tick := every(interval)
	defer tick.Stop()
	for first := true; ; first = false {
		l, ok, err := tryLock(name, shared)
		if err != nil || ok {
			return l, err
		}
		if first {
			wait()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return held{}, fmt.Errorf("wait for the lock %s, which another ssprlab holds: %w", name, context.Cause(ctx))
		}
	}
}

// tryLock takes a lock if nobody holds it; a shared one, unless somebody has it
// alone.
func tryLock(name string, shared bool) (h held, ok bool, err error) {
	dir, err := cacheFolder()
	if err != nil {
		return held{}, false, err
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return held{}, false, fmt.Errorf("open a lock: %w", err)
	}
	ok, err = flock(f, shared)
	if err != nil {
		err = fmt.Errorf("lock %s: %w. Set XDG_CACHE_HOME to a folder on a disk of this machine", f.Name(), err)
	}
	if !ok {
		return held{}, false, errors.Join(err, f.Close())
	}
	return held{f}, true, nil
}
