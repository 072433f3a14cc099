package passwordreset

import (
	"net/http"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/visit"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// start begins a session, or goes back to the one that is under way.
func (p *Portal) start(w http.ResponseWriter, r *http.Request) {
	if s := p.visits.Find(r); s != nil {
		s.mu.Lock()
		underWay := s.step != stepWho && !s.ended() && !p.over(s)
		at := s.step
		s.mu.Unlock()
		if underWay && !r.URL.Query().Has("username") {
			visit.Go(w, r, string(at))
			return
		}
	}
	s := &session{correlation: p.tenant.Chance().GUID(), started: p.tenant.Now(), step: stepWho, typed: r.URL.Query().Get("username")}
	p.visits.Begin(w, r, s)
	p.showWho(w, s, "", "")
}

// showWho is page 1 (R-RST-11). The user ID is filled in when sign-in sent the
// person here, and stays editable (R-RST-06).
func (p *Portal) showWho(w http.ResponseWriter, s *session, userError, riddleError string) {
	s.riddle = p.captchas.Put()
	p.write(w, s, page.Page{
		Title: "Get back into your account", Heading: "Get back into your account",
		Lead: []string{"Who are you? Enter your user ID and the characters in the picture or in the sound."},
		Parts: []page.Part{
			page.Form{Controls: []page.Part{
				page.Input{Name: "userid", Label: "User ID", Value: s.typed, Complete: "username", Type: "email", Error: userError, Hint: "For example: user@" + p.tenant.Domains()[0]},
				page.Picture{URL: "/captcha/" + s.riddle + ".png", Alt: "A picture of characters to type, to show that you are not a robot", Width: 280, Height: 90},
				page.Listen{URL: "/captcha/" + s.riddle + ".wav", Label: "Listen to digits instead"},
				page.Input{Name: "captcha", Label: "Enter the characters in the picture or the words in the audio", Error: riddleError, Complete: "off"},
			}, Buttons: orCancel("Next")},
		},
		Convention: "A wrong answer brings a new picture and is not counted; a picture is valid for 10 minutes (R-GAP-46).",
	})
}

// identify takes page 1. Nothing is said about the account before the CAPTCHA
// is solved (R-RST-13).
func (p *Portal) identify(w http.ResponseWriter, r *http.Request, s *session) {
	s.typed = strings.TrimSpace(r.PostForm.Get("userid"))
	solved := p.captchas.Check(s.riddle, r.PostForm.Get("captcha"))
	switch {
	case s.typed == "":
		p.showWho(w, s, "Enter your user ID.", "")
		return
	case !solved:
		p.showWho(w, s, "", "The characters you entered are not those in the picture. Try the new one.")
		return
	}
	u, known := p.tenant.User(s.typed)
	if !known || !strings.EqualFold(u.UPN, s.typed) {
		p.refuse(w, r, s, refusal{reason: entra.UnknownUser})
		return
	}
	s.user = u.ID
	p.progress(s, "User submitted their user ID", true) // R-RST-15
	s.last = "after entering their user ID"
	s.verdict = p.tenant.Decide(u)
	p.watchForAbandonment(s)
	if s.verdict.Reason != entra.Eligible {
		p.refuse(w, r, s, refusalFor(s.verdict))
		return
	}
	s.step = stepVerify
	if s.verdict.OfferUnlock {
		s.step = stepChoice
	} else {
		p.present(s)
	}
	visit.Go(w, r, string(s.step))
}

// watchForAbandonment reports, when the session's time is up, that the person
// left it (R-RST-43, R-GAP-60).
func (p *Portal) watchForAbandonment(s *session) {
	left := entra.SessionLifetime - p.tenant.Clock().Since(s.started)
	s.expiry = p.tenant.Clock().AfterFunc(left, func() {
		if !s.mu.TryLock() { // the person is at it
			return
		}
		defer s.mu.Unlock()
		if !s.ended() {
			p.progress(s, "User abandoned "+s.last, false)
		}
	})
}

// end finishes a session at its last page.
func (s *session) end(at step) {
	s.step = at
	if s.expiry != nil {
		s.expiry.Stop()
	}
}

// showChoice is page 2 (R-RST-16, R-RST-17).
func (p *Portal) showChoice(w http.ResponseWriter, _ *http.Request, s *session) {
	p.askChoice(w, s, "")
}

func (p *Portal) askChoice(w http.ResponseWriter, s *session, problem string) {
	p.write(w, s, page.Page{
		Title: "Why are you having trouble signing in?", Heading: "Why are you having trouble signing in?",
		Parts: []page.Part{
			page.Form{Controls: []page.Part{page.Choices{Name: "trouble", Legend: "Choose what applies", Error: problem, Options: []page.Option{
				{Value: "forgot", Label: "I forgot my password", Hint: "No worries, we'll help you to reset your password using the security info you registered with us."},
				{Value: "locked", Label: "I know my password, but still can't sign in", Hint: "This can happen when a wrong password was typed too often. We'll help you to unlock your account."},
			}}}, Buttons: orCancel("Next")},
		},
	})
}

func (p *Portal) choose(w http.ResponseWriter, r *http.Request, s *session) {
	switch r.PostForm.Get("trouble") {
	case "forgot":
		s.unlock = false
	case "locked":
		s.unlock = true
	default:
		p.askChoice(w, s, "Choose one of the two.")
		return
	}
	s.step = stepVerify
	p.present(s)
	visit.Go(w, r, string(s.step))
}

// present notes that the person sees the options of the first gate.
func (p *Portal) present(s *session) {
	p.progress(s, "User was presented with verification options", true) // R-AUD-13
}
