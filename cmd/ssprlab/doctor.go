package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ssprlab/ssprlab/lab/doctor"
)

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Look for what the lab needs, and say how to mend what is missing",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			missing := 0
			for _, f := range doctor.Examine(c.Context()) {
				fmt.Fprintln(c.OutOrStdout(), f.Line())
				if f.Err != nil && !f.Optional {
					missing++
				}
			}
			if missing > 0 {
				return fail(statusNoLab, fmt.Errorf("%s the lab cannot do without", count(missing, "thing")))
			}
			return nil
		},
	}
}
