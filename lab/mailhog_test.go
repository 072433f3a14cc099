package lab_test

import (
	"context"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/enginetest"
	"github.com/ssprlab/ssprlab/lab/part"
	"github.com/ssprlab/ssprlab/lab/pki"
)

// mailImage is an image of MailHog itself where the engine has it, and else one
// that is like it as far as a lab can see.
func mailImage(t *testing.T) string {
	t.Helper()
	e := enginetest.Open(t)
	const itself = "mailhog/mailhog"
	if there, err := e.Has(t.Context(), itself); err != nil || there {
		return itself
	}
	path := filepath.Join(t.TempDir(), "catcher")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", path, "./testdata/catcher")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", build, err, out)
	}
	program, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	img := container.Image{Name: "test-catcher", Context: fstest.MapFS{
		"Dockerfile": {Data: []byte("FROM scratch\nCOPY catcher /catcher\nENTRYPOINT [\"/catcher\"]\n")}, "catcher": {Data: program},
	}}
	reference, err := e.Build(t.Context(), img, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := e.RemoveImages(context.WithoutCancel(t.Context()), img.Name); err != nil {
			t.Error(err)
		}
	})
	t.Logf("MailHog itself is not here: %s stands in", reference)
	return reference
}

// TestMailImage proves that another image takes the mails, which are read where
// the lab's catcher gives them out, and that each lab finds it empty.
func TestMailImage(t *testing.T) {
	authority, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	fleet, err := lab.OpenFleet(t.Context(), lab.FleetConfig{Directory: lab.OpenLDAP, Authority: authority, MailImage: mailImage(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := fleet.Close(); err != nil {
			t.Error(err)
		}
	})
	for range 2 {
		l, err := lab.Start(t.Context(), lab.Config{Directory: lab.OpenLDAP, Fleet: fleet, Authority: authority})
		if err != nil {
			t.Fatal(err)
		}
		box := mailbox.New(l.Endpoints.Mail, l.HTTP())
		if mails, err := box.Messages(t.Context()); err != nil || len(mails) != 0 {
			t.Errorf("at the start there are %d mails, %v", len(mails), err)
		}
		if err := smtp.SendMail(l.Endpoints.SMTP, nil, "sspr@example.com", []string{"adele@alder.example.com"}, []byte("Subject: x\r\n\r\ny")); err != nil {
			t.Fatal(err)
		}
		m, err := box.Wait(t.Context(), mailbox.Query{To: "adele@alder.example.com"})
		if err != nil || strings.HasSuffix(m.ID, "@"+part.KindMail.Host()) {
			t.Errorf("the lab's own catcher took the mail %s, %v", m.ID, err)
		}
		if err := l.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}
