package contained_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/browser/contained"
	"github.com/ssprlab/ssprlab/lab/container"
)

// runnerVariable makes this test binary a runner that launches a browser, says
// by which mark its container is known and waits to be killed.
const runnerVariable = "SSPRLAB_TEST_RUNNER"

func TestMain(m *testing.M) {
	if os.Getenv(runnerVariable) == "" {
		os.Exit(m.Run())
	}
	mark, err := container.Mark()
	if err == nil {
		_, err = contained.Launch(context.Background(), browser.Config{}, nil)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(mark)
	select {}
}

// TestKilledRunnerLeavesNoChrome proves that Chrome ends with a runner that is
// killed, and that the next sweep removes its container.
func TestKilledRunnerLeavesNoChrome(t *testing.T) {
	e := engine(t)
	runner := exec.Command(os.Args[0])
	runner.Env = append(os.Environ(), runnerVariable+"=1")
	runner.Stderr = os.Stderr
	out, err := runner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the runner did not launch a browser")
	}
	mark := lines.Text()
	ids := mine(t, mark)
	if len(ids) != 1 {
		t.Fatalf("the runner's containers are %v, want one", ids)
	}
	if err := runner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = runner.Wait() // killed
	ended := make(chan string, 1)
	go func() {
		status, _ := exec.Command("docker", "wait", ids[0]).CombinedOutput()
		ended <- strings.TrimSpace(string(status))
	}()
	select {
	case status := <-ended:
		if status != "0" {
			t.Errorf("Chrome ended with %s, want 0", status)
		}
	case <-time.After(10 * time.Second):
		t.Error("Chrome outlives its runner")
	}
	if _, err := e.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := mine(t, mark); len(left) > 0 {
		t.Errorf("containers left: %v", left)
	}
}
