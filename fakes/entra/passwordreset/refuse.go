package passwordreset

import (
	"context"
	"fmt"
	"net/http"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/visit"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// refusal is a page that ends a session (R-RST-14).
type refusal struct {
	reason  entra.Reason
	code    entra.Code
	heading string
	text    []string
	audit   string // R-AUD-30, R-AUD-34e
	asked   bool   // the administrators were
}

// refusalFor turns the brain's verdict into its page.
func refusalFor(v entra.Verdict) refusal {
	return refusal{reason: v.Reason, code: v.Code}
}

const notYou = "You can't reset your own password"

// refusals are the pages of section 2.2, in our own words.
var refusals = map[entra.Reason]refusal{
	entra.UnknownUser: {heading: "We could not verify your account", // R-GAP-55, R-ELG-23
		text: []string{"We could not verify that this user ID belongs to an account that can be reset here. Check what you typed, or contact your administrator."}},
	entra.BlockedInCloud: {heading: "Please contact your administrator", audit: "Password reset is not enabled for this user.",
		text: []string{"This account cannot sign in at present. Your administrator can tell you why."}},
	entra.Throttled: {heading: "Please wait before you try again", text: []string{entra.RefusalText()}},
	entra.GuestAccount: {heading: notYou, audit: "Password reset is not enabled for this user.",
		text: []string{"This account belongs to another organisation. Reset its password there."}},
	entra.TurnedOff: {heading: notYou, audit: "Password reset has been disabled entirely for this tenant.",
		text: []string{"Password reset isn't turned on for your organisation. There is nothing you can do yourself: ask your administrator to turn it on or to reset your password."}},
	entra.NoPolicy: {heading: notYou, audit: "Password reset is not enabled for this user.",
		text: []string{"Your administrator has not set up password reset yet."}},
	entra.Unlicensed: {heading: notYou, audit: "User does not have a license.",
		text: []string{"A licence that password reset needs is missing. Ask your administrator to assign it to you."}},
	entra.OutOfScope: {heading: notYou, audit: "This user is not a member of the password reset users group.",
		text: []string{"Your account is not enabled for password reset. Your administrator can reset your password for you."}},
	entra.TooFewMethods: {heading: notYou, audit: "User's account has insufficient authentication methods defined. Add authentication info to resolve this",
		text: []string{"We don't have the information about you that is needed to make sure that it is you. Your administrator can reset your password; register your security info after that."}},
	entra.WritebackOff: {heading: notYou, audit: "User's password is managed on-premises.",
		text: []string{"Your organisation manages your password in its own directory, and a service that is needed to reset it from here is not enabled. Ask your administrator to check the configuration."}},
	entra.AgentUnreachable: {heading: "Your password cannot be reset right now", audit: "We could not reach your on-premises password reset service.",
		text: []string{"Your organisation's password service cannot be reached at the moment. It may work later; if it does not, contact your administrator."}},
}

// refuse ends the session with a refusal, which the audit log records.
func (p *Portal) refuse(w http.ResponseWriter, r *http.Request, s *session, f refusal) {
	kind := f.reason
	if kind == entra.AdminResetOff {
		kind = entra.TurnedOff // the same page (R-POL-87)
	}
	known := refusals[kind]
	if f.heading == "" {
		f.heading, f.text, f.audit = known.heading, known.text, known.audit
	}
	if f.audit != "" && s.user != "" {
		p.progress(s, f.audit, false)
	}
	s.refusal = f
	s.end(stepRefused)
	visit.Go(w, r, string(stepRefused))
}

// codeOf is the technical line of the page. The administrators' page prints
// one zero less (R-POL-87, R-GAP-23).
func codeOf(f refusal) string {
	switch {
	case f.code == 0:
		return ""
	case f.reason == entra.AdminResetOff:
		return fmt.Sprintf("SSPR_%03d", f.code)
	}
	return fmt.Sprintf("SSPR_%04d", f.code)
}

func (p *Portal) showRefusal(w http.ResponseWriter, _ *http.Request, s *session) {
	parts := []page.Part{page.Links{Items: []page.Link{p.helpLink(), {Label: "Start again with another user ID", URL: "/?username="}}}}
	if code := codeOf(s.refusal); code != "" {
		parts = append(parts, page.Disclosure{Summary: "Additional details", Parts: []page.Part{page.Text{Mono: true, Paragraphs: []string{code}}}})
	}
	pg := page.Page{Heading: s.refusal.heading, Lead: s.refusal.text, Parts: parts}
	pg.Convention = refusedConventions[s.refusal.reason]
	if s.refusal.asked {
		pg.Parts, pg.Convention = []page.Part{page.Links{Items: []page.Link{p.signInLink()}}}, "Nothing is asked back before the mails go out, and there is no limit to them (R-GAP-48)."
	}
	p.write(w, s, pg)
}

var refusedConventions = map[entra.Reason]string{
	entra.UnknownUser:    "What the product shows here is not documented; a known user ID and an unknown one are the same up to the CAPTCHA (R-GAP-55).",
	entra.BlockedInCloud: "What the product shows here is not documented (R-GAP-54).",
	entra.Throttled:      "Five attempts are let through and the sixth is refused (R-GAP-61).",
}

// helpLink is the "Contact your administrator" link: the lab's request to the
// administrators, or where the organisation points it (R-POL-69, R-RST-62).
func (p *Portal) helpLink() page.Link {
	link := page.Link{Label: "Contact your administrator", URL: "/contact"}
	if address, newTab, custom := p.tenant.Policy().HelpdeskLink(); custom {
		link.URL, link.NewTab = address, newTab
	}
	return link
}

func (p *Portal) signInLink() page.Link {
	return page.Link{Label: "Back to sign-in", URL: p.tenant.Hosts().URL(entra.OfficeHost, "/")}
}

// contact mails the administrators (R-RST-63) and leads to a page that says so,
// which can be loaded again without a second mail. Any session that has not
// reached its end well may ask, also when reset is off for the person
// (R-RST-66). Where the link is customised, nobody is mailed (R-RST-65).
func (p *Portal) contact(w http.ResponseWriter, r *http.Request) {
	s := p.visits.Find(r)
	if s == nil || !page.SameOrigin(r) {
		visit.Go(w, r, "/")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _, custom := p.tenant.Policy().HelpdeskLink()
	switch {
	case p.over(s):
		p.timeOut(w, r, s)
	case custom || s.step == stepWho || s.step == stepDone || s.refusal.asked:
		visit.Go(w, r, string(s.step))
	default:
		p.askAdministrators(r.Context(), s)
		visit.Go(w, r, string(s.step))
	}
}

// askAdministrators ends the session with the request for help.
func (p *Portal) askAdministrators(ctx context.Context, s *session) {
	asked := p.tenant.AskAdministrators(ctx, s.typed)
	if s.user != "" {
		p.progress(s, "User contacted an admin "+contactedAfter(s), true)
	}
	s.refusal = refusal{asked: true, heading: "Your administrators have been asked", text: []string{"They were told that you cannot reset your password. They will get in touch with you."}}
	if asked == 0 {
		s.refusal.heading, s.refusal.text = "Nobody could be asked", []string{"This organisation has no administrator with a mailbox who could help. Call your help desk."}
	}
	s.end(stepRefused)
}

// contactedAfter is the tail of R-AUD-34d.
func contactedAfter(s *session) string {
	if !s.hasChosen {
		return "after entering their user ID"
	}
	name := s.chosen.Audit()
	if s.chosen == entra.AnswerQuestions {
		name = "security question"
	}
	return "after trying the " + name + " verification option"
}

// cancel ends the run (R-RST-42); the log spells it as the live service does
// (R-GAP-30).
func (p *Portal) cancel(w http.ResponseWriter, r *http.Request) {
	if !page.Read(w, r, surface) {
		return
	}
	s := p.visits.Find(r)
	p.visits.End(w, r)
	if s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case s.user == "" || s.ended() || p.over(s):
		case s.step == stepPassword:
			p.progress(s, "User cancelled before submitting a new password", false)
		default:
			p.progress(s, "User cancelled before passing the required authentication methods", false)
		}
		s.end(stepRefused)
	}
	page.Write(w, http.StatusOK, page.Page{Surface: surface, Heading: "You have cancelled", Lead: []string{"Nothing was changed."}, Parts: []page.Part{
		page.Links{Items: []page.Link{p.signInLink(), {Label: "Start again", URL: "/"}}}}})
}
