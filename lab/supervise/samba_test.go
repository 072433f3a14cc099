package supervise_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/enginetest"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/supervise"
)

// samba is a container of the lab's image, whose supervisor has had no order.
type samba struct {
	*supervise.Client
	container *container.Container
	name      string // as the docker command knows it
	order     supervise.Fresh
	ca        *pki.Authority
}

// startSamba starts a container that ends with the test. Without an engine the
// test is left out, in CI it fails.
func startSamba(t testing.TB) samba {
	t.Helper()
	engine := enginetest.Open(t)
	image, err := container.Named(container.Samba)
	if err != nil {
		t.Fatal(err)
	}
	reference, err := engine.Build(t.Context(), image, nil)
	if err != nil {
		t.Fatal(err)
	}
	var s samba
	if s.ca, err = pki.NewAuthority(); err != nil {
		t.Fatal(err)
	}
	cert, key, err := s.ca.IssuePEM("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	s.order = supervise.Fresh{Cert: string(cert), Key: string(key), CA: string(s.ca.PEM())}
	group := engine.NewGroup()
	t.Cleanup(func() {
		if err := group.Close(); err != nil {
			t.Error(err)
		}
	})
	s.name = "ssprlab-" + group.ID() + "-dc"
	s.container, err = group.Start(t.Context(), container.Spec{Name: "dc", Image: reference,
		Files:  []container.File{{Path: supervise.ControlFolder + "/cert.pem", Content: cert}, {Path: supervise.ControlFolder + "/key.pem", Content: key, Mode: 0o600}},
		Memory: []container.Folder{{Path: supervise.RunFolder}},
		Ports:  []container.Port{{Number: supervise.ControlPort}, {Number: supervise.LDAPSPort, Later: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Client = supervise.NewClient("https://"+s.container.Addr(supervise.ControlPort), s.ca.Pool(), "")
	t.Cleanup(s.Client.Close)
	return s
}

func (s samba) fresh(t testing.TB) supervise.Status {
	t.Helper()
	status, err := s.Fresh(t.Context(), s.order)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

func (s samba) open(t testing.TB, user string) *directory.Directory {
	t.Helper()
	d, err := directory.Open(t.Context(), directory.Config{URL: "ldaps://" + s.container.Addr(supervise.LDAPSPort), RootCAs: s.ca.Pool(),
		User: user, Password: supervise.AdministratorPassword})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// The same container is a fresh directory of any domain and of any date, and
// its administrator can bind at each.
func TestSambaIsFreshAtAnyDate(t *testing.T) {
	s := startSamba(t)
	for _, c := range []struct {
		domain string
		ahead  time.Duration
	}{{"", 0}, {"", -sevenYears}, {"", 10 * 365 * 24 * time.Hour}, {"corp.example.test", -sevenYears}, {"corp.example.test", 0}, {"", 0}} {
		s.order.Domain, s.order.Ahead = c.domain, c.ahead
		status := s.fresh(t)
		d := s.open(t, status.User)
		now, err := d.Time(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		showsTime(t, now, c.ahead)
		if _, err := d.CreateOU(t.Context(), status.Base, "made"); err != nil { // it is not there from the last time
			t.Errorf("in %s: %v", status.Base, err)
		}
	}
}

// Passwords of every kind pass, and the log tells none of them. A clock that
// jumps cuts nobody off.
func TestSambaTellsNoPassword(t *testing.T) {
	s := startSamba(t)
	s.order.Ahead = -sevenYears
	d := s.open(t, s.fresh(t).User)
	a, err := d.CreateAccount(t.Context(), directory.NewAccount{Parent: "CN=Users," + d.Base(), Name: "anna", SAM: "anna", Password: "S3cret-first-1"})
	if err != nil {
		t.Fatal(err)
	}
	refused := d.Authenticate(t.Context(), a.DN, "S3cret-wrong-1")
	if _, err := s.Clock(t.Context(), s.order.Ahead+180*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		d.Reset(t.Context(), a.DN, "S3cret-second-2", directory.Reset{}), // a write, so not repeated on a new connection
		d.Authenticate(t.Context(), a.DN, "S3cret-second-2"),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	says(t, refused, "wrong password")
	says(t, d.Reset(t.Context(), a.DN, "S3c-3", directory.Reset{}), "too short")
	s.order.Domain = "corp.example.test"
	s.fresh(t)
	log, err := s.container.Log(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log, "S3c") || strings.Contains(log, supervise.AdministratorPassword) || strings.Contains(strings.ToLower(log), "password:") || !strings.Contains(log, "samba version") {
		t.Errorf("the log holds a secret, or nothing:\n%s", log)
	}
}

// A Samba that dies takes the container along, which says why.
func TestTheContainerEndsWithItsServer(t *testing.T) {
	docker, err := exec.LookPath("docker")
	if err != nil {
		t.Skip("only the docker command can kill the server within a container, and it is not here")
	}
	s := startSamba(t)
	s.fresh(t)
	kill := `for p in /proc/[0-9]*; do if [ "$(cat $p/comm)" = samba ]; then kill -KILL "${p#/proc/}"; fi; done`
	if out, err := exec.CommandContext(t.Context(), docker, "exec", s.name, "sh", "-c", kill).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	says(t, within(t, "the container's end", s.container.Died()), "samba ended by itself", "killed")
}

// BenchmarkFreshSamba measures what a scenario waits for that wants a pristine
// directory.
func BenchmarkFreshSamba(b *testing.B) {
	s := startSamba(b)
	s.fresh(b)
	for b.Loop() {
		s.fresh(b)
	}
}
