package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// register goes through the registration of methods: in the wizard of a
// sign-in, from its first page to its last, or one by one on the Security info
// page.
func (a *actor) register(ctx context.Context, what script.Register) error {
	v, err := a.view()
	if err != nil {
		return err
	}
	if v.Heading == headingMore {
		if err := a.press(ctx, "Next"); err != nil {
			return err
		}
	}
	for _, method := range what.Methods {
		if err := a.registerOne(ctx, method); err != nil {
			return fmt.Errorf("register %s: %w", method, err)
		}
	}
	if v, err = a.view(); err == nil && v.Heading == "Success!" {
		if err = a.press(ctx, "Done"); err == nil {
			err = a.noStay(ctx)
		}
	}
	return err
}

// methodName is what the pages call the method that is set up.
var methodName = map[script.Registering]string{
	script.RegisterAppCode: "Authenticator app", script.RegisterAppNotification: "Authenticator app", script.RegisterMobileByText: "Phone", script.RegisterMobileByCall: "Phone",
	script.RegisterOfficePhone: "Office phone", script.RegisterEmail: "Email", script.RegisterQuestions: "Security questions",
}

// registerOne sets up one method, chosen if it is not the one proposed.
func (a *actor) registerOne(ctx context.Context, method script.Registering) error {
	v, err := a.view()
	if err != nil {
		return err
	}
	name := methodName[method]
	switch {
	case v.Heading == "Verify your identity":
		if err := a.typeCodeInto(ctx, "Code", "Verify"); err != nil {
			return err
		}
		return a.registerOne(ctx, method)
	case v.Button("Add method") != nil:
		err = a.press(ctx, "Add method", web.Fill{Label: "Which method would you like to add?", Value: name})
	case v.Field("Which method would you like to use?") != nil && !proposes(v, name):
		err = a.press(ctx, "Confirm", web.Fill{Label: "Which method would you like to use?", Value: name})
	case !proposes(v, name) && v.Button("Add method") == nil && v.Button("Skip setup") == nil:
		return a.noWay("it")
	}
	if err != nil {
		return err
	}
	return a.setUp(ctx, method)
}

// typeCodeInto shows the second factor that the page asks for.
func (a *actor) typeCodeInto(ctx context.Context, label, button string) error {
	kind := "text code"
	if a.app != "" {
		kind = "app code"
	}
	code, err := a.now(ctx, kind)
	if err != nil {
		return err
	}
	return a.press(ctx, button, web.Fill{Label: label, Value: code})
}

// proposes reports whether the wizard is at the method of that name.
func proposes(v *web.View, name string) bool {
	return strings.Contains(v.Text, ": "+name+"\n") || strings.HasPrefix(v.Text, name+"\n")
}

func (a *actor) setUp(ctx context.Context, method script.Registering) error {
	switch method {
	case script.RegisterAppCode:
		return a.setUpApp(ctx, "I want to use a different authenticator app", script.ScanKey)
	case script.RegisterAppNotification:
		return a.setUpApp(ctx, "Next", script.ScanPicture)
	case script.RegisterMobileByText, script.RegisterMobileByCall, script.RegisterOfficePhone:
		return a.setUpPhone(ctx, method)
	case script.RegisterEmail:
		if err := a.press(ctx, "Next", web.Fill{Label: "Email address", Value: a.person.Mailbox()}); err != nil {
			return err
		}
		return a.typeCode(ctx, "Enter code", "mail code", "")
	}
	return a.setUpQuestions(ctx)
}

func (a *actor) setUpApp(ctx context.Context, first string, by script.ScanBy) error {
	for _, button := range []string{first, "Next"} {
		if err := a.press(ctx, button); err != nil {
			return err
		}
	}
	if err := a.scan(ctx, by); err != nil {
		return err
	}
	if err := a.press(ctx, "Next"); err != nil {
		return err
	}
	if by == script.ScanKey {
		return a.typeCode(ctx, "Enter code", "app code", "")
	}
	if err := a.approve(ctx, script.ApproveNotification{}); err != nil {
		return err
	}
	return a.press(ctx, "Next")
}

func (a *actor) setUpPhone(ctx context.Context, method script.Registering) error {
	number := a.number()
	if method == script.RegisterOfficePhone {
		number = a.person.OfficePhone
	}
	country, rest, _ := strings.Cut(strings.TrimPrefix(number, "+"), " ")
	v, err := a.view()
	if err != nil {
		return err
	}
	act := web.Act{Fill: []web.Fill{{Label: "Country or region", Value: countryEntry(v, country)}, {Label: "Phone number", Value: rest}}, Press: "Next"}
	switch method {
	case script.RegisterMobileByText:
		act.Choose = []string{"Text me a code"}
	case script.RegisterMobileByCall:
		act.Choose = []string{"Call me"}
	}
	if err := a.submit(ctx, act); err != nil || a.refused() {
		return err
	}
	if method == script.RegisterMobileByText {
		return a.typeCode(ctx, "Enter code", "text code", "")
	}
	if err := a.answer(ctx, number, "#"); err != nil {
		return err
	}
	return a.press(ctx, "Next")
}

// countryEntry is the entry of the list for a country code.
func countryEntry(v *web.View, code string) string {
	if f := v.Field("Country or region"); f != nil {
		for _, o := range f.Options {
			if strings.HasSuffix(o, "(+"+code+")") {
				return o
			}
		}
	}
	return "+" + code
}

func (a *actor) setUpQuestions(ctx context.Context) error {
	v, err := a.view()
	if err != nil {
		return err
	}
	var fill []web.Fill
	for i, q := range a.answers {
		label := fmt.Sprintf("Question %d", i+1)
		if v.Field(label) == nil {
			break
		}
		fill = append(fill, web.Fill{Label: label, Value: q.Question}, web.Fill{Label: fmt.Sprintf("Answer %d", i+1), Value: q.Answer})
	}
	return a.press(ctx, "Save", fill...)
}

// scan enrols the person's authenticator app by what the page shows.
func (a *actor) scan(ctx context.Context, by script.ScanBy) error {
	v, err := a.view()
	if err != nil {
		return err
	}
	if by == script.ScanKey {
		return a.scanKey(ctx, v)
	}
	if code := termOf(v, "Code"); code != "" {
		a.world.secret("code", code)
	}
	for _, image := range v.Images {
		if !strings.Contains(image.Alt, "QR code") {
			continue
		}
		picture, _, err := a.window.Fetch(ctx, image.URL)
		if err != nil {
			return err
		}
		account, err := a.world.phone.ScanPicture(ctx, a.person.Key, picture)
		if err != nil {
			return err
		}
		a.app, a.appKey = account.ID, ""
		return nil
	}
	return fmt.Errorf("the page %q shows no QR code", v.Heading)
}

// termOf is what a list on the page says behind a term.
func termOf(v *web.View, term string) string {
	lines := strings.Split(v.Text, "\n")
	for i, line := range lines {
		if line == term && i+1 < len(lines) {
			return lines[i+1]
		}
	}
	return ""
}

func (a *actor) scanKey(ctx context.Context, v *web.View) error {
	key := termOf(v, "Secret key")
	if key == "" {
		return fmt.Errorf("the page %q shows no secret key", v.Heading)
	}
	a.world.secret("key", key)
	account, err := a.world.phone.EnterKey(ctx, a.person.Key, key, termOf(v, "Account name"), a.world.scenario.Organisation)
	if err != nil {
		return err
	}
	a.app, a.appKey = account.ID, key
	return nil
}
