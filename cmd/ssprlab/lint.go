package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/spf13/cobra"

	"github.com/ssprlab/ssprlab/scenarios"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

func lintCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lint [FILE|FOLDER…]",
		Short: "Check scenario files and show every error at once",
		Long:  "Check scenario files, or the built-in ones, and show every error of all of them at once:\nwhere it is, the line, what was expected, and the nearest known word.",
		RunE: func(c *cobra.Command, args []string) error {
			list, err := read(c.ErrOrStderr(), args)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%s, no errors\n", count(len(list), "scenario"))
			return nil
		},
	}
}

// read reads scenarios from files and folders, or the built-in ones, and shows
// what is wrong with them.
func read(w io.Writer, args []string) ([]*script.Scenario, error) {
	list, problems := readAll(args)
	for _, p := range problems {
		fmt.Fprintln(w, p.Render())
	}
	switch {
	case len(problems) > 0:
		return nil, fail(statusBadInput, fmt.Errorf("%s in the scenarios", count(len(problems), "error")))
	case len(list) == 0:
		return nil, fail(statusBadInput, fmt.Errorf("no scenario found in %v: scenario files end in .yaml: %w", args, fs.ErrNotExist))
	}
	return list, nil
}

// readAll reads what is on disk, and else what is built in under that name: the
// report names built-in files so in the line that runs one again.
func readAll(args []string) (list []*script.Scenario, problems []script.Problem) {
	var onDisk, within []string
	for _, name := range args {
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) && builtIn(name) {
			within = append(within, path.Clean(name))
		} else {
			onDisk = append(onDisk, name)
		}
	}
	if len(onDisk) > 0 {
		list, problems = script.ReadFiles(onDisk...)
	}
	if len(within) > 0 || len(args) == 0 {
		more, wrong := script.ReadFS(scenarios.Files, within...)
		list, problems = append(list, more...), append(problems, wrong...)
	}
	return list, problems
}

// builtIn reports whether a file or folder of that name is built in.
func builtIn(name string) bool {
	_, err := fs.Stat(scenarios.Files, path.Clean(name))
	return err == nil
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// errQuiet ends the command with a status and no further word.
var errQuiet = errors.New("")
