package hostile_test

import (
	"regexp"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/phone/totp"
)

// The world of the tests.
const (
	domain   = "@alder.example.com"
	password = "Quiet-Meadow-17"
	fresh    = "Sunny-Harbor-42"
	mobile   = "+1 4255550101"
	office   = "+1 4255550102"
	home     = "adele@home.example.net"
	appKey   = "JBSWY3DPEHPK3PXP"
)

var answers = map[string]string{"Who was your first teacher?": "mr brook", "In what town was your first job?": "glade", "What was the make of your first bicycle?": "heron"}

// adele is somebody who has registered everything and lives in the cloud.
func (r *rig) adele() entra.User { return r.person("adele", everything(r)) }

func everything(r *rig) func(*entra.User) {
	return func(u *entra.User) {
		secret, err := totp.DecodeKey(appKey)
		check(r, err)
		u.Security = entra.SecurityInfo{Phone: mobile, Email: home, Apps: []entra.App{{ID: "app", Name: "Authenticator app", Secret: secret}}, Confirmed: r.clock.Now()}
		u.OfficePhone = office
		for q, a := range answers {
			u.Security.Questions = append(u.Security.Questions, entra.NewQuestion(q, a))
		}
	}
}

// person adds somebody with a licence and a password, self-service on for all.
func (r *rig) person(name string, change func(*entra.User)) entra.User {
	r.Helper()
	r.policy(func(p *entra.Policy) { p.Enabled = entra.All })
	u := entra.User{UPN: name + domain, Name: strings.ToUpper(name[:1]) + name[1:] + " Birch", Mail: name + domain, Enabled: true, Licences: []string{"AAD_PREMIUM"}, UsageLocation: "US"}
	if change != nil {
		change(&u)
	}
	added, err := r.tenant.AddUser(u)
	check(r, err)
	if !added.Synced() {
		check(r, r.tenant.SetPassword(added.ID, password, false))
	}
	return added
}

// hybrid makes somebody come from the directory.
func hybrid(u *entra.User) {
	u.OnPremises = &entra.OnPremises{ImmutableID: "anchor-" + u.UPN, SAM: "x"}
}

// admin adds a Global Administrator.
func (r *rig) admin() entra.User {
	return r.person("ada", func(u *entra.User) { u.Roles = []string{entra.GlobalAdministrator} })
}

var riddle = regexp.MustCompile(`/captcha/([^/."]+)\.png`)

// captcha is the answer to the riddle on the page in front.
func (b *browser) captcha() string {
	b.Helper()
	m := riddle.FindStringSubmatch(b.at.body)
	if m == nil {
		b.Fatalf("no CAPTCHA on %s: %s", b.at.url, text(b.at.body))
	}
	answer, err := b.lab.CaptchaAnswer(b.Context(), m[1])
	check(b, err)
	return answer
}

// identify begins a reset for a user ID and solves the CAPTCHA.
func (b *browser) identify(userID string) *browser {
	b.Helper()
	b.get(entra.ResetHost, "/")
	b.post(entra.ResetHost, "/", "userid", userID, "captcha", b.captcha())
	return b
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// mailed is the code in the latest mail to an address.
func (r *rig) mailed(address string) string {
	r.Helper()
	mails, err := r.mails.To(r.Context(), address)
	check(r, err)
	for _, m := range mails {
		if strings.Contains(m.Subject, "verification code") {
			return sixDigits.FindString(m.Text)
		}
	}
	r.Fatalf("no code was mailed to %s", address)
	return ""
}

func (r *rig) texted(number string) string {
	r.Helper()
	t, err := r.phones.LatestText(r.Context(), number, "", 5*time.Second)
	check(r, err)
	return sixDigits.FindString(t.Text)
}

// appCode is what the app shows now.
func (r *rig) appCode() string {
	secret, err := totp.DecodeKey(appKey)
	check(r, err)
	return totp.Code(secret, r.clock.Now())
}

// choose takes an option at a gate.
func (b *browser) choose(option string) *browser {
	b.Helper()
	b.get(entra.ResetHost, "/verify?option="+option)
	return b
}

// passMail passes a gate by a mail.
func (b *browser) passMail() *browser {
	b.Helper()
	b.choose("email").post(entra.ResetHost, "/verify/send")
	b.post(entra.ResetHost, "/verify", "code", b.mailed(home))
	return b
}

// passText passes a gate by a text.
func (b *browser) passText() *browser {
	b.Helper()
	b.choose("text").post(entra.ResetHost, "/verify/send", "number", mobile)
	b.post(entra.ResetHost, "/verify", "code", b.texted(mobile))
	return b
}

// setPassword sends the page of the new password.
func (b *browser) setPassword(to string) *answer {
	b.Helper()
	return b.post(entra.ResetHost, "/password", "password", to, "confirm", to)
}

// enter signs in to a surface; the page that comes of it is in front.
func (b *browser) enter(name, upn, secret, path string) *browser {
	b.Helper()
	b.get(name, path)
	b.post(entra.LoginHost, "/common/username", "loginfmt", upn)
	b.post(entra.LoginHost, "/common/login", "loginfmt", upn, "passwd", secret)
	if b.at.url.Path == "/common/kmsi" {
		b.post(entra.LoginHost, "/common/kmsi", "LoginOptions", "No")
	}
	return b
}
