package house_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/scenarios/report"
	"github.com/ssprlab/ssprlab/scenarios/run"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// ambushed is a driver at whose first window something happens to the lab, in
// the middle of the first step.
type ambushed struct {
	web.Driver
	ambush func()
}

func (a ambushed) Visitor(ctx context.Context, name string) (web.Visitor, error) {
	v, err := a.Driver.Visitor(ctx, name)
	a.ambush()
	return v, err
}

// unplugged is how soon a run must end once something is gone.
const unplugged = 20 * time.Second

// TestDeadPartIsNamed proves that a lab tells of every part that dies by
// itself.
func TestDeadPartIsNamed(t *testing.T) {
	h, err := openHouse(t.Context(), builtIn(t, "house.yaml"), newAuthority(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	e := h.Lab.Endpoints
	for address, part := range map[string]string{
		e.LDAPS: "directory", e.SMTP: "mail catcher", e.Mail: "mail catcher", e.Phone: "phones", e.Office: "tenant", e.Connect: "Connect agent",
	} {
		port := address[strings.LastIndexByte(address, ':')+1:]
		if !unplug(t, func(s socket) bool { return fmt.Sprint(s.port) == port }) {
			t.Fatalf("nothing listens at %s", address)
		}
		select {
		case err := <-h.Lab.Failed():
			if !strings.HasPrefix(err.Error(), part+" died: ") {
				t.Errorf("the lab says %q, want that the part %q died", err, part)
			}
		case <-time.After(unplugged):
			t.Fatalf("the lab does not notice that %s is dead", part)
		}
	}
}

// TestPartDiesInMidRun proves that a scenario fails at once and by name when a
// part of its lab dies in the middle.
func TestPartDiesInMidRun(t *testing.T) {
	for part, is := range map[string]func(socket) bool{"directory": isDirectory, "mail catcher": isSMTP} {
		t.Run(part, func(t *testing.T) {
			authority := newAuthority(t)
			inner := formDriver(authority)
			defer inner.Close()
			driver := ambushed{inner, sync.OnceFunc(func() {
				if !unplug(t, is) {
					t.Errorf("no part of the lab is the %s", part)
				}
			})}
			failing := runSoon(t, inEra(builtIn(t, "reset/hybrid.yaml"), script.EraNow), run.Options{Driver: driver, Authority: authority})
			if !strings.Contains(failing.Error, part+" died: ") {
				t.Errorf("the step %q says %q, want that the part %q died", failing.Name, failing.Error, part)
			}
		})
	}
}

// TestChromeKilledInMidRun proves the same of the browser, for the scenario
// under way and for the one after it.
func TestChromeKilledInMidRun(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	before := take(t)
	authority := newAuthority(t)
	chrome := launch(t, authority)
	driver := ambushed{chrome, sync.OnceFunc(func() {
		for _, pid := range processes(t, os.TempDir()) {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
				t.Errorf("kill Chrome's process %d: %v", pid, err)
			}
		}
	})}
	list := append(inEra(builtIn(t, "reset/hybrid.yaml"), script.EraNow), builtIn(t, "house.yaml")...)
	failing := runSoon(t, list, run.Options{Driver: driver, Authority: authority})
	if !strings.Contains(failing.Error, "browser: Chrome exited: signal: killed") {
		t.Errorf("the step %q says %q, want that Chrome was killed", failing.Name, failing.Error)
	}
	if err := chrome.Close(); err != nil {
		t.Errorf("close the dead browser: %v", err)
	}
	givenBack(t, before)
}

// runSoon runs scenarios that all must fail, in time, and returns the step at
// which the first one did.
func runSoon(t *testing.T, list []*script.Scenario, o run.Options) *report.Step {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), unplugged)
	defer cancel()
	done, err := run.Run(ctx, list, o)
	if err != nil {
		t.Fatalf("the run did not end within %s", unplugged)
	}
	var failing *report.Step
	for _, s := range done.Scenarios {
		if s.Passed {
			t.Errorf("the scenario %q passed", s.Name)
		}
		for _, step := range s.Steps {
			if failing == nil && !step.Passed && !step.Skipped {
				failing = step
			}
		}
	}
	if failing == nil {
		t.Fatal("no step failed")
	}
	return failing
}

// unplug ends the parts of this process's labs whose listening sockets are
// meant, as the operating system would: it shuts the sockets down. It reports
// whether there was one.
func unplug(t *testing.T, meant func(socket) bool) (found bool) {
	for _, s := range waiting(t, os.Getpid()) {
		if !meant(s) {
			continue
		}
		for fd, target := range descriptors(os.Getpid()) {
			if target == "socket:["+s.inode+"]" {
				found = true
				if err := syscall.Shutdown(fd, syscall.SHUT_RDWR); err != nil {
					t.Errorf("shut %s down: %v", s, err)
				}
			}
		}
	}
	return found
}

func dialAddress(s socket) string { return net.JoinHostPort(s.address.String(), fmt.Sprint(s.port)) }

// isDirectory knows the domain controller by its certificate.
func isDirectory(s socket) bool {
	dialer := &net.Dialer{Timeout: time.Second}
	c, err := tls.DialWithDialer(dialer, "tcp", dialAddress(s), &tls.Config{InsecureSkipVerify: true}) // only the name is looked at
	if err != nil {
		return false
	}
	defer c.Close()
	return strings.HasPrefix(c.ConnectionState().PeerCertificates[0].Subject.CommonName, "dc1.")
}

// isSMTP knows the mail catcher by its greeting; the other parts wait for TLS
// and say nothing.
func isSMTP(s socket) bool {
	c, err := net.Dial("tcp", dialAddress(s))
	if err != nil {
		return false
	}
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(time.Second))
	line, _ := bufio.NewReader(c).ReadString('\n')
	return strings.HasPrefix(line, "220 ")
}
