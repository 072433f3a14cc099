package conformance_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/mail/conformance"
	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/enginetest"
	"github.com/ssprlab/ssprlab/lab/part"
	"github.com/ssprlab/ssprlab/lab/pki"
)

// start starts a catcher in a container that is removed with the test.
func start(t *testing.T, e *container.Engine, s container.Spec) *container.Container {
	t.Helper()
	g := e.NewGroup()
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := g.Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCatcherInContainer proves that the container lab's catcher does what
// MailHog does, and prints nothing of a mail, which the engine would keep.
func TestCatcherInContainer(t *testing.T) {
	e := enginetest.Open(t)
	img, err := container.Named(container.Parts)
	if err != nil {
		t.Fatal(err)
	}
	reference, err := e.Build(t.Context(), img, nil)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	cert, key, err := authority.IssuePEM(append(part.Hosts(), "127.0.0.1")...)
	if err != nil {
		t.Fatal(err)
	}
	const folder, pages, smtp = "/identity/", 8443, 1025
	c := start(t, e, container.Spec{
		Name: "mail", Image: reference, Ports: []container.Port{{Number: pages}, {Number: smtp}},
		Command: []string{"serve", "mail", "--verbose", "--identity", folder, "--listen", fmt.Sprintf("0.0.0.0:%d", pages), "--smtp-listen", fmt.Sprintf("0.0.0.0:%d", smtp)},
		Files:   []container.File{{Path: folder + part.CertFile, Content: cert}, {Path: folder + part.KeyFile, Content: key}, {Path: folder + part.CAFile, Content: authority.PEM()}},
	})
	_, port, err := net.SplitHostPort(c.Addr(pages))
	if err != nil {
		t.Fatal(err)
	}
	http := part.NewHTTP(authority.Pool(), part.OnLoopback)
	defer http.CloseIdleConnections()
	o, err := part.NewOrder(part.Mail{}, 1, entra.Now, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (part.Client{Base: "https://" + part.KindMail.ControlHost() + ":" + port, HTTP: http}).Fresh(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	conformance.Run(t, conformance.Target{SMTPAddr: c.Addr(smtp), APIBase: "https://" + part.KindMail.Host() + ":" + port, Client: http})
	log, err := c.Log(t.Context())
	if err != nil || !strings.Contains(log, "part=mail") {
		t.Errorf("it logged nothing, so what follows proves nothing: %q, %v", log, err)
	}
	for _, words := range []string{"Good morning", "In words", "First words", "PHA+SW4"} {
		if strings.Contains(log, words) {
			t.Errorf("the engine keeps %q of a mail:\n%s", words, log)
		}
	}
}

// TestMailHog proves that the suite asserts what MailHog does, where its image
// is: nothing is pulled for a test.
func TestMailHog(t *testing.T) {
	e := enginetest.Open(t)
	const image = "mailhog/mailhog"
	there, err := e.Has(t.Context(), image)
	if err != nil {
		t.Fatal(err)
	}
	if !there {
		t.Skipf("without MailHog itself: the image is not here; docker pull %s", image)
	}
	const api, smtp = 8025, 1025
	c := start(t, e, container.Spec{Name: "mailhog", Image: image, Silent: true, Ports: []container.Port{{Number: api}, {Number: smtp}}})
	conformance.Run(t, conformance.Target{SMTPAddr: c.Addr(smtp), APIBase: "http://" + c.Addr(api)})
}
