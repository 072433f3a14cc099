package graph_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// TestLicences: what is owned, assigned, and refused (R-LIC-06).
func TestLicences(t *testing.T) {
	l := start(t)
	path := "/v1.0/users/" + l.ids["dag"]
	assign := func(body string) answer { return l.do(call{method: "POST", path: path + "/assignLicense", body: body}) }
	const give = `{"addLicenses":[{"skuId":"` + p1 + `","disabledPlans":[]}],"removeLicenses":[]}`
	cases := []struct {
		body, message string
		status        int
	}{
		{give, "License assignment cannot be done for user with invalid usage location.", 400},
		{`{"addLicenses":[]}`, "One or more parameters of the operation 'assignLicense' are missing", 400},
		{`{"addLicenses":[],"removeLicenses":["` + p1 + `"]}`, "User does not have a corresponding license.", 400},
		{strings.Replace(give, p1, l.tenant.ID, 1), "does not correspond to a valid company License.", 400},
		{strings.Replace(give, `"disabledPlans":[]`, `"disabledPlans":["`+p1+`"]`, 1), "does not model", 501},
		{`[]`, "Unable to read JSON request payload.", 400},
	}
	for _, c := range cases {
		if a := assign(c.body); a.status != c.status || !strings.Contains(a.text("error", "message"), c.message) {
			t.Errorf("%s: %d %s", c.body, a.status, a.raw)
		}
	}
	l.do(call{method: "PATCH", path: path, body: `{"usageLocation":"SE"}`})
	if a := assign(give); a.status != http.StatusOK || a.text("id") != l.ids["dag"] {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	l.audited("Change user license", "Night watch", l.ids["dag"])
	if got := l.must(path + "/licenseDetails").values("skuPartNumber"); !slices.Equal(got, []string{"AAD_PREMIUM"}) {
		t.Errorf("licences %v", got)
	}
	a := l.must("/v1.0/subscribedSkus/" + l.tenant.ID + "_" + p1)
	if a.body["consumedUnits"] != 2.0 || a.text("skuPartNumber") != "AAD_PREMIUM" {
		t.Errorf("%s", a.raw)
	}
	if got := l.must("/v1.0/subscribedSkus").values("id"); len(got) != len(entra.SKUs()) {
		t.Errorf("%v", got)
	}
	if a := assign(`{"addLicenses":[],"removeLicenses":["` + p1 + `"]}`); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if u, _ := l.tenant.User(l.ids["dag"]); len(u.Licences) != 0 {
		t.Errorf("%v", u.Licences)
	}
}

// TestDirectoryRoles: only roles that somebody holds are listed, each with an
// id of its own (graph-fidelity 2.4, 2.5).
func TestDirectoryRoles(t *testing.T) {
	l := start(t)
	l.tenant.Update(l.ids["dag"], func(u *entra.User) error { u.Roles = []string{"Reports Reader"}; return nil })
	a := l.must("/v1.0/directoryRoles")
	if got := a.values("displayName"); !slices.Equal(got, []string{entra.GlobalAdministrator, "Reports Reader"}) {
		t.Errorf("roles %v", got)
	}
	const template = "62e90394-69f5-4237-9190-012177145e10"
	id := a.values("id")[0]
	if id == template || a.values("roleTemplateId")[0] != template {
		t.Errorf("%s", a.raw)
	}
	for _, path := range []string{"/v1.0/directoryRoles/" + id, "/v1.0/directoryRoles/roleTemplateId=" + template, "/v1.0/directoryRoles(roleTemplateId='" + template + "')"} {
		if a := l.must(path); a.text("id") != id {
			t.Errorf("%s: %s", path, a.raw)
		}
		if got := l.must(path + "/members").values("displayName"); !slices.Equal(got, []string{"Ada Lindqvist"}) {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := l.must("/v1.0/users/" + l.ids["ada"] + "/memberOf").values("@odata.type"); !slices.Equal(got, []string{"#microsoft.graph.directoryRole"}) {
		t.Errorf("%v", got)
	}
}

// TestOrganisation: the tenant and its domains.
func TestOrganisation(t *testing.T) {
	l := start(t)
	a := l.must("/v1.0/organization")
	if got := a.values("id"); len(got) != 1 || got[0] != l.tenant.ID {
		t.Errorf("%s", a.raw)
	}
	if a := l.must("/v1.0/organization/" + l.tenant.ID); a.text("displayName") != "Alder Works" || len(a.body["verifiedDomains"].([]any)) != 2 {
		t.Errorf("%s", a.raw)
	}
	if a := l.must("/v1.0/" + l.tenant.ID + "/domains"); !slices.Equal(a.values("id"), []string{"alder.example.com", "beech.example.com"}) {
		t.Errorf("%s", a.raw)
	}
	if a := l.must("/v1.0/domains/beech.example.com"); a.body["isDefault"] != false || a.text("authenticationType") != "Managed" {
		t.Errorf("%s", a.raw)
	}
	if a := l.get("/v1.0/domains/oak.example.com"); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

// TestAuthorisationPolicy proves R-POL-84: the switch that keeps
// administrators from resetting.
func TestAuthorisationPolicy(t *testing.T) {
	l := start(t)
	const path = "/v1.0/policies/authorizationPolicy"
	if a := l.must(path); a.body["allowedToUseSSPR"] != true {
		t.Errorf("%s", a.raw)
	}
	if a := l.do(call{method: "PATCH", path: path, body: `{"allowedToUseSSPR":false}`}); a.status != http.StatusNoContent {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	if l.must(path).body["allowedToUseSSPR"] != false || l.tenant.Policy().AdminReset {
		t.Error("the switch did not move")
	}
	if e := l.tenant.Audit(); e[len(e)-1].Activity != entra.ActivityPolicy || e[len(e)-1].Actor.Name != "Night watch" {
		t.Errorf("audit %+v", e[len(e)-1])
	}
	for body, status := range map[string]int{`{"allowedToUseSSPR":"no"}`: 400, `{"allowedToUseSPRR":true}`: 400, `{"blockMsolPowerShell":true}`: 501} {
		if a := l.do(call{method: "PATCH", path: path, body: body}); a.status != status {
			t.Errorf("%s: %d %s", body, a.status, a.raw)
		}
	}
}
