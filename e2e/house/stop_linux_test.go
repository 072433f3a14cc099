package house_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/scenarios/run"
)

// belongings is what a process has that a stop must give back.
type belongings struct {
	goroutines map[string]string
	sockets    []string
	family     []int
}

func take(t *testing.T) belongings {
	t.Helper()
	b := belongings{goroutines: goroutines(), family: family(t, os.Getpid())}
	b.sockets = inodes(os.Getpid())
	return b
}

// givenBack proves that nothing is left that was not there before: goroutines,
// sockets, child processes, and files in the folder for temporary ones.
func givenBack(t *testing.T, before belongings) {
	t.Helper()
	noneLeft(t, before.goroutines)
	var sockets []string
	if !comesTrue(5*time.Second, func() bool { sockets = without(inodes(os.Getpid()), before.sockets); return len(sockets) == 0 }) {
		t.Errorf("the sockets %v are still open. Forbidden: every stop is clean (rule 10)", sockets)
	}
	for _, pid := range family(t, os.Getpid()) {
		if !slices.Contains(before.family, pid) {
			line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			t.Errorf("the process %d still runs. Forbidden: every stop is clean (rule 10): %.200q", pid, line)
		}
	}
	if left := entries(t, os.TempDir()); len(left) > 0 {
		t.Errorf("%s still holds %v. Forbidden: every stop is clean (rule 10)", os.TempDir(), left)
	}
}

// without leaves out what was there before.
func without(all, before []string) []string {
	return slices.DeleteFunc(all, func(x string) bool { return slices.Contains(before, x) })
}

// TestStopLeavesNothing proves rule 10 for every way a lab comes to its end.
func TestStopLeavesNothing(t *testing.T) {
	for name, life := range map[string]func(*testing.T){
		"lab":          liveAndStop,
		"port taken":   portTaken,
		"never starts": cancelledStart,
		"form client":  func(t *testing.T) { journeys(t, "walkthrough.yaml", formDriver) },
		"interrupted":  interrupted,
		"browser": func(t *testing.T) {
			needBrowser(t)
			journeys(t, "reset/hybrid.yaml", func(a *pki.Authority) web.Driver { return launch(t, a) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			before := take(t)
			life(t)
			givenBack(t, before)
		})
	}
}

func liveAndStop(t *testing.T) {
	l, err := lab.Start(t.Context(), lab.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ports := waiting(t, os.Getpid())
	for range 2 { // the second has nothing to do
		if err := l.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	}
	for _, s := range ports {
		c, err := net.DialTimeout("tcp", net.JoinHostPort(s.address.String(), fmt.Sprint(s.port)), time.Second)
		if err == nil {
			c.Close()
			t.Errorf("%s still answers after the stop", s)
		}
	}
}

// portTaken starts a lab that finds its port taken in the middle of the start.
func portTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	_, err = lab.Start(t.Context(), lab.Config{Port: port})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("start the lab: addresses: tenant: listen on port %d of 127.0.0.1", port)) {
		t.Errorf("a start on a taken port gives %v", err)
	}
}

func cancelledStart(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := lab.Start(ctx, lab.Config{}); err == nil || !strings.Contains(err.Error(), "start the lab: ") {
		t.Errorf("a cancelled start gives %v", err)
	}
}

// journeys runs the journeys of a file, two at a time.
func journeys(t *testing.T, file string, newDriver func(*pki.Authority) web.Driver) {
	authority := newAuthority(t)
	driver := newDriver(authority)
	allPassed(t, rehearse(t, builtIn(t, file), run.Options{Driver: driver, Authority: authority, Seed: 1, Workers: 2}))
	if err := driver.Close(); err != nil {
		t.Error(err)
	}
}

// parts is how many sockets an embedded lab listens on: LDAP, SMTP, the cloud,
// the wizard, phones and mail; their control shares their port.
const parts = 6

// interrupted ends a run in the middle of a journey, as Ctrl-C does.
func interrupted(t *testing.T) {
	authority := newAuthority(t)
	driver := formDriver(authority)
	defer driver.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		defer cancel()
		if !comesTrue(20*time.Second, func() bool { return len(waiting(t, os.Getpid())) >= parts }) {
			t.Error("no lab came to listen")
		}
	}()
	if _, err := run.Run(ctx, builtIn(t, "walkthrough.yaml"), run.Options{Driver: driver, Authority: authority}); err == nil {
		t.Error("an interrupted run gives no error")
	}
}
