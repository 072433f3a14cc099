package connect_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/connect"
	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/form"
)

// visitor is somebody at the server's console, without a browser.
type visitor struct {
	w *world
	web.Visitor
}

func (w *world) console() *visitor {
	w.t.Helper()
	client := form.New(form.Config{})
	w.t.Cleanup(func() { client.Close() })
	v, err := client.Visitor(w.t.Context(), "planner")
	must(w.t, err)
	c := &visitor{w, v}
	c.open("/")
	return c
}

func (v *visitor) open(path string) *web.View {
	v.w.t.Helper()
	view, err := v.Open(v.w.t.Context(), v.w.pages.URL+path)
	must(v.w.t, err)
	return view
}

// act does something and expects the page of that heading.
func (v *visitor) act(heading string, act web.Act) *web.View {
	v.w.t.Helper()
	view, err := v.Act(v.w.t.Context(), act)
	must(v.w.t, err)
	if view.Heading != heading {
		v.w.t.Fatalf("page %q, want %q; it says %q\n%s", view.Heading, heading, view.Alerts, view.Text)
	}
	return view
}

func (v *visitor) press(button, heading string) *web.View {
	v.w.t.Helper()
	return v.act(heading, web.Act{Press: button})
}

// customize goes to the page that signs in.
func (v *visitor) customize(cloud string) *web.View {
	v.w.t.Helper()
	v.press("Configure", "Additional tasks")
	return v.act("Connect to "+cloud, web.Act{Choose: []string{"Customize synchronization options"}, Press: "Next"})
}

func signIn(user, password string) web.Act {
	return web.Act{Fill: []web.Fill{{Label: "User name", Value: user}, {Label: "Password", Value: password}}, Press: "Next"}
}

// R-AAC-15, R-AAC-10, R-AAC-12: the way of the field notes, in both eras.
func TestTheWizardEnablesWriteback(t *testing.T) {
	for _, tc := range []struct {
		era     entra.Era
		product string
		cloud   string
	}{{entra.Era2019, "Azure AD Connect", "Azure AD"}, {entra.Now, "Entra Connect", "Entra ID"}} {
		t.Run(tc.era.String(), func(t *testing.T) {
			w := newWorld(t, era(tc.era))
			w.license()
			w.install()
			v := w.console()
			if h := v.View().Heading; h != "Welcome to "+tc.product {
				t.Errorf("start page %q", h)
			}
			v.customize(tc.cloud)
			v.act("Connect your directories", signIn(admin, adminPass))
			if text := v.View().Text; !strings.Contains(text, "alder.example.com") || !strings.Contains(text, "MSOL_") {
				t.Errorf("the forest is not listed: %s", text)
			}
			v.press("Next", "Domain and OU filtering")
			features := v.press("Next", "Optional features")
			if f := features.Field("Password writeback"); f == nil || f.Checked || f.Disabled {
				t.Errorf("writeback is not there, ticked or disabled: %+v (R-AAC-09)", f)
			}
			ready := v.act("Ready to configure", web.Act{Tick: []string{"Password writeback"}, Press: "Next"})
			if !strings.Contains(ready.Text, "Password writeback will be enabled.") || w.relay.State().Configured {
				t.Errorf("no notice, or enabled before Configure (R-AAC-10): %s", ready.Text)
			}
			v.press("Configure", "Configuration complete")
			v.press("Exit", "Welcome to "+tc.product)
			if s := w.relay.State(); !s.Installed || !s.Configured || !s.Connected {
				t.Errorf("state %+v", s)
			}
			var ids []int
			for _, e := range w.events("source=PasswordResetService") {
				if e.ID != 31019 {
					ids = append(ids, e.ID)
				}
			}
			if want := []int{31017, 31018, 31004, 31005, 31015}; !slices.Equal(ids, want) {
				t.Errorf("events %v, want %v (R-AAC-12)", ids, want)
			}
			if strings.Contains(w.log.String(), adminPass) {
				t.Error("the log shows the administrator's password")
			}
		})
	}
}

// R-WB-86, R-AAC-04, R-GAP-26.
func TestTheWizardAcceptsOnlyWhoMayConfigure(t *testing.T) {
	for _, tc := range []struct {
		name, user, password, alert string
		era                         entra.Era
		roles                       []string
	}{
		{name: "a wrong password", user: admin, password: "wrong", alert: "incorrect"},
		{name: "an unknown user", user: "nobody@alder.example.com", password: "x", alert: "incorrect"},
		{name: "no password", user: admin, alert: "Enter your credentials"},
		{name: "no user", alert: "Enter your credentials"},
		{name: "a user without role", user: "hal@alder.example.com", password: adminPass, alert: "cannot configure"},
		{name: "a hybrid administrator in 2019", user: "hal@alder.example.com", password: adminPass, era: entra.Era2019,
			roles: []string{"Hybrid Identity Administrator"}, alert: "cannot configure"},
		{name: "a hybrid administrator today", user: "hal@alder.example.com", password: adminPass, roles: []string{"Hybrid Identity Administrator"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, era(tc.era))
			_, err := w.tenant.AddUser(entra.User{UPN: "hal@alder.example.com", Enabled: true, Roles: tc.roles})
			must(t, err)
			must(t, w.tenant.SetPassword("hal@alder.example.com", adminPass, false))
			w.install()
			v := w.console()
			page := v.customize(map[entra.Era]string{entra.Now: "Entra ID", entra.Era2019: "Azure AD"}[tc.era])
			if tc.alert == "" {
				v.act("Connect your directories", signIn(tc.user, tc.password))
				return
			}
			page = v.act(page.Heading, signIn(tc.user, tc.password))
			if len(page.Alerts) != 1 || !strings.Contains(page.Alerts[0], tc.alert) {
				t.Errorf("alerts %q, want %q", page.Alerts, tc.alert)
			}
			if page.Field("User name").Value != tc.user || page.Field("Password").Value != "" {
				t.Error("the user name was lost, or the password kept")
			}
			if tc.password != "" && tc.user != "" && len(w.events("id=32009")) != 1 {
				t.Error("no event 32009")
			}
		})
	}
}

// R-LIC-09, R-AAC-13.
func TestWithoutALicenceWritebackFailsAtConfigure(t *testing.T) {
	w := newWorld(t)
	w.install()
	v := w.console()
	v.customize("Entra ID")
	v.act("Connect your directories", signIn(admin, adminPass))
	v.press("Next", "Domain and OU filtering")
	v.press("Next", "Optional features")
	v.act("Ready to configure", web.Act{Tick: []string{"Password writeback"}, Press: "Next"})
	page := v.press("Configure", "Ready to configure")
	if len(page.Alerts) != 1 || !strings.Contains(page.Alerts[0], "licence") || strings.Contains(page.Text, "will be enabled") || w.relay.State().Configured {
		t.Errorf("alerts %q, state %+v", page.Alerts, w.relay.State())
	}
	if len(w.events("id=32011")) != 1 {
		t.Error("no event 32011")
	}
	w.license()
	v.press("Configure", "Configuration complete")
	if !w.relay.State().Configured {
		t.Error("not configured after the licence was assigned")
	}
}

// R-AAC-16.
func TestTheSchedulerIsSuspendedWhileTheWizardIsOpen(t *testing.T) {
	w := newWorld(t)
	w.install()
	v := w.console()
	v.press("Configure", "Additional tasks")
	w.person("adele")
	w.clock.Advance(45 * time.Minute)
	if _, ok := w.tenant.User("adele@alder.example.com"); ok {
		t.Error("a cycle ran while the wizard was open")
	}
	v.press("Close the wizard", "Welcome to Entra Connect")
	w.clock.Advance(31 * time.Minute)
	await(t, "adele is in the tenant", func() bool { return w.known("adele") })
}

// R-AAC-01: the pages of a first run, in their order.
func TestTheFirstRunInstallsTheAgent(t *testing.T) {
	w := newWorld(t)
	w.license()
	w.person("adele")
	v := w.console()
	v.press("Continue", "Welcome to Entra Connect")
	if len(v.View().Alerts) != 1 {
		t.Error("went on without agreement")
	}
	v.act("Express settings", web.Act{Tick: []string{"I agree to the license terms and privacy notice"}, Press: "Continue"})
	v.press("Customize", "Install required components")
	v.press("Install", "User sign-in")
	v.press("Next", "Connect to Entra ID")
	v.act("Connect your directories", signIn(admin, adminPass))
	suffixes := v.press("Next", "Entra ID sign-in configuration")
	if !strings.Contains(suffixes.Text, "Verified") {
		t.Errorf("suffixes: %s", suffixes.Text)
	}
	v.press("Next", "Domain and OU filtering")
	v.press("Next", "Uniquely identifying your users")
	v.press("Next", "Filter users and devices")
	v.press("Next", "Optional features")
	v.act("Ready to configure", web.Act{Tick: []string{"Password writeback"}, Press: "Next"})
	v.press("Configure", "Configuration complete")
	v.press("Exit", "Welcome to Entra Connect")
	w.cloudUser("adele")
	if s := w.relay.State(); !s.Configured || !s.Connected {
		t.Errorf("state %+v", s)
	}
}

// R-AAC-06.
func TestASuffixThatIsNotVerifiedNeedsConsent(t *testing.T) {
	w := newWorld(t)
	acc := w.person("adele")
	setUPN(t, w, acc, "adele@corp.test")
	v := w.console()
	v.act("Express settings", web.Act{Tick: []string{"I agree to the license terms and privacy notice"}, Press: "Continue"})
	v.press("Customize", "Install required components")
	v.press("Install", "User sign-in")
	v.press("Next", "Connect to Entra ID")
	v.act("Connect your directories", signIn(admin, adminPass))
	v.press("Next", "Entra ID sign-in configuration")
	page := v.press("Next", "Entra ID sign-in configuration")
	if len(page.Alerts) != 1 || !strings.Contains(page.Text, "Not Added") {
		t.Errorf("alerts %q", page.Alerts)
	}
	v.act("Domain and OU filtering", web.Act{Tick: []string{"Continue without matching all UPN suffixes to verified domains"}, Press: "Next"})
}

// Rule 7 of the house: what is not modelled says so.
func TestTasksThatAreNotModelledSaySo(t *testing.T) {
	w := newWorld(t)
	w.install()
	for _, task := range []string{"Refresh directory schema", "Change user sign-in", "Troubleshoot"} {
		v := w.console()
		v.press("Configure", "Additional tasks")
		_, err := v.Act(t.Context(), web.Act{Choose: []string{task}, Press: "Next"})
		if err == nil || !strings.Contains(err.Error(), "501") {
			t.Errorf("%s: %v, want a 501", task, err)
		}
	}
}

func TestTheConfigurationCanBeViewed(t *testing.T) {
	w := newWorld(t)
	w.enable()
	v := w.console()
	v.press("Configure", "Additional tasks")
	page := v.act("View current configuration", web.Act{Choose: []string{"View current configuration"}, Press: "Next"})
	for _, want := range []string{"alder.example.com", "Pass-through authentication", "2.4.131.0"} {
		if !strings.Contains(page.Text, want) {
			t.Errorf("the page lacks %s: %s", want, page.Text)
		}
	}
	v.press("Exit", "Welcome to Entra Connect")
	if w.agent.Status().Wizard {
		t.Error("the wizard is still open")
	}
}

// R-AAC-27, R-WB-91.
func TestAStagingServerNeitherListensNorExports(t *testing.T) {
	w := newWorld(t)
	w.enable()
	v := w.console()
	v.press("Configure", "Additional tasks")
	v.act("Connect to Entra ID", web.Act{Choose: []string{"Configure staging mode"}, Press: "Next"})
	v.act("Configure staging mode", signIn(admin, adminPass))
	v.act("Ready to configure", web.Act{Tick: []string{"Enable staging mode"}, Press: "Next"})
	v.press("Configure", "Configuration complete")
	v.press("Exit", "Welcome to Entra Connect")
	w.person("adele")
	if r := w.sync(); r.Status != "staging" {
		t.Errorf("report %+v", r)
	}
	if _, ok := w.tenant.User("adele@alder.example.com"); ok || w.relay.State().Connected {
		t.Error("a staging server exported, or listens")
	}
}

// R-AAC-15: filtering by organisational unit takes people in and out.
func TestFilteringByUnit(t *testing.T) {
	w := newWorld(t)
	_, err := w.directory.CreateOU(t.Context(), base, "Outside")
	must(t, err)
	w.person("adele")
	outside := w.person("bert", func(n *newAccount) { n.Parent = "OU=Outside," + base })
	w.install()
	w.cloudUser("bert")
	v := w.console()
	v.customize("Entra ID")
	v.act("Connect your directories", signIn(admin, adminPass))
	v.press("Next", "Domain and OU filtering")
	v.act("Domain and OU filtering", web.Act{Choose: []string{"Sync selected domains and OUs"}, Press: "Next"})
	v.act("Optional features", web.Act{Choose: []string{"Sync selected domains and OUs"}, Tick: []string{people}, Press: "Next"})
	v.press("Next", "Ready to configure")
	v.press("Configure", "Configuration complete")
	w.cloudUser("adele")
	if _, ok := w.tenant.User(outside.Anchor); ok {
		t.Error("who is outside the selected units is still synchronised")
	}
}

func TestPagesKeepTheirOrder(t *testing.T) {
	w := newWorld(t)
	w.install()
	v := w.console()
	cloud := v.customize("Entra ID")
	later := strings.Replace(cloud.URL, "/cloud", "/ready", 1)
	page, err := v.Open(t.Context(), later)
	must(t, err)
	if page.Heading != "Connect to Entra ID" {
		t.Errorf("a later page was reached: %q", page.Heading)
	}
	w.console().press("Configure", "Additional tasks") // somebody else opens it
	page, err = v.Open(t.Context(), cloud.URL)
	must(t, err)
	if page.Status != http.StatusGone {
		t.Errorf("status %d of a wizard that was closed", page.Status)
	}
	page, err = v.Open(t.Context(), w.pages.URL+"/setup")
	must(t, err)
	if page.Status != http.StatusNotFound {
		t.Errorf("status %d of an unknown page", page.Status)
	}
}

func TestTheEventLogIsAPage(t *testing.T) {
	w := newWorld(t)
	w.enable()
	page := w.console().open("/events?source=" + connect.SourceWriteback)
	if !strings.Contains(page.Text, "OnboardingEventSuccess") || page.Heading != "Event log" {
		t.Errorf("page %q: %s", page.Heading, page.Text)
	}
}
