package graph_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
)

const (
	policyPath     = "/api/PasswordReset/PasswordResetPolicies"
	onPremisesPath = "/api/PasswordReset/OnPremisesPasswordResetPolicies"
)

func (l *lab) policy(method, path, body, as string) answer {
	l.t.Helper()
	return l.do(call{method: method, path: path, body: body, as: as, base: l.portal.URL})
}

// TestPolicy: the Password reset blade as audit tools read it (graph-fidelity
// 2.5, R-POL-09, R-POL-11, R-POL-20, R-POL-24).
func TestPolicy(t *testing.T) {
	l := start(t)
	ada := l.person("ada", token.PortalAudience)
	a := l.policy("GET", policyPath+"?getPasswordResetEnabledGroup=true", "", ada)
	if a.status != 200 || a.text("objectId") != "default" || a.body["enablementType"] != 1.0 || a.text("passwordResetEnabledGroupName") != "SSPR pilot" ||
		a.body["registrationReconfirmIntevalInDays"] != 180.0 || a.body["mobilePhoneOptionEnabled"] != true || a.body["securityQuestionsOptionEnabled"] != false {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	body := `{"numberOfAuthenticationMethodsRequired":2,"mobileAppNotificationEnabled":true,"mobileAppCodeEnabled":true,"registrationReconfirmIntevalInDays":90,"notifyOnAdminPasswordReset":true,
		"customizeHelpdeskLink":true,"customHelpdeskEmailOrUrl":"help@alder.example.com"}`
	if a = l.policy("PUT", policyPath, body, ada); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	p := l.tenant.Policy()
	if p.Required != 2 || !p.Methods.Has(entra.AppNotification) || !p.Methods.Has(entra.Email) || p.ReconfirmDays != 90 || !p.NotifyAdmins || p.Helpdesk != "help@alder.example.com" {
		t.Errorf("%+v", p)
	}
	log := l.tenant.Audit()
	if last := log[len(log)-1]; last.Activity != entra.ActivityPolicy || last.Actor.UPN != "ada@alder.example.com" || len(last.Changes) != 6 {
		t.Errorf("audit %+v", last)
	}
	if a = l.policy("PUT", policyPath, string(l.policy("GET", policyPath, "", ada).raw), ada); a.status != 200 || len(l.tenant.Audit()) != len(log) {
		t.Errorf("writing what was read changes something: %d %s", a.status, a.raw)
	}
}

// TestRefusedPolicies: what the blade refuses, its backend refuses.
func TestRefusedPolicies(t *testing.T) {
	l := start(t)
	ada := l.person("ada", token.PortalAudience)
	cases := []struct {
		body, rule string
		status     int
	}{
		{`{"registrationReconfirmIntevalInDays":731}`, "R-POL-59", 400},
		{`{"registrationReconfirmIntevalInDays":-1}`, "R-POL-59", 400},
		{`{"registrationReconfirmIntevalInDays":"x"}`, "cannot be read", 400},
		{`{"mobileAppNotificationEnabled":true}`, "R-POL-23", 400},
		{`{"enablementType":3}`, "R-POL-11", 400},
		{`{"passwordResetEnabledGroupIds":[]}`, "R-POL-12", 400},
		{`{"passwordResetEnabledGroupIds":["a","b"]}`, "R-POL-12", 400},
		{`{"passwordResetEnabledGroupIds":["a"]}`, "does not exist", 404},
		{`{"numberOfAuthenticationMethodsRequired":3}`, "R-POL-20", 400},
		{`{"registrationReconfirmIntervalInDays":90}`, "unknown field", 400},
		{`{"skipRegistrationMaxAllowedDays":3}`, "only shows", 501},
		{`{} {}`, "goes on", 400},
	}
	before := l.tenant.Policy()
	for _, c := range cases {
		if a := l.policy("PUT", policyPath, c.body, ada); a.status != c.status || !strings.Contains(a.text("error", "message"), c.rule) {
			t.Errorf("%s: %d %s", c.body, a.status, a.raw)
		}
	}
	if now := l.tenant.Policy(); now.ReconfirmDays != before.ReconfirmDays || now.Group != before.Group || now.Methods != before.Methods {
		t.Errorf("%+v", now)
	}
}

// agent is a Connect agent that was configured.
type agent struct{}

func (agent) State() entra.AgentState {
	return entra.AgentState{Installed: true, Configured: true, Connected: true}
}

func (agent) Do(context.Context, entra.Operation) (entra.Outcome, error) {
	return entra.Outcome{Result: entra.Done}, nil
}

// TestOnPremisesPolicy proves R-POL-06, R-POL-73, R-POL-74, R-POL-77.
func TestOnPremisesPolicy(t *testing.T) {
	l := start(t)
	ada := l.person("ada", token.PortalAudience)
	if a := l.policy("PUT", onPremisesPath, `{"accountUnlockEnabled":true}`, ada); a.status != 400 || !strings.Contains(a.text("error", "message"), "R-POL-06") {
		t.Errorf("without an agent: %d %s", a.status, a.raw)
	}
	l.tenant.UseAgent(agent{})
	if a := l.policy("PUT", onPremisesPath, `{"accountUnlockEnabled":true}`, ada); a.status != 200 || a.body["accountUnlockEnabled"] != true || a.body["accountUnlockSupported"] != true {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if a := l.policy("PUT", onPremisesPath, `{"passwordWriteBackSupported":false}`, ada); a.status != 200 || a.body["passwordWritebackSupported"] != false {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if p := l.tenant.Policy(); p.WriteBack || !p.UnlockWithoutReset {
		t.Errorf("%+v", p)
	}
	log := l.tenant.Audit()
	if log[len(log)-1].Activity != entra.ActivityDisableWB {
		t.Errorf("audit %+v", log[len(log)-1])
	}
}

// TestPortalAccess: who may read and write the policy (R-POL-03).
func TestPortalAccess(t *testing.T) {
	l := start(t)
	l.tenant.Update(l.ids["dag"], func(u *entra.User) error { u.Roles = []string{"Authentication Policy Administrator"}; return nil })
	bo, dag := l.person("bo", token.PortalAudience), l.person("dag", token.PortalAudience)
	watch, nothing := l.app(watchID, token.PortalAudience), l.app(guestID, token.PortalAudience)
	cases := []struct {
		name, method, path, as string
		status                 int
	}{
		{"nobody", "GET", policyPath, "none", http.StatusUnauthorized},
		{"for Graph", "GET", policyPath, l.access, http.StatusUnauthorized},
		{"a person", "GET", policyPath, bo, http.StatusForbidden},
		{"the policy's administrator", "PUT", policyPath, dag, http.StatusOK},
		{"an application", "GET", policyPath, watch, http.StatusOK},
		{"an application, writing", "PUT", policyPath, watch, http.StatusOK},
		{"an application without permissions", "GET", policyPath, nothing, http.StatusForbidden},
		{"another method", "DELETE", policyPath, dag, http.StatusMethodNotAllowed},
		{"another page", "GET", "/api/Directories/ADConnectStatus", dag, http.StatusNotImplemented},
	}
	for _, c := range cases {
		body := ""
		if c.method == "PUT" {
			body = "{}"
		}
		if a := l.policy(c.method, c.path, body, c.as); a.status != c.status || c.status != 200 && a.text("error", "code") == "" {
			t.Errorf("%s: %d %s", c.name, a.status, a.raw)
		}
	}
	if got := l.tenant.UnhandledRequests(); len(got) != 1 {
		t.Errorf("noted: %v", got)
	}
}
