//go:build unix

package scratch

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

const lockSuffix = ".lock"

func create(purpose string) (*Dir, error) {
	for {
		lock, err := os.CreateTemp("", fmt.Sprintf("%s%s-%d-*%s", prefix, purpose, os.Getpid(), lockSuffix))
		if err != nil {
			return nil, err
		}
		if !hold(lock) {
			lock.Close() // swept between its making and its locking
			continue
		}
		path := strings.TrimSuffix(lock.Name(), lockSuffix)
		if err := os.Mkdir(path, 0o700); err != nil {
			return nil, errors.Join(err, os.Remove(lock.Name()), lock.Close())
		}
		return &Dir{path: path, lock: lock}, nil
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

// remove deletes the lock last, so that a program killed here leaves what the
// next one finds.
func (d *Dir) remove() error {
	if err := os.RemoveAll(d.path); err != nil {
		return errors.Join(err, d.lock.Close())
	}
	return errors.Join(os.Remove(d.lock.Name()), d.lock.Close())
}

// sweep removes the folders of programs that are gone. What it may not touch
// belongs to another person and stays.
func sweep(log *slog.Logger) {
	locks, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"+lockSuffix))
	if err != nil {
		return
	}
	for _, name := range locks {
		lock, err := os.OpenFile(name, os.O_RDWR|syscall.O_NOFOLLOW, 0)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				log.Debug("left-over folder stays", "lock", name, "error", err)
			}
			continue
		}
		if !hold(lock) {
			lock.Close()
			continue
		}
		left := &Dir{path: strings.TrimSuffix(name, lockSuffix), lock: lock}
		if err := left.remove(); err != nil {
			log.Warn("left-over folder stays", "dir", left.path, "error", err)
			continue
		}
		log.Info("left-over folder removed", "dir", left.path)
	}
}
