package hostile_test

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// portalPages are the pages of the portal; the blade's are marked.
func portalPages(user, group string) map[string]bool {
	return map[string]bool{
		"/": false, "/users": false, "/users/" + user: false, "/groups": false, "/groups/" + group: false, "/previews": false, "/password-protection": false,
		"/password-reset/properties": true, "/password-reset/methods": true, "/password-reset/registration": true, "/password-reset/notifications": true,
		"/password-reset/customization": true, "/password-reset/on-premises": true, "/password-reset/audit": true, "/password-reset/usage": true,
	}
}

// portal is a tenant with a group and the policy as it was.
func portal(t *testing.T) (*rig, entra.User, entra.Group) {
	r := newRig(t, entra.Now)
	adele := r.adele()
	g, err := r.tenant.AddGroup(entra.Group{Name: "Pilot", Members: []string{adele.ID}})
	check(t, err)
	return r, adele, g
}

// TestThePortalIsForAdministrators: every page and every form is refused to who
// holds no role for it (R-POL-03).
func TestThePortalIsForAdministrators(t *testing.T) {
	r, adele, g := portal(t)
	before := r.tenant.Policy()
	b := r.browser().enter(entra.PortalHost, "adele"+domain, password, "/")
	for path := range portalPages(adele.ID, g.ID) {
		b.get(entra.PortalHost, path)
		if b.at.status != http.StatusForbidden {
			t.Errorf("GET %s: status %d", path, b.at.status)
		}
	}
	for _, f := range forms(adele.ID, g.ID) {
		if f.host != entra.PortalHost {
			continue
		}
		b.post(f.host, f.path, "enabled", "None", "required", "2", "methods", "Email", "name", "Mine", "member", adele.ID, "licence", "", "terms", "alder")
		if b.at.status != http.StatusForbidden {
			t.Errorf("POST %s: status %d", f.path, b.at.status)
		}
	}
	now, _ := r.tenant.User(adele.ID)
	if !reflect.DeepEqual(r.tenant.Policy(), before) || len(r.tenant.Groups()) != 1 || len(now.Licences) != 1 || len(r.tenant.Banned()) != 0 {
		t.Error("something was changed")
	}
}

// TestRolesOpenTheirPages, and those alone; in 2019 the policy is the Global
// Administrator's (R-POL-03).
func TestRolesOpenTheirPages(t *testing.T) {
	for _, c := range []struct {
		role, method, path string
		now, then          int
	}{
		{"Authentication Policy Administrator", "POST", "/password-reset/notifications", 200, 403},
		{"Authentication Policy Administrator", "POST", "/groups", 403, 403},
		{"Groups Administrator", "POST", "/groups", 200, 200},
		{"Groups Administrator", "POST", "/password-reset/notifications", 403, 403},
		{"License Administrator", "POST", "/users/{user}/licences", 200, 200},
		{"Helpdesk Administrator", "POST", "/users/{user}/licences", 403, 403},
		{"Helpdesk Administrator", "POST", "/users/{user}/password", 200, 200},
		{"Global Reader", "GET", "/users", 200, 200},
		{"Global Reader", "GET", "/password-reset/audit", 200, 200},
		{"Global Reader", "POST", "/users/{user}/password", 403, 403},
		{"Directory Readers", "GET", "/users", 403, 403},
		{entra.GlobalAdministrator, "POST", "/password-reset/notifications", 200, 200},
	} {
		for era, want := range map[entra.Era]int{entra.Now: c.now, entra.Era2019: c.then} {
			r := newRig(t, era)
			bela := r.person("bela", nil)
			r.person("ada", func(u *entra.User) { everything(r)(u); u.Roles = []string{c.role} })
			b := r.browser().enter(entra.PortalHost, "ada"+domain, password, "/")
			path := strings.ReplaceAll(c.path, "{user}", bela.ID)
			if c.method == "GET" {
				b.get(entra.PortalHost, path)
			} else {
				b.post(entra.PortalHost, path, "users", "yes", "admins", "yes", "name", "Night shift", "licence", "", "location", "")
			}
			if b.at.status != want {
				t.Errorf("%v: %s %s as %s: status %d, want %d", era, c.method, c.path, c.role, b.at.status, want)
			}
		}
	}
}

// TestWhoMayResetWhomInThePortal (R-PWD-43).
func TestWhoMayResetWhomInThePortal(t *testing.T) {
	r := newRig(t, entra.Now)
	ada := r.admin()
	r.person("paul", func(u *entra.User) { everything(r)(u); u.Roles = []string{"Password Administrator"} })
	b := r.browser().enter(entra.PortalHost, "paul"+domain, password, "/")
	b.post(entra.PortalHost, "/users/"+ada.ID+"/password")
	b.says("do not let you")
	if !r.signsIn("ada"+domain, password) {
		t.Error("a Password Administrator has given a Global Administrator another password")
	}
}

// TestAnUnlicensedAdministratorSeesNoBlade (R-POL-04).
func TestAnUnlicensedAdministratorSeesNoBlade(t *testing.T) {
	r, adele, g := portal(t)
	r.person("olaf", func(u *entra.User) {
		everything(r)(u)
		u.Roles, u.Licences = []string{entra.GlobalAdministrator}, nil
	})
	b := r.browser().enter(entra.PortalHost, "olaf"+domain, password, "/")
	for path, blade := range portalPages(adele.ID, g.ID) {
		b.get(entra.PortalHost, path)
		if want := map[bool]int{true: 403, false: 200}[blade]; b.at.status != want {
			t.Errorf("%s: status %d, want %d", path, b.at.status, want)
		}
		if strings.Contains(b.at.body, `href="/password-reset`) {
			t.Errorf("%s leads to the blade", path)
		}
	}
}

// TestAListThatNobodyPaysFor (R-PWD-21, R-LIC-07): a form that the page did not
// show sets no banned list where nobody in the tenant has Premium.
func TestAListThatNobodyPaysFor(t *testing.T) {
	r, _, _ := portal(t)
	r.person("olaf", func(u *entra.User) { everything(r)(u); u.Roles = []string{entra.GlobalAdministrator} })
	b := r.browser().enter(entra.PortalHost, "olaf"+domain, password, "/")
	fill := func(licence string) []string {
		t.Helper()
		for _, u := range r.tenant.Users() {
			_, err := r.tenant.Update(u.ID, func(u *entra.User) error { u.Licences = []string{licence}; return nil })
			check(t, err)
		}
		b.post(entra.PortalHost, "/password-protection", "terms", "lagoon")
		b.notFailed("/password-protection")
		return r.tenant.Banned()
	}
	if got := fill("ENTERPRISEPACK"); len(got) != 0 {
		t.Errorf("without Premium the list is %q", got)
	}
	if got := fill("AAD_PREMIUM"); len(got) != 1 {
		t.Errorf("with Premium the list is %q", got)
	}
}

// TestALiveSessionFollowsTheTenant: roles and licences count as they are.
func TestALiveSessionFollowsTheTenant(t *testing.T) {
	r := newRig(t, entra.Now)
	ada := r.person("ada", func(u *entra.User) { everything(r)(u); u.Roles = []string{entra.GlobalAdministrator} })
	b := r.browser().enter(entra.PortalHost, "ada"+domain, password, "/password-reset/properties")
	if b.at.status != http.StatusOK {
		t.Fatalf("status %d", b.at.status)
	}
	change := func(c func(*entra.User)) {
		r.must(r.tenant.Update(ada.ID, func(u *entra.User) error { c(u); return nil }))
	}
	change(func(u *entra.User) { u.Licences = nil })
	b.post(entra.PortalHost, "/password-reset/properties", "enabled", "None")
	if b.at.status != http.StatusForbidden {
		t.Errorf("without a licence: status %d", b.at.status)
	}
	change(func(u *entra.User) { u.Licences, u.Roles = []string{"AAD_PREMIUM"}, nil })
	b.post(entra.PortalHost, "/password-reset/properties", "enabled", "None")
	if b.at.status != http.StatusForbidden {
		t.Errorf("without a role: status %d", b.at.status)
	}
	change(func(u *entra.User) { u.Roles, u.Enabled = []string{entra.GlobalAdministrator}, false })
	b.post(entra.PortalHost, "/password-reset/properties", "enabled", "None")
	if b.at.url.Host != "login.lab.test" {
		t.Errorf("disabled: %s", b.at.url)
	}
	if r.tenant.Policy().Enabled != entra.All {
		t.Error("one of them has changed the policy")
	}
}

// TestPoliciesThatAreNone are refused whole, with a reason (R-POL-12, R-POL-20,
// R-POL-22, R-POL-23, R-POL-26, R-POL-28, R-POL-33, R-POL-34, R-POL-59, R-POL-68).
func TestPoliciesThatAreNone(t *testing.T) {
	r, _, g := portal(t)
	r.person("ada", func(u *entra.User) { everything(r)(u); u.Roles = []string{entra.GlobalAdministrator} })
	b := r.browser().enter(entra.PortalHost, "ada"+domain, password, "/")
	r.policy(func(p *entra.Policy) { p.Methods = entra.NewMethodSet(entra.Email, entra.SecurityQuestions) })
	long := strings.Repeat("x", 201)
	for _, c := range []struct{ page, form string }{
		{"properties", "enabled=Selected&group="}, {"properties", "enabled=Selected&group=nothing"}, {"properties", "enabled=Selected"},
		{"methods", "required=7&methods=Email"}, {"methods", "required=0&methods=Email"}, {"methods", "required=-1&methods=Email"}, {"methods", "required=two&methods=Email"},
		{"methods", "required=99999999999999999999&methods=Email"}, {"methods", "required=1"}, {"methods", "required=1&methods=Nonsense"},
		{"methods", "required=1&methods=Email&methods=Mobile+app+notification"}, {"methods", "required=1&methods=Mobile+app+code"},
		{"methods", "required=2&methods=Mobile+app+code&methods=Mobile+app+notification&methods=Email"},
		{"methods", "required=1&methods=Security+questions&register=3&reset=5"}, {"methods", "required=1&methods=Security+questions&register=9&reset=3"},
		{"methods", "required=1&methods=Security+questions&register=x&reset=y"},
		{"methods", "required=1&methods=Security+questions&questions=ab"}, {"methods", "required=1&methods=Security+questions&questions=" + long},
		{"methods", "required=1&methods=Security+questions&questions=" + url.QueryEscape(strings.Repeat("What is it?\n", 21))},
		{"registration", "require=yes&days=-1"}, {"registration", "require=yes&days=731"}, {"registration", "require=yes&days=1e9"},
		{"registration", "require=yes&days=1000000000"}, {"registration", "require=yes&days="}, {"registration", "require=yes&days=NaN"}, {"registration", "require=yes&days=0x10"},
		{"customization", "customize=yes&helpdesk="}, {"customization", "customize=yes&helpdesk=javascript:alert(1)"}, {"customization", "customize=yes&helpdesk=//evil.test"},
		{"customization", "customize=yes&helpdesk=https://"}, {"customization", "customize=yes&helpdesk=Ada+%3Cada@x.test%3E"}, {"customization", "customize=yes&helpdesk=data:text/html,x"},
	} {
		before := r.tenant.Policy()
		b.send(http.MethodPost, b.host(entra.PortalHost, "/password-reset/"+c.page), strings.NewReader(c.form))
		if b.at.status != http.StatusOK || !strings.Contains(b.at.body, "Not saved.") {
			t.Errorf("%s %.80s: status %d: %s", c.page, c.form, b.at.status, text(b.at.body))
		}
		if now := r.tenant.Policy(); !reflect.DeepEqual(now, before) {
			t.Errorf("%s %.80s was saved: %+v", c.page, c.form, now)
		}
	}
	for _, form := range []string{"enabled=Nonsense", "enabled=", "nonsense=1", "group=" + g.ID} {
		b.send(http.MethodPost, b.host(entra.PortalHost, "/password-reset/properties"), strings.NewReader(form))
		if p := r.tenant.Policy(); p.Enabled != entra.All {
			t.Errorf("%s made it %v", form, p.Enabled)
		}
	}
}

// TestADeletedGroupIsSaid, and lets nobody reset (R-POL-12, R-ELG-18).
func TestADeletedGroupIsSaid(t *testing.T) {
	r, _, g := portal(t)
	r.person("ada", func(u *entra.User) { everything(r)(u); u.Roles = []string{entra.GlobalAdministrator} })
	b := r.browser().enter(entra.PortalHost, "ada"+domain, password, "/")
	b.post(entra.PortalHost, "/password-reset/properties", "enabled", "Selected", "group", g.ID)
	b.says("have been saved")
	check(t, r.tenant.RemoveGroup(g.ID))
	b.get(entra.PortalHost, "/password-reset/properties")
	b.says("has been deleted")
	c := r.browser().identify("adele" + domain)
	c.says("SSPR_0013")
	b.post(entra.PortalHost, "/password-reset/properties", "enabled", "Selected", "group", g.ID)
	b.says("Not saved.")
	for _, path := range []string{"/groups/" + g.ID, "/groups/nothing"} {
		b.get(entra.PortalHost, path)
		if b.at.status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, b.at.status)
		}
		b.post(entra.PortalHost, path+"/members", "member", "nobody")
		if b.at.status != http.StatusNotFound {
			t.Errorf("%s: a member: status %d", path, b.at.status)
		}
	}
}

// TestFormsOfTheDirectoryThatNobodyOffered change nothing.
func TestFormsOfTheDirectoryThatNobodyOffered(t *testing.T) {
	r, adele, g := portal(t)
	r.person("ada", func(u *entra.User) { everything(r)(u); u.Roles = []string{entra.GlobalAdministrator} })
	synced, err := r.tenant.AddGroup(entra.Group{Name: "Synced", OnPremises: &entra.OnPremises{ImmutableID: "x"}})
	check(t, err)
	b := r.browser().enter(entra.PortalHost, "ada"+domain, password, "/")
	state := func() string {
		u, _ := r.tenant.User(adele.ID)
		return fmt.Sprint(u.Licences, u.UsageLocation, r.tenant.Groups(), r.tenant.Banned(), r.tenant.Preview())
	}
	before := state()
	for _, f := range [][]string{
		{"/users/" + adele.ID + "/licences", "licence", "NONSENSE", "location", "US"}, {"/users/" + adele.ID + "/licences", "licence", "AAD_PREMIUM", "location", ""},
		{"/users/" + adele.ID + "/licences", "licence", "AAD_PREMIUM", "location", "XX"}, {"/users/" + adele.ID + "/licences", "licence", "", "location", "<b>"},
		{"/users/nobody/licences", "licence", "AAD_PREMIUM", "location", "US"}, {"/users/nobody/password"},
		{"/groups", "name", ""}, {"/groups", "name", "   "}, {"/groups", "name", strings.Repeat("x", 257)}, {"/groups"},
		{"/groups/" + g.ID + "/members", "member", "nobody"}, {"/groups/" + g.ID + "/members"}, {"/groups/" + g.ID + "/remove", "member", "nobody"},
		{"/groups/" + synced.ID + "/members", "member", adele.ID}, {"/groups/" + synced.ID + "/remove", "member", adele.ID},
		{"/password-protection", "terms", "abc"}, {"/password-protection", "terms", strings.Repeat("x", 17)}, {"/password-protection", "terms", strings.Repeat("term\n", 1001)},
		{"/previews", "scope", "All"}, {"/previews", "scope", "Selected", "group", "nothing"},
	} {
		b.post(entra.PortalHost, f[0], f[1:]...)
		b.notFailed(f[0])
		if after := state(); after != before {
			t.Errorf("%.80v changed %s to %s", f, before, after)
		}
	}
}

// TestOneClickTwice adds a member once.
func TestOneClickTwice(t *testing.T) {
	r, adele, g := portal(t)
	r.person("ada", func(u *entra.User) { everything(r)(u); u.Roles = []string{entra.GlobalAdministrator} })
	b := r.browser().enter(entra.PortalHost, "ada"+domain, password, "/")
	for range 2 {
		b.post(entra.PortalHost, "/groups/"+g.ID+"/members", "member", adele.ID)
	}
	if now, _ := r.tenant.Group(g.ID); len(now.Members) != 1 {
		t.Errorf("members %v", now.Members)
	}
}
