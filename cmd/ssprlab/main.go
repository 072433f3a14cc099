// Command ssprlab runs a test lab for self-service password reset in hybrid
// deployments. One file per verb; what a verb does is in the packages below
// lab and scenarios.
//
//	ssprlab check-directory  check a directory of yours for password writeback
//	ssprlab clean            remove what dead labs left in the Docker engine
//	ssprlab doctor           look for what the lab needs
//	ssprlab images           build, list and remove the images of the container lab
//	ssprlab lint             check scenario files
//	ssprlab run              run scenarios and write a report
//	ssprlab serve            run one part of a lab alone
//	ssprlab up               start a lab and keep it up
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	statusPassed   = 0
	statusFailed   = 1 // a scenario failed, or Ctrl-C came first
	statusBadInput = 2
	statusNoLab    = 3 // the lab could not start, or a part of it died
)

// failure is an error with the exit status it leads to.
type failure struct {
	status int
	err    error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func fail(status int, err error) error {
	if err == nil {
		return nil
	}
	return &failure{status, err}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(execute(ctx, os.Args[1:]))
}

// execute runs the command line and returns the exit status. An error without
// a status of its own is the command line's.
func execute(ctx context.Context, args []string) int {
	root := &cobra.Command{
		Use:           "ssprlab",
		Short:         "A test lab for self-service password reset in hybrid deployments",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(upCommand(), runCommand(), lintCommand(), doctorCommand(), serveCommand(), superviseCommand(), imagesCommand(), cleanCommand(), checkDirectoryCommand())
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return statusPassed
	}
	if ctx.Err() != nil && interrupted(ctx, err) {
		fmt.Fprintln(os.Stderr, "ssprlab: interrupted")
		return statusFailed
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(os.Stderr, "ssprlab: "+text)
	}
	var f *failure
	if errors.As(err, &f) {
		return f.status
	}
	fmt.Fprintln(os.Stderr, "Run \"ssprlab --help\" for the verbs and their flags.")
	return statusBadInput
}

// interrupted reports whether an error tells of nothing but Ctrl-C: what goes
// wrong after it, when things are removed, is to be told.
func interrupted(ctx context.Context, err error) bool {
	if !errors.Is(err, context.Cause(ctx)) && !errors.Is(err, context.Canceled) {
		return false
	}
	switch u := err.(type) {
	case interface{ Unwrap() []error }:
		return !slices.ContainsFunc(u.Unwrap(), func(e error) bool { return e != nil && !interrupted(ctx, e) })
	case interface{ Unwrap() error }:
		return interrupted(ctx, u.Unwrap())
	}
	return true
}
