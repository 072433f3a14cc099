package part_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/mail"
	"github.com/ssprlab/ssprlab/fakes/mail/conformance"
	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/lab/part"
)

// plainCatcher is a catcher as MailHog's image is one: HTTP without TLS, and
// nothing that only the lab's catcher has.
func plainCatcher(t *testing.T) (base, address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := mail.New(mail.Config{})
	served := make(chan error, 1)
	go func() { served <- c.ServeSMTP(ln) }()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/lab/") {
			http.NotFound(w, r)
			return
		}
		c.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.Close()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return server.URL, ln.Addr().String()
}

// TestInFrontOfMailHog proves that a MailHog is reached by the lab's own host
// as if it were the lab's catcher, and begins empty.
func TestInFrontOfMailHog(t *testing.T) {
	base, address := plainCatcher(t)
	c, pages, _ := process(t, part.KindMail)
	fresh := func() {
		t.Helper()
		if _, err := c.Fresh(t.Context(), order(t, part.Mail{MailHog: base}, 0)); err != nil {
			t.Fatal(err)
		}
	}
	fresh()
	pages = strings.TrimSuffix(pages, "/")
	t.Run("conformance", func(t *testing.T) {
		conformance.Run(t, conformance.Target{SMTPAddr: address, APIBase: pages, Client: c.HTTP})
	})
	box := mailbox.New(pages, c.HTTP)
	if err := smtp.SendMail(address, nil, "lab@alder.example.com", []string{"adele@alder.example.com"}, []byte("Subject: x\r\n\r\ny")); err != nil {
		t.Fatal(err)
	}
	if _, err := box.Wait(t.Context(), mailbox.Query{To: "adele@alder.example.com", Subject: "x"}); err != nil {
		t.Error(err)
	}
	fresh()
	if mails, err := box.Messages(t.Context()); err != nil || len(mails) != 0 {
		t.Errorf("a fresh one holds %d mails, %v", len(mails), err)
	}
	res, err := c.HTTP.Post(c.Base+"/pause", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusNotImplemented || !strings.Contains(string(text), "MailHog itself takes the mails") {
		t.Errorf("told to refuse mails it answers %s: %s", res.Status, text)
	}
}

// TestNoMailHog proves that one that is not there is said so at the start.
func TestNoMailHog(t *testing.T) {
	c, _, _ := process(t, part.KindMail)
	_, err := c.Fresh(t.Context(), order(t, part.Mail{MailHog: "http://127.0.0.1:1"}, 0))
	if err == nil || !strings.Contains(err.Error(), "empty MailHog: ") {
		t.Errorf("the order ends with %v", err)
	}
}
