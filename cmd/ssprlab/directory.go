package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/scenarios/run"
)

// directoryFlags choose the directory, for every verb that starts labs.
type directoryFlags struct{ directory string }

func (f *directoryFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.directory, "directory", string(lab.Embedded), "the directory, and where the parts run: embedded (in this process), samba or openldap (all in containers)")
}

// open brings up what the directory needs, puts it into the options of a run,
// and returns what takes it down again.
func (f *directoryFlags) open(c *cobra.Command, o *run.Options) (closing func() error, err error) {
	o.Directory = lab.DirectoryKind(f.directory)
	switch o.Directory {
	case lab.Embedded:
		return func() error { return nil }, nil
	case lab.Samba, lab.OpenLDAP:
		o.Fleet, err = lab.OpenFleet(c.Context(), lab.FleetConfig{Directory: o.Directory, Authority: o.Authority, Progress: container.Lines(c.ErrOrStderr())})
		if err != nil {
			return nil, fail(statusNoLab, err)
		}
		return o.Fleet.Close, nil
	}
	return nil, fail(statusBadInput, fmt.Errorf("--directory %q: expected %s, %s or %s", f.directory, lab.Embedded, lab.Samba, lab.OpenLDAP))
}
