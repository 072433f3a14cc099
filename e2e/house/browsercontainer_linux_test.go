package house_test

import (
	"os"
	"testing"
	"time"

	"github.com/moby/moby/client"
)

// TestBrowserInContainerLeavesNothing proves rule 10 for a browser in a
// container: after a run, after Ctrl-C, and after SIGKILL and a clean.
func TestBrowserInContainerLeavesNothing(t *testing.T) {
	docker := engine(t)
	tmp := t.TempDir()
	start(t, tmp, "images", "build", "chrome").ends(t, built, 0)
	passed := runInContainer(t, tmp, "house.yaml")
	passed.ends(t, time.Minute, 0)
	staysNot(t, docker, passed, "a run")

	stopped := runInContainer(t, tmp, "walkthrough.yaml")
	eventually(t, time.Minute, "its lab to listen", func() bool { return len(waiting(t, stopped.Process.Pid)) > 0 })
	if err := stopped.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	stopped.ends(t, time.Minute, 1)
	staysNot(t, docker, stopped, "Ctrl-C")

	killed := runInContainer(t, tmp, "walkthrough.yaml")
	eventually(t, time.Minute, "the browser's container to be there", func() bool { return len(remains(t, docker, killed.Process.Pid)) == 1 })
	killed.kill(t)
	start(t, tmp, "clean").ends(t, time.Minute, 0)
	staysNot(t, docker, killed, "SIGKILL and a clean")
}

func runInContainer(t *testing.T, tmp, scenario string) *command {
	t.Helper()
	return start(t, tmp, "run", "--browser", "container", "--report", t.TempDir(), scenario)
}

// stays complains of what a process left in the engine.
func staysNot(t *testing.T, docker *client.Client, c *command, after string) {
	t.Helper()
	if left := remains(t, docker, c.Process.Pid); len(left) > 0 {
		t.Errorf("after %s there are still %v. Forbidden: every stop is clean (rule 10)", after, left)
	}
}
