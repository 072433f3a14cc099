package house_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/client"
)

// engine is a client of the Docker engine. Without one the test is skipped, and
// fails where CI=true.
func engine(t *testing.T) *client.Client {
	t.Helper()
	c, err := client.New(client.FromEnv)
	if err == nil {
		_, err = c.Ping(t.Context(), client.PingOptions{})
	}
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatalf("a Docker engine is required here (CI=true is set): %v", err)
	case err != nil:
		t.Skipf("no Docker engine answers: %v", err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// remains lists what the process of a lab owns in the engine: containers,
// networks and volumes.
func remains(t *testing.T, c *client.Client, pid int) (names []string) {
	t.Helper()
	const label = "io.github.ssprlab.owner"
	mine := func(labels map[string]string) bool { return strings.HasPrefix(labels[label], fmt.Sprintf("%d@", pid)) }
	filter := make(client.Filters).Add("label", label)
	containers, err := c.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: filter})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range containers.Items {
		if mine(x.Labels) {
			names = append(names, x.Names...)
		}
	}
	networks, err := c.NetworkList(t.Context(), client.NetworkListOptions{Filters: filter})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range networks.Items {
		if mine(x.Labels) {
			names = append(names, "network "+x.Name)
		}
	}
	volumes, err := c.VolumeList(t.Context(), client.VolumeListOptions{Filters: filter})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range volumes.Items {
		if mine(x.Labels) {
			names = append(names, "volume "+x.Name)
		}
	}
	slices.Sort(names)
	return names
}

// built is how long the images may take that a lab in containers needs.
const built = 5 * time.Minute

// TestKilledContainersAreCleaned proves rule 10 for a lab in containers whose
// process is killed: "ssprlab clean" leaves nothing of it, and all of one that
// lives.
func TestKilledContainersAreCleaned(t *testing.T) {
	docker := engine(t)
	tmp := t.TempDir()
	start(t, tmp, "images", "build").ends(t, built, 0)
	dead := start(t, tmp, "up", "--json", "--port", "0", "--directory", "samba")
	dead.announcement(t)
	living := start(t, tmp, "up", "--json", "--port", "0", "--directory", "openldap")
	living.announcement(t)
	before := remains(t, docker, living.Process.Pid)
	dead.kill(t)
	if left := remains(t, docker, dead.Process.Pid); len(left) < 8 {
		t.Fatalf("the killed lab left %v, want five containers and three networks: this test proves nothing", left)
	}

	start(t, tmp, "clean").ends(t, time.Minute, 0)
	if left := remains(t, docker, dead.Process.Pid); len(left) > 0 {
		t.Errorf("after ssprlab clean there are still %v. Forbidden: nothing remains after SIGKILL and a clean (rule 10)", left)
	}
	if now := remains(t, docker, living.Process.Pid); !slices.Equal(now, before) {
		t.Errorf("of a lab that lives there were %v, and after ssprlab clean there are %v", before, now)
	}
	if err := living.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	living.ends(t, time.Minute, 0)
	if left := remains(t, docker, living.Process.Pid); len(left) > 0 {
		t.Errorf("after Ctrl-C there are still %v", left)
	}
}
