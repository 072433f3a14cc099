package securityinfo

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/proof"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// phoneSetup registers a mobile phone, by text or call, or an office phone, by
// call (R-REG-47, R-REG-31, R-REG-33).
type phoneSetup struct {
	site *Site
	kind entra.Method
}

func (p phoneSetup) id() string {
	if p.kind == entra.OfficePhone {
		return "office"
	}
	return "phone"
}

func (p phoneSetup) label() string {
	if p.kind == entra.OfficePhone {
		return "Office phone"
	}
	return "Phone"
}

func (phoneSetup) audit() string          { return "Phone" }
func (p phoneSetup) method() entra.Method { return p.kind }

func (phoneSetup) convention(t *task) string {
	const numbers = "A number is shown by its last two digits (R-GAP-41)."
	switch {
	case t.challenge == nil:
		return ""
	case t.challenge.Option == entra.TextMobile:
		return conventionOfCodes + " " + numbers
	}
	return numbers
}

// countries are the codes the list offers; the first is chosen until a number
// says otherwise.
var countries = []page.Option{
	{Value: "1", Label: "United States (+1)"}, {Value: "44", Label: "United Kingdom (+44)"}, {Value: "49", Label: "Germany (+49)"},
	{Value: "31", Label: "Netherlands (+31)"}, {Value: "33", Label: "France (+33)"}, {Value: "61", Label: "Australia (+61)"}, {Value: "81", Label: "Japan (+81)"},
}

func (p phoneSetup) show(x *session, u entra.User, problem string) []page.Part {
	if x.task.challenge != nil {
		return p.confirm(x, problem)
	}
	country, number := p.known(x, u)
	list := make([]page.Option, len(countries))
	for i, o := range countries {
		o.Chosen = o.Value == country
		list[i] = o
	}
	controls := []page.Part{
		page.Select{Name: "country", Label: "Country or region", Options: list},
		page.Input{Name: "number", Label: "Phone number", Type: "tel", Complete: "tel-national", Value: number, Error: problem, Hint: "Without the country code"},
	}
	if p.kind == entra.MobilePhone {
		by := x.task.values["by"]
		controls = append(controls, page.Choices{Name: "by", Legend: "How should we verify it?", Options: []page.Option{
			{Value: "text", Label: "Text me a code", Chosen: by != "call"}, {Value: "call", Label: "Call me", Chosen: by == "call"}}})
	}
	return []page.Part{
		page.Text{Heading: p.label(), Paragraphs: []string{"You can prove who you are by answering a call on your phone or texting a code to your phone.", "What phone number would you like to use?"}},
		page.Form{Action: "/register", Controls: controls, Buttons: []page.Button{{Label: "Next"}}},
	}
}

// known is what the boxes begin with: what was typed, else the directory's
// number, which is shown and can be changed (R-POL-47).
func (p phoneSetup) known(x *session, u entra.User) (country, number string) {
	if x.task.values["number"] != "" {
		return x.task.values["country"], x.task.values["number"]
	}
	known := u.ResetPhone()
	if p.kind == entra.OfficePhone {
		known = u.OfficePhone
	}
	if entra.WellFormedPhone(known) {
		country, number, _ = strings.Cut(strings.TrimPrefix(known, "+"), " ")
	}
	return country, number
}

func (p phoneSetup) confirm(x *session, problem string) []page.Part {
	resend := page.Form{Action: "/register", Label: "Repeat", Buttons: []page.Button{{Label: "Resend code", Name: "resend", Value: "yes", Quiet: true}, back}}
	if x.task.challenge.Option == entra.TextMobile {
		return []page.Part{page.Text{Heading: p.label(), Paragraphs: []string{"We just sent a 6-digit code to " + entra.MaskPhone(x.task.challenge.Target) + ". Enter the code below."}},
			page.Form{Action: "/register", Controls: []page.Part{page.Input{Name: "code", Label: "Enter code", Mode: "numeric", Complete: "one-time-code", Error: problem}}, Buttons: []page.Button{{Label: "Next"}}}, resend}
	}
	parts := []page.Part{page.Text{Heading: p.label(), Paragraphs: []string{"We're calling " + entra.MaskPhone(x.task.challenge.Target) + ". Answer it and press #, then choose Next."}}}
	if problem != "" {
		parts = append(parts, page.Text{Bad: true, Alert: true, Paragraphs: []string{problem}})
	}
	resend.Buttons[0].Label = "Call again"
	return append(parts, page.Form{Action: "/register", Buttons: []page.Button{{Label: "Next"}}}, resend)
}

// back leads from the code to what it was sent to.
var back = page.Button{Label: "Back", Name: "back", Value: "yes", Quiet: true}

// again reports whether a form is not an answer to the challenge: the person
// goes back, or the form before it was sent twice.
func (t *task) again(r *http.Request, field string) bool {
	if r.PostForm.Get("back") != "" {
		t.challenge = nil
		return true
	}
	return t.challenge != nil && r.PostForm.Has(field)
}

func (p phoneSetup) take(r *http.Request, x *session, u entra.User) (string, bool) {
	t := x.task
	if t.again(r, "number") {
		return "", false
	}
	if t.challenge == nil || r.PostForm.Get("resend") != "" {
		return p.send(r, x, u), false
	}
	answer, err := p.site.prover.Check(r.Context(), u, t.challenge, r.PostForm.Get("code"))
	if err != nil {
		p.site.tenant.Log().Warn("phone not verified", "error", err)
		return "We couldn't verify your phone. Try again.", false
	}
	if problem := problemOf(answer); problem != "" {
		return problem, false
	}
	number := t.challenge.Target
	p.site.tenant.Update(u.ID, func(u *entra.User) error {
		if p.kind == entra.OfficePhone {
			u.OfficePhone = number
		} else {
			u.Security.Phone = number
		}
		return nil
	})
	return "", true
}

// problemOf is what a person is told of a failed try; "" if it was passed. A
// refused call or an expired code leads back to the number.
func problemOf(answer proof.Answer) string {
	switch {
	case answer == proof.Passed:
		return ""
	case answer == proof.Waiting:
		return "Your phone has not been answered yet."
	case answer == proof.Declined:
		return "The call was not confirmed. Call again."
	case answer == proof.Expired:
		return "The code is no longer valid: codes live for 5 minutes and serve once. Ask for a new one."
	}
	return "The code is not right. Check it and try again."
}

func (p phoneSetup) send(r *http.Request, x *session, u entra.User) string {
	t := x.task
	if t.challenge == nil {
		for _, name := range []string{"country", "number", "by"} {
			t.values[name] = strings.TrimSpace(r.PostForm.Get(name))
		}
	}
	number := "+" + t.values["country"] + " " + strings.TrimPrefix(strings.Join(strings.Fields(t.values["number"]), ""), "+")
	known := slices.ContainsFunc(countries, func(o page.Option) bool { return o.Value == t.values["country"] })
	if !known || !entra.WellFormedPhone(number) {
		return "Enter a phone number: digits, without the country code."
	}
	option := entra.TextMobile
	switch {
	case p.kind == entra.OfficePhone:
		option = entra.CallOffice
	case t.values["by"] == "call":
		option = entra.CallMobile
	}
	c, err := p.site.prover.Send(r.Context(), u, option, number)
	if err != nil {
		p.site.tenant.Log().Warn("phone not reached", "error", err)
		return "We couldn't reach this number. Check it and try again."
	}
	t.challenge = c
	return ""
}
