package access_test

import (
	"github.com/ssprlab/ssprlab/fakes/entra/setup"
	"github.com/ssprlab/ssprlab/fakes/phone/totp"
)

const captchaBox = "Enter the characters in the picture or the words in the audio"

// identify begins a reset of that user.
func (s *stage) identify(name string) *visitor {
	s.Helper()
	v := s.visitor(name).open(s.lab.Endpoints.PasswordReset + "/")
	return v.press("Next", "User ID", name+domain, captchaBox, v.captcha())
}

func reset(s *stage) {
	s.policy(func(p *setup.Policy) { p.Required = 1; p.Methods = p.Methods[1:] })
	v := s.visitor("Carla").open(s.lab.Endpoints.PasswordReset + "/?username=Carla" + domain).look("reset")
	v.press("Next", captchaBox, "").look("reset-wrong-captcha")
	v.press("Next", "User ID", "", captchaBox, v.captcha()).look("reset-no-user")
	v.press("Next", "User ID", "Carla"+domain, captchaBox, v.captcha()).look("gate-email")
	v.press("Email").look("gate-email-code")
	s.lab.Clock.Advance(11e9)
	v.press("Next", "Enter your verification code", "12").look("gate-email-implausible")
	v.press("Next", "Enter your verification code", "000000").look("gate-email-wrong")
	v.press("Next", "Enter your verification code", s.mailed("carla@other.example.net")).look("new-password")
	v.press("Finish").look("new-password-empty")
	v.press("Finish", "Enter new password", "Maple-Finch-381", "Confirm new password", "Maple").look("new-password-differs")
	v.press("Finish", "Enter new password", "password", "Confirm new password", "password").look("new-password-refused")
	v.press("Finish", "Enter new password", "Maple-Finch-381", "Confirm new password", "Maple-Finch-381").look("reset-done")
	v.press("Sign in with your new password").look("reset-to-sign-in")
	s.policy(func(*setup.Policy) {})
}

func gates(s *stage) {
	v := s.identify("Carla")
	v.press("Text my mobile phone").look("gate-text")
	v.press("Text", "Enter your phone number", "+1 4255550199").look("gate-text-mismatch")
	v.press("Text", "Enter your phone number", mobile).look("gate-text-code")
	v.press("Call my mobile phone").look("gate-call")
	v.press("Call", "Enter your phone number", mobile).look("gate-call-waiting")
	v.press("Next").look("gate-call-no-answer")
	v.press("Call my office phone").look("gate-office")
	v.press("Enter a code from my authenticator app").look("gate-app-code")
	s.lab.Clock.Advance(90e9)
	secret, err := totp.DecodeKey(appKey)
	must(s, err)
	v.press("Next", "Enter your verification code", totp.Code(secret, s.lab.Clock.Now())).look("gate-second")
	v.press("Cancel").look("reset-cancelled")
	b := s.identify("Bela")
	b.press("Approve a notification on my authenticator app").look("gate-notification")
	b.press("Send Notification").look("gate-notification-waiting")
	s.lab.Clock.Advance(16 * 60e9)
	b.press("Next").look("reset-over")
	s.apply(setup.State{People: []setup.Person{{UPN: "Frida" + domain, Questions: []setup.Answer{{Question: "Who was your first teacher?", Answer: "mr brook"}, {Question: "In what town was your first job?", Answer: "glade"}, {Question: "What was the make of your first bicycle?", Answer: "heron"}}}}})
	f := s.identify("Frida")
	f.press("Answer my security questions").look("gate-questions")
	f.press("Next").look("gate-questions-wrong")
}

func refusals(s *stage) {
	s.identify("Nobody").look("refused-unknown")
	s.identify("Egon").look("refused-blocked")
	s.identify("Dora").look("refused-methods").press("Contact your administrator").look("contacted")
	s.policy(func(p *setup.Policy) { p.Enabled = "None" })
	s.identify("Carla").look("refused-off")
	s.policy(func(p *setup.Policy) { p.Enabled, p.Group = "Selected", "Pilot of the new self-service, first wave" })
	s.identify("Gustav").look("refused-group")
	s.policy(func(*setup.Policy) {})
	f := s.identify("Frida").press("Text my mobile phone")
	for f.view.Heading == "Get back into your account" {
		f.press("Text", "Enter your phone number", "+1 4255550199")
	}
	f.look("refused-throttled")
	s.visitor("Noname").open(s.lab.Endpoints.PasswordReset + "/nowhere").look("reset-no-such-page")
}

func hybrid(s *stage) {
	s.control(s.lab.Endpoints.ConnectControl, "/sync", nil)
	s.apply(setup.State{People: []setup.Person{{UPN: "hugo" + domain, UsageLocation: "US", Licences: []string{"AAD_PREMIUM"}, Email: "hugo@home.example.net"}}})
	s.policy(func(p *setup.Policy) { p.Required = 1; p.Methods = p.Methods[1:] })
	v := s.identify("hugo").look("trouble")
	v.press("Next").look("trouble-refused")
	v.act(form("I know my password, but still can't sign in", "Next"))
	v.press("Email").press("Next", "Enter your verification code", s.mailed("hugo@home.example.net")).look("unlocked")
	v = s.identify("hugo")
	v.act(form("I forgot my password", "Next"))
	v.press("Email").press("Next", "Enter your verification code", s.mailed("hugo@home.example.net")).look("new-password-hybrid")
	v.press("Finish", "Enter new password", "short", "Confirm new password", "short").look("new-password-hybrid-refused")
	s.control(s.lab.Endpoints.ConnectControl, "/cut?from=cloud", nil)
	v.press("Finish", "Enter new password", "Maple-Finch-381", "Confirm new password", "Maple-Finch-381").look("reset-failed")
	s.identify("hugo").look("refused-unreachable")
	s.control(s.lab.Endpoints.ConnectControl, "/restore", nil)
	s.policy(func(p *setup.Policy) { p.WriteBack = false })
	s.identify("hugo").look("refused-writeback")
	s.policy(func(*setup.Policy) {})
}
