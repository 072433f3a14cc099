package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/ssprlab/ssprlab/lab/container"
)

func imagesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "images",
		Short: "Build, list and remove the images of the container lab",
		Long: "Build, list and remove the images of the container lab. A lab that needs one builds it by itself;\n" +
			"what is there and up to date is not built again.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		&cobra.Command{Use: "build [NAME…]", Short: "Build the images that are missing or out of date", RunE: buildImages},
		&cobra.Command{Use: "list", Short: "List the images that were built", Args: cobra.NoArgs, RunE: listImages},
		&cobra.Command{Use: "remove [NAME…]", Short: "Remove the images that were built", RunE: removeImages},
	)
	return c
}

// chosen are the images of the given names, or all.
func chosen(names []string) ([]container.Image, error) {
	if len(names) == 0 {
		return container.All(), nil
	}
	var list []container.Image
	for _, name := range names {
		img, err := container.Named(name)
		if err != nil {
			return nil, fail(statusBadInput, err)
		}
		list = append(list, img)
	}
	return list, nil
}

func buildImages(c *cobra.Command, args []string) error {
	list, err := chosen(args)
	if err != nil {
		return err
	}
	return withEngine(c, func(e *container.Engine) error {
		return e.BuildAll(c.Context(), list, container.Lines(c.OutOrStdout()))
	})
}

func listImages(c *cobra.Command, _ []string) error {
	return withEngine(c, func(e *container.Engine) error {
		built, err := e.Images(c.Context())
		if err != nil {
			return err
		}
		if len(built) == 0 {
			fmt.Fprintln(c.OutOrStdout(), "No image has been built.")
			return nil
		}
		t := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, "NAME\tIMAGE\tSIZE\tBUILT")
		for _, b := range built {
			fmt.Fprintf(t, "%s\t%s\t%d MB\t%s\n", b.Name, b.Reference, b.Size/1e6, b.Created.Format(time.DateTime))
		}
		return t.Flush()
	})
}

func removeImages(c *cobra.Command, args []string) error {
	return withEngine(c, func(e *container.Engine) error {
		removed, err := e.RemoveImages(c.Context(), args...)
		tell(c, removed, err, "Nothing to remove.")
		return err
	})
}

// withEngine opens the Docker engine for a verb.
func withEngine(c *cobra.Command, verb func(*container.Engine) error) error {
	e, err := container.Open(c.Context())
	if err != nil {
		return fail(statusNoLab, err)
	}
	defer e.Close()
	return fail(statusNoLab, verb(e))
}

// tell lists what was removed before an error, if there was one.
func tell(c *cobra.Command, removed []string, err error, nothing string) {
	for _, line := range removed {
		fmt.Fprintln(c.OutOrStdout(), "removed "+line)
	}
	if len(removed) == 0 && err == nil {
		fmt.Fprintln(c.OutOrStdout(), nothing)
	}
}
