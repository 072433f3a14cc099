package conformance_test

import (
	"context"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/directory/conformance"
	"github.com/ssprlab/ssprlab/lab/enginetest"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/supervise"
)

// fieldNotes is the date of the field notes: years before the images were made.
func fieldNotes() time.Time { return time.Date(2019, time.November, 4, 8, 0, 0, 0, time.UTC) }

// contained starts a fresh directory of one of the lab's images, in a container
// that ends with the test. Without an engine the test is left out, in CI it
// fails.
func contained(t testing.TB, image string, dialect directory.Kind, start time.Time) conformance.Subject {
	t.Helper()
	return containedDomain(t, image, dialect, start, supervise.Domain)
}

// containedDomain is contained for a domain that need not be the image's.
func containedDomain(t testing.TB, image string, dialect directory.Kind, start time.Time, domain string) conformance.Subject {
	t.Helper()
	c, authority := startContainer(t, image)
	cert, key, err := authority.IssuePEM("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	control := supervise.NewClient("https://"+c.Addr(supervise.ControlPort), authority.Pool(), "")
	t.Cleanup(control.Close)
	var machine clock.Clock
	ahead := start.Sub(machine.Now())
	status, err := control.Fresh(t.Context(), supervise.Fresh{Domain: domain, Ahead: ahead, Cert: string(cert), Key: string(key), CA: string(authority.PEM())})
	if err != nil {
		t.Fatal(err)
	}
	return conformance.Subject{
		Config: directory.Config{URL: "ldaps://" + c.Addr(supervise.LDAPSPort), RootCAs: authority.Pool(), Dialect: dialect,
			User: status.User, Password: supervise.AdministratorPassword},
		PlainURL: "ldap://" + c.Addr(supervise.LDAPPort),
		Domain:   status.NetBIOS,
		Suffix:   status.Domain,
		Advance: func(d time.Duration) error {
			ahead += d
			_, err := control.Clock(t.Context(), ahead)
			return err
		},
	}
}

// startContainer starts a directory's container, whose control has a
// certificate of the authority. Its log is shown if the test fails.
func startContainer(t testing.TB, image string) (*container.Container, *pki.Authority) {
	t.Helper()
	engine := enginetest.Open(t)
	img, err := container.Named(image)
	if err != nil {
		t.Fatal(err)
	}
	reference, err := engine.Build(t.Context(), img, nil)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	cert, key, err := authority.IssuePEM("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	kind, err := supervise.KindNamed(image)
	if err != nil {
		t.Fatal(err)
	}
	group := engine.NewGroup()
	t.Cleanup(func() {
		if err := group.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := group.Start(t.Context(), container.Spec{Name: image, Image: reference,
		Files: []container.File{
			{Path: supervise.ControlFolder + "/cert.pem", Content: cert},
			{Path: supervise.ControlFolder + "/key.pem", Content: key, Mode: 0o600, UID: kind.UID},
		},
		Memory: []container.Folder{{Path: supervise.RunFolder, UID: kind.UID}},
		Ports:  []container.Port{{Number: supervise.ControlPort}, {Number: supervise.LDAPSPort, Later: true}, {Number: supervise.LDAPPort, Later: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { showLog(t, c) })
	return c, authority
}

func showLog(t testing.TB, c *container.Container) {
	if !t.Failed() {
		return
	}
	log, err := c.Log(context.WithoutCancel(t.Context()))
	t.Logf("the log of %s (%v):\n%s", c.Name(), err, log)
}
