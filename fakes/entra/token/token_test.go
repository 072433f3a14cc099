package token_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/seed"
)

const (
	daemonID = "11111111-1111-4111-8111-111111111111"
	cliID    = "22222222-2222-4222-8222-222222222222"
	ada      = "ada@alder.example.com"
	adaPass  = "Quiet-Harbour-71"
	secret   = "s3cret:with/odd+signs"
	redirect = "https://office.ssprlab.localhost/signed-in"
)

// ring is shared, as it is by the tenants of a process.
var ring token.KeyRing

type lab struct {
	t       *testing.T
	tenant  *entra.Tenant
	service *token.Service
	server  *httptest.Server
	clock   *clock.Clock
	user    entra.User
}

func start(t *testing.T) *lab {
	t.Helper()
	c := clock.New(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	tenant := entra.New(entra.Config{Clock: c, Hosts: entra.Hosts{Domain: "ssprlab.localhost", Port: 8443}})
	u, err := tenant.AddUser(entra.User{UPN: ada, Name: "Ada Lindqvist", Enabled: true, Mail: ada, Roles: []string{entra.GlobalAdministrator}})
	if err != nil {
		t.Fatal(err)
	}
	if err := tenant.SetPassword(ada, adaPass, false); err != nil {
		t.Fatal(err)
	}
	s := token.New(tenant, token.Options{Keys: &ring, Apps: []token.App{
		{ID: daemonID, Name: "Night watch", Secret: secret, Roles: []string{"User.Read.All"}},
		{ID: cliID, Name: "Command line", Delegated: []string{"User.Read", "AuditLog.Read.All"}},
	}})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	return &lab{t, tenant, s, server, c, u}
}

type answer struct {
	status int
	header http.Header
	body   map[string]any
}

func (a answer) text(key string) string { s, _ := a.body[key].(string); return s }

func (l *lab) do(r *http.Request) answer {
	l.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		l.t.Fatal(err)
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header}
	if err := json.NewDecoder(resp.Body).Decode(&a.body); err != nil {
		l.t.Fatalf("%s %s: %d: not JSON: %v", r.Method, r.URL, resp.StatusCode, err)
	}
	return a
}

func (l *lab) get(path string) answer {
	l.t.Helper()
	r, _ := http.NewRequest(http.MethodGet, l.server.URL+path, nil)
	return l.do(r)
}

func (l *lab) post(path string, form url.Values) answer {
	l.t.Helper()
	r, _ := http.NewRequest(http.MethodPost, l.server.URL+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return l.do(r)
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func (l *lab) path() string { return "/" + l.tenant.ID + "/oauth2/v2.0/token" }

const graphDefault = "https://graph.microsoft.com/.default"

func byPassword() url.Values {
	return form("grant_type", "password", "client_id", cliID, "username", ada, "password", adaPass,
		"scope", graphDefault+" openid offline_access profile email", "client_info", "1")
}

func byCredentials() url.Values {
	return form("grant_type", "client_credentials", "client_id", daemonID, "client_secret", secret, "scope", graphDefault+" openid offline_access profile")
}

func (l *lab) verify(access, audience string) (token.Claims, error) {
	r := httptest.NewRequest(http.MethodGet, "/v1.0/me", nil)
	r.Header.Set("Authorization", "Bearer "+access)
	return l.service.Verify(r, audience)
}

// TestClientCredentials: an application alone gets an access token and nothing
// else, though its client sends the OIDC scopes along (graph-fidelity 1, 3.2).
func TestClientCredentials(t *testing.T) {
	l := start(t)
	a := l.post(l.path(), byCredentials())
	if a.status != 200 || len(a.body) != 4 || a.text("token_type") != "Bearer" || a.body["expires_in"].(float64) != 3599 {
		t.Fatalf("answer %d %v", a.status, a.body)
	}
	c, err := l.verify(a.text("access_token"), token.GraphAudience)
	if err != nil {
		t.Fatal(err)
	}
	if !c.AppOnly() || c.AppID != daemonID || len(c.Roles) != 1 || c.Roles[0] != "User.Read.All" || len(c.Scopes) != 0 {
		t.Errorf("claims %+v", c)
	}
}

// TestBasic: x/oauth2 sends the client by HTTP Basic, both halves URL-encoded.
func TestBasic(t *testing.T) {
	l := start(t)
	f := form("grant_type", "client_credentials", "scope", graphDefault)
	r, _ := http.NewRequest(http.MethodPost, l.server.URL+"/"+l.path(), strings.NewReader(f.Encode())) // double slash, as go-azure-sdk sends
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(url.QueryEscape(daemonID), url.QueryEscape(secret))
	if a := l.do(r); a.status != 200 {
		t.Fatalf("answer %d %v", a.status, a.body)
	}
}

// TestPassword: the tokens of a person, with what clients insist on.
func TestPassword(t *testing.T) {
	l := start(t)
	for _, segment := range []string{l.tenant.ID, "alder.example.com", "organizations"} {
		a := l.post("/"+segment+"/oauth2/v2.0/token?client-request-id=x", byPassword())
		if a.status != 200 {
			t.Fatalf("%s: answer %d %v", segment, a.status, a.body)
		}
		scope := " " + a.text("scope") + " "
		for _, want := range []string{"openid", graphDefault, "https://graph.microsoft.com/User.Read"} {
			if !strings.Contains(scope, " "+want+" ") {
				t.Errorf("scope %q lacks %s", scope, want)
			}
		}
		info, err := base64.RawURLEncoding.DecodeString(a.text("client_info"))
		if err != nil || string(info) != `{"uid":"`+l.user.ID+`","utid":"`+l.tenant.ID+`"}` {
			t.Errorf("client_info %s, %v", info, err)
		}
		c, err := l.verify(a.text("access_token"), token.GraphAudience)
		if err != nil || c.AppOnly() || c.User.UPN != ada || len(c.Scopes) != 2 || c.Templates[0] != "62e90394-69f5-4237-9190-012177145e10" {
			t.Errorf("claims %+v, %v", c, err)
		}
		id := payload(t, a.text("id_token"))
		if id["aud"] != cliID || id["iss"] != "https://login.ssprlab.localhost:8443/"+l.tenant.ID+"/v2.0" || id["preferred_username"] != ada {
			t.Errorf("id token %v", id)
		}
		if _, has := id["upn"]; has {
			t.Error("an id token of version 2 has no upn")
		}
	}
}

func payload(t *testing.T, jwt string) (claims map[string]any) {
	t.Helper()
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no token", jwt)
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		err = json.Unmarshal(b, &claims)
	}
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

// TestClockOfTokens: tokens live and die on the lab's clock.
func TestClockOfTokens(t *testing.T) {
	l := start(t)
	a := l.post(l.path(), byCredentials())
	claims := payload(t, a.text("access_token"))
	if at := time.Unix(int64(claims["iat"].(float64)), 0).UTC(); at.Format(time.DateOnly) != "2026-03-02" {
		t.Errorf("issued at %s", at)
	}
	l.clock.Advance(time.Hour)
	if _, err := l.verify(a.text("access_token"), token.GraphAudience); err == nil || err.Error() != "Access token has expired or is not yet valid." {
		t.Errorf("after an hour: %v", err)
	}
}

// TestRevokedSession proves R-RST-58: a new password ends sessions; access
// tokens live on (graph-fidelity 3.2).
func TestRevokedSession(t *testing.T) {
	l := start(t)
	first := l.post(l.path(), byPassword())
	refresh := func(tok string) answer {
		return l.post(l.path(), form("grant_type", "refresh_token", "client_id", cliID, "refresh_token", tok, "scope", graphDefault))
	}
	second := refresh(first.text("refresh_token"))
	if second.status != 200 || second.text("refresh_token") == "" {
		t.Fatalf("refresh: %d %v", second.status, second.body)
	}
	l.clock.Advance(time.Minute)
	if err := l.tenant.SetPassword(ada, "Other-Harbour-72", false); err != nil {
		t.Fatal(err)
	}
	for _, tok := range []string{first.text("refresh_token"), second.text("refresh_token")} {
		a := refresh(tok)
		if a.status != 400 || code(a) != 50173 || a.text("suberror") != "bad_token" {
			t.Errorf("after the new password: %d %v", a.status, a.body)
		}
	}
	if _, err := l.verify(first.text("access_token"), token.GraphAudience); err != nil {
		t.Errorf("the access token lives on: %v", err)
	}
}

func code(a answer) int {
	list, _ := a.body["error_codes"].([]any)
	if len(list) != 1 {
		return 0
	}
	n, _ := list[0].(float64)
	return int(n)
}

// TestAuthorizationCode: a code serves once, to its application.
func TestAuthorizationCode(t *testing.T) {
	l := start(t)
	grant := entra.Grant{User: l.user.ID, Client: cliID, RedirectURI: redirect, Nonce: "n-1", At: l.tenant.Now(), MFA: true}
	f := form("grant_type", "authorization_code", "client_id", cliID, "redirect_uri", redirect, "scope", "openid profile offline_access User.Read",
		"code", l.tenant.Issue(grant))
	a := l.post("/common/oauth2/v2.0/token", f)
	if a.status != 200 || payload(t, a.text("id_token"))["nonce"] != "n-1" || a.text("scope") != "openid profile User.Read AuditLog.Read.All" {
		t.Fatalf("answer %d %v", a.status, a.body)
	}
	if amr := payload(t, a.text("access_token"))["amr"].([]any); len(amr) != 2 {
		t.Errorf("amr %v", amr)
	}
	if a := l.post(l.path(), f); code(a) != 54005 {
		t.Errorf("a second time: %v", a.body)
	}
	f.Set("code", l.tenant.Issue(grant))
	f.Set("redirect_uri", "https://elsewhere.example.com")
	if a := l.post(l.path(), f); code(a) != 70008 {
		t.Errorf("to another address: %v", a.body)
	}
	f.Set("redirect_uri", redirect)
	f.Set("code", l.tenant.Issue(grant))
	l.clock.Advance(time.Second)
	l.tenant.SetPassword(ada, "Other-Harbour-72", false)
	if a := l.post(l.path(), f); code(a) != 50133 {
		t.Errorf("after a new password: %v", a.body)
	}
}

// TestLegacyEndpoint: version 1 takes a resource and answers numbers as
// strings (graph-fidelity 3.2).
func TestLegacyEndpoint(t *testing.T) {
	l := start(t)
	a := l.post("/"+l.tenant.ID+"/oauth2/token", form("grant_type", "client_credentials", "client_id", daemonID, "client_secret", secret,
		"resource", "https://graph.microsoft.com/"))
	if a.status != 200 || a.text("expires_in") != "3599" || a.text("resource") != "https://graph.microsoft.com" {
		t.Fatalf("answer %d %v", a.status, a.body)
	}
}

// TestVerify: what makes a token not good.
func TestVerify(t *testing.T) {
	l := start(t)
	good := l.post(l.path(), byPassword()).text("access_token")
	portal := byPassword()
	portal.Set("scope", token.PortalAudience+"/.default openid")
	forPortal := l.post(l.path(), portal).text("access_token")
	parts := strings.Split(good, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + "."
	cases := []struct{ name, token, audience, want string }{
		{"good", good, token.GraphAudience, ""},
		{"empty", "", token.GraphAudience, "Access token is empty."},
		{"rubbish", "abc", token.GraphAudience, "CompactToken parsing failed with error code: 80049217"},
		{"unsigned", none, token.GraphAudience, "Access token validation failure. Invalid signature."},
		{"cut", good[:len(good)-4] + "AAAA", token.GraphAudience, "Access token validation failure. Invalid signature."},
		{"for another resource", forPortal, token.GraphAudience, "Access token validation failure. Invalid audience."},
		{"for the portal", forPortal, token.PortalAudience, ""},
	}
	for _, c := range cases {
		_, err := l.verify(c.token, c.audience)
		if got := text(err); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	stranger := token.New(entra.New(entra.Config{Clock: l.clock, Seed: seed.New(2)}), token.Options{Keys: &ring})
	r := httptest.NewRequest(http.MethodGet, "/v1.0/me", nil)
	r.Header.Set("Authorization", "Bearer "+good)
	if _, err := stranger.Verify(r, token.GraphAudience); text(err) != "Access token validation failure. Invalid issuer." {
		t.Errorf("the token of another tenant: %v", err)
	}
	l.tenant.RemoveUser(ada)
	if _, err := l.verify(good, token.GraphAudience); err == nil {
		t.Error("the token of a deleted user is good")
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestUnmodelled: what the service does not know is said and noted.
func TestUnmodelled(t *testing.T) {
	l := start(t)
	if a := l.get("/common/oauth2/v2.0/devicecode"); a.status != 501 {
		t.Errorf("device code: %d", a.status)
	}
	if a := l.post(l.path(), form("grant_type", "device_code", "client_id", cliID)); a.status != 501 {
		t.Errorf("device code grant: %d", a.status)
	}
	if got := len(l.tenant.UnhandledRequests()); got != 2 {
		t.Errorf("%d requests noted", got)
	}
	r := httptest.NewRequest(http.MethodGet, "/common/oauth2/v2.0/authorize", nil)
	if l.service.Match(r) {
		t.Error("the authorize page is not the token service's")
	}
}

// TestNewIsCheap: no key is made when a service is, so that a lab's start does
// not wait for one.
func TestNewIsCheap(t *testing.T) {
	tenant := entra.New(entra.Config{})
	const services = 100
	began := time.Now()
	for range services {
		token.New(tenant, token.Options{})
	}
	if took := time.Since(began) / services; took > time.Millisecond {
		t.Errorf("a service takes %s to make", took)
	}
}

// TestPrepare: a key made in the background is the key.
func TestPrepare(t *testing.T) {
	var k token.KeyRing
	k.Prepare()
	k.Close()
	tenant := entra.New(entra.Config{Hosts: entra.Hosts{Domain: "ssprlab.localhost"}})
	w := httptest.NewRecorder()
	token.New(tenant, token.Options{Keys: &k}).Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/common/discovery/keys", nil))
	if w.Code != http.StatusOK {
		t.Errorf("key set: %d", w.Code)
	}
}
