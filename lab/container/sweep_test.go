package container_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/enginetest"
)

// help is the program that is killed. Its task is "start REFERENCE", to start a
// lab with that image and print its group's id, or "build NAME", to build an
// image without end.
func help(task string) int {
	ctx := context.Background()
	e, err := container.Open(ctx)
	if err == nil {
		part, err = os.ReadFile(os.Getenv(partVariable))
	}
	if err == nil {
		verb, object, _ := strings.Cut(task, " ")
		if verb == "build" {
			fmt.Println("building")
			_, err = e.Build(ctx, endless(object), nil)
		} else {
			err = startLab(ctx, e, object)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	io.Copy(io.Discard, os.Stdin) // which nobody closes
	return 0
}

func startLab(ctx context.Context, e *container.Engine, reference string) error {
	g := e.NewGroup()
	n, err := g.Network(ctx, "corp")
	if err != nil {
		return err
	}
	s := serving(reference)
	s.Networks = []container.Attachment{{Network: n}}
	if _, err = g.Start(ctx, s); err == nil {
		fmt.Println(g.ID())
	}
	return err
}

// helper starts such a program and returns its first line and how to kill it.
func helper(t *testing.T, task string) (line string, kill func()) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), helperVariable+"="+task)
	c.Stderr = os.Stderr
	if _, err := c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		_ = c.Process.Kill()
		_ = c.Wait() // killed
	}
	t.Cleanup(kill)
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("the program failed to %s", task)
	}
	return lines.Text(), kill
}

// TestSweepRemovesDeadLabs proves that Sweep removes all that a killed program
// leaves, and nothing of a living one's or of strangers.
func TestSweepRemovesDeadLabs(t *testing.T) {
	e := enginetest.Open(t)
	reference := build(t, e, tiny())
	killed, kill := helper(t, "start "+reference)
	living, end := helper(t, "start "+reference)
	t.Cleanup(func() { end(); sweep(t, e) })
	mine := group(t, e)
	start(t, mine, serving(reference))
	volume := strings.TrimSpace(docker(t, "inspect", "ssprlab-"+killed+"-part", "--format", "{{range .Mounts}}{{.Name}}{{end}}"))
	strangers := []string{
		stranger(t, reference),
		stranger(t, reference, "io.github.ssprlab.owner=somebody"),
		stranger(t, reference, "io.github.ssprlab.owner=1@another.example.com,0/1", "io.github.ssprlab.lab=x"),
		stranger(t, reference, "io.github.ssprlab.lab="+killed),
	}

	if removed := sweep(t, e); strings.Contains(removed, killed) || strings.Contains(removed, living) {
		t.Errorf("while all live, Sweep removed %s", removed)
	}
	kill()
	removed := sweep(t, e)
	for _, want := range []string{"container ssprlab-" + killed + "-part (" + reference + ")", "network ssprlab-corp-" + killed} {
		if !strings.Contains(removed, want) {
			t.Errorf("Sweep does not tell of the %s:\n%s", want, removed)
		}
	}
	if left := docker(t, "ps", "--all", "--format", "{{.Names}}") + docker(t, "network", "ls") + docker(t, "volume", "ls"); strings.Contains(left, killed) || strings.Contains(left, volume) {
		t.Errorf("Sweep left something of the dead lab:\n%s", left)
	}
	for _, id := range []string{living, mine.ID()} {
		if owned(t, id) == "" {
			t.Errorf("Sweep removed the living lab %s", id)
		}
	}
	there := docker(t, "ps", "--all", "--quiet", "--no-trunc")
	for _, s := range strangers {
		if !strings.Contains(there, s) {
			t.Errorf("Sweep removed the stranger %s", s)
		}
	}
	if removed := sweep(t, e); removed != "" {
		t.Errorf("a second Sweep removed %s", removed)
	}
}

func sweep(t *testing.T, e *container.Engine) string {
	t.Helper()
	removed, err := e.Sweep(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Error(err)
	}
	return strings.Join(removed, "\n")
}

// stranger makes a container that is not the lab's, with labels.
func stranger(t *testing.T, reference string, labels ...string) (id string) {
	t.Helper()
	args := []string{"create"}
	for _, l := range labels {
		args = append(args, "--label", l)
	}
	id = strings.TrimSpace(docker(t, append(args, reference)...))
	t.Cleanup(func() { docker(t, "rm", "--force", "--volumes", id) })
	return id
}
