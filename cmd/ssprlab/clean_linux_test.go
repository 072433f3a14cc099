package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab/enginetest"
)

// TestClean proves that the command removes what a dead lab left and tells of
// it, and then has nothing to do.
func TestClean(t *testing.T) {
	enginetest.Open(t)
	call(t, nil, "clean")
	args := []string{"network", "create", "--label", "io.github.ssprlab.lab=test", "--label", "io.github.ssprlab.owner=" + deadOwner(t), "ssprlab-test-clean"}
	if out, err := exec.Command("docker", args...).CombinedOutput(); err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	call(t, nil, "clean").says(t, 0, "removed network ssprlab-test-clean\n")
	call(t, nil, "clean").says(t, 0, "Nothing to clean.\n")
}

// deadOwner is the label of a process of this machine that is no more: number 1
// as it was never started.
func deadOwner(t *testing.T) string {
	t.Helper()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("1@%s,%s+%s/0", host, strings.TrimSpace(string(boot)), strings.Trim(table, "pid:[]"))
}
