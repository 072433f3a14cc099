package relay

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/pki"
)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, envelope.KeyBits)
	if err != nil {
		panic(err)
	}
	return key
})

// cloud is a tenant whose relay is served over TLS. The bearer token of a user
// is the user's UPN.
type cloud struct {
	t      testing.TB
	tenant *entra.Tenant
	relay  *Relay
	clock  *clock.Clock
	log    *lockedBuffer
	url    string
	client *http.Client
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newCloud(t testing.TB, era entra.Era) *cloud {
	t.Helper()
	c := &cloud{t: t, clock: clock.New(time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC)), log: new(lockedBuffer)}
	c.tenant = entra.New(entra.Config{Era: era, Clock: c.clock,
		Log: slog.New(slog.NewTextHandler(c.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	for _, u := range []entra.User{
		{UPN: "ada@alder.example.com", Name: "Ada", Enabled: true, Roles: []string{entra.GlobalAdministrator}, Licences: []string{"AAD_PREMIUM"}},
		{UPN: "hal@alder.example.com", Name: "Hal", Enabled: true, Roles: []string{HybridIdentityAdministrator}},
		{UPN: "sync@alder.example.com", Name: "Sync", Enabled: true, Roles: []string{SyncAccount}},
		{UPN: "bob@alder.example.com", Name: "Bob", Enabled: true},
	} {
		if _, err := c.tenant.AddUser(u); err != nil {
			t.Fatal(err)
		}
	}
	c.relay = New(c.tenant, func(q *http.Request) (Caller, error) {
		upn, ok := strings.CutPrefix(q.Header.Get("Authorization"), "Bearer ")
		if !ok {
			return Caller{}, errors.New("no bearer token")
		}
		return Caller{User: upn}, nil
	})
	c.tenant.UseAgent(c.relay)
	c.serve()
	return c
}

func (c *cloud) serve() {
	authority, err := pki.NewAuthority()
	if err != nil {
		c.t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(c.relay)
	if server.TLS, err = authority.ServerConfig("127.0.0.1"); err != nil {
		c.t.Fatal(err)
	}
	server.StartTLS()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority.Pool()}}
	c.client = &http.Client{Transport: transport}
	c.url = server.URL
	c.t.Cleanup(func() { c.relay.Close(); transport.CloseIdleConnections(); server.Close() })
}

// call sends a request and reads the answer into out, if it is a success and
// out is not nil. It returns the status and the code of a problem.
func (c *cloud) call(method, path, authorization string, in, out any) (int, string) {
	c.t.Helper()
	var body io.Reader
	switch v := in.(type) {
	case nil:
	case string:
		body = strings.NewReader(v)
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			c.t.Fatal(err)
		}
		body = bytes.NewReader(raw)
	}
	q, err := http.NewRequest(method, c.url+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if id, secret, basic := strings.Cut(authorization, ":"); basic {
		q.SetBasicAuth(id, secret)
	} else if authorization != "" {
		q.Header.Set("Authorization", "Bearer "+authorization)
	}
	resp, err := c.client.Do(q)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		var p struct{ Error envelope.Problem }
		json.NewDecoder(resp.Body).Decode(&p)
		return resp.StatusCode, p.Error.Code
	}
	if out != nil {
		if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
			c.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return resp.StatusCode, ""
}

// station is an agent made of nothing but the protocol.
type station struct {
	c     *cloud
	creds envelope.Credentials
	stop  context.CancelFunc
	ended chan struct{}
}

const admin = "ada@alder.example.com"

func (c *cloud) install() *station {
	c.t.Helper()
	s := &station{c: c}
	if status, code := c.call("POST", "/v1/agents", admin, envelope.Installation{Version: "1.3.20.0"}, &s.creds); status != 200 {
		c.t.Fatalf("install: %d %s", status, code)
	}
	return s
}

func (s *station) auth() string { return s.creds.Agent + ":" + s.creds.Secret }

func (s *station) path(rest string) string { return "/v1/agents/" + s.creds.Agent + rest }

func (s *station) enable() {
	s.c.t.Helper()
	der, err := envelope.PublicKey(testKey())
	if err != nil {
		s.c.t.Fatal(err)
	}
	status, code := s.c.call("POST", s.path("/onboarding"), admin, envelope.Onboarding{Secret: s.creds.Secret, Version: "1.3.20.0", PublicKey: der}, &s.creds)
	if status != 200 {
		s.c.t.Fatalf("onboarding: %d %s", status, code)
	}
}

// listen opens the listener and answers what arrives with serve, in order. It
// returns when the relay has said that the listener is open.
func (s *station) listen(serve func(envelope.Message)) {
	s.c.t.Helper()
	ctx, stop := context.WithCancel(s.c.t.Context())
	q, _ := http.NewRequestWithContext(ctx, "GET", s.c.url+s.path("/operations"), nil)
	q.SetBasicAuth(s.creds.Agent, s.creds.Secret)
	resp, err := s.c.client.Do(q)
	if err != nil || resp.StatusCode != 200 {
		s.c.t.Fatalf("listen: %v %v", err, resp)
	}
	in := envelope.NewReader(resp.Body)
	if m, err := in.Next(); err != nil || m.Type != envelope.Ready {
		s.c.t.Fatalf("first message %+v, %v", m, err)
	}
	s.stop, s.ended = stop, make(chan struct{})
	s.c.t.Cleanup(s.hangUp)
	go func() {
		defer close(s.ended)
		defer resp.Body.Close()
		for {
			m, err := in.Next()
			if err != nil {
				return
			}
			serve(m)
		}
	}()
}

func (s *station) hangUp() {
	s.stop()
	<-s.ended
}

func (s *station) settle(v ...envelope.Verdict) {
	if status, code := s.c.call("POST", s.path("/verdicts"), s.auth(), v, nil); status != 204 {
		s.c.t.Errorf("verdicts: %d %s", status, code)
	}
}

func (s *station) beat() {
	if status, code := s.c.call("POST", s.path("/heartbeat"), s.auth(), envelope.Beat{Version: "1.3.20.0"}, nil); status != 204 {
		s.c.t.Errorf("heartbeat: %d %s", status, code)
	}
}

// obey opens each operation, answers a call for a beat, and settles with what
// carry returns.
func (s *station) obey(carry func(entra.Operation) envelope.Verdict) func(envelope.Message) {
	return func(m envelope.Message) {
		if m.Type == envelope.Heartbeat {
			s.beat()
			return
		}
		op, err := m.Open(testKey(), s.creds.Agent)
		if err != nil {
			s.c.t.Errorf("operation %d: %v", m.ID, err)
			return
		}
		v := carry(op)
		v.ID = m.ID
		s.settle(v)
	}
}

func done(entra.Operation) envelope.Verdict {
	return envelope.Verdict{Result: entra.Done, Event: 31002}
}

func reset(password string) entra.Operation {
	return entra.Operation{Kind: entra.OpReset, TrackingID: "t-1", CloudAnchor: "User_1", UPN: "bob@alder.example.com", Password: password}
}

// await polls a state that the server reaches by itself.
func await(t testing.TB, what string, state func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for !state() {
		if ctx.Err() != nil {
			t.Fatalf("waited in vain until %s", what)
		}
		timer := time.NewTimer(time.Millisecond)
		<-timer.C
	}
}
