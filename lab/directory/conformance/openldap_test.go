package conformance_test

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/directory/conformance"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/supervise"
)

// TestOpenLDAP plays the cases against OpenLDAP in a container, in the present
// and with the date of the field notes.
func TestOpenLDAP(t *testing.T) {
	s := openLDAP(t, time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC))
	conformance.Run(t, func(*testing.T) conformance.Subject { return s })
}

// openLDAP starts a fresh OpenLDAP whose clock shows start.
func openLDAP(t *testing.T, start time.Time) conformance.Subject {
	t.Helper()
	ctx := t.Context()
	engine, err := container.Open(ctx)
	if err != nil {
		t.Skipf("OpenLDAP left out: %v", err)
	}
	t.Cleanup(func() { engine.Close() })
	image, err := container.Named(container.OpenLDAP)
	if err != nil {
		t.Fatal(err)
	}
	reference, err := engine.Build(ctx, image, nil)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	cert, key := issue(t, authority)
	group := engine.NewGroup()
	t.Cleanup(func() {
		if err := group.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := group.Start(ctx, container.Spec{Name: "openldap", Image: reference,
		Files: []container.File{{Path: supervise.ControlFolder + "/cert.pem", Content: []byte(cert)}, {Path: supervise.ControlFolder + "/key.pem", Content: []byte(key)}},
		Ports: []container.Port{{Number: supervise.ControlPort}, {Number: supervise.LDAPSPort, Later: true}, {Number: supervise.LDAPPort, Later: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := c.Log(t.Context())
			t.Log(log)
		}
	})
	var machine clock.Clock
	ahead := start.Sub(machine.Now())
	control := supervise.NewClient("https://"+c.Addr(supervise.ControlPort), authority.Pool(), "")
	t.Cleanup(control.Close)
	status, err := control.Fresh(ctx, supervise.Fresh{Ahead: ahead, Cert: cert, Key: key, CA: string(authority.PEM())})
	if err != nil {
		t.Fatal(err)
	}
	return conformance.Subject{
		Config: directory.Config{URL: "ldaps://" + c.Addr(supervise.LDAPSPort), RootCAs: authority.Pool(), Dialect: directory.OpenLDAP,
			User: status.User, Password: supervise.AdministratorPassword},
		PlainURL: "ldap://" + c.Addr(supervise.LDAPPort),
		Domain:   "CORP",
		Suffix:   status.Domain,
		Advance: func(d time.Duration) error {
			ahead += d
			_, err := control.Clock(t.Context(), ahead)
			return err
		},
	}
}

// issue returns a certificate for the loopback address and its key, in PEM.
func issue(t *testing.T, authority *pki.Authority) (cert, key string) {
	t.Helper()
	pair, err := authority.Issue("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, der := range pair.Certificate {
		cert += string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return cert, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

