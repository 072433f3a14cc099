package access_test

import (
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra/setup"
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/fakes/phone/totp"
)

const userName = "Enter your email, phone, or Skype."

func signIn(s *stage) {
	v := s.visitor("Bela").open(s.lab.Endpoints.Office + "/").look("sign-in")
	v.press("Can't access your account?").look("sign-in-trouble")
	v.open(s.lab.Endpoints.Office + "/")
	v.press("Next", userName, "").look("sign-in-empty")
	v.press("Next", userName, "nobody"+domain).look("sign-in-unknown")
	v.press("Next", userName, "Bela"+domain).look("password")
	v.press("Sign in", "Password", "").look("password-empty")
	v.press("Sign in", "Password", "wrong").look("password-wrong")
	for range 12 {
		v.press("Sign in", "Password", "wrong "+v.view.URL+strings.Repeat("!", v.seen["guess"]))
		v.seen["guess"]++
	}
	v.look("password-locked")
	s.lab.Clock.Advance(10 * 60e9)
	v.press("Sign in", "Password", password).look("more-information")
	v.press("Next").press("Skip setup").look("stay-signed-in")
	v.press("Yes").look("office")
	v.press("Sign out").look("signed-out")
	v.open(s.lab.Endpoints.Office + "/nowhere").look("office-no-such-page")
	v.open(s.lab.Endpoints.SignIn + "/common/oauth2/v2.0/authorize?client_id=none").look("sign-in-bad-request")

	d := s.visitor("Dora").open(s.lab.Endpoints.Office + "/")
	d.press("Next", userName, "Dora"+domain).press("Sign in", "Password", password).look("forced-change")
	d.press("Sign in").look("forced-change-empty")
	d.press("Sign in", "Current password", password, "New password", "Maple-Finch-381", "Confirm password", "Maple").look("forced-change-differs")
	d.press("Sign in", "Current password", password, "New password", "password", "Confirm password", "password").look("forced-change-refused")
}

// prove shows the second factor that the page asks for.
func (v *visitor) prove(name string) {
	v.Helper()
	switch name {
	case "Carla":
		v.lab.Clock.Advance(90e9) // a code serves once
		secret, err := totp.DecodeKey(appKey)
		must(v, err)
		v.press("Verify", "Code", totp.Code(secret, v.lab.Clock.Now()))
	case "Frida":
		v.press("Verify", "Code", v.texted("+1 4255550113"))
	default:
		v.Fatalf("nobody knows how %s shows a second factor", name)
	}
}

func registration(s *stage) {
	v := s.visitor("Bela").open(s.lab.Endpoints.Office + "/")
	v.press("Next", userName, "Bela"+domain).press("Sign in", "Password", password).press("Next").look("register-app-start")
	v.press("Next").look("register-app-account")
	v.press("Next").look("register-app-scan")
	v.press("Next").look("register-app-not-scanned")
	v.scan("Bela")
	v.press("Next").look("register-app-test")
	v.press("Next").look("register-app-waiting")
	push, err := s.phones.PendingPush(s.Context(), "Bela", wait)
	must(s, err)
	_, err = s.phones.Approve(s.Context(), "Bela", push.ID, hand.Number(v.after("Number:")))
	must(s, err)
	v.press("Next").look("register-phone")
	v.press("Next", "Phone number", "12").look("register-phone-refused")
	v.press("Next", "Phone number", "4255550131").look("register-phone-code")
	v.press("Next", "Enter code", "000000").look("register-phone-wrong")
	v.press("Next", "Enter code", s.texted("+1 4255550131")).look("register-done")
	v.press("Done")

	g := s.visitor("Gustav").open(s.lab.Endpoints.Office + "/")
	g.press("Next", userName, "Gustav"+domain).press("Sign in", "Password", password).press("Next")
	g.press("Confirm", "Which method would you like to use?", "Security questions").look("register-questions")
	g.press("Save").look("register-questions-refused")

	s.policy(func(p *setup.Policy) { p.Required, p.Methods = 1, []string{"Security questions"} })
	ada := s.visitor("Olaf").open(s.lab.Endpoints.Office + "/")
	ada.press("Next", userName, "Olaf"+domain).press("Sign in", "Password", password).look("more-information-admin")
	s.policy(func(*setup.Policy) {})
}

// after is the word that follows a text on the page.
func (v *visitor) after(text string) string {
	v.Helper()
	_, rest, ok := strings.Cut(v.view.Text, text)
	if fields := strings.Fields(rest); ok && len(fields) > 0 {
		return fields[0]
	}
	v.Fatalf("nothing follows %q on %q:\n%s", text, v.view.Heading, v.view.Text)
	return ""
}

// scan enrols the app of an owner by the QR code on the page.
func (v *visitor) scan(owner string) {
	v.Helper()
	for _, image := range v.view.Images {
		if strings.Contains(image.Alt, "QR code") {
			picture, _, err := v.window.Fetch(v.Context(), image.URL)
			must(v, err)
			_, err = v.phones.ScanPicture(v.Context(), owner, picture)
			must(v, err)
			return
		}
	}
	v.Fatalf("no QR code on %q", v.view.Heading)
}

func securityInfo(s *stage) {
	v := s.enter("Carla", s.lab.Endpoints.SecurityInfo, "/security-info").look("security-info-proof")
	v.press("Verify", "Code", "000000").look("security-info-proof-wrong")
	v.prove("Carla")
	v.look("security-info")
	v.press("Add method", "Which method would you like to add?", "Email").look("add-email")
	v.press("Next", "Email address", "nonsense").look("add-email-refused")
	v.press("Next", "Email address", "carla@other.example.net").look("add-email-code")
	v.press("Next", "Enter code", "000000").look("add-email-wrong")
	v.press("Next", "Enter code", s.mailed("carla@other.example.net")).look("security-info-added")
	v.press("Add method", "Which method would you like to add?", "Authenticator app")
	v.press("I want to use a different authenticator app").look("add-other-app")
	v.press("Next").look("add-other-app-scan")
	v.press("Next").look("add-other-app-code")
	v.press("Next", "Enter code", "000000").look("add-other-app-wrong")
	v.press("Cancel")
	v.press("Add method", "Which method would you like to add?", "Office phone").look("add-office-phone")
	v.press("Next", "Phone number", "4255550112").look("add-office-phone-call")
	v.press("Next").look("add-office-phone-waiting")
	v.press("Cancel")
	v.press("Delete Security questions").look("security-info-deleted")
	f := s.enter("Frida", s.lab.Endpoints.SecurityInfo, "/security-info").look("security-info-proof-text")
	f.prove("Frida")
	f.look("security-info-phone")
	s.lab.Clock.Advance(16 * 60e9)
	f.open(s.lab.Endpoints.SecurityInfo + "/register").look("registration-over")
	s.lab.Clock.Advance(181 * 24 * 3600e9)
	s.apply(setup.State{People: []setup.Person{{UPN: "Frida" + domain, Confirmed: s.lab.Clock.Now().AddDate(0, 0, -181)}}})
	r := s.visitor("Frida").open(s.lab.Endpoints.Office + "/")
	r.press("Next", userName, "Frida"+domain).press("Sign in", "Password", password)
	if r.view.Field("Code") != nil {
		r.prove("Frida")
	}
	r.on("Is this info still correct?").look("review")
	s.policy(func(p *setup.Policy) { p.Enabled = "None" })
	s.enter("Gustav", s.lab.Endpoints.SecurityInfo, "/security-info").look("security-info-refused")
	s.policy(func(*setup.Policy) {})
}

func account(s *stage) {
	s.policy(func(p *setup.Policy) { p.RequireRegistration = false })
	v := s.enter("Gustav", s.lab.Endpoints.Account, "/").look("account")
	v.press("Password").look("change")
	v.press("Submit").look("change-empty")
	v.press("Submit", "Old password", "wrong", "Create new password", "Maple-Finch-381", "Confirm new password", "Maple-Finch-381").look("change-wrong")
	v.press("Submit", "Old password", password, "Create new password", "alder", "Confirm new password", "alder").look("change-refused")
	v.press("Submit", "Old password", password, "Create new password", "Maple-Finch-381", "Confirm new password", "Maple-Finch-381").look("changed")
	s.policy(func(*setup.Policy) {})
}

func oldRegistration(s *stage) {
	v := s.visitor("Bela").open(s.lab.Endpoints.Office + "/")
	v.press("Next", userName, "Bela"+domain).press("Sign in", "Password", password).press("Next").look("register-2019")
}
