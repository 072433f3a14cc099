package cloud_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/cloud"
	"github.com/ssprlab/ssprlab/fakes/entra/setup"
)

func newCloud() *cloud.Cloud {
	return cloud.New(cloud.Config{Tenant: entra.Config{Hosts: entra.Hosts{Domain: "lab.test"}}})
}

func get(h http.Handler, url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
	return w
}

func TestEachSurfaceHasItsHost(t *testing.T) {
	c := newCloud()
	for _, name := range (entra.Hosts{Domain: "lab.test"}).Names() {
		if w := get(c, "https://"+name+"/"); w.Code == http.StatusNotImplemented && strings.Contains(w.Body.String(), "no surface") {
			t.Errorf("%s has no surface", name)
		}
	}
	// Those of machines alone have no first page.
	want := []string{"GET graph.lab.test/", "GET relay.lab.test/", "GET provisioning.lab.test/"}
	if got := c.Tenant.UnhandledRequests(); len(got) != len(want) {
		t.Errorf("unhandled: %v, want %v", got, want)
	}
}

func TestAnUnknownHostIsAnsweredLoudly(t *testing.T) { // DESIGN rule 7
	c := newCloud()
	for _, url := range []string{"https://outlook.lab.test/", "https://login.elsewhere.test/", "https://127.0.0.1/"} {
		if w := get(c, url); w.Code != http.StatusNotImplemented {
			t.Errorf("%s: status %d", url, w.Code)
		}
	}
	if got := c.Tenant.UnhandledRequests(); len(got) != 3 {
		t.Errorf("noted %v", got)
	}
}

// control serves the control port and returns its client.
func control(t *testing.T, c *cloud.Cloud) *setup.Client {
	t.Helper()
	s := httptest.NewServer(c.Control())
	t.Cleanup(s.Close)
	return setup.NewClient(s.URL, s.Client())
}

func TestSetUpBringsTheTenantIntoItsState(t *testing.T) {
	c := newCloud()
	client := control(t, c)
	banned := []string{"alder"}
	err := client.Apply(t.Context(), setup.State{
		People: []setup.Person{{UPN: "adele@alder.example.com", Name: "Adele Birch", Password: "Mozak-Ribut-221", Licences: []string{"AAD_PREMIUM"}, Email: "adele@home.example.net",
			AppKeys: []string{"jbswy3dpehpk3pxp"}, Questions: []setup.Answer{{Question: "Which?", Answer: "That"}}}},
		Groups: []setup.Group{{Name: "Inner", Members: []string{"adele@alder.example.com"}}, {Name: "Pilot", Members: []string{"Inner"}}},
		Policy: &setup.Policy{Enabled: "Selected", Group: "Pilot", Required: 1, Methods: []string{"Email", "Mobile phone"}, QuestionsToRegister: 5, QuestionsToReset: 3, RequireRegistration: true, ReconfirmDays: 180},
		Banned: &banned,
	})
	if err != nil {
		t.Fatal(err)
	}
	u, _ := c.Tenant.User("adele@alder.example.com")
	if v := c.Tenant.Decide(u); v.Reason != entra.Eligible { // nested groups count (R-POL-12)
		t.Errorf("verdict %q", v.Reason)
	}
	if _, verdict := c.Tenant.Authenticate(t.Context(), u.UPN, "Mozak-Ribut-221"); verdict != entra.SignedIn {
		t.Errorf("sign-in %d", verdict)
	}
	if len(u.Security.Apps) != 1 || len(u.Security.Questions) != 1 || len(c.Tenant.Banned()) != 1 {
		t.Errorf("%+v", u.Security)
	}
}

func TestSetUpRefusesWhatCannotBe(t *testing.T) {
	client := control(t, newCloud())
	policy := func(p setup.Policy) setup.State {
		p.Required, p.Methods = 1, append([]string{"Email"}, p.Methods...)
		p.QuestionsToRegister, p.QuestionsToReset = 5, 3
		return setup.State{Policy: &p}
	}
	for want, s := range map[string]setup.State{
		"unknown role":      {People: []setup.Person{{UPN: "a@alder.example.com", Roles: []string{"Emperor"}}}},
		"app key":           {People: []setup.Person{{UPN: "b@alder.example.com", AppKeys: []string{"!"}}}},
		"no user or group":  {Groups: []setup.Group{{Name: "G", Members: []string{"nobody"}}}},
		"no group":          policy(setup.Policy{Enabled: "Selected", Group: "None such"}),
		"unknown method":    policy(setup.Policy{Enabled: "All", Methods: []string{"Pigeon"}}),
		"None, Selected or": policy(setup.Policy{Enabled: "Some"}),
		"R-POL-59":          policy(setup.Policy{Enabled: "All", ReconfirmDays: 731}),
		"scope is":          {Preview: &setup.Preview{Scope: "Some"}},
	} {
		if err := client.Apply(t.Context(), s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error about %q, got %v", want, err)
		}
	}
}

func TestControlKnowsTheAnswerAndNothingElse(t *testing.T) {
	c := newCloud()
	client := control(t, c)
	page := get(c, "https://passwordreset.lab.test/").Body.String()
	_, rest, ok := strings.Cut(page, "/captcha/")
	if !ok {
		t.Fatal("the page shows no CAPTCHA")
	}
	id, _, _ := strings.Cut(rest, ".")
	answer, err := client.CaptchaAnswer(t.Context(), id)
	if err != nil || len(answer) != 6 || strings.Contains(page, answer) {
		t.Errorf("answer %q, %v", answer, err)
	}
	if _, err := client.CaptchaAnswer(t.Context(), "none"); err == nil {
		t.Error("an answer for a riddle that was never put")
	}
	if _, err := client.Enrol(t.Context(), "nobody@alder.example.com"); err == nil {
		t.Error("enrolled nobody")
	}
	if w := get(c.Control(), "https://control/else"); w.Code != http.StatusNotImplemented {
		t.Errorf("status %d", w.Code)
	}
}
