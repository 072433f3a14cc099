package graph_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/graph"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
	"github.com/ssprlab/ssprlab/lab/clock"
)

const (
	watchID  = "11111111-1111-4111-8111-111111111111" // may everything
	guestID  = "22222222-2222-4222-8222-222222222222" // may nothing
	personID = "33333333-3333-4333-8333-333333333333" // a person's tool
	secret   = "s3cret"
	password = "Quiet-Harbour-71"
	p1       = "078d2b04-f1bd-4111-bbd4-b4b1b354cef4"
)

var everything = []string{
	"User.ReadWrite.All", "User-PasswordProfile.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All", "Directory.Read.All", "AuditLog.Read.All",
	"Policy.Read.All", "Policy.ReadWrite.Authorization", "Policy.ReadWrite.AuthenticationMethod", "UserAuthenticationMethod.Read.All",
	"LicenseAssignment.ReadWrite.All", "Organization.Read.All", "Domain.Read.All", "RoleManagement.Read.Directory", "User.Read.All",
}

// ring is shared by the tests, as it is by the tenants of a process.
var ring token.KeyRing

// lab is a tenant with its token service, its graph host and its portal.
type lab struct {
	t      testing.TB
	tenant *entra.Tenant
	clock  *clock.Clock
	tokens *token.Service
	graph  *httptest.Server
	portal *httptest.Server
	access string // of the application that may everything
	ids    map[string]string
}

func start(t testing.TB, change ...func(*entra.Config)) *lab {
	t.Helper()
	c := clock.New(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	l := &lab{t: t, clock: c, ids: map[string]string{}}
	config := entra.Config{Clock: c, Hosts: entra.Hosts{Domain: "ssprlab.localhost"}, Domains: []string{"alder.example.com", "beech.example.com"}}
	for _, f := range change {
		f(&config)
	}
	l.tenant = entra.New(config)
	l.tokens = token.New(l.tenant, token.Options{Keys: &ring, Apps: []token.App{
		{ID: watchID, Name: "Night watch", Secret: secret, Roles: everything},
		{ID: guestID, Name: "Stranger", Secret: secret},
		{ID: personID, Name: "Tool", Delegated: []string{"User.Read", "AuditLog.Read.All", "UserAuthenticationMethod.Read", "Group.ReadWrite.All", "User.ReadWrite.All", "User.Read.All"}},
	}})
	l.graph = httptest.NewServer(graph.New(l.tenant, l.tokens.For(token.GraphAudience)))
	l.portal = httptest.NewServer(graph.PortalAPI(l.tenant, l.tokens.For(token.PortalAudience)))
	t.Cleanup(func() { l.graph.Close(); l.portal.Close() })
	l.people()
	l.access = l.app(watchID, "https://graph.microsoft.com")
	return l
}

// people fills the tenant: an administrator, a registered person, one from the
// directory on-premises, one with nothing, and a pilot group.
func (l *lab) people() {
	add := func(u entra.User) {
		u.UPN += "@alder.example.com"
		u.Enabled = true
		u, err := l.tenant.AddUser(u)
		if err != nil {
			l.t.Fatal(err)
		}
		name, _, _ := strings.Cut(u.UPN, "@")
		l.ids[name] = u.ID
	}
	add(entra.User{UPN: "ada", Name: "Ada Lindqvist", GivenName: "Ada", Surname: "Lindqvist", Mail: "ada@alder.example.com", Roles: []string{entra.GlobalAdministrator}})
	add(entra.User{UPN: "bo", Name: "Bo Ek", Mail: "bo@alder.example.com", UsageLocation: "SE", Licences: []string{"AAD_PREMIUM"}, Security: entra.SecurityInfo{
		Phone: "+1 4255550101", Email: "bo@home.example.com", Default: "Text a code to +1 4255550101",
		Apps: []entra.App{{ID: "aaaaaaaa-0000-4000-8000-000000000001", Name: "Bo's phone", Device: "bo-1", Secret: []byte("x")},
			{ID: "aaaaaaaa-0000-4000-8000-000000000002", Name: "codes", Secret: []byte("y")}},
	}})
	add(entra.User{UPN: "cyd", Name: "Cyd Moss", MobilePhone: "+1 4255550102", OnPremises: &entra.OnPremises{ImmutableID: "Y3lk", DN: "CN=Cyd Moss,OU=People,DC=alder,DC=test",
		SAM: "cyd", Domain: "alder.test", SID: "S-1-5-21-1-2-3-1104", LastSync: l.tenant.Now()}})
	add(entra.User{UPN: "dag", Name: "Dag Ruud"})
	for _, name := range []string{"ada", "bo", "dag"} {
		if err := l.tenant.SetPassword(l.ids[name], password, false); err != nil {
			l.t.Fatal(err)
		}
	}
	staff := l.group(entra.Group{Name: "Staff", Members: []string{l.ids["cyd"]}})
	pilot := l.group(entra.Group{Name: "SSPR pilot", Description: "goes first", Members: []string{l.ids["bo"], staff}})
	l.ids["staff"], l.ids["pilot"] = staff, pilot
	p := l.tenant.Policy()
	p.Enabled, p.Group = entra.Selected, pilot
	l.tenant.SetPolicy(entra.Party{}, p)
}

func (l *lab) group(g entra.Group) string {
	g, err := l.tenant.AddGroup(g)
	if err != nil {
		l.t.Fatal(err)
	}
	return g.ID
}

// app returns an access token of an application for a resource.
func (l *lab) app(id, resource string) string {
	return l.token(url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}, "scope": {resource + "/.default"}})
}

// person returns an access token of a person.
func (l *lab) person(name, resource string) string {
	return l.token(url.Values{"grant_type": {"password"}, "client_id": {personID}, "username": {name + "@alder.example.com"}, "password": {password},
		"scope": {resource + "/.default"}})
}

func (l *lab) token(form url.Values) string {
	l.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/"+l.tenant.ID+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	l.tokens.Handler().ServeHTTP(w, r)
	var answer struct {
		Access string `json:"access_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Access == "" {
		l.t.Fatalf("no token: %d %s", w.Code, w.Body)
	}
	return answer.Access
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

// call is a request to be made; the zero value of the rest is a GET by the
// application that may everything.
type call struct {
	method, path string
	body         string
	headers      []string // name, value, …
	as           string   // token; "none" for none
	zip          bool
	base         string
}

func (l *lab) do(c call) answer {
	l.t.Helper()
	if c.method == "" {
		c.method = http.MethodGet
	}
	if c.base == "" {
		c.base = l.graph.URL
	}
	r, err := http.NewRequest(c.method, c.base+strings.ReplaceAll(c.path, " ", "%20"), c.reader())
	if err != nil {
		l.t.Fatal(err)
	}
	if c.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.zip {
		r.Header.Set("Content-Encoding", "gzip")
	}
	for i := 0; i < len(c.headers); i += 2 {
		r.Header.Set(c.headers[i], c.headers[i+1])
	}
	switch c.as {
	case "":
		r.Header.Set("Authorization", "Bearer "+l.access)
	case "none":
	default:
		r.Header.Set("Authorization", "Bearer "+c.as)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		l.t.Fatal(err)
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header}
	if a.raw, err = io.ReadAll(resp.Body); err != nil {
		l.t.Fatal(err)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(a.raw, &a.body); err != nil {
			l.t.Fatalf("%s %s: %v in %s", c.method, c.path, err, a.raw)
		}
	}
	validate(l.t, c.method, c.path, a)
	return a
}

func (c call) reader() io.Reader {
	if !c.zip {
		return strings.NewReader(c.body)
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(c.body))
	w.Close()
	return &b
}

func (l *lab) get(path string, headers ...string) answer {
	l.t.Helper()
	return l.do(call{path: path, headers: headers})
}

// must returns the answer of a GET that has to succeed.
func (l *lab) must(path string, headers ...string) answer {
	l.t.Helper()
	a := l.get(path, headers...)
	if a.status != http.StatusOK {
		l.t.Fatalf("GET %s: %d %s", path, a.status, a.raw)
	}
	return a
}

// advanced are the headers of an advanced query; $count=true goes with them.
var advanced = []string{"ConsistencyLevel", "eventual"}

// values are one property of every item of a collection.
func (a answer) values(property string) (list []string) {
	items, _ := a.body["value"].([]any)
	for _, item := range items {
		s, _ := item.(map[string]any)[property].(string)
		list = append(list, s)
	}
	return list
}

func (a answer) text(keys ...string) string {
	var v any = a.body
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	s, _ := v.(string)
	return s
}
