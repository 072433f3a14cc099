package main

import (
	"github.com/spf13/cobra"

	"github.com/ssprlab/ssprlab/lab/supervise"
)

// superviseCommand is what a directory's container runs as its first process.
// People have no use for it, so it is hidden.
func superviseCommand() *cobra.Command {
	var o supervise.Options
	c := &cobra.Command{
		Use:    "supervise samba|openldap",
		Short:  "Hold a directory server in a container and serve its control",
		Long:   "Hold a directory server as the first process of its container, and serve over HTTPS the control by\nwhich a lab asks for the pristine directory and moves its clock.",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			kind, err := supervise.KindNamed(args[0])
			if err != nil {
				return fail(statusBadInput, err)
			}
			o.Log = c.OutOrStdout()
			return fail(statusNoLab, supervise.Serve(c.Context(), kind, o))
		},
	}
	c.Flags().StringVar(&o.Listen, "listen", "127.0.0.1:8636", "where the control listens")
	c.Flags().StringVar(&o.Cert, "cert", supervise.ControlFolder+"/cert.pem", "the control's certificate, a file in PEM")
	c.Flags().StringVar(&o.Key, "key", supervise.ControlFolder+"/key.pem", "the certificate's key, a file in PEM")
	c.Flags().StringVar(&o.Token, "token", "", "a file with the token that a request must carry; none asks for no token")
	return c
}
