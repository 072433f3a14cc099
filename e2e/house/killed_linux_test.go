package house_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nothingLeft proves that a command that has ended left no file.
func nothingLeft(t *testing.T, tmp string) {
	t.Helper()
	if left := entries(t, tmp); len(left) > 0 {
		t.Errorf("the folder for temporary files still holds %v. Forbidden: nothing remains after SIGKILL and a re-run (rule 10)", left)
	}
}

// TestKilledUpLeavesNothing proves rule 10 for a lab that is killed and started
// again.
func TestKilledUpLeavesNothing(t *testing.T) {
	tmp := t.TempDir()
	first := start(t, tmp, "up", "--json", "--port", "0")
	left := first.announcement(t).CAFile
	first.kill(t)
	if _, err := os.Stat(left); err != nil || !strings.HasPrefix(left, tmp) {
		t.Fatalf("the killed lab's certificate is %s, %v; want that it lies in %s", left, err, tmp)
	}

	second := start(t, tmp, "up", "--json", "--port", "0")
	mine := second.announcement(t).CAFile
	if _, err := os.Stat(filepath.Dir(left)); err == nil {
		t.Errorf("%s is still there after the re-run. Forbidden: nothing remains after SIGKILL and a re-run (rule 10)", left)
	}
	third := start(t, tmp, "up", "--json", "--port", "0") // must not take the second's folder
	third.announcement(t)
	if _, err := os.Stat(mine); err != nil {
		t.Errorf("a lab that is up lost its certificate to another: %v", err)
	}
	for _, c := range []*command{second, third} {
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		c.ends(t, 3*time.Second, 0)
	}
	nothingLeft(t, tmp)
}

// TestKilledRunLeavesNothing proves rule 10 for a run that is killed while a
// browser draws its pages, and for the re-run after it.
func TestKilledRunLeavesNothing(t *testing.T) {
	needBrowser(t)
	tmp, dir := t.TempDir(), t.TempDir()
	first := start(t, tmp, "run", "--driver", "browser", "--workers", "2", "--report", dir, "walkthrough.yaml")
	var chrome []int
	eventually(t, 60*time.Second, "pages to be drawn", func() bool {
		chrome = family(t, first.Process.Pid)
		return slices.ContainsFunc(chrome, draws)
	})
	first.kill(t)
	eventually(t, 10*time.Second, "Chrome's processes to end with the run", func() bool { return !slices.ContainsFunc(chrome, alive) })
	if len(entries(t, tmp)) == 0 {
		t.Fatal("the killed run left no profile: this test proves nothing")
	}

	second := start(t, tmp, "run", "--driver", "browser", "--report", dir, "house.yaml")
	second.ends(t, 60*time.Second, 0)
	nothingLeft(t, tmp)
	if still := processes(t, tmp); len(still) > 0 {
		t.Errorf("the processes %v still use %s", still, tmp)
	}
	if files := entries(t, dir); !slices.Equal(files, []string{"index.html", "junit.xml", "results.json"}) {
		t.Errorf("the report's folder holds %v", files)
	}
}

// draws reports whether a process is one of Chrome's that draw pages.
func draws(pid int) bool {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && bytes.Contains(line, []byte("--type=renderer"))
}

// alive reports whether a process runs. One that has ended but that nobody has
// asked after does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	state := bytes.TrimSpace(stat[bytes.LastIndexByte(stat, ')')+1:])
	return len(state) > 0 && state[0] != 'Z' && state[0] != 'X'
}

// TestCommandOutlivesItsBrowser proves that a run whose browser is killed ends
// by itself, with failed scenarios that say so and with a report.
func TestCommandOutlivesItsBrowser(t *testing.T) {
	needBrowser(t)
	tmp, dir := t.TempDir(), t.TempDir()
	c := start(t, tmp, "run", "--driver", "browser", "--workers", "2", "--report", dir, "walkthrough.yaml", "house.yaml")
	var chrome []int
	eventually(t, 60*time.Second, "pages to be drawn", func() bool {
		chrome = family(t, c.Process.Pid)
		return slices.ContainsFunc(chrome, draws)
	})
	for _, pid := range chrome {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Fatal(err)
		}
	}
	c.ends(t, unplugged, 1)
	said, err := io.ReadAll(c.out)
	if err != nil || !strings.Contains(string(said), "browser: Chrome exited: signal: killed") {
		t.Errorf("the run says (%v):\n%s", err, said)
	}
	nothingLeft(t, tmp)
	if files := entries(t, dir); !slices.Equal(files, []string{"index.html", "junit.xml", "results.json"}) {
		t.Errorf("the report's folder holds %v", files)
	}
}
