//go:build unix

package main_test

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// watched is a run whose lines are read as they come.
type watched struct {
	*exec.Cmd
	lines  *bufio.Scanner
	report string
	tmp    string
}

func watch(t *testing.T, args ...string) *watched {
	t.Helper()
	w := &watched{report: t.TempDir(), tmp: t.TempDir()}
	w.Cmd = exec.Command(os.Getenv(binaryVariable), append([]string{"run", "--driver", "http", "--report", w.report}, args...)...)
	w.Env = append(os.Environ(), "TMPDIR="+w.tmp)
	out, err := w.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	w.lines = bufio.NewScanner(out)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.Process.Kill()
		w.Wait() // has been waited for, as a rule
	})
	return w
}

// reads reads lines up to one that holds a text, and returns that.
func (w *watched) reads(t *testing.T, text string) string {
	t.Helper()
	var all []string
	for w.lines.Scan() {
		if strings.Contains(w.lines.Text(), text) {
			return w.lines.Text()
		}
		all = append(all, w.lines.Text())
	}
	t.Fatalf("the run never prints %q:\n%s", text, strings.Join(all, "\n"))
	return ""
}

// interrupt presses Ctrl-C and checks the end: in time, with status 1, a whole
// report, and nothing left.
func (w *watched) interrupt(t *testing.T) {
	t.Helper()
	if err := w.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(stopTime, func() { w.Process.Kill() })
	w.reads(t, "Report: "+w.report)
	w.Wait()
	if !late.Stop() {
		t.Errorf("the run did not end within %s", stopTime)
	}
	if got := w.ProcessState.ExitCode(); got != 1 {
		t.Errorf("the run ended with %s, want exit status 1", w.ProcessState)
	}
	if left, err := os.ReadDir(w.tmp); err != nil || len(left) > 0 {
		t.Errorf("the run left %v, %v", left, err)
	}
	page, err := os.ReadFile(filepath.Join(w.report, "index.html"))
	if err != nil || !strings.Contains(string(page), "The run was interrupted") {
		t.Errorf("the report does not say that the run was interrupted (%v)", err)
	}
}

// TestInterruptedRunReports proves that Ctrl-C ends a run in time, with what it
// has done in the report.
func TestInterruptedRunReports(t *testing.T) {
	w := watch(t)
	w.reads(t, "PASS")
	w.interrupt(t)
	text, err := os.ReadFile(filepath.Join(w.report, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	var results struct{ Scenarios []struct{ Passed bool } }
	if err := json.Unmarshal(text, &results); err != nil {
		t.Fatal(err)
	}
	passed := 0
	for _, s := range results.Scenarios {
		if s.Passed {
			passed++
		}
	}
	if passed == 0 || passed == len(results.Scenarios) {
		t.Errorf("%d of %d scenarios passed, want some", passed, len(results.Scenarios))
	}
}

// TestKeepOnFailure proves that the lab of a failed scenario can be visited
// until Ctrl-C.
func TestKeepOnFailure(t *testing.T) {
	w := watch(t, "--keep-on-failure", "testdata/failing.yaml")
	line := w.reads(t, "stays up")
	address := regexp.MustCompile(`https://passwordreset\.ssprlab\.localhost(:[0-9]+)/`).FindStringSubmatch(line)
	if address == nil {
		t.Fatalf("no address in %q", line)
	}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: "passwordreset.ssprlab.localhost"}, // the authority is the run's own
	}}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("https://127.0.0.1%s/", address[1]), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = strings.TrimSuffix(strings.TrimPrefix(address[0], "https://"), "/")
	res, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if page, err := io.ReadAll(res.Body); err != nil || !strings.Contains(string(page), "Get back into your account") {
		t.Errorf("the kept lab answers %s (%v)", res.Status, err)
	}
	w.interrupt(t)
}

// TestInterruptedStart proves that Ctrl-C while the browser starts is told in a
// word, with nothing left.
func TestInterruptedStart(t *testing.T) {
	dir, tmp := t.TempDir(), t.TempDir()
	browser, begun := filepath.Join(dir, "browser"), filepath.Join(dir, "begun")
	if err := errors.Join(syscall.Mkfifo(begun, 0o600), os.WriteFile(browser, []byte("#!/bin/sh\necho >"+begun+"\nexec sleep 60\n"), 0o700)); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Getenv(binaryVariable), "run", "--report", t.TempDir())
	c.Env = append(os.Environ(), "TMPDIR="+tmp, "SSPRLAB_BROWSER="+browser)
	var said strings.Builder
	c.Stderr = &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	pipe, err := os.OpenFile(begun, os.O_RDWR, 0)
	if err == nil {
		defer pipe.Close()
		err = pipe.SetReadDeadline(time.Now().Add(time.Minute))
	}
	if err == nil {
		_, err = pipe.Read(make([]byte, 1)) // waits for the browser
	}
	if err != nil {
		t.Fatalf("the browser was never started: %v", err)
	}
	late := time.AfterFunc(stopTime, func() { c.Process.Kill() })
	defer late.Stop()
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	c.Wait()
	if c.ProcessState.ExitCode() != 1 || said.String() != "ssprlab: interrupted\n" {
		t.Errorf("it ended with %s and said %q", c.ProcessState, said.String())
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}
