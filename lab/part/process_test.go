package part_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/smtp"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/part"
	"github.com/ssprlab/ssprlab/lab/pki"
)

// process starts a process of that kind and returns who gives it orders, and
// the addresses of its pages and of what is not HTTP.
func process(t *testing.T, kind part.Kind) (c part.Client, pages, other string) {
	t.Helper()
	if kind == part.KindMail || kind == part.KindDirectory {
		other = "127.0.0.1:0"
	}
	p, err := part.Listen(kind, "127.0.0.1:0", other)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	if p.TLS, err = authority.ServerConfig(append(part.Hosts(), "127.0.0.1")...); err != nil {
		t.Fatal(err)
	}
	p.Roots, p.Log = authority.Pool(), slog.New(slog.DiscardHandler)
	client := part.NewHTTP(p.Roots, part.OnLoopback)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- p.Serve(ctx) }()
	t.Cleanup(func() {
		client.CloseIdleConnections()
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	at := map[string]string{}
	for _, a := range p.Addresses() {
		at[a.Name] = a.URL
	}
	return part.Client{Base: at["control"], HTTP: client}, at["pages"], at["smtp"] + at["directory"]
}

func order(t *testing.T, d part.Description, ahead time.Duration) part.Order {
	t.Helper()
	o, err := part.NewOrder(d, 1, entra.Now, ahead)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestAFreshPartRemembersNothing sends a mail, orders a fresh catcher at the
// same addresses, and finds it empty.
func TestAFreshPartRemembersNothing(t *testing.T) {
	t.Parallel()
	c, pages, address := process(t, part.KindMail)
	ctx := t.Context()
	if s, err := c.Status(ctx); err != nil || s.Running {
		t.Errorf("before any order: %+v, %v", s, err)
	}
	box := mailbox.New(strings.TrimSuffix(pages, "/"), c.HTTP)
	for range 2 {
		if s, err := c.Fresh(ctx, order(t, part.Mail{}, 0)); err != nil || !s.Running {
			t.Fatalf("%+v, %v", s, err)
		}
		if mails, err := box.To(ctx, "adele@alder.example.com"); err != nil || len(mails) != 0 {
			t.Fatalf("%d mails, %v", len(mails), err)
		}
		if err := smtp.SendMail(address, nil, "lab@alder.example.com", []string{"adele@alder.example.com"}, []byte("Subject: x\r\n\r\ny")); err != nil {
			t.Fatal(err)
		}
		if mails, err := box.To(ctx, "adele@alder.example.com"); err != nil || len(mails) != 1 {
			t.Fatalf("%d mails, %v", len(mails), err)
		}
	}
}

// TestTheClockOfAPart starts a directory in 2019 and moves it by 180 days, by
// its control alone.
func TestTheClockOfAPart(t *testing.T) {
	t.Parallel()
	c, _, address := process(t, part.KindDirectory)
	ctx := t.Context()
	ahead := time.Until(time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC))
	if _, err := c.Fresh(ctx, order(t, part.Directory{Domain: "corp.example.test", AdministratorPassword: "Adm1n-Passw0rd"}, ahead)); err != nil {
		t.Fatal(err)
	}
	d, err := directory.Open(ctx, directory.Config{
		URL: address, RootCAs: c.HTTP.Transport.(*http.Transport).TLSClientConfig.RootCAs, ServerName: "127.0.0.1",
		User: "Administrator@corp.example.test", Password: "Adm1n-Passw0rd",
	})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	shows := func(want string) {
		t.Helper()
		if now, err := d.Time(ctx); err != nil || now.Format(time.DateOnly) != want {
			t.Errorf("the directory's clock shows %s, %v; want %s", now, err, want)
		}
	}
	shows("2019-11-04")
	ahead += 180 * 24 * time.Hour
	if s, err := c.Clock(ctx, ahead); err != nil || (s.Ahead-ahead).Abs() > time.Second {
		t.Errorf("%+v, %v", s, err)
	}
	shows("2020-05-02")
	if _, err := c.Clock(ctx, ahead-time.Hour); err == nil || !strings.Contains(err.Error(), "never goes back") {
		t.Errorf("the clock went back: %v", err)
	}
}

// TestAFreshPartEndsWhoWaits orders a fresh part while a request waits for
// something of the old one.
func TestAFreshPartEndsWhoWaits(t *testing.T) {
	t.Parallel()
	c, pages, _ := process(t, part.KindMail)
	ctx := t.Context()
	if _, err := c.Fresh(ctx, order(t, part.Mail{}, 0)); err != nil {
		t.Fatal(err)
	}
	waiting := make(chan error, 1)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, pages+"lab/wait?after=0&timeout=60", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		res, err := c.HTTP.Do(req)
		if err == nil {
			_, err = io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
		waiting <- err
	}()
	if _, err := c.Fresh(ctx, order(t, part.Mail{}, 0)); err != nil {
		t.Fatal(err)
	}
	<-waiting // with an answer or a broken connection: it must only end
}

// TestAProcessEndsWithAHalfRequest proves that a client that has promised more
// and does not send it keeps no process from ending.
func TestAProcessEndsWithAHalfRequest(t *testing.T) {
	t.Parallel()
	var conn *tls.Conn
	watchdog := time.AfterFunc(time.Hour, func() { conn.Close() })
	t.Cleanup(func() { // after the process has ended
		if !watchdog.Stop() {
			t.Error("the process waited for the rest of the request")
		}
		if conn != nil {
			conn.Close()
		}
	})
	c, pages, _ := process(t, part.KindPhone)
	if _, err := c.Fresh(t.Context(), order(t, part.Phone{}, 0)); err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(pages)
	if err != nil {
		t.Fatal(err)
	}
	conn, err = tls.Dial("tcp", "127.0.0.1:"+at.Port(), &tls.Config{RootCAs: c.HTTP.Transport.(*http.Transport).TLSClientConfig.RootCAs, ServerName: at.Hostname()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "POST /carrier/texts HTTP/1.1\r\nHost: %s\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n", at.Host); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q, %v", line, err)
	}
	watchdog.Reset(15 * time.Second)
}

// TestOrdersThatAreRefused reads the errors aloud.
func TestOrdersThatAreRefused(t *testing.T) {
	t.Parallel()
	c, pages, _ := process(t, part.KindMail)
	bad := order(t, part.Mail{}, 0)
	bad.Part = []byte(`{"Ports": 25}`)
	for _, tc := range []struct {
		order part.Order
		want  string
	}{
		{order(t, part.Phone{}, 0), "this process is for the mail, not for the phone"},
		{bad, `unknown field "Ports"`},
		{part.Order{Kind: part.KindMail, Part: []byte(`[]`)}, "read the description of the mail"},
	} {
		if _, err := c.Fresh(t.Context(), tc.order); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("error %v, want %q", err, tc.want)
		}
	}
	if _, err := c.Clock(t.Context(), time.Hour); err == nil || !strings.Contains(err.Error(), "no order yet") {
		t.Errorf("error %v", err)
	}
	res, err := c.HTTP.Get(pages)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a page without a part: %s", res.Status)
	}
}

// TestATakenPort says which and what to do.
func TestATakenPort(t *testing.T) {
	t.Parallel()
	p, err := part.Listen(part.KindPhone, "127.0.0.1:0", "")
	if err != nil {
		t.Fatal(err)
	}
	defer p.HTTPS.Close()
	_, err = part.Listen(part.KindPhone, p.HTTPS.Addr().String(), "")
	if err == nil || !strings.Contains(err.Error(), "is the port taken?") {
		t.Errorf("error %v", err)
	}
}

// TestABrokenIdentity is what a container that lacks a file says.
func TestABrokenIdentity(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := part.ReadIdentity(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("error %v", err)
	}
}
