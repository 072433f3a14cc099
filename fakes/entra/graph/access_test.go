package graph_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
)

const graphName = "https://graph.microsoft.com"

// TestUnauthenticated: what a token is refused for (graph-fidelity 2.3).
func TestUnauthenticated(t *testing.T) {
	l := start(t)
	cases := []struct{ name, as, message string }{
		{"none", "none", "Access token is empty."},
		{"rubbish", "x.y", "CompactToken parsing failed with error code: 80049217"},
		{"another resource", l.app(watchID, token.PortalAudience), "Access token validation failure. Invalid audience."},
	}
	check := func(name, as, message string) {
		a := l.do(call{path: "/v1.0/users", as: as})
		if a.status != http.StatusUnauthorized || a.text("error", "code") != "InvalidAuthenticationToken" || a.text("error", "message") != message ||
			!strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer ") {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	for _, c := range cases {
		check(c.name, c.as, c.message)
	}
	l.clock.Advance(time.Hour)
	check("old", l.access, "Access token has expired or is not yet valid.")
}

// TestPermissions: an application needs the permission, a person the
// permission and the role (graph-fidelity [M], R-AUD-46).
func TestPermissions(t *testing.T) {
	l := start(t)
	nothing := l.app(guestID, graphName)
	ada, bo := l.person("ada", graphName), l.person("bo", graphName)
	own, others := "/v1.0/users/"+l.ids["bo"], "/v1.0/users/"+l.ids["dag"]
	cases := []struct {
		name   string
		call   call
		status int
	}{
		{"application without permissions", call{path: "/v1.0/users", as: nothing}, 403},
		{"the same, writing", call{method: "DELETE", path: own, as: nothing}, 403},
		{"a person reads others", call{path: others, as: bo}, 200},
		{"a person reads the own methods", call{path: own + "/authentication/methods", as: bo}, 200},
		{"a person reads others' methods by an own-only permission", call{path: others + "/authentication/methods", as: ada}, 403},
		{"a report without the role", call{path: "/v1.0/auditLogs/directoryAudits", as: bo}, 403},
		{"a report with the role", call{path: "/v1.0/auditLogs/directoryAudits", as: ada}, 200},
		{"a group without the role", call{method: "PATCH", path: "/v1.0/groups/" + l.ids["pilot"], body: `{"description":"x"}`, as: bo}, 403},
		{"a group with the role", call{method: "PATCH", path: "/v1.0/groups/" + l.ids["pilot"], body: `{"description":"x"}`, as: ada}, 204},
		{"no permission for it", call{path: "/v1.0/subscribedSkus", as: ada}, 403},
		{"a password without its permission", call{method: "PATCH", path: others, body: `{"passwordProfile":{"password":"Tall-Ships-1893"}}`, as: ada}, 403},
		{"a name with the permission", call{method: "PATCH", path: others, body: `{"displayName":"D"}`, as: ada}, 204},
	}
	for _, c := range cases {
		a := l.do(c.call)
		if a.status != c.status || a.status == 403 && a.text("error", "code") != "Authorization_RequestDenied" {
			t.Errorf("%s: %d %s", c.name, a.status, a.raw)
		}
	}
}

// TestLowerAdministrators: a User Administrator may change people, not
// administrators (graph-fidelity 2.6).
func TestLowerAdministrators(t *testing.T) {
	l := start(t)
	l.tenant.Update(l.ids["dag"], func(u *entra.User) error { u.Roles = []string{"User Administrator"}; return nil })
	dag := l.person("dag", graphName)
	if a := l.do(call{method: "PATCH", path: "/v1.0/users/" + l.ids["bo"], body: `{"displayName":"B"}`, as: dag}); a.status != http.StatusNoContent {
		t.Errorf("a person: %d %s", a.status, a.raw)
	}
	for _, c := range []call{{method: "PATCH", body: `{"displayName":"A"}`}, {method: "DELETE"}} {
		c.path, c.as = "/v1.0/users/"+l.ids["ada"], dag
		if a := l.do(c); a.status != http.StatusForbidden {
			t.Errorf("an administrator, %s: %d %s", c.method, a.status, a.raw)
		}
	}
}

// TestRightsAreTheProducts holds the table of permissions against Microsoft's
// published data, which lies beside the repository.
func TestRightsAreTheProducts(t *testing.T) {
	const source = "../../../../shared/reference/graph-permissions.json"
	raw, err := os.ReadFile(source)
	if err != nil {
		t.Skip("no " + source + ": the table of permissions is not held against it")
	}
	var published map[string]map[string]struct{ Any []string }
	if err := json.Unmarshal(raw, &published); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("rights.txt")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for line := range strings.Lines(string(table)) {
		parts := strings.Split(strings.TrimSpace(line), " | ")
		for operation, schemes := range published {
			shape := strings.NewReplacer("{id}", "{}", "{mid}", "{}", "/v1.0", "").Replace(operation)
			if shape != parts[0] {
				continue
			}
			checked++
			for i, scheme := range []string{"Application", "DelegatedWork"} {
				if got := strings.Fields(strings.Trim(parts[i+1], "-")); !slices.Equal(got, schemes[scheme].Any) {
					t.Errorf("%s, %s: %v, published %v", parts[0], scheme, got, schemes[scheme].Any)
				}
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d operations were found in the published data", checked)
	}
}
