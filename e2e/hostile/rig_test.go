// Package hostile_test does to the tenant's web surfaces what nobody should do:
// pages out of order, answers twice, other people's riddles, forms from
// elsewhere, and a tenant that changes under a person's feet. It speaks HTTP
// alone; what the test changes in the tenant it changes as an administrator
// elsewhere would.
package hostile_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/cloud"
	"github.com/ssprlab/ssprlab/fakes/entra/setup"
	mailroom "github.com/ssprlab/ssprlab/fakes/mail"
	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/fakes/phone"
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// rig is a cloud with phones and mail, served over TLS.
type rig struct {
	*testing.T
	tenant *entra.Tenant
	clock  *clock.Clock
	agent  *agent
	lab    *setup.Client
	phones *hand.Hand
	power  hand.Control
	mails  *mailbox.Mailbox
	room   *mailroom.Catcher
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
	log    *transcript
}

var begin = time.Date(2024, 3, 4, 9, 0, 0, 0, time.UTC)

func newRig(t *testing.T, era entra.Era) *rig {
	t.Helper()
	r := &rig{T: t, clock: clock.New(begin), agent: new(agent), log: new(transcript)}
	chance, log := seed.New(11), slog.New(slog.NewTextHandler(r.log, nil))
	exchange := phone.New(phone.Config{Clock: r.clock, Seed: chance, Client: r.client(nil), Log: log})
	t.Cleanup(func() { check(t, exchange.Close()) })
	phones := r.serve(exchange.Handler())
	r.power = hand.NewControl(r.serve(exchange.Control()).URL, http.DefaultClient)
	r.room = mailroom.New(mailroom.Config{Clock: r.clock, Seed: chance, Log: log})
	smtp, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	go r.room.ServeSMTP(smtp)
	t.Cleanup(func() { check(t, r.room.Close()) })
	c := cloud.New(cloud.Config{Tenant: entra.Config{
		Era: era, Clock: r.clock, Seed: chance, Log: log, Hosts: entra.Hosts{Domain: "lab.test"},
		SMTP: smtp.Addr().String(), Phone: phones.URL, HTTP: http.DefaultClient,
	}})
	t.Cleanup(func() { check(t, c.Close()) })
	c.Tenant.UseAgent(r.agent)
	front := httptest.NewUnstartedServer(c)
	front.Config.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelError)
	front.StartTLS()
	t.Cleanup(front.Close)
	r.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, front.Listener.Addr().String())
	}
	r.tenant, r.lab = c.Tenant, setup.NewClient(r.serve(c.Control()).URL, http.DefaultClient)
	r.phones, r.mails = hand.New(phones.URL, http.DefaultClient), mailbox.New(r.serve(r.room.Handler()).URL, http.DefaultClient)
	t.Cleanup(func() {
		if strings.Contains(r.log.String(), "panic") {
			t.Errorf("a handler panicked:\n%s", r.log)
		}
	})
	return r
}

func (r *rig) serve(h http.Handler) *httptest.Server {
	s := httptest.NewServer(h)
	r.Cleanup(s.Close)
	return s
}

// client reaches every host of the lab, with or without cookies.
func (r *rig) client(jar http.CookieJar) *http.Client {
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "127.0.0.1:") {
				return new(net.Dialer).DialContext(ctx, network, address)
			}
			return r.dial(ctx, network, address)
		},
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}
	r.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: transport}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// transcript is a log to be looked at while it is written.
type transcript struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *transcript) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// agent is a Connect agent that answers as the test says; zero: it does all.
type agent struct {
	mu     sync.Mutex
	lost   bool // nobody is reached
	result entra.Result
	done   []entra.Operation
}

func (a *agent) State() entra.AgentState {
	a.mu.Lock()
	defer a.mu.Unlock()
	return entra.AgentState{Installed: true, Configured: true, Connected: !a.lost, Version: "2.1.1.0"}
}

func (a *agent) Do(_ context.Context, op entra.Operation) (entra.Outcome, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lost {
		return entra.Outcome{}, entra.ErrUnreachable
	}
	a.done = append(a.done, op)
	if a.result != "" {
		return entra.Outcome{Result: a.result}, nil
	}
	return entra.Outcome{Result: entra.Done}, nil
}

func (a *agent) lose(lost bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lost = lost
}

// count is how often an operation of that kind was carried out.
func (a *agent) count(kind entra.Kind) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, op := range a.done {
		if op.Kind == kind {
			n++
		}
	}
	return n
}

// browser is a browser with its cookies.
type browser struct {
	*rig
	jar    *cookiejar.Jar
	client *http.Client
	at     *answer // the last page
}

func (r *rig) browser() *browser {
	jar, err := cookiejar.New(nil)
	check(r, err)
	return &browser{rig: r, jar: jar, client: r.client(jar)}
}

// twin is another browser with the same cookies.
func (b *browser) twin() *browser {
	other := b.rig.browser()
	for _, name := range b.tenant.Hosts().Names() {
		u := &url.URL{Scheme: "https", Host: name, Path: "/"}
		cookies := b.jar.Cookies(u)
		for _, c := range cookies {
			c.Path, c.Secure = "/", true
		}
		other.jar.SetCookies(u, cookies)
	}
	return other
}

// answer is a page, and where it was found.
type answer struct {
	status  int
	url     *url.URL
	header  http.Header
	body    string
	heading string
}

var headingOf = regexp.MustCompile(`<h1>(.*?)</h1>`)

// send sends a request and follows redirects, as browsers do. A broken
// connection is what a panic looks like from outside.
func (b *browser) send(method, address string, body io.Reader, headers ...string) *answer {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, address, body)
	check(b, err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "https://"+req.URL.Host)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.Fatalf("%s %s: %v\n%s", method, address, err, b.log)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	check(b, err)
	b.at = &answer{status: res.StatusCode, url: res.Request.URL, header: res.Header, body: string(text)}
	if m := headingOf.FindStringSubmatch(b.at.body); m != nil {
		b.at.heading = m[1]
	}
	return b.at
}

// host is the address of a path on a surface.
func (r *rig) host(name, path string) string { return r.tenant.Hosts().URL(name, path) }

func (b *browser) get(name, path string) *answer {
	b.Helper()
	return b.send(http.MethodGet, b.host(name, path), nil)
}

// post posts fields: name, value, name, value.
func (b *browser) post(name, path string, fields ...string) *answer {
	b.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.send(http.MethodPost, b.host(name, path), strings.NewReader(form.Encode()))
}

// on fails unless the last page is at that path.
func (b *browser) on(path string) {
	b.Helper()
	if b.at.url.Path != path {
		b.Fatalf("expected %s, found %s %s (%q):\n%s", path, b.at.url, http.StatusText(b.at.status), b.at.heading, text(b.at.body))
	}
}

// says fails unless the last page has a text.
func (b *browser) says(want string) {
	b.Helper()
	if !strings.Contains(b.at.body, want) {
		b.Fatalf("%s does not say %q:\n%s", b.at.url, want, text(b.at.body))
	}
}

var tags = regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`)

// text is a page without its markup, for messages.
func text(body string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(body, " ")), " ")
}

// notFailed fails when a page is an error of the server.
func (b *browser) notFailed(what string) {
	b.Helper()
	if b.at.status >= 500 {
		b.Errorf("%s: %s: status %d: %s", what, b.at.url, b.at.status, text(b.at.body))
	}
}

// must changes the tenant.
func (r *rig) must(_ any, err error) { r.Helper(); check(r, err) }

func (r *rig) policy(change func(*entra.Policy)) {
	p := r.tenant.Policy()
	change(&p)
	r.tenant.SetPolicy(entra.Party{Name: "test"}, p)
}

// audits counts the entries of an activity with a reason that contains a text.
func (r *rig) audits(activity, reason string) (n int) {
	for _, e := range r.tenant.Audit() {
		if e.Activity == activity && strings.Contains(e.Reason, reason) {
			n++
		}
	}
	return n
}

// signsIn reports whether a password is somebody's.
func (r *rig) signsIn(upn, password string) bool {
	_, verdict := r.tenant.Authenticate(r.Context(), upn, password)
	return verdict == entra.SignedIn
}

func (r *rig) String() string { return fmt.Sprintf("rig at %s", r.clock.Now()) }
