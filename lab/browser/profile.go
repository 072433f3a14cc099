//go:build unix

package browser

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// profilePrefix begins the names of profiles; the number of the process that
// made them follows. Beside each lies a lock file, held as long as that process
// lives, also across containers that share a directory for temporary files.
const profilePrefix = "ssprlab-chrome-"

// profile is a directory for Chrome's data, Chrome's alone.
type profile struct {
	dir  string
	lock *os.File
}

// newProfile makes an empty profile.
func newProfile() (*profile, error) {
	for {
		lock, err := os.CreateTemp("", fmt.Sprintf("%s%d-*.lock", profilePrefix, os.Getpid()))
		if err != nil {
			return nil, fmt.Errorf("browser: make a profile: %w", err)
		}
		if !hold(lock) {
			lock.Close() // swept between its making and its locking
			continue
		}
		dir := strings.TrimSuffix(lock.Name(), ".lock")
		if err := os.Mkdir(dir, 0o700); err != nil {
			os.Remove(lock.Name())
			lock.Close()
			return nil, fmt.Errorf("browser: make a profile: %w", err)
		}
		return &profile{dir: dir, lock: lock}, nil
	}
}

// hold locks f unless another process does or its name is gone.
func hold(f *os.File) bool {
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return false
	}
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(f.Name())
	return err == nil && os.SameFile(mine, named)
}

// remove deletes the profile, then its lock.
func (p *profile) remove() error {
	err := os.RemoveAll(p.dir)
	err = errors.Join(err, os.Remove(p.lock.Name()), p.lock.Close())
	if err != nil {
		return fmt.Errorf("browser: remove the profile %s: %w", p.dir, err)
	}
	return nil
}

// sweepProfiles removes the profiles of processes that are gone. What it may
// not touch belongs to another person and stays.
func sweepProfiles(log *slog.Logger) {
	locks, err := filepath.Glob(filepath.Join(os.TempDir(), profilePrefix+"*.lock"))
	if err != nil {
		return
	}
	for _, name := range locks {
		lock, err := os.OpenFile(name, os.O_RDWR|syscall.O_NOFOLLOW, 0)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				log.Debug("left-over profile stays", "lock", name, "error", err)
			}
			continue
		}
		if !hold(lock) {
			lock.Close()
			continue
		}
		left := &profile{dir: strings.TrimSuffix(name, ".lock"), lock: lock}
		if err := left.remove(); err != nil {
			log.Warn("left-over profile stays", "error", err)
			continue
		}
		log.Info("left-over profile removed", "dir", left.dir)
	}
}
