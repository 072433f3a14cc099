package supervise_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/supervise"
)

const sevenYears = 7 * 365 * 24 * time.Hour

// showsTime checks that a moment is ahead of the machine's time by as much.
func showsTime(t *testing.T, shown time.Time, ahead time.Duration) {
	t.Helper()
	var machine clock.Clock
	if off := shown.Sub(machine.Now().Add(ahead)).Abs(); off > 3*time.Second {
		t.Errorf("it shows %s, which is %s off", shown, off)
	}
}

func TestAFreshDirectoryIsPristine(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	if status, err := s.Status(t.Context()); err != nil || status.Running {
		t.Errorf("before the first order: %+v, %v", status, err)
	}
	s.order.Ahead = -sevenYears
	status := s.fresh(t)
	showsTime(t, status.Time, -sevenYears)
	if status.Base != "DC=corp,DC=alder,DC=example,DC=com" || status.NetBIOS != "CORP" || !status.Running || status.Fresh != 1 {
		t.Errorf("status %+v", status)
	}
	d := s.open(t)
	if _, err := d.CreateOU(t.Context(), d.Base(), "made"); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(s.layout.State, "made"), "x", 0o600)

	s.order.Ahead = 0 // forward, which a moved clock could be too; the next goes back
	showsTime(t, s.fresh(t).Time, 0)
	if _, err := os.Stat(filepath.Join(s.layout.State, "made")); err == nil {
		t.Error("what was made is still in the state")
	}
	_, err := d.Attributes(t.Context(), "OU=made,"+d.Base(), "ou") // on a connection that was cut, so on a new one
	var refusal *directory.Refusal
	if !errors.As(err, &refusal) || refusal.Reason != directory.NoSuchObject {
		t.Errorf("what was made: %v", err)
	}
	s.order.Ahead = -sevenYears
	status = s.fresh(t)
	showsTime(t, status.Time, -sevenYears)
	if status.Fresh != 3 {
		t.Errorf("%d times fresh, want 3", status.Fresh)
	}
}

// Orders may come from many at once, while others are at work in the directory:
// each gets an answer that was true.
func TestOrdersAreCarriedOutOneAfterTheOther(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.fresh(t)
	working, stop := context.WithCancel(t.Context())
	defer stop()
	d := s.open(t)
	var idle sync.WaitGroup
	idle.Go(func() {
		for working.Err() == nil {
			d.Time(working) // fails while the server is away
		}
	})
	var orders sync.WaitGroup
	for range 4 {
		orders.Go(func() {
			if status, err := s.Fresh(t.Context(), s.order); err != nil || !status.Running {
				t.Errorf("%+v, %v", status, err)
			}
		})
	}
	orders.Wait()
	stop()
	idle.Wait()
	if status, err := s.Status(t.Context()); err != nil || status.Fresh != 5 {
		t.Errorf("%+v, %v", status, err)
	}
}

// Who asks and goes away leaves a directory that runs.
func TestAnOrderIsCarriedOutWhole(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	gone, leave := context.WithCancel(t.Context())
	leave()
	if status, err := s.Fresh(gone, s.order); err != nil || !status.Running {
		t.Errorf("%+v, %v", status, err)
	}
}

func TestTheClockMovesForward(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	_, err := s.Clock(t.Context(), supervise.Clock{Ahead: time.Hour})
	says(t, err, "ask for a fresh one first")
	s.fresh(t)
	for _, ahead := range []time.Duration{31 * time.Minute, 31 * time.Minute, 180 * 24 * time.Hour} {
		status, err := s.Clock(t.Context(), supervise.Clock{Ahead: ahead})
		if err != nil {
			t.Fatal(err)
		}
		showsTime(t, status.Time, ahead)
	}
	_, err = s.Clock(t.Context(), supervise.Clock{Ahead: time.Hour})
	says(t, err, "cannot go back", "ask for a fresh directory")
	status, err := s.Status(t.Context())
	if err != nil || status.Ahead != 180*24*time.Hour {
		t.Errorf("%+v, %v", status, err)
	}
	showsTime(t, status.Time, 180*24*time.Hour)
}

func TestAnotherDomainIsProvisionedOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.order.Domain = "other.example.test"
	for range 2 {
		status := s.fresh(t)
		if status.Base != "DC=other,DC=example,DC=test" || status.NetBIOS != "OTHER" || status.User != "Administrator@other.example.test" {
			t.Errorf("status %+v", status)
		}
	}
	if made, err := os.ReadFile(filepath.Join(filepath.Dir(s.layout.State), "provisioned")); err != nil || string(made) != "other.example.test\n" {
		t.Errorf("provisioned %q, %v", made, err)
	}
	s.order.Domain = ""
	if status := s.fresh(t); status.Domain != supervise.Domain {
		t.Errorf("status %+v", status)
	}
	put(t, s.layout.Provision, "#!/bin/sh\necho no space left\nexit 3\n", 0o755)
	s.order.Domain = "third.example.test"
	_, err := s.Fresh(t.Context(), s.order)
	says(t, err, "provision the domain third.example.test", "no space left")
	s.order.Domain = "other.example.test"
	s.fresh(t)
}

func TestADeathIsTold(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.fresh(t)
	if err := s.process(t, "pid").Kill(); err != nil {
		t.Fatal(err)
	}
	says(t, within(t, "the death", s.Died()), "ended by itself", "killed", "the directory is up")
}

func TestAServerThatDoesNotStart(t *testing.T) {
	t.Parallel()
	s := newStage(t, func([]string) []string { return []string{"/bin/sh", "-c", "echo the port is taken; exit 7"} })
	_, err := s.Fresh(t.Context(), s.order)
	says(t, err, "wait for the first bind", "exit status 7", "the port is taken")
	if status, err := s.Status(t.Context()); err != nil || status.Running {
		t.Errorf("%+v, %v", status, err)
	}
	select {
	case err := <-s.Died():
		t.Errorf("told twice: %v", err)
	default:
	}
}

func TestWhatIsWrongWithAnOrderIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	bad := supervise.Fresh{Domain: "Corp", CA: "x", Cert: s.order.Cert, Key: "y"}
	_, err := s.Fresh(t.Context(), bad)
	says(t, err, `domain "Corp"`, "ca: ", "cert and key: ")
	for _, domain := range []string{"a.b/../c", "-a.example", "a..b", "a.b c", "$(x).example"} {
		bad.Domain = domain
		_, err := s.Fresh(t.Context(), bad)
		says(t, err, "expected a DNS name")
	}
}

func TestTheControl(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	c := s.client(t, "the-token", "the-token")
	status, err := c.Fresh(t.Context(), s.order)
	if err != nil || !status.Running {
		t.Fatalf("%+v, %v", status, err)
	}
	if status, err = c.Clock(t.Context(), time.Hour); err != nil || status.Ahead != time.Hour {
		t.Errorf("%+v, %v", status, err)
	}
	showsTime(t, status.Time, time.Hour)
	if status, err = c.Status(t.Context()); err != nil || status.Fresh != 1 {
		t.Errorf("%+v, %v", status, err)
	}
	_, err = c.Clock(t.Context(), 0)
	says(t, err, "POST /clock", "400", "cannot go back")
	for _, shown := range []string{"", "another"} {
		_, err := s.client(t, "the-token", shown).Status(t.Context())
		says(t, err, "401", "bearer token")
	}
	if text := s.log.String(); strings.Contains(text, "PRIVATE KEY") || strings.Contains(text, "the-token") || strings.Contains(text, supervise.AdministratorPassword) {
		t.Errorf("the log holds a secret:\n%s", text)
	}
}
