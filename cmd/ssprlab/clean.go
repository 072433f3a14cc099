package main

import (
	"github.com/spf13/cobra"

	"github.com/ssprlab/ssprlab/lab/container"
)

func cleanCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "clean",
		Short: "Remove what dead labs left in the Docker engine, and nothing else",
		Long: "Remove what dead labs left in the Docker engine: containers, networks and layers of images whose\n" +
			"build was given up. What belongs to a lab that runs, or to nobody the lab knows, stays. Every lab\n" +
			"with containers does the same when it starts.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return withEngine(c, func(e *container.Engine) error {
				removed, err := e.Sweep(c.Context())
				tell(c, removed, err, "Nothing to clean.")
				return err
			})
		},
	}
}
