package main

import (
	"context"
	"fmt"
	"io"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/pki"
)

// newFleet opens the containers that a directory needs; nil if it needs none.
func newFleet(ctx context.Context, w io.Writer, name string, authority *pki.Authority) (*lab.Fleet, error) {
	switch kind := lab.DirectoryKind(name); kind {
	case lab.Embedded:
		return nil, nil
	case lab.Samba, lab.OpenLDAP:
		f, err := lab.OpenFleet(ctx, lab.FleetConfig{Directory: kind, Authority: authority, Progress: container.Lines(w)})
		return f, fail(statusNoLab, err)
	}
	return nil, fail(statusBadInput, fmt.Errorf("--directory %q: expected %s, %s or %s", name, lab.Embedded, lab.Samba, lab.OpenLDAP))
}
