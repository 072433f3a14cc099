package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// Headings by which the compound acts know where they are.
const (
	headingUserName = "Sign in"
	headingPassword = "Enter password"
	headingStay     = "Stay signed in?"
	headingMore     = "More information required"
	headingGate     = "Get back into your account"
)

// signIn types user name and password and answers "Stay signed in?" with no.
// It ends where the journey needs the person: at the application, or at a page
// that wants something else.
func (a *actor) signIn(ctx context.Context, s script.SignIn) error {
	if err := a.openPlace(ctx, s.To); err != nil {
		return err
	}
	user, password := a.person.UPN, a.password
	for _, given := range []struct {
		value script.Value
		into  *string
	}{{s.User, &user}, {s.Password, &password}} {
		if given.value.Empty() {
			continue
		}
		text, err := a.text(ctx, given.value)
		if err != nil {
			return err
		}
		*given.into = text
	}
	if err := a.typeUserName(ctx, user); err != nil {
		return err
	}
	v, err := a.view()
	if err != nil || v.Heading != headingPassword {
		return err
	}
	if err := a.press(ctx, "Sign in", web.Fill{Label: "Password", Value: password}); err != nil {
		return err
	}
	return a.noStay(ctx)
}

func (a *actor) typeUserName(ctx context.Context, user string) error {
	v, err := a.view()
	if err != nil || v.Heading != headingUserName {
		return err
	}
	return a.press(ctx, "Next", web.Fill{Label: "Enter your email, phone, or Skype.", Value: user})
}

// noStay answers "Stay signed in?", if it is asked.
func (a *actor) noStay(ctx context.Context) error {
	v, err := a.view()
	if err != nil || v.Heading != headingStay {
		return err
	}
	return a.press(ctx, "No")
}

// askToReset goes to the reset portal and takes its first page.
func (a *actor) askToReset(ctx context.Context, what script.AskToReset) error {
	user := a.person.UPN
	if !what.User.Empty() {
		text, err := a.text(ctx, what.User)
		if err != nil {
			return err
		}
		user = text
	}
	if err := a.reachReset(ctx, what.Through, user); err != nil {
		return err
	}
	answer, err := a.now(ctx, "captcha")
	if err != nil {
		return err
	}
	return a.press(ctx, "Next", web.Fill{Label: "User ID", Value: user}, web.Fill{Label: captchaLabel, Value: answer})
}

func (a *actor) reachReset(ctx context.Context, through script.Place, user string) error {
	if through == script.PlacePasswordReset {
		return a.visit(ctx, a.world.place(through, a))
	}
	if err := a.visit(ctx, a.world.place(script.PlaceOffice, a)); err != nil {
		return err
	}
	if err := a.typeUserName(ctx, user); err != nil {
		return err
	}
	return a.press(ctx, "Forgot my password")
}

// optionOf is the entry of the list at a gate (R-RST-23).
var optionOf = map[script.Way]string{
	script.ByText: "Text my mobile phone", script.ByCall: "Call my mobile phone", script.ByOfficeCall: "Call my office phone", script.ByEmail: "Email my alternate email",
	script.ByAppCode: "Enter a code from my authenticator app", script.ByNotification: "Approve a notification on my authenticator app", script.ByQuestions: "Answer my security questions",
}

// verify passes one gate, or tries to.
func (a *actor) verify(ctx context.Context, what script.VerifyBy) error {
	if err := a.press(ctx, optionOf[what.Way]); err != nil {
		return err
	}
	number, code := a.number(), ""
	if what.Way == script.ByOfficeCall {
		number = a.person.OfficePhone
	}
	for _, given := range []struct {
		value script.Value
		into  *string
	}{{what.Number, &number}, {what.Code, &code}} {
		if given.value.Empty() {
			continue
		}
		text, err := a.text(ctx, given.value)
		if err != nil {
			return err
		}
		*given.into = text
	}
	if what.Way == script.ByQuestions {
		return a.answerQuestions(ctx, what.Wrong)
	}
	return a.gate(ctx, what.Way, number, code)
}

// gate does what the pane of a way asks for. An empty code is the right one.
func (a *actor) gate(ctx context.Context, way script.Way, number, code string) error {
	phoneNumber := web.Fill{Label: "Enter your phone number", Value: number}
	switch way {
	case script.ByText:
		return a.sendAndType(ctx, "Text", "text code", code, phoneNumber)
	case script.ByEmail:
		return a.sendAndType(ctx, "Email", "mail code", code)
	case script.ByAppCode:
		return a.typeCode(ctx, "Enter your verification code", "app code", code)
	case script.ByCall, script.ByOfficeCall:
		if err := a.press(ctx, "Call", phoneNumber); err != nil {
			return err
		}
		if a.refused() || a.sentAway() {
			return nil
		}
		if err := a.answer(ctx, number, "#"); err != nil {
			return err
		}
		return a.press(ctx, "Next")
	case script.ByNotification:
		if err := a.press(ctx, "Send Notification"); err != nil {
			return err
		}
		if err := a.approve(ctx, script.ApproveNotification{}); err != nil {
			return err
		}
		return a.press(ctx, "Next")
	}
	return fmt.Errorf("the runner does not know the way %q", way)
}

// refused reports whether the page says no to what was typed.
func (a *actor) refused() bool {
	v := a.window.View()
	if len(v.Alerts) > 0 {
		return true
	}
	for _, f := range v.Fields {
		if f.Error != "" {
			return true
		}
	}
	return false
}

// sentAway reports whether the page is no gate any more, because the visit has
// ended.
func (a *actor) sentAway() bool { return a.window.View().Heading != headingGate }

func (a *actor) sendAndType(ctx context.Context, button, kind, code string, fill ...web.Fill) error {
	if err := a.press(ctx, button, fill...); err != nil || a.refused() || a.sentAway() {
		return err
	}
	return a.typeCode(ctx, "Enter your verification code", kind, code)
}

// typeCode types a code and presses Next; an empty one is read where it came.
func (a *actor) typeCode(ctx context.Context, label, kind, code string) error {
	if code == "" {
		var err error
		if code, err = a.now(ctx, kind); err != nil {
			return err
		}
	}
	return a.press(ctx, "Next", web.Fill{Label: label, Value: code})
}

// answerQuestions answers the questions on the page, the first ones wrongly.
func (a *actor) answerQuestions(ctx context.Context, wrong int) error {
	v, err := a.view()
	if err != nil {
		return err
	}
	var fill []web.Fill
	for _, q := range a.answers {
		if v.Field(q.Question) == nil {
			continue
		}
		answer := q.Answer
		if len(fill) < wrong {
			answer = "not " + answer
		}
		fill = append(fill, web.Fill{Label: q.Question, Value: answer})
	}
	return a.press(ctx, "Next", fill...)
}

// choosePassword types a new password twice and presses Finish. It is the
// person's from then on if the page takes it.
func (a *actor) choosePassword(ctx context.Context, what script.ChoosePassword) error {
	password, err := a.text(ctx, what.Password)
	if err != nil {
		return err
	}
	a.world.secret("password", password)
	err = a.press(ctx, "Finish", web.Fill{Label: "Enter new password", Value: password}, web.Fill{Label: "Confirm new password", Value: password})
	if err != nil {
		return err
	}
	if v, _ := a.view(); strings.Contains(v.Text, "Your password has been reset") {
		a.before, a.chosen, a.password = a.password, password, password
	}
	return nil
}

// noWay says that the page is not the one an act begins at.
func (a *actor) noWay(act string) error {
	v, err := a.view()
	if err != nil {
		return err
	}
	return fmt.Errorf("%s cannot begin at the page %q (%s)", act, v.Heading, v.URL)
}
