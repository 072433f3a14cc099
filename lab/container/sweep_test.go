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
)

// hold is the program that starts a lab, names its group and image, and waits
// to be killed. What it is to do comes in the variable: the image's reference.
func hold() int {
	ctx := context.Background()
	e, err := container.Open(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	g := e.NewGroup()
	n, err := g.Network(ctx, "corp")
	if err == nil {
		s := serving(os.Getenv(holderVariable))
		s.Networks = []container.Attachment{{Network: n}}
		_, err = g.Start(ctx, s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(g.ID())
	io.Copy(io.Discard, os.Stdin) // which nobody closes
	return 0
}

// holder starts such a program and returns its group's id and how to kill it.
func holder(t *testing.T, reference string) (id string, kill func()) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), holderVariable+"="+reference)
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
		t.Fatal("the program started no lab")
	}
	return lines.Text(), kill
}

// TestSweepRemovesDeadLabs proves that Sweep removes all that a killed program
// leaves, and nothing of a living one's or of strangers.
func TestSweepRemovesDeadLabs(t *testing.T) {
	e := engine(t)
	reference := build(t, e, tiny())
	killed, kill := holder(t, reference)
	living, end := holder(t, reference)
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
	for _, want := range []string{"container ssprlab-" + killed + "-part (" + reference + ")", "network ssprlab-" + killed + "-corp"} {
		if !strings.Contains(removed, want) {
			t.Errorf("Sweep does not tell of the %s:\n%s", want, removed)
		}
	}
	if left := docker(t, "ps", "--all", "--format", "{{.Names}}") + docker(t, "network", "ls") + docker(t, "volume", "ls"); strings.Contains(left, "ssprlab-"+killed) || strings.Contains(left, volume) {
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
