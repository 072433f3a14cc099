package main

import (
	"github.com/spf13/cobra"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/tree"
)

func cleanCommand() *cobra.Command {
	var own ownFlags
	c := &cobra.Command{
		Use:   "clean",
		Short: "Remove what dead labs left in the Docker engine, or in a directory of yours, and nothing else",
		Long: "Remove what dead labs left in the Docker engine: containers, networks and layers of images whose\n" +
			"build was given up; or, with --directory-config, in a directory of yours: their units below the one\n" +
			"that the file names. What belongs to a lab that runs, or to nobody the lab knows, stays. Every lab\n" +
			"does the same where it starts.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("directory-config") {
				return cleanOwn(c, own)
			}
			return withEngine(c, func(e *container.Engine) error {
				removed, err := e.Sweep(c.Context())
				tell(c, removed, err, "Nothing to clean.")
				return err
			})
		},
	}
	c.Flags().StringVar(&own.file, "directory-config", "", "file that names a directory of yours, to clean that instead")
	return c
}

// cleanOwn removes the trees of dead labs. It need not ask: what it removes the
// lab has made.
func cleanOwn(c *cobra.Command, f ownFlags) error {
	config, err := f.read(c.ErrOrStderr(), "")
	if err != nil {
		return err
	}
	d, err := directory.Open(c.Context(), config.As(config.SetUp))
	if err != nil {
		return fail(statusNoLab, err)
	}
	defer d.Close()
	removed, err := tree.Sweep(c.Context(), d, config.Unit)
	tell(c, removed, err, "Nothing to clean.")
	return fail(statusNoLab, err)
}
