package token_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
)

// TestFaults: every refusal by its AADSTS number (graph-fidelity 3.3).
func TestFaults(t *testing.T) {
	cases := []struct {
		name    string
		segment string // default: the tenant
		form    url.Values
		change  []string // of the form, "" deletes
		setup   func(*lab)
		status  int
		error   string
		aadsts  int
		sub     string
	}{
		{"no grant type", "", byPassword(), []string{"grant_type", ""}, nil, 400, "invalid_request", 90014, ""},
		{"unknown grant type", "", byPassword(), []string{"grant_type", "magic"}, nil, 400, "unsupported_grant_type", 70003, ""},
		{"no client", "", byPassword(), []string{"client_id", ""}, nil, 400, "invalid_request", 90014, ""},
		{"client is no GUID", "", byPassword(), []string{"client_id", "tool"}, nil, 400, "unauthorized_client", 700038, ""},
		{"unknown client", "", byPassword(), []string{"client_id", "33333333-3333-4333-8333-333333333333"}, nil, 400, "unauthorized_client", 700016, ""},
		{"unknown tenant", "beech.example.com", byPassword(), nil, nil, 400, "invalid_request", 90002, ""},
		{"wrong secret", "", byCredentials(), []string{"client_secret", "guess"}, nil, 401, "invalid_client", 7000215, ""},
		{"no secret", "", byCredentials(), []string{"client_secret", ""}, nil, 401, "invalid_client", 7000218, ""},
		{"secret of a public client", "", byPassword(), []string{"client_secret", "x"}, nil, 401, "invalid_client", 700025, ""},
		{"client credentials of a public client", "", byCredentials(), []string{"client_id", cliID, "client_secret", ""}, nil, 401, "invalid_client", 7000218, ""},
		{"client credentials without a tenant", "common", byCredentials(), nil, nil, 400, "invalid_request", 50059, ""},
		{"client credentials with a permission", "", byCredentials(), []string{"scope", "https://graph.microsoft.com/User.Read"}, nil, 400, "invalid_scope", 70011, ""},
		{"no scope", "", byCredentials(), []string{"scope", ""}, nil, 400, "invalid_request", 90014, ""},
		{"unknown resource", "", byCredentials(), []string{"scope", "https://vault.example.com/.default"}, nil, 400, "invalid_resource", 500011, ""},
		{"two resources", "", byPassword(), []string{"scope", graphDefault + " " + token.PortalAudience + "/.default"}, nil, 400, "invalid_scope", 70011, ""},
		{"no consent", "", byPassword(), []string{"scope", "User.ReadWrite.All"}, nil, 400, "invalid_grant", 65001, "consent_required"},
		{"password over common", "common", byPassword(), nil, nil, 400, "invalid_request", 9001023, ""},
		{"no password", "", byPassword(), []string{"password", ""}, nil, 400, "invalid_request", 90014, ""},
		{"wrong password", "", byPassword(), []string{"password", "Nope-Nope-1"}, nil, 400, "invalid_grant", 50126, ""},
		{"unknown user", "", byPassword(), []string{"username", "bo@alder.example.com"}, nil, 400, "invalid_grant", 50034, ""},
		{"password to be changed", "", byPassword(), nil, func(l *lab) { l.tenant.SetPassword(ada, adaPass, true) }, 400, "invalid_grant", 50055, "user_password_expired"},
		{"disabled", "", byPassword(), nil, func(l *lab) { l.disable() }, 400, "invalid_grant", 50057, ""},
		{"agent down", "", byPassword(), nil, func(l *lab) { l.synchronise() }, 500, "server_error", 80001, ""},
		{"rubbish as a refresh token", "", byPassword(), []string{"grant_type", "refresh_token", "refresh_token", "1.abc"}, nil, 400, "invalid_grant", 70000, ""},
		{"no refresh token", "", byPassword(), []string{"grant_type", "refresh_token"}, nil, 400, "invalid_request", 90014, ""},
		{"unknown code", "", byPassword(), []string{"grant_type", "authorization_code", "code", "abc", "redirect_uri", redirect}, nil, 400, "invalid_grant", 70008, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := start(t)
			for i := 0; i < len(c.change); i += 2 {
				c.form.Set(c.change[i], c.change[i+1])
				if c.change[i+1] == "" {
					c.form.Del(c.change[i])
				}
			}
			if c.setup != nil {
				c.setup(l)
			}
			if c.segment == "" {
				c.segment = l.tenant.ID
			}
			a := l.post("/"+c.segment+"/oauth2/v2.0/token", c.form)
			if a.status != c.status || a.text("error") != c.error || code(a) != c.aadsts || a.text("suberror") != c.sub {
				t.Errorf("got %d %v", a.status, a.body)
			}
			l.shape(a)
		})
	}
}

func (l *lab) disable() {
	l.tenant.Update(ada, func(u *entra.User) error { u.Enabled = false; return nil })
}

func (l *lab) synchronise() {
	l.tenant.Update(ada, func(u *entra.User) error { u.OnPremises = &entra.OnPremises{ImmutableID: "YWRh"}; return nil })
}

// shape checks the parts of every error.
func (l *lab) shape(a answer) {
	l.t.Helper()
	text := a.text("error_description")
	for _, want := range []string{"AADSTS", " Trace ID: " + a.text("trace_id"), " Correlation ID: " + a.text("correlation_id"), " Timestamp: 2026-03-02 09:00:"} {
		if !strings.Contains(text, want) {
			l.t.Errorf("%q lacks %q", text, want)
		}
	}
	if len(a.text("trace_id")) != 36 || len(a.text("correlation_id")) != 36 || !strings.HasSuffix(a.text("timestamp"), "Z") || a.text("error_uri") == "" {
		l.t.Errorf("answer %v", a.body)
	}
	if strings.Contains(text, adaPass) || strings.Contains(text, secret) {
		l.t.Error("a secret in an error")
	}
}

// TestSmartLockout: the tenth wrong password locks (R-PWD-34).
func TestSmartLockout(t *testing.T) {
	l := start(t)
	f := byPassword()
	for i := range 10 {
		f.Set("password", "Wrong-Harbour-"+string(rune('a'+i)))
		if a := l.post(l.path(), f); code(a) != 50126 {
			t.Fatalf("attempt %d: %v", i, a.body)
		}
	}
	if a := l.post(l.path(), byPassword()); code(a) != 50053 {
		t.Errorf("the right one then: %v", a.body)
	}
}
