package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/scenarios/run"
)

// directoryFlags choose the directory, for every verb that starts labs.
type directoryFlags struct {
	directory string
	mailImage string
	own       ownFlags
}

func (f *directoryFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.directory, "directory", string(lab.Embedded), "the directory, and where the parts run: embedded (in this process), samba or openldap (all in containers), or ldaps://host:port, one of yours, with --directory-config")
	c.Flags().StringVar(&f.mailImage, "mail-image", "", "with --directory samba or openldap: an image of MailHog itself, such as mailhog/mailhog, in place of the lab's mail catcher")
	f.own.add(c)
}

// open brings up what the directory needs, puts it into the options of a run,
// and returns what takes it down again.
func (f *directoryFlags) open(c *cobra.Command, o *run.Options) (closing func() error, err error) {
	if kind := lab.DirectoryKind(f.directory); f.mailImage != "" && kind != lab.Samba && kind != lab.OpenLDAP {
		return nil, fail(statusBadInput, fmt.Errorf("--mail-image %s is for a lab in containers: --directory %s or %s", f.mailImage, lab.Samba, lab.OpenLDAP))
	}
	if strings.HasPrefix(f.directory, "ldaps:") || f.own.file != "" && !c.Flags().Changed("directory") {
		return f.openOwn(c, o)
	}
	if f.own.file != "" {
		return nil, fail(statusBadInput, fmt.Errorf("--directory-config names a directory of yours, and --directory %s is one of the lab's: use one of them", f.directory))
	}
	o.Directory = lab.DirectoryKind(f.directory)
	switch o.Directory {
	case lab.Embedded:
		return func() error { return nil }, nil
	case lab.Samba, lab.OpenLDAP:
		o.Fleet, err = lab.OpenFleet(c.Context(), lab.FleetConfig{Directory: o.Directory, Authority: o.Authority, MailImage: f.mailImage, Progress: container.Lines(c.ErrOrStderr()),
			Warn: func(err error) { fmt.Fprintln(c.ErrOrStderr(), "ssprlab: warning:", err) }})
		if err != nil {
			return nil, fail(statusNoLab, err)
		}
		return o.Fleet.Close, nil
	}
	return nil, fail(statusBadInput, fmt.Errorf("--directory %q: expected %s, %s, %s or ldaps://host:port", f.directory, lab.Embedded, lab.Samba, lab.OpenLDAP))
}

// openOwn has the labs use a directory of the user's, if the user agrees.
func (f *directoryFlags) openOwn(c *cobra.Command, o *run.Options) (closing func() error, err error) {
	address := ""
	if c.Flags().Changed("directory") {
		address = f.directory
	}
	if o.Own, err = f.own.read(c.ErrOrStderr(), address); err != nil {
		return nil, err
	}
	o.Directory = lab.Own
	return func() error { return nil }, f.own.agree(c, o.Own, rehearsal())
}
