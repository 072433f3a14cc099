package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ssprlab/ssprlab/lab/checkup"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/directory/conformance"
)

func checkDirectoryCommand() *cobra.Command {
	var f ownFlags
	var rights bool
	c := &cobra.Command{
		Use:   "check-directory",
		Short: "Check a directory of yours for password writeback: what it does, and which right is lacking",
		Long: "Check a directory of yours for password writeback: which directory it is, which right the connector\n" +
			"account lacks by name, what that will mean for people, the command that grants it, and how the\n" +
			"directory answers the conformance cases. It writes only below the unit that the file names.\n" +
			"What it prints can be pasted into a ticket.\n" +
			"Exit status: 0 all there, 1 something lacks, 2 bad input, 3 the directory cannot be reached.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return checkDirectory(c, f, rights) },
	}
	f.add(c)
	c.Flags().BoolVar(&rights, "rights-only", false, "check the rights of the connector account alone, and leave out the cases")
	return c
}

func checkDirectory(c *cobra.Command, f ownFlags, rightsOnly bool) error {
	config, err := f.read(c.ErrOrStderr(), "")
	if err != nil {
		return err
	}
	if err := f.agree(c, config, checking(rightsOnly)); err != nil {
		return err
	}
	cases, asked := conformance.Cases(), 0
	if rightsOnly {
		cases = nil
	}
	report, err := checkup.Examine(c.Context(), config, cases, func(a checkup.Answer) {
		if asked++; asked%25 == 0 {
			fmt.Fprintf(c.ErrOrStderr(), "%d cases …\n", asked)
		}
	})
	if err != nil {
		return fail(statusOf(err), err)
	}
	if _, err := report.WriteTo(c.OutOrStdout()); err != nil {
		return fail(statusNoLab, err)
	}
	if len(report.Lacks()) > 0 {
		return fail(statusFailed, errQuiet)
	}
	return nil
}

// checking is what the check does in the directory.
func checking(rightsOnly bool) []string {
	plan := []string{"a unit is made, OU=ssprlab-…, with a person of the lab in it", "the connector account sets and changes that person's password"}
	if !rightsOnly {
		plan = append(plan, "more people and groups of the lab are made in it, their passwords set and changed, and rights on them granted among them")
	}
	return append(plan, "the unit is removed at the end, after Ctrl-C too")
}

// statusOf says with which exit status a directory's refusal ends the command:
// what the file names wrongly is bad input, a right that the set-up account
// lacks is something lacking.
func statusOf(err error) int {
	var refused *directory.Refusal
	if !errors.As(err, &refused) {
		return statusNoLab
	}
	switch refused.Reason {
	case directory.NoRight:
		return statusFailed
	case directory.WrongPassword, directory.Disabled, directory.Locked, directory.MustChange, directory.AccountExpired, directory.PasswordExpired,
		directory.LogonRestricted, directory.NoSuchObject, directory.NotUnique:
		return statusBadInput
	}
	return statusNoLab
}
