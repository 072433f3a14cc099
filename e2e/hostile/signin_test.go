package hostile_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// TestSignInPagesOutOfOrder: without a flow there is nothing to sign in to,
// without a password nothing comes after it (R-GAP-45).
func TestSignInPagesOutOfOrder(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	later := []string{"/common/more", "/common/resume", "/common/kmsi", "/common/change"}
	stranger := r.browser()
	for _, path := range later {
		stranger.get(entra.LoginHost, path)
		if stranger.at.heading != "Sign in" {
			t.Errorf("%s without a flow: %q", path, stranger.at.heading)
		}
	}
	b := r.browser()
	b.get(entra.OfficeHost, "/")
	b.post(entra.LoginHost, "/common/username", "loginfmt", "adele"+domain)
	for _, path := range later {
		b.get(entra.LoginHost, path)
		if path == "/common/resume" { // takes no form
			continue
		}
		b.post(entra.LoginHost, path, "LoginOptions", "Yes", "currentpasswd", password, "newpasswd", fresh, "confirmnewpasswd", fresh)
		if b.at.url.Host != "login.lab.test" || !strings.Contains("/common/username /common/login", b.at.url.Path) {
			t.Errorf("%s without a password led to %s", path, b.at.url)
		}
	}
	if r.signsIn("adele"+domain, fresh) {
		t.Error("the page of a forced change is open to whoever has a password")
	}
}

// TestRegistrationIsAskedForFirst: no address gets past it but skipping it,
// which the log knows (R-REG-13, R-REG-21, R-REG-23).
func TestRegistrationIsAskedForFirst(t *testing.T) {
	r := newRig(t, entra.Now)
	r.person("bela", nil)
	b := r.browser().enter(entra.OfficeHost, "bela"+domain, password, "/")
	b.on("/common/more")
	for _, path := range []string{"/common/resume", "/common/kmsi"} {
		b.get(entra.LoginHost, path)
		b.on("/common/more")
	}
	b.post(entra.LoginHost, "/common/kmsi", "LoginOptions", "Yes")
	b.on("/common/more")
	b.post(entra.LoginHost, "/common/more")
	b.on("/register")
	b.post(entra.SecurityInfoHost, "/done")
	b.on("/register")
	b.post(entra.SecurityInfoHost, "/review")
	b.on("/register")
	if n := r.audits(entra.ActivityReviewed, ""); n != 0 {
		t.Error("who has registered nothing has reviewed it")
	}
	b.post(entra.SecurityInfoHost, "/register/skip")
	b.on("/common/kmsi")
	if n := r.audits(entra.ActivityRegisteredAll, "canceled"); n != 1 {
		t.Errorf("%d cancellations in the log", n)
	}
}

// TestTheNameOnThePageIsTried: a password typed on a page for one name is not
// tried on the name of another tab.
func TestTheNameOnThePageIsTried(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	r.person("bela", everything(r))
	b := r.browser()
	b.get(entra.OfficeHost, "/")
	b.post(entra.LoginHost, "/common/username", "loginfmt", "adele"+domain)
	b.post(entra.LoginHost, "/common/username", "loginfmt", "bela"+domain) // another tab
	b.post(entra.LoginHost, "/common/login", "loginfmt", "adele"+domain, "passwd", password)
	b.post(entra.LoginHost, "/common/kmsi")
	b.says("Adele")
}

// TestASessionElsewhereEnds after a reset, and with it the single sign-on
// (R-RST-58); so does that of who is disabled, removed or made to change.
func TestASessionElsewhereEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*rig, entra.User)
		lets bool // the old password still signs in
	}{
		{"reset", func(r *rig, _ entra.User) { r.browser().identify("adele" + domain).passMail().setPassword(fresh) }, false},
		{"disabled", func(r *rig, u entra.User) {
			r.must(r.tenant.Update(u.ID, func(u *entra.User) error { u.Enabled = false; return nil }))
		}, false},
		{"removed", func(r *rig, u entra.User) { check(r, r.tenant.RemoveUser(u.ID)) }, false},
		{"given a password by an administrator", func(r *rig, u entra.User) { check(r, r.tenant.SetPassword(u.ID, password, true)) }, false},
		{"nothing", func(*rig, entra.User) {}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, entra.Now)
			adele := r.adele()
			office := r.browser().enter(entra.OfficeHost, "adele"+domain, password, "/")
			office.says("Good to see you")
			half := r.browser() // at "Stay signed in?"
			half.get(entra.OfficeHost, "/")
			half.post(entra.LoginHost, "/common/username", "loginfmt", "adele"+domain)
			half.post(entra.LoginHost, "/common/login", "loginfmt", "adele"+domain, "passwd", password)
			r.clock.Advance(time.Second)
			c.do(r, adele)
			office.get(entra.OfficeHost, "/")
			if got := office.at.url.Host == "office.lab.test"; got != c.lets {
				t.Errorf("an open session goes on: %t", got)
			}
			office.get(entra.AccountHost, "/") // by single sign-on
			if got := office.at.url.Host == "myaccount.lab.test"; got != c.lets {
				t.Errorf("the single sign-on goes on: %t", got)
			}
			half.post(entra.LoginHost, "/common/kmsi")
			if got := half.at.url.Host == "office.lab.test"; got != c.lets {
				t.Errorf("a sign-in under way goes on: %t", got)
			}
		})
	}
}

// TestACodeOfASignInServesOnce, and only the browser that asked for it.
func TestACodeOfASignInServesOnce(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	b := r.browser()
	var callback string
	b.client.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if req.URL.Path == entra.CallbackPath && req.URL.Host == "office.lab.test" {
			callback = req.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	b.enter(entra.OfficeHost, "adele"+domain, password, "/")
	if callback == "" {
		t.Fatalf("no code came: %s", b.at.url)
	}
	victim := r.browser()
	victim.get(entra.OfficeHost, "/")
	victim.send(http.MethodGet, callback, nil)
	if victim.at.url.Host != "login.lab.test" {
		t.Errorf("another browser was signed in at %s", victim.at.url)
	}
	b.client.CheckRedirect = nil
	b.send(http.MethodGet, callback, nil)
	b.says("Good to see you")
	again := b.twin()
	again.get(entra.OfficeHost, "/signout")
	again.get(entra.OfficeHost, "/")
	again.send(http.MethodGet, callback, nil)
	if again.at.url.Host != "login.lab.test" {
		t.Errorf("the code served again at %s", again.at.url)
	}
}

// TestAForcedChangeIsOpenOnceThePasswordWasRight (R-CHG-14).
func TestAForcedChangeIsOpenOnceThePasswordWasRight(t *testing.T) {
	r := newRig(t, entra.Now)
	dora := r.person("dora", everything(r))
	check(t, r.tenant.SetPassword(dora.ID, password, true))
	b := r.browser().enter(entra.OfficeHost, "dora"+domain, password, "/")
	b.on("/common/change")
	for _, c := range []struct{ old, fresh, confirm, says string }{
		{"", fresh, fresh, "not right"}, {"wrong", fresh, fresh, "not right"}, {password, "", "", "Enter a new password"},
		{password, fresh, "other", "not the same"}, {password, password, password, "not just used"},
	} {
		b.post(entra.LoginHost, "/common/change", "currentpasswd", c.old, "newpasswd", c.fresh, "confirmnewpasswd", c.confirm)
		b.on("/common/change")
		b.says(c.says)
	}
	b.post(entra.LoginHost, "/common/change", "currentpasswd", password, "newpasswd", fresh, "confirmnewpasswd", fresh)
	b.on("/common/kmsi")
	b.get(entra.LoginHost, "/common/change")
	b.on("/common/login")
}
