package securityinfo

import (
	"net/http"
	"net/mail"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// emailSetup registers an e-mail address (R-REG-48).
type emailSetup struct{ site *Site }

func (emailSetup) id() string           { return "email" }
func (emailSetup) label() string        { return "Email" }
func (emailSetup) audit() string        { return "Email" }
func (emailSetup) method() entra.Method { return entra.Email }

func (emailSetup) convention(t *task) string {
	if t.challenge == nil {
		return ""
	}
	return conventionOfCodes
}

func (e emailSetup) show(x *session, u entra.User, problem string) []page.Part {
	if x.task.challenge != nil {
		return []page.Part{page.Text{Heading: "Email", Paragraphs: []string{"We just sent a code to " + x.task.challenge.Target + "."}},
			page.Form{Action: "/register", Controls: []page.Part{page.Input{Name: "code", Label: "Enter code", Mode: "numeric", Complete: "one-time-code", Error: problem}}, Buttons: []page.Button{{Label: "Next"}}},
			page.Form{Action: "/register", Label: "Repeat", Buttons: []page.Button{{Label: "Resend code", Name: "resend", Value: "yes", Quiet: true}, back}}}
	}
	return []page.Part{page.Text{Heading: "Email", Paragraphs: []string{"What email would you like to use?", "Not the mailbox of this account: you could not open it when you need the code."}},
		page.Form{Action: "/register", Controls: []page.Part{page.Input{Name: "address", Label: "Email address", Type: "email", Complete: "email", Value: x.task.values["address"], Error: problem}}, Buttons: []page.Button{{Label: "Next"}}}}
}

func (e emailSetup) take(r *http.Request, x *session, u entra.User) (string, bool) {
	t := x.task
	if t.again(r, "address") {
		return "", false
	}
	if t.challenge == nil || r.PostForm.Get("resend") != "" {
		return e.send(r, x, u), false
	}
	answer, err := e.site.prover.Check(r.Context(), u, t.challenge, r.PostForm.Get("code"))
	if err != nil {
		return "We couldn't check the code. Try again.", false
	}
	if problem := problemOf(answer); problem != "" {
		return problem, false
	}
	address := t.challenge.Target
	e.site.tenant.Update(u.ID, func(u *entra.User) error { u.Security.Email = address; return nil })
	return "", true
}

func (e emailSetup) send(r *http.Request, x *session, u entra.User) string {
	t := x.task
	if t.challenge == nil {
		t.values["address"] = strings.TrimSpace(r.PostForm.Get("address"))
	}
	address := t.values["address"]
	parsed, err := mail.ParseAddress(address)
	switch {
	case err != nil || parsed.Address != address:
		return "Enter an e-mail address, for example name@example.net."
	case strings.EqualFold(address, u.UPN) /* R-REG-34 */ || strings.EqualFold(address, u.Mail):
		return "Use another mailbox than that of this account."
	}
	c, err := e.site.prover.Send(r.Context(), u, entra.MailCode, address)
	if err != nil {
		e.site.tenant.Log().Warn("address not reached", "error", err)
		return "We couldn't send a code to this address. Try again later."
	}
	t.challenge = c
	return ""
}
