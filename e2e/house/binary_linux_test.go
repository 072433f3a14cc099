package house_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// workshop is where the command is built, once for all tests.
type workshop struct {
	once   sync.Once
	dir    string
	binary string
	err    error
}

// bench is the one workshop of the package; TestMain clears it away.
var bench workshop

func TestMain(m *testing.M) {
	status := m.Run()
	if bench.dir != "" {
		os.RemoveAll(bench.dir)
	}
	os.Exit(status)
}

// ssprlab builds the command and returns its path.
func ssprlab(t *testing.T) string {
	t.Helper()
	root := tree(t).Root
	bench.once.Do(func() {
		if bench.dir, bench.err = os.MkdirTemp("", "house-"); bench.err != nil {
			return
		}
		bench.binary = filepath.Join(bench.dir, "ssprlab")
		build := exec.Command("go", "build", "-o", bench.binary, "./cmd/ssprlab")
		build.Dir = root
		if out, err := build.CombinedOutput(); err != nil {
			bench.err = fmt.Errorf("%s: %w\n%s", build, err, out)
		}
	})
	if bench.err != nil {
		t.Fatal(bench.err)
	}
	return bench.binary
}

// command is the running command, in a folder for temporary files of its own.
type command struct {
	*exec.Cmd
	out   *os.File
	lines bytes.Buffer // standard error
}

// start starts the command.
func start(t *testing.T, tmp string, args ...string) *command {
	t.Helper()
	c := &command{Cmd: exec.Command(ssprlab(t), args...)}
	c.Env = append(os.Environ(), "TMPDIR="+tmp)
	c.Stderr = &c.lines
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stdout, c.out = write, read
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait() // has been waited for, as a rule
		read.Close()
	})
	return c
}

// up is what "ssprlab up --json" prints.
type up struct {
	Addresses map[string]string
	CAFile    string
}

// announcement reads where everything is, as soon as the lab is up.
func (c *command) announcement(t *testing.T) (u up) {
	t.Helper()
	c.out.SetReadDeadline(time.Now().Add(30 * time.Second))
	if err := json.NewDecoder(c.out).Decode(&u); err != nil {
		t.Fatalf("ssprlab up --json prints no JSON: %v; it says: %s", err, &c.lines)
	}
	return u
}

// kill ends the command as the kernel does when memory is short.
func (c *command) kill(t *testing.T) {
	t.Helper()
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.Wait() // killed
}

// ends waits until the command ends by itself, and checks its exit status.
func (c *command) ends(t *testing.T, within time.Duration, status int) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); c.Wait() }()
	select {
	case <-done:
	case <-time.After(within):
		t.Fatalf("%s did not end within %s", strings.Join(c.Args[1:], " "), within)
	}
	if got := c.ProcessState.ExitCode(); got != status {
		t.Errorf("%s ended with %s, want exit status %d; it said: %s", strings.Join(c.Args[1:], " "), c.ProcessState, status, &c.lines)
	}
}
