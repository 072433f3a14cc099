package passwordreset

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/proof"
	"github.com/ssprlab/ssprlab/fakes/entra/visit"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// offered returns what the person may choose from at the present gate: a
// method that has served is gone (R-RST-21, R-RST-22).
func (s *session) offered() (list []entra.Option) {
	for _, o := range s.verdict.Options {
		used := slices.ContainsFunc(s.passed, func(p entra.Option) bool { return p.SameKind(o) })
		if !used {
			list = append(list, o)
		}
	}
	return list
}

// showGate is a verification step (R-RST-20): the list of options, and the
// pane of the chosen one.
func (p *Portal) showGate(w http.ResponseWriter, r *http.Request, s *session) {
	offered := s.offered()
	if o, ok := entra.ParseOption(r.URL.Query().Get("option")); ok && slices.Contains(offered, o) {
		if !s.hasChosen || s.chosen != o {
			s.challenge = nil
		}
		s.chosen, s.hasChosen = o, true
	}
	if !s.hasChosen {
		s.chosen, s.hasChosen, s.challenge = offered[0], true, nil
	}
	said := pane{}
	if s.withdrawn {
		s.withdrawn, said.alert = false, "The method you had chosen is not available any more. Choose another."
	}
	p.gate(w, s, said)
}

// pane is what the right-hand side says back.
type pane struct {
	typed      string
	fieldError string
	alert      string
	notice     string
}

func (p *Portal) gate(w http.ResponseWriter, s *session, said pane) {
	var nav []page.Link
	for _, o := range s.offered() {
		nav = append(nav, page.Link{Label: o.String(), URL: "/verify?option=" + o.ID(), Current: o == s.chosen})
	}
	title := "Get back into your account"
	p.write(w, s, page.Page{
		Title: title, Heading: title, Step: fmt.Sprintf("Verification step %d", len(s.passed)+1), Nav: nav,
		Lead:  []string{"Please choose the contact method we should use for verification."},
		Alert: said.alert, Notice: said.notice,
		Parts:      append(p.paneOf(s, said), p.waited(s)...),
		Convention: s.conventions(),
	})
}

// conventions are what the product's documentation leaves open at a gate.
func (s *session) conventions() string {
	const codes = "Codes have six digits; the newest counts, once, and after five wrong tries not at all (R-GAP-40, R-GAP-43, R-GAP-44). "
	const numbers = "A number is shown by its last two digits, and compared by its digits alone (R-GAP-41, R-GAP-42). "
	text := map[entra.Option]string{
		entra.MailCode: codes + "An address is shown by its first two letters and its domain (R-GAP-41). ", entra.TextMobile: codes + numbers,
		entra.CallMobile: numbers, entra.CallOffice: numbers,
		entra.AnswerQuestions: "Answers are compared without case and outer blanks (R-GAP-47). ", entra.TypeAppCode: "A code serves once (R-GAP-43). ",
	}[s.chosen]
	if len(s.passed) > 0 {
		text += "A text and a call to one phone are one method (R-GAP-62). "
	}
	return text + "Where you stand is kept by the server: going back opens no gate again (R-GAP-45)."
}

// paneOf returns the parts of the chosen option's pane (R-RST-23).
func (p *Portal) paneOf(s *session, said pane) []page.Part {
	u := p.userOf(s)
	if s.challenge != nil {
		return p.codePane(s, said)
	}
	send := func(lead, button string, controls ...page.Part) []page.Part {
		return []page.Part{page.Text{Paragraphs: []string{lead}}, page.Form{Action: "/verify/send", Controls: controls, Buttons: orCancel(button)}}
	}
	number := page.Input{Name: "number", Label: "Enter your phone number", Type: "tel", Complete: "tel", Value: said.typed, Error: said.fieldError, Hint: "With country and area code, for example +1 4255550100"}
	switch s.chosen {
	case entra.MailCode:
		return send("You will receive an e-mail with a verification code at your alternate e-mail address ("+entra.MaskEmail(u.ResetEmail())+").", "Email")
	case entra.TextMobile:
		return send("In order to protect your account, we need you to enter your complete mobile phone number ("+entra.MaskPhone(u.ResetPhone())+") below. You will then receive a text message with a verification code.", "Text", number)
	case entra.CallMobile:
		return send("In order to protect your account, we need you to enter your complete mobile phone number ("+entra.MaskPhone(u.ResetPhone())+") below. You will then receive a call. Press # to go on.", "Call", number)
	case entra.CallOffice:
		return send("In order to protect your account, we need you to enter your complete office phone number ("+entra.MaskPhone(u.OfficePhone)+") below. You will then receive a call. Press # to go on.", "Call", number)
	case entra.ApproveNotification:
		return send("Send a notification to the authenticator app on your phone, then approve it there.", "Send Notification")
	case entra.AnswerQuestions:
		return p.questionPane(s, u, said)
	}
	return codeForm("Enter the code displayed in your authenticator app.", "Enter your verification code", said)
}

func codeForm(lead, label string, said pane) []page.Part {
	return []page.Part{
		page.Text{Paragraphs: []string{lead}},
		page.Form{Action: "/verify", Controls: []page.Part{page.Input{Name: "code", Label: label, Mode: "numeric", Complete: "one-time-code", Error: said.fieldError}}, Buttons: orCancel("Next")},
	}
}

// codePane follows a challenge that was sent.
func (p *Portal) codePane(s *session, said pane) []page.Part {
	wait := func(paragraphs ...string) []page.Part {
		return []page.Part{page.Text{Paragraphs: paragraphs}, page.Form{Action: "/verify", Buttons: orCancel("Next")}}
	}
	switch s.chosen {
	case entra.MailCode:
		return codeForm("We've sent an e-mail with a verification code to your mailbox.", "Enter your verification code", said)
	case entra.TextMobile:
		return codeForm("We've sent a text message with a verification code to your phone.", "Enter your verification code", said)
	case entra.ApproveNotification:
		if s.challenge.Number != "" {
			return wait("We've sent a notification to your app. Enter this number there: "+s.challenge.Number, "Then go on.")
		}
		return wait("We've sent a notification to your app. Approve it there, then go on.")
	}
	return wait("We're calling your phone. Answer it and press #, then go on.")
}

// waitForHelp is after how long of waiting help is offered (R-RST-30).
const waitForHelp = 10 * time.Second

// waited are the two links that appear after 10 seconds of waiting.
func (p *Portal) waited(s *session) []page.Part {
	if s.challenge == nil || p.tenant.Clock().Since(s.challenge.Sent) < waitForHelp {
		return nil
	}
	return []page.Part{
		page.Form{Action: "/verify/send", Label: "Repeat", Hidden: []page.Hidden{{Name: "number", Value: ""}, {Name: "again", Value: "yes"}}, Buttons: []page.Button{{Label: "Try again", Quiet: true}}},
		page.Links{Items: []page.Link{p.helpLink()}},
	}
}

// targetOf returns where the chosen option's challenge goes.
func targetOf(o entra.Option, u entra.User) string {
	switch o {
	case entra.MailCode:
		return u.ResetEmail()
	case entra.TextMobile, entra.CallMobile:
		return entra.DialPhone(u.ResetPhone())
	case entra.CallOffice:
		return entra.DialPhone(u.OfficePhone)
	}
	return ""
}

// send sends the challenge of the chosen option. A phone's number is typed in
// full and compared first; on a mismatch nothing is sent (R-RST-24).
func (p *Portal) send(w http.ResponseWriter, r *http.Request, s *session) {
	u := p.userOf(s)
	if !s.hasChosen || s.chosen == entra.TypeAppCode || s.chosen == entra.AnswerQuestions {
		visit.Go(w, r, string(stepVerify))
		return
	}
	target := targetOf(s.chosen, u)
	typed := strings.TrimSpace(r.PostForm.Get("number"))
	again := r.PostForm.Get("again") != "" && s.challenge != nil
	phone := s.chosen.Method() == entra.MobilePhone || s.chosen.Method() == entra.OfficePhone
	if phone && !again && !entra.SamePhone(typed, target) {
		if p.count(w, r, s, entra.WrongNumber) {
			return
		}
		p.gate(w, s, pane{typed: typed, fieldError: "The number you entered is not the one that is registered. Enter it in full, with country and area code."})
		return
	}
	if a, counted := sendAttempts[s.chosen]; counted && p.count(w, r, s, a) {
		return
	}
	p.progress(s, "User started the "+s.chosen.Audit()+" verification option", true)
	s.last = "after starting the " + s.chosen.Audit() + " verification option"
	c, err := p.prover.Send(r.Context(), u, s.chosen, target)
	if err != nil {
		p.tenant.Log().Warn("challenge not sent", "error", err)
		p.gate(w, s, pane{typed: typed, alert: "We could not send it. Try again, or choose another method."})
		return
	}
	s.challenge = c
	visit.Go(w, r, string(stepVerify)) // loading the page again sends nothing (R-GAP-45)
}

// sendAttempts are the sends that are counted (R-RST-69, R-RST-71).
var sendAttempts = map[entra.Option]entra.Attempt{
	entra.MailCode: entra.SentMail, entra.TextMobile: entra.SentText,
}

// count counts an attempt; over the limit it ends the session and reports true.
func (p *Portal) count(w http.ResponseWriter, r *http.Request, s *session, a entra.Attempt) bool {
	if !p.tenant.Count(s.user, a) {
		return false
	}
	p.refuse(w, r, s, refusal{reason: entra.Throttled})
	return true
}

// failedAttempts are what a failed proof counts as (R-RST-68..71a).
var failedAttempts = map[entra.Option]entra.Attempt{
	entra.MailCode: entra.WrongMailCode, entra.TextMobile: entra.WrongTextCode,
	entra.CallMobile: entra.FailedMobileCall, entra.CallOffice: entra.FailedOfficeCall,
	entra.AnswerQuestions: entra.WrongAnswer, entra.ApproveNotification: entra.WrongAppCode, entra.TypeAppCode: entra.WrongAppCode,
}

// check takes the answer at a gate.
func (p *Portal) check(w http.ResponseWriter, r *http.Request, s *session) {
	u := p.userOf(s)
	if s.chosen == entra.AnswerQuestions && s.hasChosen {
		p.checkAnswers(w, r, s, u)
		return
	}
	if s.challenge == nil {
		if s.chosen != entra.TypeAppCode || !s.hasChosen {
			visit.Go(w, r, string(stepVerify))
			return
		}
		p.progress(s, "User started the "+s.chosen.Audit()+" verification option", true)
	}
	typed := strings.TrimSpace(r.PostForm.Get("code"))
	codeBox := s.chosen == entra.MailCode || s.chosen == entra.TextMobile || s.chosen == entra.TypeAppCode
	if codeBox && !plausible(typed) {
		p.gate(w, s, pane{fieldError: "Enter the code: six digits."}) // R-RST-31, without script
		return
	}
	challenge := s.challenge
	if challenge == nil {
		challenge = &proof.Challenge{Option: entra.TypeAppCode}
	}
	answer, err := p.prover.Check(r.Context(), u, challenge, typed)
	if err != nil {
		p.tenant.Log().Warn("challenge not checked", "error", err)
		p.gate(w, s, pane{alert: "We could not check it. Try again, or choose another method."})
		return
	}
	p.answered(w, r, s, answer)
}

// plausible reports whether s could be a code (R-RST-31).
func plausible(s string) bool {
	s = strings.Join(strings.Fields(s), "")
	return len(s) == 6 && strings.Trim(s, "0123456789") == ""
}

func (p *Portal) answered(w http.ResponseWriter, r *http.Request, s *session, answer proof.Answer) {
	switch answer {
	case proof.Passed:
		p.pass(w, r, s)
		return
	case proof.Waiting:
		p.gate(w, s, pane{notice: "We have no answer from your phone yet."})
		return
	}
	if p.count(w, r, s, failedAttempts[s.chosen]) {
		return
	}
	said := pane{fieldError: "That code is not right. Check it and try again."}
	switch answer {
	case proof.Expired:
		said.fieldError = "That code is no longer valid: codes live for 5 minutes and serve once. Ask for a new one."
	case proof.Declined, proof.Wrong:
		if s.chosen != entra.MailCode && s.chosen != entra.TextMobile && s.chosen != entra.TypeAppCode {
			s.challenge = nil
			said = pane{alert: "We did not get your approval. Try again, or choose another method."}
		}
	}
	p.gate(w, s, said)
}

// pass lets the person through the gate, to the next one or past them all.
func (p *Portal) pass(w http.ResponseWriter, r *http.Request, s *session) {
	p.progress(s, "User completed the "+s.chosen.Audit()+" verification option", true)
	s.last = "after completing the " + s.chosen.Audit() + " verification option"
	s.passed = append(s.passed, s.chosen)
	s.hasChosen, s.challenge = false, nil
	if len(s.passed) < s.verdict.Required {
		visit.Go(w, r, string(stepVerify))
		return
	}
	p.through(w, r, s)
}

// through lets the person on who has passed every gate, under a new cookie: who
// knew the one of page 1 sets no password.
func (p *Portal) through(w http.ResponseWriter, r *http.Request, s *session) {
	p.visits.Renew(w, r)
	p.progress(s, "User completed all verification steps required to reset their password", true) // R-AUD-16
	if s.unlock {
		p.finishUnlock(w, r, s)
		return
	}
	s.step, s.last = stepPassword, "before selecting a new password"
	visit.Go(w, r, string(s.step))
}
