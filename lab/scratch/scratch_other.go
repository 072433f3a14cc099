//go:build !unix

package scratch

import (
	"fmt"
	"log/slog"
	"os"
)

func create(purpose string) (*Dir, error) {
	path, err := os.MkdirTemp("", fmt.Sprintf("%s%s-%d-*", prefix, purpose, os.Getpid()))
	if err != nil {
		return nil, err
	}
	return &Dir{path: path}, nil
}

func (d *Dir) remove() error { return os.RemoveAll(d.path) }

func sweep(*slog.Logger) {}
