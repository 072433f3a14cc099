package hostile_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// pages are the addresses of the reset portal.
var pages = []string{"/choice", "/verify", "/password", "/done", "/refused"}

// stage brings a browser to a page of the reset of adele.
type stage struct {
	at    string
	reach func(*browser)
}

func stages() []stage {
	return []stage{
		{"/verify", func(b *browser) { b.identify("adele" + domain) }},
		{"/password", func(b *browser) { b.identify("adele" + domain).passMail() }},
		{"/done", func(b *browser) { b.identify("adele" + domain).passMail().setPassword(fresh) }},
		{"/refused", func(b *browser) {
			b.identify("adele" + domain)
			b.get(entra.ResetHost, "/contact")
		}},
	}
}

// TestTheServerKnowsWhereASessionStands: every address and every form leads to
// where it stands, and none opens a gate again or goes ahead (R-RST-44,
// R-GAP-45).
func TestTheServerKnowsWhereASessionStands(t *testing.T) {
	for _, s := range stages() {
		t.Run(strings.TrimPrefix(s.at, "/"), func(t *testing.T) {
			r := newRig(t, entra.Now)
			r.adele()
			b := r.browser()
			s.reach(b)
			b.on(s.at)
			for range 2 {
				for _, page := range pages {
					b.get(entra.ResetHost, page)
					b.on(s.at)
				}
			}
			for _, page := range []string{"/", "/choice", "/verify", "/verify/send", "/password"} {
				if page == s.at || s.at == "/verify" && strings.HasPrefix(page, "/verify") {
					continue
				}
				b.post(entra.ResetHost, page, "userid", "adele"+domain, "trouble", "locked", "password", "Amber-Canyon-93", "confirm", "Amber-Canyon-93")
				b.on(s.at)
			}
			if r.signsIn("adele"+domain, "Amber-Canyon-93") {
				t.Error("a form of another page set the password")
			}
		})
	}
}

// TestNothingServesTwice: after a success the same proof, the same form and the
// same page lead to its end (R-RST-61).
func TestNothingServesTwice(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	b := r.browser().identify("adele" + domain).passMail()
	code := r.mailed(home)
	b.setPassword(fresh)
	b.on("/done")
	b.setPassword("Amber-Canyon-93")
	b.on("/done")
	b.post(entra.ResetHost, "/verify", "code", code)
	b.on("/done")
	if r.signsIn("adele"+domain, "Amber-Canyon-93") || !r.signsIn("adele"+domain, fresh) {
		t.Error("the second form counted")
	}
	b.get(entra.ResetHost, "/contact")
	b.on("/done")
	if n := r.audits(entra.ActivityReset, ""); n != 1 {
		t.Errorf("%d resets in the log", n)
	}
	b.identify("adele"+domain).choose("email").post(entra.ResetHost, "/verify/send")
	b.post(entra.ResetHost, "/verify", "code", code)
	b.says("not right")
}

// TestTwoBrowsersInOneSession send the last page at once: one wins.
func TestTwoBrowsersInOneSession(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	b := r.browser().identify("adele" + domain).passMail()
	var all sync.WaitGroup
	var passwords []string
	for i := range 8 {
		twin, to := b.twin(), fmt.Sprintf("Sunny-Harbor-%d", 50+i)
		passwords = append(passwords, to)
		all.Go(func() { twin.setPassword(to) })
	}
	all.Wait()
	right := slices.DeleteFunc(passwords, func(p string) bool { return !r.signsIn("adele"+domain, p) })
	if n := r.audits(entra.ActivityReset, "Successfully"); n != 1 || len(right) != 1 {
		t.Errorf("%d resets, %v signs in", n, right)
	}
}

// TestOneCodeOpensOneGate when it is sent many times at once (R-GAP-43).
func TestOneCodeOpensOneGate(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	r.policy(func(p *entra.Policy) { p.Required = 2 })
	b := r.browser().identify("adele" + domain)
	b.choose("email").post(entra.ResetHost, "/verify/send")
	code := r.mailed(home)
	var all sync.WaitGroup
	for range 8 {
		twin := b.twin()
		all.Go(func() { twin.post(entra.ResetHost, "/verify", "code", code) })
	}
	all.Wait()
	b.get(entra.ResetHost, "/password")
	b.on("/verify")
	b.says("Verification step 2")
}

// TestOptionsThatAreNotOffered are not taken, nor is one kind twice (R-RST-20..22,
// R-GAP-62).
func TestOptionsThatAreNotOffered(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	r.policy(func(p *entra.Policy) { p.Required = 2 }) // e-mail and mobile phone alone
	b := r.browser().identify("adele" + domain)
	for _, option := range []string{"questions", "code", "office", "notification", "nonsense", ""} {
		b.choose(option)
		b.on("/verify")
		b.says("alternate e-mail address")
	}
	b.post(entra.ResetHost, "/verify", "code", r.appCode(), "answer0", "mr brook", "answer1", "glade", "answer2", "heron")
	b.on("/verify")
	b.passText()
	b.says("Verification step 2")
	for _, option := range []string{"call", "text"} {
		b.choose(option)
		b.says("alternate e-mail address")
	}
	b.post(entra.ResetHost, "/verify", "code", r.texted(mobile))
	b.on("/verify")
	b.get(entra.ResetHost, "/password")
	b.on("/verify")
}

// TestCaptchas are of one session, for one try and ten minutes, and any number
// of them may be asked for (R-RST-11..13, R-GAP-46).
func TestCaptchas(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	a, b := r.browser(), r.browser()
	a.get(entra.ResetHost, "/")
	theirs := a.captcha()
	b.get(entra.ResetHost, "/")
	try := func(what, answer string) {
		t.Helper()
		b.post(entra.ResetHost, "/", "userid", "adele"+domain, "captcha", answer)
		b.on("/")
		b.says("not those in the picture")
	}
	try("another session's", theirs)
	try("none", "")
	old := b.captcha()
	try("a wrong one", "WRONG")
	try("one that has been replaced", old)
	late := b.captcha()
	r.clock.Advance(10 * time.Minute)
	try("one of ten minutes ago", late)
	for range 20 {
		try("one of many", "WRONG")
	}
	b.post(entra.ResetHost, "/", "userid", "adele"+domain)
	b.on("/")
	b.post(entra.ResetHost, "/", "userid", "adele"+domain, "captcha", strings.ToLower(b.captcha()))
	b.on("/verify")
}

// TestASessionCannotBePlanted: who knows the cookie that a person began with
// has nothing once the person has passed the gates.
func TestASessionCannotBePlanted(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	b := r.browser()
	b.get(entra.ResetHost, "/")
	thief := b.twin()
	b.post(entra.ResetHost, "/", "userid", "adele"+domain, "captcha", b.captcha())
	b.passMail()
	b.on("/password")
	thief.setPassword("Amber-Canyon-93")
	if r.signsIn("adele"+domain, "Amber-Canyon-93") {
		t.Error("the cookie of page 1 set the password")
	}
	b.setPassword(fresh)
	b.on("/done")
}

// TestNothingIsToldBeforeTheCaptcha: a known user ID and an unknown one look the
// same (R-RST-13, R-GAP-55).
func TestNothingIsToldBeforeTheCaptcha(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	look := func(name string) (pages []string) {
		b := r.browser()
		same := func() {
			body := strings.ReplaceAll(b.at.body, name, "NAME")
			body = riddle.ReplaceAllString(strings.ReplaceAll(body, ".wav", ".png"), "/captcha/X.png")
			i := strings.Index(body, "Support code")
			pages = append(pages, fmt.Sprint(b.at.status, b.at.url.Path, body[:i]))
		}
		b.get(entra.ResetHost, "/?username="+name+domain)
		same()
		b.post(entra.ResetHost, "/", "userid", name+domain, "captcha", "WRONG")
		same()
		b.post(entra.ResetHost, "/", "userid", name+domain)
		same()
		return pages
	}
	if known, unknown := look("adele"), look("nobody"); !slices.Equal(known, unknown) {
		t.Errorf("they differ:\n%s\n%s", known, unknown)
	}
	if n := r.audits(entra.ActivityProgress, ""); n != 0 {
		t.Errorf("%d entries before any CAPTCHA was solved", n)
	}
}

// TestCodesCannotBeGuessed: five tries a code, then the counters, and a block
// that holds in every session of the person (R-GAP-44, R-RST-68, R-RST-73,
// R-RST-74).
func TestCodesCannotBeGuessed(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	other := r.browser().identify("adele" + domain)
	other.choose("text").post(entra.ResetHost, "/verify/send", "number", mobile)
	code := r.texted(mobile)
	b := r.browser().identify("adele" + domain)
	b.choose("email").post(entra.ResetHost, "/verify/send")
	right := r.mailed(home)
	for i := range 5 {
		b.post(entra.ResetHost, "/verify", "code", differs(right, i))
		b.on("/verify")
	}
	b.post(entra.ResetHost, "/verify", "code", right)
	b.on("/refused")
	b.says("Wait 24 hours")
	if n := r.audits(entra.ActivityBlocked, ""); n != 1 {
		t.Errorf("%d entries of a block", n)
	}
	other.post(entra.ResetHost, "/verify", "code", code)
	other.on("/refused")
	other.identify("adele" + domain)
	other.on("/refused")
	r.clock.Advance(24*time.Hour + time.Minute)
	other.identify("adele" + domain)
	other.on("/verify")
}

// differs is a code that is not the one.
func differs(code string, i int) string {
	return fmt.Sprintf("%c%s", '0'+(code[0]-'0'+byte(i)+1)%10, code[1:])
}

// TestCodesGrowOld in five minutes, and give way to newer ones (R-RST-28,
// R-GAP-43).
func TestCodesGrowOld(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	b := r.browser().identify("adele" + domain)
	b.choose("email").post(entra.ResetHost, "/verify/send")
	first := r.mailed(home)
	b.post(entra.ResetHost, "/verify/send")
	b.post(entra.ResetHost, "/verify", "code", first)
	b.says("not right")
	second := r.mailed(home)
	r.clock.Advance(5 * time.Minute)
	b.post(entra.ResetHost, "/verify", "code", second)
	b.says("no longer valid")
	b.passMail()
	b.on("/password")
}

// TestACodeOfTheAppServesOnce, in whatever session (R-GAP-43).
func TestACodeOfTheAppServesOnce(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	r.policy(func(p *entra.Policy) { p.Methods = entra.NewMethodSet(entra.AppCode, entra.Email) })
	a, b := r.browser().identify("adele"+domain).choose("code"), r.browser().identify("adele"+domain).choose("code")
	code := r.appCode()
	a.post(entra.ResetHost, "/verify", "code", code)
	a.on("/password")
	b.post(entra.ResetHost, "/verify", "code", code)
	b.on("/verify")
	b.says("not right")
}

// TestASessionEndsAfterAQuarterOfAnHour, wherever it stands (R-RST-41).
func TestASessionEndsAfterAQuarterOfAnHour(t *testing.T) {
	for _, s := range stages()[:2] {
		r := newRig(t, entra.Now)
		r.adele()
		b := r.browser()
		s.reach(b)
		r.clock.Advance(15 * time.Minute)
		b.setPassword(fresh)
		b.says("Your session has ended")
		b.setPassword(fresh)
		if r.signsIn("adele"+domain, fresh) {
			t.Errorf("%s: the session set a password after its end", s.at)
		}
		if n := r.audits(entra.ActivityProgress, "abandoned"); n != 1 {
			t.Errorf("%s: %d abandonments in the log", s.at, n)
		}
	}
}

// TestHelpIsAskedForOnce by one session, not by other sites, and not where the
// link leads elsewhere (R-RST-63, R-RST-65, R-GAP-48).
func TestHelpIsAskedForOnce(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	r.admin()
	asked := func() int {
		mails, err := r.mails.To(r.Context(), "ada"+domain)
		check(t, err)
		return len(mails)
	}
	b := r.browser()
	b.get(entra.ResetHost, "/contact")
	b.on("/")
	b.identify("adele" + domain)
	b.send(http.MethodGet, b.host(entra.ResetHost, "/contact"), nil, "Sec-Fetch-Site", "cross-site")
	if n := asked(); n != 0 {
		t.Errorf("%d mails for nobody's request", n)
	}
	for range 3 {
		b.get(entra.ResetHost, "/contact")
		b.says("Your administrators have been asked")
	}
	if n := asked(); n != 1 {
		t.Errorf("%d mails for one request", n)
	}
	r.policy(func(p *entra.Policy) { p.CustomHelpdesk, p.Helpdesk = true, "https://help.example.com/" })
	b.identify("adele" + domain)
	b.get(entra.ResetHost, "/contact")
	b.on("/verify")
	if n := asked(); n != 1 {
		t.Errorf("%d mails although the link leads elsewhere", n)
	}
}
