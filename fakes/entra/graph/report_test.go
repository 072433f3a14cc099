package graph_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// TestMethods: what is registered, never a secret (graph-fidelity 2.5).
func TestMethods(t *testing.T) {
	l := start(t)
	path := "/v1.0/users/" + l.ids["bo"] + "/authentication/"
	a := l.must(path + "methods")
	want := []string{"password", "phone", "email", "microsoftAuthenticator", "softwareOath"}
	for i, kind := range a.values("@odata.type") {
		if kind != "#microsoft.graph."+want[i]+"AuthenticationMethod" {
			t.Errorf("method %d is %s", i, kind)
		}
	}
	for segment, check := range map[string]struct{ id, property, value string }{
		"passwordMethods":               {"28c10230-6103-485e-b985-444c60001490", "password", ""},
		"phoneMethods":                  {"3179e48a-750b-4051-897c-87b9720928f7", "phoneNumber", "+1 4255550101"},
		"emailMethods":                  {"3ddfcfc8-9383-446f-83cc-3ab9be4be18f", "emailAddress", "bo@home.example.com"},
		"microsoftAuthenticatorMethods": {"aaaaaaaa-0000-4000-8000-000000000001", "displayName", "Bo's phone"},
		"softwareOathMethods":           {"aaaaaaaa-0000-4000-8000-000000000002", "secretKey", ""},
	} {
		list := l.must(path + segment)
		if got := list.values("id"); !slices.Equal(got, []string{check.id}) {
			t.Errorf("%s: %v", segment, got)
		}
		one := l.must(path + segment + "/" + check.id)
		if one.text(check.property) != check.value {
			t.Errorf("%s: %s", segment, one.raw)
		}
		if any := l.must(path + "methods/" + check.id); any.text("@odata.type") == "" {
			t.Errorf("%s", any.raw)
		}
	}
	if a := l.get(path + "phoneMethods/b6332ec1-7057-4abe-9331-3d72feddfe41"); a.status != http.StatusNotFound || a.text("error", "code") != "resourceNotFound" {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if got := l.must("/v1.0/users/" + l.ids["cyd"] + "/authentication/methods").values("id"); len(got) != 1 {
		t.Errorf("a number of the directory is no method: %v", got)
	}
}

// TestRegistrationReport proves R-AUD-51..53 and that the report says what the
// brain says.
func TestRegistrationReport(t *testing.T) {
	l := start(t)
	a := l.must("/v1.0/reports/authenticationMethods/userRegistrationDetails")
	for _, item := range a.body["value"].([]any) {
		line := item.(map[string]any)
		u, _ := l.tenant.User(line["id"].(string))
		standing := entra.StandingOf(u, l.tenant.Facts(u))
		if line["isSsprRegistered"] != standing.Registered || line["isSsprEnabled"] != standing.Enabled || line["isSsprCapable"] != standing.Capable {
			t.Errorf("%s: %v, the brain says %+v", u.UPN, line, standing)
		}
		if line["isSsprCapable"] != (line["isSsprRegistered"].(bool) && line["isSsprEnabled"].(bool)) {
			t.Errorf("R-AUD-53: %v", line)
		}
	}
	bo := l.must("/v1.0/reports/authenticationMethods/userRegistrationDetails/" + l.ids["bo"])
	methods := bo.body["methodsRegistered"].([]any)
	if len(methods) != 4 || methods[0] != "mobilePhone" || methods[2] != "microsoftAuthenticatorPush" || bo.text("userPreferredMethodForSecondaryAuthentication") != "sms" ||
		bo.body["isMfaRegistered"] != true || bo.body["isAdmin"] != false || bo.text("userType") != "member" {
		t.Errorf("%s", bo.raw)
	}
	for filter, want := range map[string][]string{
		"isSsprCapable eq true":                              {"Bo Ek", "Cyd Moss"},
		"isAdmin eq true":                                    {"Ada Lindqvist"},
		"methodsRegistered/any(m:m eq 'email')":              {"Bo Ek"},
		"isSsprEnabled eq true and isMfaRegistered eq false": {"Ada Lindqvist", "Cyd Moss"},
	} {
		got := l.must("/v1.0/reports/authenticationMethods/userRegistrationDetails?$filter=" + url.QueryEscape(filter)).values("userDisplayName")
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v", filter, got)
		}
	}
	// The name that a client invented is refused, as the product refuses it.
	a = l.get("/v1.0/reports/authenticationMethods/userRegistrationDetails?$filter=isSelfServicePasswordResetRegistered%20eq%20true")
	if a.status != 400 || a.text("error", "message") != "Could not find a property named 'isSelfServicePasswordResetRegistered' on type 'microsoft.graph.userRegistrationDetails'." {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if a := l.get("/v1.0/reports/authenticationMethods/userRegistrationDetails/" + l.tenant.ID); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

// TestAudits proves R-AUD-58: the shape, the newest first, the filters.
func TestAudits(t *testing.T) {
	l := start(t)
	bo, _ := l.tenant.User(l.ids["bo"])
	ada, _ := l.tenant.User(l.ids["ada"])
	began := l.clock.Now()
	for i, activity := range []string{entra.ActivityProgress, entra.ActivityReset} {
		l.clock.Advance(time.Minute)
		l.tenant.Record(entra.AuditEntry{Service: entra.SSPRService, Activity: activity, Success: i == 1, Reason: "Successfully completed reset.", Correlation: l.tenant.ID,
			Target: bo.By(), Details: []entra.Detail{{Key: "OnPremisesAgent", Value: "None"}}})
	}
	l.tenant.Record(entra.AuditEntry{Service: entra.SSPRService, Activity: entra.ActivityAdminReset, Success: true, Actor: ada.By(), Target: bo.By()})
	a := l.must("/v1.0/auditLogs/directoryAudits?$top=3")
	if got := a.values("activityDisplayName"); !slices.Equal(got, []string{entra.ActivityAdminReset, entra.ActivityReset, entra.ActivityProgress}) {
		t.Errorf("%v", got)
	}
	reset := answer{body: a.body["value"].([]any)[1].(map[string]any)}
	detail := reset.body["additionalDetails"].([]any)[0].(map[string]any)
	if reset.text("result") != "success" || reset.text("loggedByService") != entra.SSPRService || reset.text("category") != "UserManagement" ||
		reset.text("initiatedBy", "user", "userPrincipalName") != bo.UPN || detail["key"] != "OnPremisesAgent" {
		t.Errorf("%v", reset.body)
	}
	if one := l.must("/v1.0/auditLogs/directoryAudits/" + reset.text("id")); one.text("correlationId") != l.tenant.ID {
		t.Errorf("%s", one.raw)
	}
	since := began.Add(90 * time.Second).Format(time.RFC3339)
	for filter, want := range map[string]int{
		"activityDisplayName eq '" + entra.ActivityReset + "'":                            1,
		"startswith(activityDisplayName,'Reset password')":                                2,
		"loggedByService eq '" + entra.SSPRService + "' and category eq 'UserManagement'": 3,
		"result eq 'failure'":                                                                    1,
		"correlationId eq '" + l.tenant.ID + "'":                                                 2,
		"initiatedBy/user/id eq '" + ada.ID + "'":                                                1,
		"initiatedBy/user/userPrincipalName eq '" + bo.UPN + "'":                                 2,
		"targetResources/any(t:t/id eq '" + bo.ID + "') and activityDateTime ge " + since:        2,
		"targetResources/any(t:t/userPrincipalName eq '" + strings.ToUpper(bo.UPN) + "')":        3,
		"activityDateTime ge " + since + " and activityDateTime le 2099-01-01 and result eq 'x'": 0,
	} {
		if got := len(l.must("/v1.0/auditLogs/directoryAudits?$filter=" + url.QueryEscape(filter)).values("id")); got != want {
			t.Errorf("%s: %d, want %d", filter, got, want)
		}
	}
	if got := l.must("/v1.0/auditLogs/directoryAudits?$orderby=activityDateTime asc").values("activityDisplayName"); got[len(got)-1] != entra.ActivityAdminReset {
		t.Errorf("%v", got)
	}
	if a := l.get("/v1.0/auditLogs/directoryAudits?$filter=resultReason eq 'x'"); a.text("error", "code") != "Request_UnsupportedQuery" {
		t.Errorf("%d %s", a.status, a.raw)
	}
}
