package conformance_test

import (
	"bytes"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/activedirectory"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/directory/conformance"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/seed"
)

const administratorPassword = "Adm1n-Passw0rd"

// TestEmbedded runs the cases against the embedded directory.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(t *testing.T) conformance.Subject { return embedded(t) })
}

// embedded starts an embedded directory at the date of the field notes.
func embedded(t testing.TB) conformance.Subject {
	t.Helper()
	authority, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	tls, err := authority.ServerConfig("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	clock := clock.New(time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC))
	server, err := activedirectory.New(activedirectory.Config{
		Domain: "example.test", AdministratorPassword: administratorPassword, TLS: tls, Clock: clock, Seed: seed.New(1),
	})
	if err != nil {
		t.Fatal(err)
	}
	secure, plain := listen(t), listen(t)
	served := make(chan error, 2)
	go func() { served <- server.Serve(secure) }()
	go func() { served <- server.ServePlain(plain) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		for range cap(served) {
			if err := <-served; err != nil {
				t.Error(err)
			}
		}
	})
	return conformance.Subject{
		Config: directory.Config{URL: "ldaps://" + secure.Addr().String(), RootCAs: authority.Pool(),
			User: "Administrator@example.test", Password: administratorPassword},
		PlainURL: "ldap://" + plain.Addr().String(),
		Domain:   "EXAMPLE",
		Suffix:   "example.test",
		Advance:  func(d time.Duration) error { clock.Advance(d); return nil },
	}
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestStartTLS opens the plain port: TLS is raised before the bind.
func TestStartTLS(t *testing.T) {
	t.Parallel()
	subject := embedded(t)
	config := subject.Config
	config.URL = subject.PlainURL
	d, err := directory.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Account(t.Context(), "Administrator"); err != nil {
		t.Error(err)
	}
}

// TestNoSecretReachesTheLog does what has a password in it, with success and
// without, and reads the log.
func TestNoSecretReachesTheLog(t *testing.T) {
	t.Parallel()
	subject := embedded(t)
	config := subject.Config
	var log bytes.Buffer
	config.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	d, err := directory.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	a, err := d.CreateAccount(t.Context(), directory.NewAccount{Parent: d.Base(), Name: "anna", SAM: "anna", UPN: "anna@example.test", Password: "S3cret-first"})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		d.SetPolicy(t.Context(), directory.Policy{}), // the factory's has a minimum age
		d.Reset(t.Context(), a.DN, "S3cret-second", directory.Reset{}),
		d.Change(t.Context(), a.DN, "S3cret-second", "S3cret-third"),
		d.Authenticate(t.Context(), a.UPN, "S3cret-third"),
		d.Close(),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	for _, err := range []error{
		d.Reset(t.Context(), a.DN, "S3cret-fourth", directory.Reset{}), // it is closed
		d.Authenticate(t.Context(), a.UPN, "S3cret-wrong"),
	} {
		if err == nil || strings.Contains(err.Error(), "S3cret") {
			t.Errorf("a closed directory: %v", err)
		}
	}
	if text := log.String(); strings.Contains(text, "S3cret") || strings.Contains(text, administratorPassword) || !strings.Contains(text, a.DN) {
		t.Errorf("the log holds a secret, or nothing:\n%s", text)
	}
}

// BenchmarkReset resets from eight callers over two connections.
func BenchmarkReset(b *testing.B) {
	subject := embedded(b)
	d, err := directory.Open(b.Context(), subject.Config)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	a, err := d.CreateAccount(b.Context(), directory.NewAccount{Parent: d.Base(), Name: "anna", SAM: "anna", Password: "Start-Pass-01"})
	if err != nil {
		b.Fatal(err)
	}
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := d.Reset(b.Context(), a.DN, "Second-Pass-02", directory.Reset{Unlock: true}); err != nil {
				b.Error(err)
			}
		}
	})
}
