package hostile_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// registered is what somebody has registered, to be compared.
func (r *rig) registered(u entra.User) string {
	now, _ := r.tenant.User(u.ID)
	s := now.Security
	return fmt.Sprint(s.Phone, s.Email, len(s.Apps), len(s.Questions), s.Default, s.Confirmed)
}

// attempts are the forms by which somebody could register or delete.
func attempts() [][]string {
	return [][]string{
		{"/register/other", "method", "email"}, {"/register", "address", "thief@evil.test"}, {"/register", "code", "123456"}, {"/register"},
		{"/security-info/add", "method", "email"}, {"/register", "address", "thief@evil.test"},
		{"/security-info/delete", "id", "email"}, {"/security-info/delete", "id", "app-app"}, {"/security-info/default", "default", "Call " + mobile},
		{"/done"}, {"/review"}, {"/review", "change", "yes"}, {"/register/skip"}, {"/register/back"},
	}
}

// TestASecondFactorIsShownFirst: the password alone registers nothing, deletes
// nothing and confirms nothing for who holds one, by whatever form (R-REG-53).
func TestASecondFactorIsShownFirst(t *testing.T) {
	for name, c := range map[string]struct {
		enter string
		own   func(*entra.User)
	}{
		"on the Security info page": {"", func(*entra.User) {}},
		"when a sign-in registers":  {"/common/more", func(u *entra.User) { u.Security.Email, u.Security.Apps, u.Security.Questions = "", nil, nil }},
		"when a sign-in reviews":    {"/register/proof", func(u *entra.User) { u.Security.Confirmed = begin.AddDate(-1, 0, 0) }},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, entra.Now)
			u := r.person("adele", func(u *entra.User) { everything(r)(u); u.Security.Default = "Text a code to " + mobile; c.own(u) })
			if c.enter == "/common/more" {
				r.policy(func(p *entra.Policy) { p.Required = 2 })
			}
			b := r.browser().enter(entra.SecurityInfoHost, "adele"+domain, password, "/security-info")
			if c.enter != "" {
				b.on(c.enter)
			}
			if c.enter == "/common/more" {
				b.post(entra.LoginHost, "/common/more")
			}
			b.says("Verify your identity")
			before := r.registered(u)
			for _, form := range attempts() {
				thief := b.twin()
				thief.post(entra.SecurityInfoHost, form[0], form[1:]...)
				thief.notFailed(form[0])
				thief.get(entra.SecurityInfoHost, "/register")
				thief.notFailed("GET /register")
				if after := r.registered(u); after != before {
					t.Errorf("%v changed %s to %s", form, before, after)
				}
			}
			mails, err := r.mails.To(t.Context(), "thief@evil.test")
			check(t, err)
			if len(mails) > 0 {
				t.Error("a code went to an address that a thief typed")
			}
		})
	}
}

// TestTheSecondFactorOpensThePage, once, and for that session (R-REG-53,
// R-REG-54).
func TestTheSecondFactorOpensThePage(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	b := r.browser().enter(entra.SecurityInfoHost, "adele"+domain, password, "/security-info")
	code := r.appCode()
	old := b.twin()
	b.post(entra.SecurityInfoHost, "/security-info/proof", "code", code)
	b.on("/security-info")
	b.says("What you have registered")
	old.get(entra.SecurityInfoHost, "/security-info")
	old.says("Verify your identity")
	old.post(entra.SecurityInfoHost, "/security-info/proof", "code", code)
	old.says("The code is not right")
	b.post(entra.SecurityInfoHost, "/security-info/add", "method", "email")
	b.on("/register")
	b.get(entra.SecurityInfoHost, "/signout")
	b.post(entra.SecurityInfoHost, "/register", "address", "late@home.example.net")
	if b.at.url.Host != "login.lab.test" && b.at.heading != "Verify your identity" {
		t.Errorf("who has signed out registers at %s (%s)", b.at.url, b.at.heading)
	}
	r.clock.Advance(16 * time.Minute)
	old.post(entra.SecurityInfoHost, "/register", "address", "late@home.example.net")
	old.says("Your session has ended")
}

// proved is adele on the Security info page, after her second factor.
func proved(r *rig) *browser {
	b := r.browser().enter(entra.SecurityInfoHost, "adele"+domain, password, "/security-info")
	b.post(entra.SecurityInfoHost, "/security-info/proof", "code", r.appCode())
	b.says("What you have registered")
	return b
}

// TestFormsOfRegistrationThatNobodyOffered are answered with a problem.
func TestFormsOfRegistrationThatNobodyOffered(t *testing.T) {
	r := newRig(t, entra.Now)
	u := r.adele()
	r.policy(func(p *entra.Policy) { p.Methods = entra.NewMethodSet(entra.Methods()[1:]...) })
	b := proved(r)
	before := r.registered(u)
	for _, form := range [][]string{
		{"/security-info/add", "method", "nonsense"}, {"/security-info/add"}, {"/security-info/delete", "id", "nonsense"},
		{"/security-info/default", "default", "Email"}, {"/security-info/default", "default", "<b>"},
	} {
		b.post(entra.SecurityInfoHost, form[0], form[1:]...)
		b.notFailed(form[0])
	}
	for _, phone := range [][]string{
		{"country", "999", "number", "4255550123"}, {"country", "", "number", "4255550123"}, {"country", "1", "number", ""},
		{"country", "1", "number", "12"}, {"country", "1", "number", "not a number"}, {"country", "1 425", "number", "5550123"}, {},
	} {
		b.post(entra.SecurityInfoHost, "/security-info/add", "method", "phone")
		b.post(entra.SecurityInfoHost, "/register", phone...)
		b.says("Enter a phone number")
	}
	for _, address := range []string{"", "nonsense", "a@b@c", "Adele <adele@home.example.net>", "adele" + domain, "x@y\r\nBcc: z@w.test"} {
		b.post(entra.SecurityInfoHost, "/security-info/add", "method", "email")
		b.post(entra.SecurityInfoHost, "/register", "address", address)
		if b.at.heading != "Add a method" || r.registered(u) != before {
			t.Errorf("address %q: %s", address, text(b.at.body))
		}
	}
	for _, given := range [][]string{
		{}, {"question0", "What is the answer?", "answer0", "none at all"},
		{"question0", "Who was your first teacher?", "answer0", "abc", "question1", "Who was your first teacher?", "answer1", "abd"},
	} {
		b.post(entra.SecurityInfoHost, "/security-info/add", "method", "questions")
		b.post(entra.SecurityInfoHost, "/register", given...)
		b.says(`class="bad"`)
	}
	if after := r.registered(u); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

// TestAFormSentTwiceIsNoWrongCode, and a wrong number can be mended.
func TestAFormSentTwiceIsNoWrongCode(t *testing.T) {
	r := newRig(t, entra.Now)
	u := r.adele()
	b := proved(r)
	b.post(entra.SecurityInfoHost, "/security-info/add", "method", "phone")
	for range 7 {
		b.post(entra.SecurityInfoHost, "/register", "country", "1", "number", "4255550131", "by", "text")
		b.says("Enter the code below")
	}
	b.post(entra.SecurityInfoHost, "/register", "back", "yes")
	b.says("What phone number would you like to use?")
	b.post(entra.SecurityInfoHost, "/register", "country", "1", "number", "4255550132", "by", "text")
	b.post(entra.SecurityInfoHost, "/register", "code", r.texted("+1 4255550132"))
	b.on("/security-info")
	if now, _ := r.tenant.User(u.ID); now.Security.Phone != "+1 4255550132" {
		t.Errorf("registered %s", now.Security.Phone)
	}
	b.post(entra.SecurityInfoHost, "/register", "code", r.texted("+1 4255550132"))
	b.on("/security-info")
}

// TestTheTenantChangesDuringRegistration: nothing is registered that the policy
// does not allow any more, and nobody is registered who is gone.
func TestTheTenantChangesDuringRegistration(t *testing.T) {
	for _, u := range upheavals() {
		t.Run(u.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, entra.Now)
			adele := r.adele()
			r.policy(func(p *entra.Policy) { p.Methods = entra.NewMethodSet(entra.Methods()[1:]...) })
			b := proved(r)
			b.post(entra.SecurityInfoHost, "/security-info/add", "method", "email")
			b.post(entra.SecurityInfoHost, "/register", "address", "new@home.example.net")
			code := r.mailed("new@home.example.net")
			u.do(r, adele)
			b.post(entra.SecurityInfoHost, "/register", "code", code)
			b.notFailed("the code")
			for _, path := range []string{"/register", "/register/qr.png", "/done", "/review", "/security-info", "/register/proof"} {
				b.get(entra.SecurityInfoHost, path)
				b.notFailed(path)
			}
			for _, form := range attempts() {
				b.post(entra.SecurityInfoHost, form[0], form[1:]...)
				b.notFailed(form[0])
			}
		})
	}
}

// TestAMethodThatIsForbiddenMeanwhile is not registered (R-POL-39).
func TestAMethodThatIsForbiddenMeanwhile(t *testing.T) {
	r := newRig(t, entra.Now)
	u := r.adele()
	b := proved(r)
	b.post(entra.SecurityInfoHost, "/security-info/add", "method", "email")
	b.post(entra.SecurityInfoHost, "/register", "address", "new@home.example.net")
	r.policy(func(p *entra.Policy) { p.Methods = entra.NewMethodSet(entra.MobilePhone) })
	b.post(entra.SecurityInfoHost, "/register", "code", r.mailed("new@home.example.net"))
	if now, _ := r.tenant.User(u.ID); now.Security.Email != home {
		t.Errorf("registered %s", now.Security.Email)
	}
}

// TestAQRCodeLivesTenMinutes, for other apps too (R-GAP-52).
func TestAQRCodeLivesTenMinutes(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	r.policy(func(p *entra.Policy) { p.Methods = entra.NewMethodSet(entra.AppCode, entra.Email) })
	for _, other := range []string{"", "yes"} {
		b := proved(r)
		b.post(entra.SecurityInfoHost, "/security-info/add", "method", "app")
		b.post(entra.SecurityInfoHost, "/register", "other", other)
		b.post(entra.SecurityInfoHost, "/register")
		b.says("Scan the QR code")
		r.clock.Advance(11 * time.Minute)
		b.post(entra.SecurityInfoHost, "/register")
		b.says("The QR code has expired")
	}
}

// TestRegistrationsSideBySide share nothing of the policy's questions.
func TestRegistrationsSideBySide(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	r.policy(func(p *entra.Policy) {
		p.Methods = entra.NewMethodSet(entra.SecurityQuestions, entra.Email)
		p.Questions = append(make([]string, 0, 20), "What is your favourite room?")
	})
	b := proved(r)
	b.post(entra.SecurityInfoHost, "/security-info/add", "method", "questions")
	var all sync.WaitGroup
	for range 4 {
		r.clock.Advance(time.Minute) // a code of the app serves once
		other := proved(r)
		other.post(entra.SecurityInfoHost, "/security-info/add", "method", "questions")
		all.Go(func() {
			for range 5 {
				other.get(entra.SecurityInfoHost, "/register")
			}
		})
	}
	all.Wait()
}
