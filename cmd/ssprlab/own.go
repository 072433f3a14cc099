package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/own"
	"github.com/ssprlab/ssprlab/lab/tree"
)

// ownFlags name a directory of the user's own.
type ownFlags struct {
	file string
	yes  bool
}

func (f *ownFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.file, "directory-config", "", "file that names a directory of yours, and the one unit in it where the lab may write")
	c.Flags().BoolVar(&f.yes, "yes", false, "do not ask before writing to a directory of yours")
}

// read reads the file and shows what is wrong with it. The address is what the
// command line says; "" leaves it to the file.
func (f *ownFlags) read(w io.Writer, address string) (*own.Config, error) {
	if f.file == "" {
		return nil, fail(statusBadInput, errors.New("--directory-config is missing: the file that names your directory, and the one unit in it where the lab may write (go doc github.com/ssprlab/ssprlab/lab/own shows an example)"))
	}
	config, problems := own.Read(f.file, os.LookupEnv)
	for _, p := range problems {
		fmt.Fprintln(w, p.Render())
	}
	if len(problems) > 0 {
		return nil, fail(statusBadInput, fmt.Errorf("%s in the directory's configuration", count(len(problems), "error")))
	}
	if address == "" {
		return config, nil
	}
	switch url, wrong := own.Address(address); {
	case wrong != "":
		return nil, fail(statusBadInput, fmt.Errorf("--directory: %s: expected ldaps://host:port", wrong))
	case url != config.URL:
		return nil, fail(statusBadInput, fmt.Errorf("--directory %s, but %s names %s: they must be the same", address, f.file, config.URL))
	}
	return config, nil
}

// agree says what is going to happen to the directory, asks, and then removes
// what dead labs have left there.
func (f *ownFlags) agree(c *cobra.Command, config *own.Config, plan []string) error {
	d, err := directory.Open(c.Context(), config.As(config.SetUp))
	if err != nil {
		return fail(statusOf(err), fmt.Errorf("as the account that sets people up: %w", err))
	}
	defer d.Close()
	dead, err := tree.Dead(c.Context(), d, config.Unit)
	if err != nil {
		return fail(statusOf(err), err)
	}
	f.announce(c.ErrOrStderr(), config, plan, dead)
	if err := f.ask(c.Context(), c.ErrOrStderr()); err != nil {
		return err
	}
	removed, err := tree.Sweep(c.Context(), d, config.Unit)
	for _, dn := range removed {
		fmt.Fprintln(c.ErrOrStderr(), "removed "+dn)
	}
	return fail(statusNoLab, err)
}

func (f *ownFlags) announce(w io.Writer, config *own.Config, plan, dead []string) {
	fmt.Fprintln(w, "This directory is not the lab's own:")
	for _, line := range [][2]string{
		{"directory", config.URL + ", " + config.Dialect.String()},
		{"connector account", config.Connector.User}, {"sets people up", config.SetUp.User},
		{"writes only below", config.Unit},
	} {
		fmt.Fprintf(w, "  %-18s %s\n", line[0], line[1])
	}
	fmt.Fprintln(w, "What is going to happen there:")
	for _, line := range plan {
		fmt.Fprintf(w, "  - %s\n", line)
	}
	for _, dn := range dead {
		fmt.Fprintf(w, "  - %s, which a dead lab has left, is removed now\n", dn)
	}
	fmt.Fprintln(w, "  - nothing else: no policy is changed, and nothing outside of the unit")
}

// ask waits for a yes. Without a terminal nobody can say it.
func (f *ownFlags) ask(ctx context.Context, w io.Writer) error {
	if f.yes {
		return nil
	}
	nobody := fail(statusBadInput, errors.New("nobody can be asked, since there is no terminal: --yes agrees"))
	if !terminal(os.Stdin) {
		return nobody
	}
	fmt.Fprint(w, "Go on? [y/N] ")
	answer := make(chan string, 1)
	go func() { // it may never come, and ends with the command
		text, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		answer <- text
	}()
	select {
	case text := <-answer:
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "y", "yes":
			return nil
		case "":
			if text == "" { // not even the end of a line: this is no terminal after all, such as /dev/null
				return nobody
			}
		}
	case <-ctx.Done():
	}
	return fail(statusBadInput, errors.New("not agreed: nothing was done"))
}

// terminal reports whether a person may sit at f: not at a pipe or a file.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// rehearsal is what labs do in a directory of the user's.
func rehearsal() []string {
	return []string{
		"a unit for each lab is made, OU=ssprlab-…, with people and groups of the lab in it",
		"their passwords are set and changed, their accounts locked, unlocked and disabled",
		"the unit is removed when its lab ends, after Ctrl-C too; after a kill by the next start, or by \"ssprlab clean --directory-config FILE\"",
	}
}
