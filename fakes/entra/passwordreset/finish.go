package passwordreset

import (
	"net/http"
	"net/url"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/visit"
	"github.com/ssprlab/ssprlab/fakes/page"
)

func (p *Portal) showPassword(w http.ResponseWriter, _ *http.Request, s *session) {
	p.askPassword(w, s, "", "")
}

// askPassword is the page of the new password; the old one is never asked for
// (R-RST-46). A hybrid user is told no rules, because they are the directory's
// (R-RST-47).
func (p *Portal) askPassword(w http.ResponseWriter, s *session, fresh, confirm string) {
	hint := "At least 8 characters, of three kinds: lower case, upper case, digits, symbols. Strength is judged when you finish."
	if u := p.userOf(s); u.Synced() {
		hint = ""
	}
	p.write(w, s, page.Page{
		Title: "Get back into your account", Heading: "Choose a new password", Lead: []string{"Your identity has been verified."},
		Parts: []page.Part{
			page.Form{Controls: []page.Part{
				page.Input{Name: "password", Label: "Enter new password", Type: "password", Complete: "new-password", Hint: hint, Error: fresh},
				page.Input{Name: "confirm", Label: "Confirm new password", Type: "password", Complete: "new-password", Error: confirm},
			}, Buttons: orCancel("Finish")},
		},
	})
}

// finish takes the new password. A refused one leaves the person on the page,
// and the gates are not repeated (R-RST-51, R-RST-52).
func (p *Portal) finish(w http.ResponseWriter, r *http.Request, s *session) {
	fresh, confirm := r.PostForm.Get("password"), r.PostForm.Get("confirm")
	switch {
	case fresh == "":
		p.askPassword(w, s, "Enter a new password.", "")
		return
	case fresh != confirm:
		p.askPassword(w, s, "", "The two passwords are not the same.") // R-RST-48
		return
	}
	s.last = "while selecting a new password"
	refused := p.tenant.Reset(r.Context(), p.userOf(s), fresh, s.correlation)
	switch {
	case refused == nil:
		s.end(stepDone)
		visit.Go(w, r, string(stepDone))
	case refused.Retry:
		p.askPassword(w, s, refused.Text, "")
	default:
		p.fail(w, r, s, refused)
	}
}

// fail ends the session with what went wrong on-premises (R-RST-53, R-RST-54).
func (p *Portal) fail(w http.ResponseWriter, r *http.Request, s *session, refused *entra.Refusal) {
	heading := "Your password could not be reset"
	if s.unlock {
		heading = "Your account could not be unlocked"
	}
	p.refuse(w, r, s, refusal{code: refused.Code, heading: heading, text: []string{refused.Text}})
}

func (p *Portal) finishUnlock(w http.ResponseWriter, r *http.Request, s *session) {
	if refused := p.tenant.Unlock(r.Context(), p.userOf(s), s.correlation); refused != nil {
		p.fail(w, r, s, refused)
		return
	}
	s.end(stepDone)
	visit.Go(w, r, string(stepDone))
}

// showDone is the last page, with the link to sign in (R-RST-55).
func (p *Portal) showDone(w http.ResponseWriter, _ *http.Request, s *session) {
	notice, link := "Your password has been reset.", "Sign in with your new password"
	if s.unlock {
		notice, link = "Your account has been unlocked. Your password is as it was.", "Sign in with your password"
	}
	p.write(w, s, page.Page{
		Title: "Get back into your account", Heading: "Get back into your account", Notice: notice,
		Parts: []page.Part{page.Links{Items: []page.Link{{Label: link, URL: p.tenant.Hosts().URL(entra.OfficeHost, "/?"+url.Values{"login_hint": {p.userOf(s).UPN}}.Encode())}}}},
	})
}
