//go:build unix

package scratch_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ssprlab/ssprlab/lab/scratch"
)

// holderVariable makes this test binary a program that makes a folder, names it
// and waits to be killed.
const holderVariable = "SSPRLAB_TEST_HOLDER"

func TestMain(m *testing.M) {
	if os.Getenv(holderVariable) == "" {
		os.Exit(m.Run())
	}
	d, err := scratch.Make("held", nil)
	if err == nil {
		err = os.WriteFile(filepath.Join(d.Path(), "file"), []byte("x"), 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(d.Path())
	io.Copy(io.Discard, os.Stdin) // which nobody closes
	d.Remove()
}

// holder starts such a program and returns its folder and how to kill it.
func holder(t *testing.T) (path string, kill func()) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), holderVariable+"=1")
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
	kill = sync.OnceFunc(func() {
		_ = c.Process.Kill()
		_ = c.Wait() // killed
	})
	t.Cleanup(kill)
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the program made no folder")
	}
	return lines.Text(), kill
}

func newDir(t *testing.T) *scratch.Dir {
	t.Helper()
	d, err := scratch.Make("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func names(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func TestRemoveLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	d := newDir(t)
	info, err := os.Stat(d.Path())
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v, %v; want one that nobody else reads", info, err)
	}
	if err := os.MkdirAll(filepath.Join(d.Path(), "a/b"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := d.Remove(); err != nil {
		t.Error(err)
	}
	if left := names(t); left != "" {
		t.Errorf("after Remove there is %s", left)
	}
}

func TestFolderOfKilledProgramGoesWithTheNext(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	killed, kill := holder(t)
	living, _ := holder(t)
	kill()
	if _, err := os.Stat(killed); err != nil {
		t.Fatalf("the killed program's folder: %v", err)
	}
	d := newDir(t)
	for _, path := range []string{killed, killed + ".lock"} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is still there", path)
		}
	}
	if _, err := os.Stat(filepath.Join(living, "file")); err != nil {
		t.Errorf("the living program's folder was touched: %v", err)
	}
	if err := d.Remove(); err != nil {
		t.Error(err)
	}
}

func TestOthersFilesStay(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	outside := filepath.Join(t.TempDir(), "outside")
	for _, path := range []string{outside, filepath.Join(os.TempDir(), "ssprlab-notes.txt"), filepath.Join(os.TempDir(), "other.lock")} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(os.TempDir(), "ssprlab-link.lock")); err != nil {
		t.Fatal(err)
	}
	if err := newDir(t).Remove(); err != nil {
		t.Error(err)
	}
	if got, want := names(t), "other.lock ssprlab-link.lock ssprlab-notes.txt"; got != want {
		t.Errorf("the folder for temporary files holds %s, want %s", got, want)
	}
	if _, err := os.Stat(outside); err != nil {
		t.Errorf("a link was followed: %v", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			d, err := scratch.Make("test", nil)
			if err != nil {
				t.Error(err)
				return
			}
			if err := os.WriteFile(filepath.Join(d.Path(), "file"), nil, 0o600); err != nil {
				t.Errorf("another took the folder away: %v", err)
			}
			if err := d.Remove(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if left := names(t); left != "" {
		t.Errorf("afterwards there is %s", left)
	}
}

func TestNoPlaceIsAnError(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	if _, err := scratch.Make("test", nil); err == nil || !strings.Contains(err.Error(), "make a folder for test in "+os.TempDir()) {
		t.Errorf("Make said %v", err)
	}
}
