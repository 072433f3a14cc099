package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/mail"
	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
)

// open starts a catcher and returns a client of it and a way to send.
func open(t *testing.T, wrap func(http.Handler) http.Handler) (*mailbox.Mailbox, func(text string, to ...string)) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	catcher := mail.New(mail.Config{})
	served := make(chan error, 1)
	go func() { served <- catcher.ServeSMTP(l) }()
	api := httptest.NewServer(wrap(catcher.Handler()))
	t.Cleanup(func() {
		if err := errors.Join(catcher.Close(), <-served); err != nil {
			t.Error(err)
		}
		api.Close()
	})
	return mailbox.New(api.URL+"/", nil), func(text string, to ...string) {
		t.Helper()
		if err := smtp.SendMail(l.Addr().String(), nil, "sspr@example.com", to, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
}

func asIs(h http.Handler) http.Handler { return h }

// likeMailHog takes the lab's extension away and answers unknown ids as
// MailHog does.
func likeMailHog(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/lab/"):
			http.NotFound(w, r)
		case strings.HasSuffix(r.URL.Path, "/messages/none"):
			w.Write([]byte("null"))
		default:
			h.ServeHTTP(w, r)
		}
	})
}

var catchers = map[string]func(http.Handler) http.Handler{"lab": asIs, "MailHog": likeMailHog}

func TestReading(t *testing.T) {
	for name, wrap := range catchers {
		t.Run(name, func(t *testing.T) {
			b, send := open(t, wrap)
			ctx := t.Context()
			for i := range 120 { // three pages
				send(fmt.Sprintf("Subject: mail %d\r\nTo: adele@example.com\r\n\r\nx", i), "brandon@example.com")
			}
			send("Subject: other\r\n\r\nx", "adele@example.com", "ann@example.com")
			all, err := b.Messages(ctx)
			if err != nil || len(all) != 121 || all[0].Subject != "other" || all[120].Subject != "mail 0" {
				t.Fatalf("%d mails, %v", len(all), err)
			}
			// The envelope decides, whatever the To field says.
			mine, err := b.To(ctx, "Adele@example.com")
			if err != nil || len(mine) != 1 || mine[0].Subject != "other" || len(mine[0].Recipients) != 2 {
				t.Errorf("To: %+v, %v", mine, err)
			}
			one, err := b.Get(ctx, all[7].ID)
			if err != nil || one.Subject != all[7].Subject {
				t.Errorf("Get: %+v, %v", one, err)
			}
			if _, err := b.Get(ctx, "none"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("Get of what is not there: %v", err)
			}
			if err := b.Delete(ctx, all[0].ID); err != nil {
				t.Error(err)
			}
			if mine, err := b.To(ctx, "adele@example.com"); err != nil || len(mine) != 0 {
				t.Errorf("after Delete: %+v, %v", mine, err)
			}
			if err := b.DeleteAll(ctx); err != nil {
				t.Error(err)
			}
			if all, err := b.Messages(ctx); err != nil || len(all) != 0 {
				t.Errorf("after DeleteAll: %+v, %v", all, err)
			}
		})
	}
}

func TestWait(t *testing.T) {
	for name, wrap := range catchers {
		t.Run(name, func(t *testing.T) {
			b, send := open(t, wrap)
			ctx := t.Context()
			send("Subject: Your code\r\n\r\n1", "adele@example.com")
			old, err := b.Wait(ctx, mailbox.Query{To: "ADELE@example.com", Subject: "CODE"})
			if err != nil || old.Text != "1" {
				t.Fatalf("a mail that is there: %+v, %v", old, err)
			}
			for _, q := range []mailbox.Query{{To: "adele@example.com", After: old.ID}, {To: "adele@example.com", Since: old.Received}} {
				q.Timeout = 20 * time.Second
				got := make(chan mailbox.Message, 1)
				failed := make(chan error, 1)
				go func() {
					m, err := b.Wait(ctx, q)
					got <- m
					failed <- err
				}()
				send("Subject: Your code\r\n\r\nnot hers", "brandon@example.com")
				send("Subject: Your code\r\n\r\n2", "adele@example.com")
				if m, err := <-got, <-failed; err != nil || m.Text != "2" {
					t.Errorf("%s: %+v, %v", q, m, err)
				}
			}
		})
	}
}

func TestWaitNamesWhatDidNotCome(t *testing.T) {
	for name, wrap := range catchers {
		t.Run(name, func(t *testing.T) {
			b, send := open(t, wrap)
			send("Subject: other\r\n\r\n1", "adele@example.com")
			_, err := b.Wait(t.Context(), mailbox.Query{To: "adele@example.com", Subject: "reset", Since: time.Unix(0, 0), Timeout: 30 * time.Millisecond})
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range []string{"adele@example.com", `"reset"`, "since 1970"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q lacks %s", err, want)
				}
			}
			if _, err := b.Wait(t.Context(), mailbox.Query{After: "none", Timeout: 30 * time.Millisecond}); err == nil || !strings.Contains(err.Error(), "none") {
				t.Errorf("after a mail that is not there: %v", err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := b.Wait(ctx, mailbox.Query{To: "a@example.com"}); !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled: %v", err)
			}
		})
	}
}

func TestErrorsNameTheCatcher(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v2/messages" {
			w.Write([]byte("not JSON"))
			return
		}
		http.Error(w, "broken", http.StatusInternalServerError)
	}))
	defer server.Close()
	b := mailbox.New(server.URL, server.Client())
	if _, err := b.Messages(t.Context()); err == nil || !strings.Contains(err.Error(), server.URL) {
		t.Errorf("answer that is no JSON: %v", err)
	}
	if err := b.DeleteAll(t.Context()); err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("status 500: %v", err)
	}
	if _, err := b.Wait(t.Context(), mailbox.Query{}); err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("status 500: %v", err)
	}
}
