package connect_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/activedirectory"
	"github.com/ssprlab/ssprlab/fakes/connect"
	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/provisioning"
	"github.com/ssprlab/ssprlab/fakes/entra/relay"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/seed"
)

const (
	admin       = "ada@alder.example.com"
	adminPass   = "Violet-Ladder-71"
	domainAdmin = "Administrator@alder.example.com"
	domainPass  = "Adm1n-Passw0rd"
	startPass   = "Sunny-Harbor-42"
	base        = "DC=alder,DC=example,DC=com"
	people      = "OU=People," + base
)

// world is a tenant, a directory and an agent between them, each reached by
// its protocol alone.
type world struct {
	t         testing.TB
	clock     *clock.Clock
	tenant    *entra.Tenant
	relay     *relay.Relay
	agent     *connect.Agent
	directory *directory.Directory // as the domain administrator
	server    *activedirectory.Server
	log       *lockedBuffer
	dialled   *lockedBuffer // host:port of every connection to the cloud, by lines
	pages     *httptest.Server
	control   *httptest.Server
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

// agentKey is one key for all agents of this process's tests: making one takes
// longer than most of them.
var agentKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// option changes how a world is made.
type option func(*connect.Config, *entra.Config)

func era(e entra.Era) option {
	return func(c *connect.Config, t *entra.Config) { c.Era, t.Era = e, e }
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t testing.TB, options ...option) *world {
	t.Helper()
	w := &world{t: t, clock: clock.New(time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC)), log: new(lockedBuffer), dialled: new(lockedBuffer)}
	logger := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	authority, err := pki.NewAuthority()
	must(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	tc := entra.Config{Clock: w.clock, Log: logger,
		Hosts: entra.Hosts{Domain: "ssprlab.localhost", Port: listener.Addr().(*net.TCPAddr).Port}}
	ac := connect.Config{Clock: w.clock, Seed: seed.New(7), Log: logger, Keys: agentKey}
	for _, o := range options {
		o(&ac, &tc)
	}
	w.tenant = entra.New(tc)
	_, err = w.tenant.AddUser(entra.User{UPN: admin, Name: "Ada", Enabled: true, Roles: []string{entra.GlobalAdministrator}})
	must(t, err)
	must(t, w.tenant.SetPassword(admin, adminPass, false))
	client := w.serveCloud(authority, listener, tc)
	plain := ac.Directory.Plaintext
	ac.Directory = w.serveDirectory(authority)
	if plain {
		ac.Directory.URL, ac.Directory.Plaintext = w.servePlain(), true
	}
	ac.Cloud = connect.Cloud{Hosts: tc.Hosts, HTTP: client, Tenant: "alder.example.com"}
	w.agent = connect.New(ac)
	w.pages = httptest.NewServer(w.agent.Handler())
	w.control = httptest.NewServer(w.agent.Control())
	t.Cleanup(func() {
		w.pages.Close()
		w.control.Close()
		must(t, w.agent.Close())
	})
	return w
}

// keyRing is one for all tenants of this process's tests, for the same reason.
var keyRing = sync.OnceValue(func() *token.KeyRing { return new(token.KeyRing) })

// serveCloud serves the tenant's hosts and returns the client that reaches
// them.
func (w *world) serveCloud(authority *pki.Authority, listener net.Listener, tc entra.Config) *http.Client {
	tokens := token.New(w.tenant, token.Options{Keys: keyRing(), Apps: []token.App{
		{ID: connect.ClientID, Name: "Connect", Delegated: []string{"User.Read"}},
	}})
	w.relay = relay.New(w.tenant, func(q *http.Request) (relay.Caller, error) {
		c, err := tokens.Verify(q, token.GraphAudience)
		if err != nil || c.User == nil {
			return relay.Caller{}, errors.Join(err, errors.New("not a user's token"))
		}
		return relay.Caller{User: c.User.ID}, nil
	})
	w.tenant.UseAgent(w.relay)
	hosts := map[string]http.Handler{
		entra.LoginHost: tokens.Handler(), entra.RelayHost: w.relay, entra.ProvisionHost: provisioning.New(w.tenant, w.relay),
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, q *http.Request) {
		name, _, _ := strings.Cut(q.Host, ".")
		hosts[name].ServeHTTP(rw, q)
	}))
	server.Listener.Close()
	server.Listener = listener
	var err error
	server.TLS, err = authority.ServerConfig("*." + tc.Hosts.Domain)
	must(w.t, err)
	server.StartTLS()
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: authority.Pool()},
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			w.dialled.Write([]byte(addr + "\n"))
			return new(net.Dialer).DialContext(ctx, network, listener.Addr().String())
		},
	}
	w.t.Cleanup(func() { w.relay.Close(); transport.CloseIdleConnections(); server.Close() })
	return &http.Client{Transport: transport}
}

// serveDirectory serves a domain with a unit for people and a connector
// account that may do what R-GAP-14 lists, and returns how the agent reaches
// it.
func (w *world) serveDirectory(authority *pki.Authority) directory.Config {
	tlsConfig, err := authority.ServerConfig("127.0.0.1")
	must(w.t, err)
	w.server, err = activedirectory.New(activedirectory.Config{Domain: "alder.example.com", AdministratorPassword: domainPass,
		TLS: tlsConfig, Clock: w.clock, Seed: seed.New(7)})
	must(w.t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(w.t, err)
	ended := make(chan error, 1)
	go func() { ended <- w.server.Serve(l) }()
	w.t.Cleanup(func() { w.server.Close(); must(w.t, <-ended) })
	c := directory.Config{URL: "ldaps://" + l.Addr().String(), RootCAs: authority.Pool(), User: domainAdmin, Password: domainPass}
	w.directory, err = directory.Open(w.t.Context(), c)
	must(w.t, err)
	w.t.Cleanup(func() { w.directory.Close() })
	w.furnish()
	c.User, c.Password = "MSOL_0a1b2c3d4e5f@alder.example.com", "Connector-Pass-01"
	return c
}

// servePlain serves the domain without encryption, too.
func (w *world) servePlain() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(w.t, err)
	ended := make(chan error, 1)
	go func() { ended <- w.server.ServePlain(l) }()
	w.t.Cleanup(func() { w.server.Close(); must(w.t, <-ended) })
	return "ldap://" + l.Addr().String()
}

func (w *world) furnish() {
	ctx := w.t.Context()
	d := w.directory
	p, err := d.Policy(ctx, "")
	must(w.t, err)
	p.MinAge, p.History, p.LockoutThreshold, p.LockoutWindow, p.LockoutDuration = 0, 24, 5, 30*time.Minute, 30*time.Minute
	must(w.t, d.SetPolicy(ctx, p))
	_, err = d.CreateOU(ctx, base, "People")
	must(w.t, err)
	msol, err := d.CreateAccount(ctx, directory.NewAccount{Parent: "CN=Users," + base, Name: "MSOL_0a1b2c3d4e5f", SAM: "MSOL_0a1b2c3d4e5f",
		UPN: "MSOL_0a1b2c3d4e5f@alder.example.com", Password: "Connector-Pass-01", NeverExpires: true})
	must(w.t, err)
	must(w.t, d.Delegate(ctx, msol.DN, base, directory.ResetPassword, directory.WriteLockoutTime, directory.WritePwdLastSet, directory.UnexpirePassword))
}

// person makes an account for somebody called name.
func (w *world) person(name string, change ...func(*directory.NewAccount)) directory.Account {
	w.t.Helper()
	n := directory.NewAccount{Parent: people, Name: name, SAM: name, UPN: name + "@alder.example.com", DisplayName: name + " Vance",
		Mail: name + ".vance@alder.example.com", Password: startPass, OfficePhone: "+1 4255550100", Mobile: "+1 4255550101"}
	for _, c := range change {
		c(&n)
	}
	acc, err := w.directory.CreateAccount(w.t.Context(), n)
	must(w.t, err)
	return acc
}

// order sends an order to the agent's control and reads the answer into out. It
// returns the status and the code of a refusal.
func (w *world) order(path string, body any, out any) (int, string) {
	w.t.Helper()
	raw, err := json.Marshal(body)
	must(w.t, err)
	resp, err := http.Post(w.control.URL+path, "application/json", bytes.NewReader(raw))
	must(w.t, err)
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		var p struct {
			Error struct{ Code, Message string }
		}
		json.NewDecoder(resp.Body).Decode(&p)
		return resp.StatusCode, p.Error.Code
	}
	if out != nil {
		must(w.t, json.NewDecoder(resp.Body).Decode(out))
	}
	return resp.StatusCode, ""
}

type credentials map[string]any

func as(user, password string, more ...any) credentials {
	c := credentials{"user": user, "password": password}
	for i := 0; i < len(more); i += 2 {
		c[more[i].(string)] = more[i+1]
	}
	return c
}

// must orders what has to succeed.
func (w *world) do(path string, body any) connect.Status {
	w.t.Helper()
	var s connect.Status
	if status, code := w.order(path, body, &s); status != 200 {
		w.t.Fatalf("%s: %d %s\n%s", path, status, code, w.log)
	}
	return s
}

// install installs the agent; enable enables writeback too.
func (w *world) install() connect.Status {
	w.t.Helper()
	return w.do("/install", as(admin, adminPass))
}

func (w *world) enable() connect.Status {
	w.t.Helper()
	w.license()
	w.install()
	return w.do("/configure", as(admin, adminPass, "writeback", true))
}

func (w *world) license() {
	w.t.Helper()
	_, err := w.tenant.Update(admin, func(u *entra.User) error { u.Licences = []string{"AAD_PREMIUM"}; return nil })
	must(w.t, err)
}

// sync runs a cycle now.
func (w *world) sync() connect.Report {
	w.t.Helper()
	var r connect.Report
	if status, code := w.order("/sync", struct{}{}, &r); status != 200 {
		w.t.Fatalf("sync: %d %s\n%s", status, code, w.log)
	}
	return r
}

// known reports whether name is in the tenant.
func (w *world) known(name string) bool {
	_, ok := w.tenant.User(name + "@alder.example.com")
	return ok
}

// cloudUser returns the counterpart of name in the tenant.
func (w *world) cloudUser(name string) entra.User {
	w.t.Helper()
	u, ok := w.tenant.User(name + "@alder.example.com")
	if !ok {
		w.t.Fatalf("%s is not in the tenant", name)
	}
	return u
}

// events returns the events of the agent's log that the query selects.
func (w *world) events(query string) []connect.Event {
	w.t.Helper()
	resp, err := http.Get(w.control.URL + "/events?" + query)
	must(w.t, err)
	defer resp.Body.Close()
	var list struct{ Events []connect.Event }
	must(w.t, json.NewDecoder(resp.Body).Decode(&list))
	return list.Events
}

// opens reports how the directory answers a bind as name.
func (w *world) opens(name, password string) error {
	return w.directory.Authenticate(w.t.Context(), name+"@alder.example.com", password)
}

// operation is one for name in the tenant.
func (w *world) operation(kind entra.Kind, name, password string) entra.Operation {
	u := w.cloudUser(name)
	return entra.Operation{Kind: kind, TrackingID: "track-" + name, CloudAnchor: "User_" + u.ID, SourceAnchor: u.OnPremises.ImmutableID,
		UPN: u.UPN, Password: password}
}

// carry hands an operation to the relay and returns how it ended.
func (w *world) carry(op entra.Operation) entra.Outcome {
	w.t.Helper()
	o, err := w.relay.Do(w.t.Context(), op)
	if err != nil {
		w.t.Fatalf("%s: %v\n%s", op.Kind, err, w.log)
	}
	return o
}

type newAccount = directory.NewAccount

// setUPN gives an account another user principal name.
func setUPN(t testing.TB, w *world, acc directory.Account, upn string) {
	t.Helper()
	must(t, w.directory.Modify(t.Context(), acc.DN, directory.Set("userPrincipalName", upn)))
}
