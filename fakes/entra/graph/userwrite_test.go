package graph_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

const newUser = `{"accountEnabled":true,"displayName":"Eve Holt","mailNickname":"eve","userPrincipalName":"eve@beech.example.com",
	"usageLocation":"se","businessPhones":["+1 4255550199"],"passwordProfile":{"password":"Tall-Ships-1893"}}`

// TestCreateUser: a user of the cloud, whose password has to be changed at the
// first sign-in unless the client says otherwise.
func TestCreateUser(t *testing.T) {
	l := start(t)
	a := l.do(call{method: "POST", path: "/v1.0/users", body: newUser, zip: true})
	if a.status != http.StatusCreated || !strings.Contains(a.header.Get("Location"), "/directoryObjects/"+a.text("id")+"/Microsoft.DirectoryServices.User") {
		t.Fatalf("%d %s %v", a.status, a.raw, a.header)
	}
	if strings.Contains(string(a.raw), "Tall-Ships") {
		t.Error("the password comes back")
	}
	if _, verdict := l.tenant.Authenticate(context.Background(), "eve@beech.example.com", "Tall-Ships-1893"); verdict != entra.PasswordOutdated {
		t.Errorf("sign-in: %d", verdict)
	}
	u, _ := l.tenant.User("eve@beech.example.com")
	if u.UsageLocation != "SE" || u.OfficePhone != "+1 4255550199" || !u.Enabled {
		t.Errorf("%+v", u)
	}
	l.audited("Add user", "Night watch", u.ID)
}

// audited checks the newest entry of that activity.
func (l *lab) audited(activity, by, target string) {
	l.t.Helper()
	a := l.must("/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName eq '" + activity + "'")
	items := a.body["value"].([]any)
	if len(items) == 0 {
		l.t.Errorf("%q is not in the audit log", activity)
		return
	}
	e := answer{body: items[0].(map[string]any)}
	id := e.body["targetResources"].([]any)[0].(map[string]any)["id"]
	if e.text("initiatedBy", "app", "displayName") != by || id != target || e.text("result") != "success" {
		l.t.Errorf("entry %v", e.body)
	}
}

// TestRefusedUsers: what POST /users says no to (graph-fidelity 2.3).
func TestRefusedUsers(t *testing.T) {
	cases := []struct{ name, old, new, code, message string }{
		{"no password", `"passwordProfile":{"password":"Tall-Ships-1893"}`, `"passwordProfile":null`, "Request_BadRequest", "A value is required for property 'passwordProfile' of resource 'User'."},
		{"no name", `"displayName":"Eve Holt",`, "", "Request_BadRequest", "A value is required for property 'displayName' of resource 'User'."},
		{"weak", "Tall-Ships-1893", "sommer", "Request_BadRequest", "The specified password does not comply with password complexity requirements. Please provide a different password."},
		{"taken", "eve@beech", "ADA@alder", "Request_BadRequest", "Another object with the same value for property userPrincipalName already exists."},
		{"foreign domain", "eve@beech", "eve@other", "Request_BadRequest", "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization."},
		{"no name before the @", "eve@beech", "@beech", "Request_BadRequest", "Invalid value specified for property 'userPrincipalName' of resource 'User'."},
		{"dot before the @", "eve@beech", "eve.@beech", "Request_BadRequest", "Invalid value specified for property 'userPrincipalName' of resource 'User'."},
		{"wrong type", `"accountEnabled":true`, `"accountEnabled":"true"`, "Request_BadRequest", "Invalid value specified for property 'accountEnabled' of resource 'User'."},
		{"bad location", `"se"`, `"Sweden"`, "Request_BadRequest", "Invalid value specified for property 'usageLocation' of resource 'User'."},
		{"unknown property", `"usageLocation"`, `"usageLokation"`, "Request_BadRequest", "Could not find a property named 'usageLokation' on type 'microsoft.graph.user'."},
		{"no JSON", newUser, `{"accountEnabled":`, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."},
		{"two values", newUser, newUser + "{}", "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."},
	}
	l := start(t)
	for _, c := range cases {
		a := l.do(call{method: "POST", path: "/v1.0/users", body: strings.Replace(newUser, c.old, c.new, 1)})
		if a.status != http.StatusBadRequest || a.text("error", "code") != c.code || a.text("error", "message") != c.message {
			t.Errorf("%s: %d %s", c.name, a.status, a.raw)
		}
	}
	a := l.do(call{method: "POST", path: "/v1.0/users", body: strings.Replace(newUser, `"usageLocation":"se"`, `"jobTitle":"Mate"`, 1)})
	if a.status != http.StatusNotImplemented {
		t.Errorf("a property that is not kept: %d %s", a.status, a.raw)
	}
	if got := len(l.tenant.Users()); got != 4 {
		t.Errorf("%d users", got)
	}
}

// TestPatchUser: properties, the password, and what it ends (R-RST-58).
func TestPatchUser(t *testing.T) {
	l := start(t)
	path := "/v1.0/users/" + l.ids["dag"]
	a := l.do(call{method: "PATCH", path: path, body: `{"@odata.type":"#microsoft.graph.user","displayName":"Dag R","otherMails":["dag@home.example.com"],
		"mobilePhone":"+1 4255550103","userPrincipalName":"dagr@alder.example.com","mailNickname":"x","jobTitle":null}`})
	if a.status != http.StatusNoContent || len(a.raw) != 0 {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	u, _ := l.tenant.User("dagr@alder.example.com")
	if u.Name != "Dag R" || u.AlternateMail() != "dag@home.example.com" || u.MobilePhone != "+1 4255550103" {
		t.Errorf("%+v", u)
	}
	l.audited("Update user", "Night watch", u.ID)
	before := u.SessionsValidFrom
	l.clock.Advance(time.Minute)
	a = l.do(call{method: "PATCH", path: path, body: `{"passwordProfile":{"password":"Tall-Ships-1893","forceChangePasswordNextSignIn":false}}`})
	if a.status != http.StatusNoContent {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	u, verdict := l.tenant.Authenticate(context.Background(), "dagr@alder.example.com", "Tall-Ships-1893")
	if verdict != entra.SignedIn || !u.SessionsValidFrom.After(before) {
		t.Errorf("sign-in %d, sessions valid from %s", verdict, u.SessionsValidFrom)
	}
	if strings.Contains(string(l.must("/v1.0/auditLogs/directoryAudits").raw), "Tall-Ships") {
		t.Error("the password is in the audit log")
	}
	if a := l.do(call{method: "PATCH", path: path, body: `{"userPrincipalName":"ada@alder.example.com"}`}); a.text("error", "code") != "Request_BadRequest" {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

// TestMastered: what comes from the directory on-premises refuses to be
// changed in the cloud; what is the cloud's does not (graph-fidelity 2.3, 2.5).
func TestMastered(t *testing.T) {
	l := start(t)
	path := "/v1.0/users/" + l.ids["cyd"]
	l.tenant.UpdateGroup(l.ids["staff"], func(g *entra.Group) error { g.OnPremises = &entra.OnPremises{ImmutableID: "c3RhZmY="}; return nil })
	group := "/v1.0/groups/" + l.ids["staff"]
	refused := []call{
		{method: "PATCH", path: path, body: `{"displayName":"C"}`},
		{method: "PATCH", path: path, body: `{"mobilePhone":"+1 4255550177","usageLocation":"SE"}`},
		{method: "PATCH", path: path, body: `{"accountEnabled":false}`},
		{method: "PATCH", path: path, body: `{"passwordProfile":{"password":"Tall-Ships-1893"}}`},
		{method: "DELETE", path: path},
		{method: "PATCH", path: group, body: `{"description":"x"}`},
		{method: "DELETE", path: group},
		{method: "POST", path: group + "/members/$ref", body: `{"@odata.id":"` + l.ids["bo"] + `"}`},
		{method: "DELETE", path: group + "/members/" + l.ids["cyd"] + "/$ref"},
	}
	for _, c := range refused {
		a := l.do(c)
		if a.status != 400 || !strings.HasPrefix(a.text("error", "message"), "Unable to update the specified properties for on-premises mastered Directory Sync objects") {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, a.status, a.raw)
		}
	}
	if a := l.do(call{method: "PATCH", path: path, body: `{"usageLocation":"SE","otherMails":["cyd@home.example.com"]}`}); a.status != http.StatusNoContent {
		t.Errorf("what is the cloud's: %d %s", a.status, a.raw)
	}
}

// TestDeleteUser: gone, from its groups too.
func TestDeleteUser(t *testing.T) {
	l := start(t)
	id := l.ids["bo"]
	if a := l.do(call{method: "DELETE", path: "/v1.0/users/" + id}); a.status != http.StatusNoContent {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	if a := l.get("/v1.0/users/" + id); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.raw)
	}
	l.audited("Delete user", "Night watch", id)
}

// R-PWD-09: what a user name is made of, and how long it may be.
func TestUserNames(t *testing.T) {
	long := strings.Repeat("x", 48-len(".example.com")) + ".example.com"
	l := start(t, func(c *entra.Config) { c.Domains = append(c.Domains, long, "x"+long) })
	for upn, want := range map[string]int{
		"O'Neil.e_v-e!#^~7@beech.example.com":          http.StatusCreated,
		strings.Repeat("e", 64) + "@beech.example.com": http.StatusCreated,
		strings.Repeat("e", 65) + "@beech.example.com": http.StatusBadRequest,
		"eve@" + long:                http.StatusCreated,
		"eve@x" + long:               http.StatusBadRequest,
		"eve@holt@beech.example.com": http.StatusBadRequest,
		"eve holt@beech.example.com": http.StatusBadRequest,
		"éve@beech.example.com":      http.StatusBadRequest,
		"eve+holt@beech.example.com": http.StatusBadRequest,
		"eve/holt@beech.example.com": http.StatusBadRequest,
		"eve.@beech.example.com":     http.StatusBadRequest,
		".eve@beech.example.com":     http.StatusCreated,
	} {
		body := strings.Replace(newUser, "eve@beech.example.com", upn, 1)
		a := l.do(call{method: "POST", path: "/v1.0/users", body: body})
		if a.status != want {
			t.Errorf("%s: %d %s, want %d", upn, a.status, a.raw, want)
		}
		if want == http.StatusBadRequest && a.text("error", "message") != "Invalid value specified for property 'userPrincipalName' of resource 'User'." {
			t.Errorf("%s: %s", upn, a.raw)
		}
	}
}

// R-PWD-19: the banned lists hold for who is created since October 2021, and
// for every new password before, too. The list for everybody needs no other.
func TestBannedPasswords(t *testing.T) {
	for _, c := range []struct {
		name, password string
		era            entra.Era
		custom         []string
		create, change int
	}{
		{"of everybody's list", "P@ssw0rd1", entra.Now, nil, 400, 400},
		{"of the tenant's list", "Harb0ur-1", entra.Now, []string{"harbour"}, 400, 400},
		{"of no list", "Harb0ur-1", entra.Now, nil, 201, 204},
		{"of everybody's list in 2019", "P@ssw0rd1", entra.Era2019, nil, 201, 400},
		{"of the tenant's list in 2019", "Harb0ur-1", entra.Era2019, []string{"harbour"}, 201, 400},
		{"too simple in 2019", "harbourside", entra.Era2019, nil, 400, 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := start(t, func(config *entra.Config) { config.Era = c.era })
			l.tenant.SetBanned(c.custom)
			if a := l.do(call{method: "POST", path: "/v1.0/users", body: strings.Replace(newUser, "Tall-Ships-1893", c.password, 1)}); a.status != c.create {
				t.Errorf("create: %d %s, want %d", a.status, a.raw, c.create)
			}
			if a := l.do(call{method: "PATCH", path: "/v1.0/users/" + l.ids["dag"], body: `{"passwordProfile":{"password":"` + c.password + `"}}`}); a.status != c.change {
				t.Errorf("reset: %d %s, want %d", a.status, a.raw, c.change)
			}
		})
	}
}
