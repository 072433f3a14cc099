package graph_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestGroups: create with members, read, change, delete.
func TestGroups(t *testing.T) {
	l := start(t)
	link := "https://graph.microsoft.com/v1.0/" + l.tenant.ID + "/directoryObjects/" + l.ids["dag"] + "/Microsoft.DirectoryServices.User"
	a := l.do(call{method: "POST", path: "/v1.0/groups", body: `{"displayName":"Wave 2","mailEnabled":false,"mailNickname":"wave2","securityEnabled":true,
		"description":"next","members@odata.bind":["` + link + `"]}`})
	if a.status != http.StatusCreated || a.body["securityEnabled"] != true || a.text("description") != "next" {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	path := "/v1.0/groups/" + a.text("id")
	if got := l.must(path + "/members").values("displayName"); !slices.Equal(got, []string{"Dag Ruud"}) {
		t.Errorf("members %v", got)
	}
	l.audited("Add group", "Night watch", a.text("id"))
	if a := l.do(call{method: "PATCH", path: path, body: `{"displayName":"Wave two"}`}); a.status != http.StatusNoContent {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if got := l.must("/v1.0/groups?$filter=startswith(displayName,'wave')").values("displayName"); !slices.Equal(got, []string{"Wave two"}) {
		t.Errorf("groups %v", got)
	}
	if a := l.do(call{method: "DELETE", path: path}); a.status != http.StatusNoContent {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if a := l.get(path); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if a := l.get("/v1.0/groups/Staff"); a.status != http.StatusNotFound {
		t.Error("a name is no key")
	}
}

// TestRefusedGroups: what POST /groups says no to.
func TestRefusedGroups(t *testing.T) {
	l := start(t)
	const body = `{"displayName":"G","mailEnabled":false,"mailNickname":"g","securityEnabled":true}`
	cases := []struct {
		old, new string
		status   int
	}{
		{`"displayName":"G",`, "", 400},
		{`"mailNickname":"g",`, "", 400},
		{`"G"`, `""`, 400},
		{`true}`, `true,"colour":"red"}`, 400},
		{`true}`, `true,"members@odata.bind":["` + l.tenant.ID + `"]}`, 404},
		{`true}`, `true,"groupTypes":["Unified"]}`, 501},
		{`"mailEnabled":false`, `"mailEnabled":true`, 501},
		{`true}`, `true,"owners@odata.bind":[]}`, 501},
	}
	for _, c := range cases {
		a := l.do(call{method: "POST", path: "/v1.0/groups", body: strings.Replace(body, c.old, c.new, 1)})
		if a.status != c.status || a.text("error", "code") == "" {
			t.Errorf("%s: %d %s", c.new, a.status, a.raw)
		}
	}
	if got := len(l.tenant.Groups()); got != 2 {
		t.Errorf("%d groups", got)
	}
}

// TestMembers: references in the forms of clients; nested groups count for
// transitive members alone (R-POL-12).
func TestMembers(t *testing.T) {
	l := start(t)
	path := "/v1.0/groups/" + l.ids["pilot"]
	add := func(link string) answer {
		return l.do(call{method: "POST", path: path + "/members/$ref", body: `{"@odata.id":"` + link + `"}`})
	}
	if a := add("https://graph.microsoft.com/v1.0/directoryObjects/" + l.ids["dag"]); a.status != http.StatusNoContent {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	l.audited("Add member to group", "Night watch", l.ids["dag"])
	a := add("https://graph.microsoft.com/v1.0/directoryObjects/" + strings.ToUpper(l.ids["dag"]))
	if a.text("error", "message") != "One or more added object references already exist for the following modified properties: 'members'." {
		t.Errorf("%d %s", a.status, a.raw)
	}
	for link, status := range map[string]int{"nobody": 400, l.tenant.ID: 404, l.ids["pilot"]: 400, "": 400} {
		if a := add(link); a.status != status {
			t.Errorf("%q: %d %s", link, a.status, a.raw)
		}
	}
	a = l.must(path + "/members")
	if got := a.values("@odata.type"); !slices.Equal(got, []string{"#microsoft.graph.user", "#microsoft.graph.group", "#microsoft.graph.user"}) {
		t.Errorf("types %v", got)
	}
	if got := l.must(path + "/transitiveMembers?$select=id,displayName").values("displayName"); !slices.Equal(got, []string{"Bo Ek", "Staff", "Dag Ruud", "Cyd Moss"}) {
		t.Errorf("transitive %v", got)
	}
	if got := l.must(path + "/members/microsoft.graph.user").values("displayName"); len(got) != 2 {
		t.Errorf("cast %v", got)
	}
	if a := l.must(path+"/members/$count", advanced...); string(a.raw) != "3" {
		t.Errorf("count %s", a.raw)
	}
	if got := l.must("/v1.0/users/" + l.ids["cyd"] + "/memberOf").values("displayName"); !slices.Equal(got, []string{"Staff"}) {
		t.Errorf("memberOf %v", got)
	}
	if got := l.must("/v1.0/users/" + l.ids["cyd"] + "/transitiveMemberOf").values("displayName"); len(got) != 2 {
		t.Errorf("transitiveMemberOf %v", got)
	}
	gone := path + "/members/" + l.ids["dag"] + "/$ref"
	if a := l.do(call{method: "DELETE", path: gone}); a.status != http.StatusNoContent {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if a := l.do(call{method: "DELETE", path: gone}); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

// TestCycle: groups that contain each other end.
func TestCycle(t *testing.T) {
	l := start(t)
	body := `{"@odata.id":"` + l.ids["pilot"] + `"}`
	if a := l.do(call{method: "POST", path: "/v1.0/groups/" + l.ids["staff"] + "/members/$ref", body: body}); a.status != http.StatusNoContent {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	if got := l.must("/v1.0/groups/" + l.ids["staff"] + "/transitiveMembers").values("displayName"); len(got) != 3 {
		t.Errorf("%v", got)
	}
}
