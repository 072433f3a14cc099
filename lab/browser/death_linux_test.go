package browser_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/browser"
)

// runnerVariable makes this test binary a runner that launches a browser, says
// so and waits to be killed.
const runnerVariable = "SSPRLAB_TEST_RUNNER"

func TestMain(m *testing.M) {
	if os.Getenv(runnerVariable) == "" {
		os.Exit(m.Run())
	}
	b, err := browser.Launch(context.Background(), browser.Config{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if _, err := b.Visitor(context.Background(), "Ada"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("up")
	select {}
}

// processes lists those whose command line has word.
func processes(t *testing.T, word string) []int {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		line, err := os.ReadFile("/proc/" + e.Name() + "/cmdline")
		if err == nil && bytes.Contains(line, []byte(word)) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func TestKilledRunnerLeavesNoChrome(t *testing.T) {
	if _, err := browser.Find(); err != nil {
		t.Skip(err)
	}
	tmp := t.TempDir()
	runner := exec.Command(os.Args[0])
	runner.Env = append(os.Environ(), runnerVariable+"=1", "TMPDIR="+tmp)
	runner.Stderr = os.Stderr
	out, err := runner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(); err != nil {
		t.Fatal(err)
	}
	if !bufio.NewScanner(out).Scan() {
		t.Fatal("the runner did not launch a browser")
	}
	if len(processes(t, tmp)) == 0 {
		t.Fatal("no Chrome runs on the runner's profile")
	}
	if err := runner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = runner.Wait() // killed
	eventually(t, "Chrome to end with its runner", func() bool { return len(processes(t, tmp)) == 0 })

	left, err := filepath.Glob(filepath.Join(tmp, "ssprlab-chrome-*"))
	if err != nil || len(left) != 2 {
		t.Fatalf("the killed runner left %v, %v; want a profile and its lock", left, err)
	}
	t.Setenv("TMPDIR", tmp)
	first, err := browser.Launch(t.Context(), browser.Config{})
	if err != nil {
		t.Fatal(err)
	}
	second, err := browser.Launch(t.Context(), browser.Config{}) // must not sweep the first's profile
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range left {
		if _, err := os.Stat(gone); err == nil {
			t.Errorf("%s is still there after the next launch", gone)
		}
	}
	if now, _ := filepath.Glob(filepath.Join(tmp, "ssprlab-chrome-*.lock")); len(now) != 2 {
		t.Errorf("locks of two browsers are %v", now)
	}
	for _, b := range []*browser.Browser{first, second} {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestDeathOfChromeEndsEveryAct(t *testing.T) {
	asked, release := make(chan struct{}, 3), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-release
	}))
	defer server.Close()
	defer close(release)
	b := launch(t, browser.Config{})
	pids := processes(t, os.TempDir())
	failed := make(chan error, 3)
	for range 3 {
		v := visitor(t, b)
		go func() {
			_, err := v.Open(t.Context(), strings.Replace(server.URL, "127.0.0.1", "slow.lab.localhost", 1))
			failed <- err
		}()
	}
	late := visitor(t, b)
	for range 3 {
		<-asked
	}
	for _, pid := range pids {
		if isMain(t, pid) {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for range 3 {
		select {
		case err := <-failed:
			checkExit(t, err)
		case <-ctx.Done():
			t.Fatal("an act outlives Chrome")
		}
	}
	_, err := late.Open(t.Context(), server.URL)
	checkExit(t, err)
	if err := late.Close(); err != nil {
		t.Error(err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	eventually(t, "Chrome's processes to end", func() bool { return len(processes(t, os.TempDir())) == 0 })
}

// isMain tells Chrome's first process from those it starts.
func isMain(t *testing.T, pid int) bool {
	t.Helper()
	line, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	return err == nil && !bytes.Contains(line, []byte("--type="))
}

func checkExit(t *testing.T, err error) {
	t.Helper()
	var exited *browser.ExitError
	if !errors.As(err, &exited) || !strings.Contains(err.Error(), "browser: Chrome exited: signal: killed") {
		t.Errorf("the act ended with %v", err)
	}
}

func TestStuckChromeIsTimedOutAndKilled(t *testing.T) {
	b := launch(t, browser.Config{})
	v := visitor(t, b)
	for _, pid := range processes(t, os.TempDir()) {
		if isMain(t, pid) {
			if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 30 { // more than its pipe holds
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		_, err := v.Open(ctx, "https://stuck.lab.localhost/"+strings.Repeat("x", 8<<10))
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "Ada: open https://stuck.lab.localhost/") {
			t.Fatalf("an act on a stuck Chrome ended with %v", err)
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if left := processes(t, os.TempDir()); len(left) != 0 {
		t.Errorf("processes %v outlive Close", left)
	}
}
