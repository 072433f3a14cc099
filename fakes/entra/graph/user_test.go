package graph_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// TestListUsers: the eleven properties that come without $select, and the
// headers of every answer (graph-fidelity 2.1).
func TestListUsers(t *testing.T) {
	l := start(t)
	a := l.must("/v1.0/users", "client-request-id", "abc")
	if got := a.values("displayName"); !slices.Equal(got, []string{"Ada Lindqvist", "Bo Ek", "Cyd Moss", "Dag Ruud"}) {
		t.Errorf("users %v", got)
	}
	first := a.body["value"].([]any)[0].(map[string]any)
	if len(first) != 11 || first["jobTitle"] != nil || len(first["businessPhones"].([]any)) != 0 {
		t.Errorf("a user has %v", first)
	}
	if a.text("@odata.context") != "https://graph.ssprlab.localhost/v1.0/$metadata#users" {
		t.Errorf("context %q", a.text("@odata.context"))
	}
	for name, want := range map[string]string{
		"Content-Type":  "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
		"OData-Version": "4.0", "Client-Request-Id": "abc", "Cache-Control": "no-cache",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if len(a.header.Get("Request-Id")) != 36 || a.header.Get("X-Ms-Ags-Diagnostic") == "" {
		t.Errorf("headers %v", a.header)
	}
}

// TestKeysOfUsers: every form in which clients name a user (graph-fidelity 1).
func TestKeysOfUsers(t *testing.T) {
	l := start(t)
	id := l.ids["ada"]
	for _, path := range []string{
		"/v1.0/users/" + id, "/v1.0/users/" + strings.ToUpper(id), "/v1.0/users/ada@alder.example.com", "/V1.0/Users/ADA@Alder.example.com",
		"/v1.0/users('ada%40alder.example.com')", "/beta/" + l.tenant.ID + "/users/" + id, "/v1.0/alder.example.com/users/" + id,
		"/v1.0/myorganization/users/" + id, "//v1.0//users/" + id,
	} {
		if a := l.must(path); a.text("id") != id {
			t.Errorf("%s: %s", path, a.raw)
		}
	}
	for _, path := range []string{"/v1.0/users/Y3lk", "/v1.0/users/Ada%20Lindqvist", "/v1.0/users/nobody@alder.example.com"} {
		if a := l.get(path); a.status != http.StatusNotFound || a.text("error", "code") != "Request_ResourceNotFound" {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
		}
	}
}

// TestSelect: what is selected comes, nothing else; on-premises attributes are
// null for who never came from there (graph-fidelity 2.2, 2.5).
func TestSelect(t *testing.T) {
	l := start(t)
	a := l.must("/v1.0/users/cyd@alder.example.com?$select=userPrincipalName,onPremisesSyncEnabled,onPremisesImmutableId,accountEnabled,department")
	if len(a.body) != 6 || a.body["onPremisesSyncEnabled"] != true || a.text("onPremisesImmutableId") != "Y3lk" || a.body["accountEnabled"] != true {
		t.Errorf("%s", a.raw)
	}
	if want := "$metadata#users(userPrincipalName,onPremisesSyncEnabled,onPremisesImmutableId,accountEnabled,department)/$entity"; !strings.HasSuffix(a.text("@odata.context"), want) {
		t.Errorf("context %s", a.text("@odata.context"))
	}
	a = l.must("/v1.0/users?$select=onPremisesSyncEnabled,assignedLicenses&$filter=userPrincipalName eq 'BO@alder.example.com'")
	bo := a.body["value"].([]any)[0].(map[string]any)
	if bo["onPremisesSyncEnabled"] != nil || bo["assignedLicenses"].([]any)[0].(map[string]any)["skuId"] != p1 {
		t.Errorf("%s", a.raw)
	}
	all := l.must("/v1.0/users?$select=id,accountEnabled,createdDateTime,identities,lastPasswordChangeDateTime,mailNickname,otherMails,proxyAddresses," +
		"securityIdentifier,signInSessionsValidFromDateTime,usageLocation,userType,onPremisesDistinguishedName,onPremisesProvisioningErrors,passwordPolicies,passwordProfile")
	if len(all.values("id")) != 4 {
		t.Errorf("%s", all.raw)
	}
}

// TestMetadataLevels: none drops the annotations, beta refers to objects.
func TestMetadataLevels(t *testing.T) {
	l := start(t)
	a := l.must("/v1.0/groups/"+l.ids["pilot"]+"/members", "Accept", "application/json;odata.metadata=none")
	if strings.Contains(string(a.raw), "@odata.type") || strings.Contains(string(a.raw), "@odata.context") {
		t.Errorf("%s", a.raw)
	}
	a = l.must("/beta/users/" + l.ids["bo"])
	want := "https://graph.ssprlab.localhost/v2/" + l.tenant.ID + "/directoryObjects/" + l.ids["bo"] + "/Microsoft.DirectoryServices.User"
	if a.text("@odata.id") != want {
		t.Errorf("@odata.id %q", a.text("@odata.id"))
	}
}

// TestFilterUsers: what the directory answers, and what only to advanced
// queries (graph-fidelity 2.2).
func TestFilterUsers(t *testing.T) {
	l := start(t)
	cases := []struct {
		filter   string
		advanced bool
		want     []string // display names
	}{
		{"accountEnabled eq true and startsWith(displayName,'b')", false, []string{"Bo Ek"}},
		{"onPremisesSyncEnabled eq true", false, []string{"Cyd Moss"}},
		{"id in ('" + l.ids["ada"] + "','" + l.ids["dag"] + "')", false, []string{"Ada Lindqvist", "Dag Ruud"}},
		{"assignedLicenses/any(s:s/skuId eq " + p1 + ")", false, []string{"Bo Ek"}},
		{"userPrincipalName eq 'x' or mail eq 'ada@alder.example.com'", false, []string{"Ada Lindqvist"}},
		{"displayName ne 'Bo Ek'", true, []string{"Ada Lindqvist", "Cyd Moss", "Dag Ruud"}},
		{"endswith(mail,'@alder.example.com')", true, []string{"Ada Lindqvist", "Bo Ek"}},
		{"mobilePhone eq null", true, []string{"Ada Lindqvist", "Bo Ek", "Dag Ruud"}},
		{"assignedLicenses/$count eq 0", true, []string{"Ada Lindqvist", "Cyd Moss", "Dag Ruud"}},
		{"not startswith(displayName,'A')", true, []string{"Bo Ek", "Cyd Moss", "Dag Ruud"}},
	}
	for _, c := range cases {
		path := "/v1.0/users?$filter=" + url.QueryEscape(c.filter)
		if c.advanced {
			if a := l.get(path); a.status != 400 || a.text("error", "code") != "Request_UnsupportedQuery" {
				t.Errorf("%s, not advanced: %d %s", c.filter, a.status, a.raw)
			}
			path += "&$count=true"
		}
		a := l.must(path, advanced...)
		if got := a.values("displayName"); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.filter, got)
		}
		if n, ok := a.body["@odata.count"].(float64); ok != c.advanced || c.advanced && int(n) != len(c.want) {
			t.Errorf("%s: count %v", c.filter, a.body["@odata.count"])
		}
	}
}

// TestOrderAndCount: sorting, counting and the text of /$count.
func TestOrderAndCount(t *testing.T) {
	l := start(t)
	if got := l.must("/v1.0/users?$orderby=displayName desc").values("displayName"); got[0] != "Dag Ruud" {
		t.Errorf("%v", got)
	}
	if a := l.must("/v1.0/users?$count=true"); a.body["@odata.count"] != nil {
		t.Error("without the header $count is silently ignored")
	}
	a := l.must("/v1.0/users/$count?$filter=onPremisesSyncEnabled eq true", advanced...)
	if string(a.raw) != "1" || a.header.Get("Content-Type") != "text/plain" {
		t.Errorf("%s", a.raw)
	}
	if a := l.get("/v1.0/users/$count"); a.status != 400 || a.text("error", "message") != "$count is not currently supported." {
		t.Errorf("%s", a.raw)
	}
}

// TestPaging: the next link holds the whole query, so that it works without
// the headers of the first (graph-fidelity 1), and no page shows twice what
// was on the one before when something is added meanwhile.
func TestPaging(t *testing.T) {
	l := start(t)
	for i := range 7 {
		l.tenant.AddUser(entra.User{UPN: fmt.Sprintf("n%d@alder.example.com", i), Name: fmt.Sprintf("N %d", i), Enabled: true})
	}
	a := l.must("/v1.0/users?$top=4&$select=displayName&$count=true&$filter="+url.QueryEscape("displayName ne 'Bo Ek'"), advanced...)
	var names []string
	pages := 0
	for {
		pages++
		names = append(names, a.values("displayName")...)
		next := a.text("@odata.nextLink")
		if next == "" {
			break
		}
		l.tenant.AddUser(entra.User{UPN: fmt.Sprintf("a%d@alder.example.com", pages), Name: "late", Enabled: true})
		link, err := url.Parse(next)
		if err != nil || link.Host != "graph.ssprlab.localhost" {
			t.Fatalf("next link %q: %v", next, err)
		}
		a = l.must(link.RequestURI())
	}
	slices.Sort(names)
	if pages != 3 || len(names) != 10 || len(slices.Compact(names)) != 10 {
		t.Errorf("%d pages: %v", pages, names)
	}
}

// TestMe: the caller, for people alone.
func TestMe(t *testing.T) {
	l := start(t)
	bo := l.person("bo", "https://graph.microsoft.com")
	if a := l.do(call{path: "/v1.0/me", as: bo}); a.text("id") != l.ids["bo"] {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if a := l.do(call{path: "/v1.0/me/authentication/methods", as: bo}); a.status != 200 || len(a.values("id")) != 5 {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if a := l.do(call{path: "/v1.0/me/memberOf", as: bo}); a.status != 200 || a.values("displayName")[0] != "SSPR pilot" {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if a := l.get("/v1.0/me"); a.status != 400 || a.text("error", "code") != "BadRequest" {
		t.Errorf("an application: %d %s", a.status, a.raw)
	}
}
