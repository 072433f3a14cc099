package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/form"
	"github.com/ssprlab/ssprlab/scenarios/report"
	"github.com/ssprlab/ssprlab/scenarios/run"
)

// runFlags are the flags of the verb run.
type runFlags struct {
	driver        string
	browser       string
	directory     directoryFlags
	workers       int
	report        string
	seed          uint64
	keepOnFailure bool
}

func runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run [FILE|FOLDER…]",
		Short: "Run scenarios and write a report",
		Long: "Run scenarios from files and folders, or all built-in ones, each in a lab of its own.\n" +
			"A FILE that is not on disk may be the name of a built-in one, such as walkthrough.yaml.\n" +
			"Exit status: 0 all passed, 1 a scenario failed, 2 bad input, 3 the lab could not start.",
		RunE: func(c *cobra.Command, args []string) error { return runScenarios(c, args, f) },
	}
	c.Flags().StringVar(&f.driver, "driver", "browser", "how people act: browser, or http (a form client, no pictures)")
	c.Flags().StringVar(&f.browser, "browser", browserHost, "where the browser runs: host (one that is installed), or container")
	f.directory.add(c)
	c.Flags().IntVar(&f.workers, "workers", 1, "scenarios at a time")
	c.Flags().StringVar(&f.report, "report", "report", "folder for index.html, results.json and junit.xml")
	c.Flags().Uint64Var(&f.seed, "seed", 1, "where all chance comes from; the same seed repeats a run")
	c.Flags().BoolVar(&f.keepOnFailure, "keep-on-failure", false, "keep the lab of a failed scenario up until Ctrl-C")
	return c
}

func runScenarios(c *cobra.Command, args []string, f runFlags) error {
	if f.workers < 1 || f.workers > 64 {
		return fail(statusBadInput, fmt.Errorf("--workers %d: expected 1 to 64", f.workers))
	}
	list, err := read(c.ErrOrStderr(), args)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.report, 0o755); err != nil {
		return fail(statusBadInput, fmt.Errorf("--report %s: %w", f.report, err))
	}
	ctx := c.Context()
	authority, err := pki.NewAuthority()
	if err != nil {
		return fail(statusNoLab, err)
	}
	driver, err := newDriver(c, f, authority)
	if err != nil {
		return err
	}
	defer driver.Close()
	run.CollectSeldom()
	redactor := new(report.Redactor)
	o := run.Options{Driver: driver, Authority: authority, Seed: f.seed, Workers: f.workers, Redactor: redactor,
		Done: func(s *report.Scenario) { report.Line(c.OutOrStdout(), redactor.Scenario(s)) }}
	closing, err := f.directory.open(c, &o)
	if err != nil {
		return err
	}
	defer closing()
	if f.keepOnFailure {
		o.Failed = func(s *report.Scenario, l *lab.Lab) { keep(ctx, c.OutOrStdout(), s, l) }
	}
	done, interrupted := run.Run(ctx, list, o)
	if interrupted != nil {
		done.Notes = append(done.Notes, "The run was interrupted: what had not ended by then counts as failed.")
	}
	done.Command = strings.Join(append([]string{"ssprlab"}, os.Args[1:]...), " ")
	done.Machine = report.ThisMachine()
	if err := report.Write(f.report, done, redactor); err != nil {
		return fail(statusNoLab, err)
	}
	return verdict(c.OutOrStdout(), done, f.report, interrupted)
}

// newDriver starts how people act.
func newDriver(c *cobra.Command, f runFlags, authority *pki.Authority) (web.Driver, error) {
	hosts := web.Hosts{"*." + lab.Domain: "127.0.0.1"}
	switch f.driver {
	case "http":
		if c.Flags().Changed("browser") {
			return nil, fail(statusBadInput, fmt.Errorf("--browser %s is for --driver browser: the driver http needs none", f.browser))
		}
		return form.New(form.Config{RootCAs: authority.Pool(), Hosts: hosts}), nil
	case "browser":
		return launchBrowser(c.Context(), f.browser, browser.Config{KeyPins: []string{authority.KeyPin()}, Hosts: hosts}, c.ErrOrStderr())
	}
	return nil, fail(statusBadInput, fmt.Errorf("--driver %q: expected browser or http", f.driver))
}

// keep holds the lab of a failed scenario until the command is interrupted.
func keep(ctx context.Context, w io.Writer, s *report.Scenario, l *lab.Lab) {
	fmt.Fprintf(w, "The lab of %q stays up. Its portal for resets: %s. Ctrl-C stops it.\n", s.Name, l.Endpoints.PasswordReset+"/")
	<-ctx.Done()
}

// verdict says how a run ended, and with which exit status. What an
// interruption kept from starting is no fault of the lab's.
func verdict(w io.Writer, done *report.Run, dir string, interrupted error) error {
	passed, failed, unstarted, skipped := 0, 0, 0, 0
	for _, s := range done.Scenarios {
		switch {
		case s.Error != "":
			unstarted++
		case s.Skipped != "":
			skipped++
		case s.Passed:
			passed++
		default:
			failed++
		}
	}
	left := ""
	if skipped > 0 {
		left = fmt.Sprintf("%d not run, ", skipped)
	}
	fmt.Fprintf(w, "%d passed, %d failed, %sin %.1fs. Report: %s/index.html\n", passed, failed+unstarted, left, done.Duration.Seconds(), dir)
	switch {
	case interrupted != nil:
		return fail(statusFailed, errors.New("interrupted"))
	case unstarted > 0:
		return fail(statusNoLab, errQuiet)
	case failed > 0:
		return fail(statusFailed, errQuiet)
	}
	return nil
}
