package run

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/ssprlab/ssprlab/scenarios/script"
)

// value gives what a reference names. A value of "the actor" is a's.
func (w *world) value(ctx context.Context, r script.Ref, a *actor) (string, error) {
	if r.Person != "" {
		a = w.actors[r.Person]
	} else if s, ok := w.saved[r.Name]; ok {
		return s, nil
	}
	switch r.Name {
	case "organisation":
		return w.scenario.Organisation, nil
	case "domain":
		return w.scenario.Domain, nil
	case "directory domain":
		if w.scenario.Directory != nil {
			return w.scenario.Directory.Domain, nil
		}
	}
	if a == nil {
		return "", fmt.Errorf("nothing has that name here")
	}
	if s, ok := a.own(r.Name); ok {
		return s, nil
	}
	return a.now(ctx, r.Name)
}

// own is what a person simply has.
func (a *actor) own(name string) (string, bool) {
	p := a.person
	s, ok := map[string]string{
		"name": p.Name, "given name": p.GivenName, "surname": p.Surname, "user name": strings.Split(p.UPN, "@")[0], "upn": p.UPN, "mail": p.Mail,
		"alternate email": p.AlternateEmail, "mobile": p.Mobile, "own mobile": p.OwnMobile, "own email": p.OwnEmail, "office phone": p.OfficePhone, "app key": a.appKey,
		"password": a.first(), "new password": a.chosen, "old password": a.before,
	}[name]
	return s, ok && s != ""
}

// first is the password when the scenario started.
func (a *actor) first() string {
	if a.person.Password != "" {
		return a.person.Password
	}
	return a.world.newPassword("run/password/" + a.person.Key)
}

// now is what a person reads off the page, the phone or the mailbox.
func (a *actor) now(ctx context.Context, name string) (string, error) {
	var s string
	var err error
	switch name {
	case "captcha":
		s, err = a.captcha(ctx)
	case "text code":
		s, err = a.textCode(ctx)
	case "mail code":
		s, err = a.mailCode(ctx)
	case "app code":
		s, err = a.appCode(ctx)
	case "app number":
		s, err = a.pageNumber()
	default:
		return "", fmt.Errorf("%s has no %s", a.person.Key, name)
	}
	if err == nil {
		a.world.secret("code", s)
	}
	return s, err
}

// captcha asks the control port what the picture on the page shows. The page
// names only the riddle.
func (a *actor) captcha(ctx context.Context) (string, error) {
	v, err := a.view()
	if err != nil {
		return "", err
	}
	for _, image := range v.Images {
		if _, name, ok := strings.Cut(image.URL, "/captcha/"); ok {
			return a.world.tenant.CaptchaAnswer(ctx, strings.TrimSuffix(name, ".png"))
		}
	}
	return "", fmt.Errorf("the page %q shows no CAPTCHA", v.Heading)
}

// sixDigits is a code, standing alone.
var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

func (a *actor) textCode(ctx context.Context) (string, error) {
	text, err := a.world.phone.LatestText(ctx, a.number(), "", arrival)
	if err != nil {
		return "", err
	}
	if code := sixDigits.FindString(text.Text); code != "" {
		return code, nil
	}
	return "", fmt.Errorf("the newest text to %s holds no code", a.number())
}

// number is the mobile number that the person has.
func (a *actor) number() string { return a.person.Phone() }

// mailCode is the code of the newest mail to any of the person's addresses.
func (a *actor) mailCode(ctx context.Context) (string, error) {
	for _, address := range []string{a.person.OwnEmail, a.person.AlternateEmail, a.person.Mail} {
		if address == "" {
			continue
		}
		mails, err := a.world.mail.To(ctx, address)
		if err != nil {
			return "", err
		}
		for _, m := range mails { // newest first
			if code := sixDigits.FindString(m.Text); code != "" {
				return code, nil
			}
		}
	}
	return "", fmt.Errorf("%s has got no mail with a code", a.person.Key)
}

// appCode is what the authenticator app shows. A code serves once (R-GAP-43),
// so a person who has used it waits for the next one.
func (a *actor) appCode(ctx context.Context) (string, error) {
	if a.app == "" {
		return "", fmt.Errorf("%s has no account in an authenticator app", a.person.Key)
	}
	code, err := a.world.phone.Code(ctx, a.person.Key, a.app)
	if err != nil {
		return "", err
	}
	if code.Code == a.usedApp {
		if err := a.world.wait(ctx, code.ValidFor); err != nil {
			return "", err
		}
		if code, err = a.world.phone.Code(ctx, a.person.Key, a.app); err != nil {
			return "", err
		}
	}
	a.usedApp = code.Code
	return code.Code, nil
}

// pageNumber is the number that the page asks the app for (R-RST-38).
func (a *actor) pageNumber() (string, error) {
	v, err := a.view()
	if err != nil {
		return "", err
	}
	for _, line := range strings.Split(v.Text, "\n") {
		for _, before := range []string{"Number: ", "Enter this number there: "} {
			if _, rest, ok := strings.Cut(line, before); ok {
				return strings.Fields(rest)[0], nil
			}
		}
	}
	return "", fmt.Errorf("the page %q shows no number", v.Heading)
}
