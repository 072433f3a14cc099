package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// binaryVariable tells the tests where the command lies, once it is built.
const binaryVariable = "SSPRLAB_TEST_BINARY"

func TestMain(m *testing.M) {
	os.Exit(withBinary(m.Run))
}

// withBinary builds the command for the tests to run.
func withBinary(run func() int) int {
	dir, err := os.MkdirTemp("", "command-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "ssprlab")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the command: %v\n%s", err, out)
		return 1
	}
	os.Setenv(binaryVariable, binary)
	return run()
}

// longest is how long a call of the command may take.
const longest = 2 * time.Minute

// result is what came of a call.
type result struct {
	status   int
	out, err string
}

// call runs the command to its end, with further variables of the environment.
func call(t *testing.T, env []string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	var out, errs bytes.Buffer
	c := exec.CommandContext(ctx, os.Getenv(binaryVariable), args...)
	c.Env = append(os.Environ(), env...)
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("ssprlab %s: %v %v", strings.Join(args, " "), err, ctx.Err())
	}
	return result{c.ProcessState.ExitCode(), out.String(), errs.String()}
}

// says checks the exit status, and that texts stand in what the call printed.
func (r result) says(t *testing.T, status int, texts ...string) {
	t.Helper()
	if r.status != status {
		t.Errorf("exit status %d, want %d", r.status, status)
	}
	for _, text := range texts {
		if !strings.Contains(r.out+r.err, text) {
			t.Errorf("%q is not said", text)
		}
	}
	if t.Failed() {
		t.Logf("standard output:\n%s\nstandard error:\n%s", r.out, r.err)
	}
}
