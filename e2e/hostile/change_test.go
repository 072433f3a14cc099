package hostile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
)

// upheaval is something that happens in the tenant while a person is at it.
type upheaval struct {
	name string
	do   func(r *rig, u entra.User)
	// ends: no reset comes of the session any more, wherever it stands.
	ends bool
}

func upheavals() []upheaval {
	change := func(c func(*entra.User)) func(*rig, entra.User) {
		return func(r *rig, u entra.User) {
			r.must(r.tenant.Update(u.ID, func(u *entra.User) error { c(u); return nil }))
		}
	}
	policy := func(c func(*entra.Policy)) func(*rig, entra.User) {
		return func(r *rig, _ entra.User) { r.policy(c) }
	}
	return []upheaval{
		{"the user is removed", func(r *rig, u entra.User) { check(r, r.tenant.RemoveUser(u.ID)) }, true},
		{"the user is removed and made anew", func(r *rig, u entra.User) {
			check(r, r.tenant.RemoveUser(u.ID))
			r.person("adele", everything(r))
		}, true},
		{"the user is disabled", change(func(u *entra.User) { u.Enabled = false }), true},
		{"the licence is taken away", change(func(u *entra.User) { u.Licences = nil }), true},
		{"the user becomes a guest", change(func(u *entra.User) { u.Guest = true }), true},
		{"the user becomes an administrator", change(func(u *entra.User) { u.Roles = []string{entra.GlobalAdministrator} }), false},
		{"everything registered is deleted", change(func(u *entra.User) { u.Security, u.OfficePhone = entra.SecurityInfo{}, "" }), false},
		{"the questions are deleted", change(func(u *entra.User) { u.Security.Questions = u.Security.Questions[:1] }), false},
		{"the phone and the address change", change(func(u *entra.User) {
			u.Security.Phone, u.Security.Email = "+1 4255550177", "else@home.example.net"
		}), false},
		{"the user moves to the directory", change(hybrid), false},
		{"reset is switched off", policy(func(p *entra.Policy) { p.Enabled = entra.None }), true},
		{"reset is for a group that is gone", policy(func(p *entra.Policy) { p.Enabled, p.Group = entra.Selected, "gone" }), true},
		{"no method is left", policy(func(p *entra.Policy) { p.Methods = 0 }), true},
		{"another method is left", policy(func(p *entra.Policy) { p.Methods = entra.NewMethodSet(entra.AppCode) }), false},
		{"two methods are required", policy(func(p *entra.Policy) { p.Required = 2 }), false},
		{"one method is required", policy(func(p *entra.Policy) { p.Required = 1 }), false},
		{"more questions are asked", policy(func(p *entra.Policy) { p.QuestionsToReset = 5 }), false},
		{"the agent is lost", func(r *rig, _ entra.User) { r.agent.lose(true) }, false},
		{"writeback is switched off", policy(func(p *entra.Policy) { p.WriteBack = false }), false},
		{"unlocking is not allowed", policy(func(p *entra.Policy) { p.UnlockWithoutReset = false }), false},
	}
}

// moment is where in the journey something happens.
type moment struct {
	name  string
	reach func(b *browser)
}

func moments() []moment {
	return []moment{
		{"at page 1", func(b *browser) { b.get(entra.ResetHost, "/") }},
		{"at the options", func(b *browser) { b.identify("adele" + domain).choose("text") }},
		{"at the questions", func(b *browser) { b.identify("adele" + domain).choose("questions") }},
		{"with a code out", func(b *browser) {
			b.identify("adele"+domain).choose("email").post(entra.ResetHost, "/verify/send")
		}},
		{"with a call out", func(b *browser) {
			b.identify("adele"+domain).choose("office").post(entra.ResetHost, "/verify/send", "number", office)
		}},
		{"at the second gate", func(b *browser) {
			b.policy(func(p *entra.Policy) { p.Required = 2 })
			b.identify("adele" + domain).passMail().choose("text")
		}},
		{"at the new password", func(b *browser) { b.identify("adele" + domain).passMail() }},
	}
}

// TestTheTenantChangesUnderAPersonsFeet: whatever happens and wherever, every
// page and every form is answered, and nobody resets who may not (R-POL-39,
// R-RST-20, R-RST-44).
func TestTheTenantChangesUnderAPersonsFeet(t *testing.T) {
	for _, m := range moments() {
		for _, u := range upheavals() {
			t.Run(fmt.Sprintf("%s, %s", m.name, u.name), func(t *testing.T) {
				t.Parallel()
				disturb(t, m, u)
			})
		}
	}
}

func disturb(t *testing.T, m moment, u upheaval) {
	r := newRig(t, entra.Now)
	adele := r.adele()
	r.policy(func(p *entra.Policy) { p.Methods = entra.NewMethodSet(entra.Methods()[1:]...) })
	b := r.browser()
	m.reach(b)
	u.do(r, adele)
	for _, form := range [][]string{
		{"/verify/send", "number", mobile}, {"/verify/send", "again", "yes"}, {"/verify", "code", "123456"},
		{"/verify", "answer0", "mr brook", "answer1", "glade", "answer2", "heron"}, {"/choice", "trouble", "locked"}, {"/password", "password", fresh, "confirm", fresh},
	} {
		b.post(entra.ResetHost, form[0], form[1:]...)
		b.notFailed("POST " + form[0])
	}
	for _, page := range append(pages, "/verify?option=text", "/verify?option=questions", "/") {
		b.get(entra.ResetHost, page)
		b.notFailed("GET " + page)
	}
	if n := r.audits(entra.ActivityReset, "Successfully"); u.ends && n != 0 {
		t.Errorf("%d resets of somebody who may not", n)
	}
}

// TestAWithdrawnMethodIsSaid: the person learns why the page has changed, and
// the code that is out is worth nothing (R-POL-39).
func TestAWithdrawnMethodIsSaid(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	b := r.browser().identify("adele" + domain)
	b.choose("email").post(entra.ResetHost, "/verify/send")
	code := r.mailed(home)
	r.policy(func(p *entra.Policy) { p.Methods = entra.NewMethodSet(entra.MobilePhone) })
	b.post(entra.ResetHost, "/verify", "code", code)
	b.on("/verify")
	b.says("not available any more")
	r.policy(func(p *entra.Policy) { p.Methods = entra.NewMethodSet(entra.Email, entra.MobilePhone) })
	b.post(entra.ResetHost, "/verify", "code", code)
	b.on("/verify")
	b.passText()
	b.on("/password")
}

// TestGatesThatArePassedStayPassed when the policy asks for more or for others.
func TestGatesThatArePassedStayPassed(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	b := r.browser().identify("adele" + domain).passMail()
	r.policy(func(p *entra.Policy) { p.Required, p.Methods = 2, entra.NewMethodSet(entra.MobilePhone) })
	b.setPassword(fresh)
	b.on("/done")
	if !r.signsIn("adele"+domain, fresh) {
		t.Error("the password was not set")
	}
}

// TestTheNumberOfGatesIsThatOfThePresentPolicy (R-RST-20).
func TestTheNumberOfGatesIsThatOfThePresentPolicy(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	b := r.browser().identify("adele" + domain)
	r.policy(func(p *entra.Policy) { p.Required = 2 })
	b.passMail()
	b.on("/verify")
	b.says("Verification step 2")
	r.policy(func(p *entra.Policy) { p.Required = 1 })
	b.get(entra.ResetHost, "/verify")
	b.on("/password")
}

// TestAnUnlockThatIsForbiddenMeanwhile changes nothing (R-POL-74).
func TestAnUnlockThatIsForbiddenMeanwhile(t *testing.T) {
	r := newRig(t, entra.Now)
	r.person("adele", func(u *entra.User) { everything(r)(u); hybrid(u) })
	r.policy(func(p *entra.Policy) { p.UnlockWithoutReset = true })
	b := r.browser().identify("adele" + domain)
	b.on("/choice")
	b.post(entra.ResetHost, "/choice", "trouble", "nonsense")
	b.says("Choose one of the two")
	b.post(entra.ResetHost, "/choice", "trouble", "locked")
	b.choose("email").post(entra.ResetHost, "/verify/send")
	r.policy(func(p *entra.Policy) { p.UnlockWithoutReset = false })
	b.post(entra.ResetHost, "/verify", "code", r.mailed(home))
	b.on("/refused")
	if n := r.agent.count(entra.OpUnlock); n != 0 {
		t.Errorf("%d unlocks", n)
	}
}

// TestAnAgentThatIsLost between the gates and the new password: SSPR_0030, and
// nothing is applied later (R-RST-54).
func TestAnAgentThatIsLost(t *testing.T) {
	r := newRig(t, entra.Now)
	r.person("adele", func(u *entra.User) { everything(r)(u); hybrid(u) })
	b := r.browser().identify("adele" + domain).passMail()
	r.agent.lose(true)
	b.get(entra.ResetHost, "/password")
	b.on("/password")
	b.setPassword(fresh)
	b.on("/refused")
	b.says("SSPR_0030")
	r.agent.lose(false)
	b.setPassword(fresh)
	b.on("/refused")
	if n := r.agent.count(entra.OpReset); n != 0 {
		t.Errorf("%d resets reached the directory", n)
	}
}

// TestNothingCanBeSent: a mail server or a phone that is down leaves the person
// at the gate, with the other ways open.
func TestNothingCanBeSent(t *testing.T) {
	r := newRig(t, entra.Now)
	adele := r.adele()
	r.policy(func(p *entra.Policy) { p.Methods = entra.NewMethodSet(entra.Methods()[1:]...) })
	b := r.browser().identify("adele" + domain)
	check(t, r.power.Off(t.Context(), hand.SwitchRequest{Number: mobile, Mode: hand.Fail}))
	b.choose("text").post(entra.ResetHost, "/verify/send", "number", mobile)
	b.says("could not send it")
	b.choose("call").post(entra.ResetHost, "/verify/send", "number", mobile)
	b.notFailed("a call to a phone that is off")
	check(t, r.room.Close())
	b.choose("email").post(entra.ResetHost, "/verify/send")
	b.says("could not send it")
	b.choose("code").post(entra.ResetHost, "/verify", "code", r.appCode())
	b.on("/password")
	b.setPassword(fresh) // its mail is late, which keeps nobody waiting
	b.on("/done")
	if !r.signsIn(adele.UPN, fresh) {
		t.Error("the reset failed with its mail")
	}
}

// TestAnAbandonedSessionWaitsForNobody: the clock moves on while a request of
// the session is under way.
func TestAnAbandonedSessionWaitsForNobody(t *testing.T) {
	r := newRig(t, entra.Now)
	r.person("adele", func(u *entra.User) { everything(r)(u); hybrid(u) })
	slow := &slowAgent{agent: r.agent, asked: make(chan struct{}), resume: make(chan struct{})}
	r.tenant.UseAgent(slow)
	b := r.browser().identify("adele" + domain).passMail()
	done := make(chan *answer, 1)
	go func() { done <- b.twin().setPassword(fresh) }()
	<-slow.asked
	r.clock.Advance(3 * entra.SessionLifetime)
	close(slow.resume)
	if a := <-done; a.url.Path != "/done" {
		t.Errorf("the reset ended at %s: %s", a.url, text(a.body))
	}
	if n := r.audits(entra.ActivityProgress, "abandoned"); n != 0 {
		t.Errorf("%d abandonments of somebody who was at it", n)
	}
}

// TestRefusalsOfTheDirectory each have their page (R-ELG-20, R-RST-52, R-RST-53).
func TestRefusalsOfTheDirectory(t *testing.T) {
	for result, want := range map[entra.Result]string{
		entra.PolicyRefused: "/password", entra.NoPermission: "/refused", entra.UserNotFound: "/refused", entra.AccountDisabled: "/refused",
		entra.CannotDecrypt: "/refused", entra.AgentUnavailable: "/refused", "nonsense": "/refused",
	} {
		r := newRig(t, entra.Now)
		r.person("adele", func(u *entra.User) { everything(r)(u); hybrid(u) })
		b := r.browser().identify("adele" + domain).passMail()
		r.agent.result = result
		b.setPassword(fresh)
		b.on(want)
		if want == "/refused" && !strings.Contains(b.at.body, "SSPR_00") {
			t.Errorf("%s: no code on the page: %s", result, text(b.at.body))
		}
	}
}
