// Package passwordreset is the password reset portal: the surface at which a
// person who cannot sign in gets back into the account (section 3 of the
// catalogue).
//
// Modelled: user ID and CAPTCHA, the choice between reset and unlock, one or
// two gates, the new password, the refusals with their codes, the request to
// the administrators, the session of 15 minutes, the audit trail of every
// step. Not modelled: the Windows lock screen (R-RST-79..84), other languages
// than English (R-RST-10), company logos.
package passwordreset

import (
	"net/http"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/captcha"
	"github.com/ssprlab/ssprlab/fakes/entra/proof"
	"github.com/ssprlab/ssprlab/fakes/entra/visit"
	"github.com/ssprlab/ssprlab/fakes/page"
	"github.com/ssprlab/ssprlab/lab/clock"
)

// Portal serves the surface.
type Portal struct {
	tenant   *entra.Tenant
	captchas *captcha.Store
	prover   *proof.Prover
	visits   *visit.Store[session]
	mux      *http.ServeMux
}

// New returns the portal of a tenant. captchas puts its riddles.
func New(t *entra.Tenant, captchas *captcha.Store) *Portal {
	p := &Portal{tenant: t, captchas: captchas, prover: proof.New(t), visits: visit.New[session]("reset", t.Chance())}
	p.mux = http.NewServeMux()
	p.mux.HandleFunc("GET /{$}", p.start)
	p.mux.Handle("GET /captcha/", captchas.Handler())
	p.mux.HandleFunc("POST /{$}", p.at(stepWho, p.identify))
	p.mux.HandleFunc("GET /choice", p.at(stepChoice, p.showChoice))
	p.mux.HandleFunc("POST /choice", p.at(stepChoice, p.choose))
	p.mux.HandleFunc("GET /verify", p.at(stepVerify, p.showGate))
	p.mux.HandleFunc("POST /verify/send", p.at(stepVerify, p.send))
	p.mux.HandleFunc("POST /verify", p.at(stepVerify, p.check))
	p.mux.HandleFunc("GET /password", p.at(stepPassword, p.showPassword))
	p.mux.HandleFunc("POST /password", p.at(stepPassword, p.finish))
	p.mux.HandleFunc("GET /done", p.at(stepDone, p.showDone))
	p.mux.HandleFunc("GET /refused", p.at(stepRefused, p.showRefusal))
	p.mux.HandleFunc("GET /contact", p.contact)
	p.mux.HandleFunc("POST /cancel", p.cancel)
	p.mux.HandleFunc("/", p.unknown)
	return p
}

func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

// step is where in the journey a session stands; its value is the page.
type step string

const (
	stepWho      step = "/"
	stepChoice   step = "/choice"
	stepVerify   step = "/verify"
	stepPassword step = "/password"
	stepDone     step = "/done"
	stepRefused  step = "/refused"
)

// session is one attempt to get back in. The server's state decides where it
// stands, not the address (R-RST-44, R-GAP-45).
type session struct {
	mu          sync.Mutex
	correlation string
	started     time.Time
	step        step
	riddle      string
	typed       string // the user ID as typed
	user        string // id, once known
	verdict     entra.Verdict
	unlock      bool
	passed      []entra.Option
	chosen      entra.Option
	hasChosen   bool
	challenge   *proof.Challenge
	drawn       []int  // indexes of the questions asked
	withdrawn   bool   // the chosen option was taken away
	last        string // what an abandonment is reported after (R-AUD-34a, b)
	refusal     refusal
	expiry      *clock.Timer
}

// ended reports whether the session is at one of its last pages.
func (s *session) ended() bool { return s.step == stepDone || s.step == stepRefused }

// over reports whether the session is older than 15 minutes and at none of its
// last pages (R-RST-41).
func (p *Portal) over(s *session) bool {
	return !s.ended() && p.tenant.Clock().Since(s.started) >= entra.SessionLifetime
}

// at lets a request through to h when its session stands at that step, and
// sends it to where the session stands otherwise.
func (p *Portal) at(want step, h func(http.ResponseWriter, *http.Request, *session)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s := p.visits.Find(r)
		if s == nil {
			p.noCookie(w, r)
			return
		}
		if r.Method == http.MethodPost && !page.Read(w, r, surface) {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case p.over(s):
			p.timeOut(w, r, s)
		case s.step != want:
			visit.Go(w, r, string(s.step))
		case p.stands(w, r, s):
			h(w, r, s)
		}
	}
}

// timeOut tells that the session is over.
func (p *Portal) timeOut(w http.ResponseWriter, r *http.Request, s *session) {
	p.visits.End(w, r)
	p.write(w, s, page.Page{Heading: "Your session has ended", Alert: "For your security a reset must be finished within 15 minutes. Start again.",
		Parts:      []page.Part{page.Links{Items: []page.Link{{Label: "Start again", URL: "/"}}}},
		Convention: "A session that nobody finished is logged as abandoned when its 15 minutes are up (R-GAP-60)."})
}

// noCookie answers a form that came without the session's cookie: the browser
// keeps none (R-ELG-01, R-RST-09), or the lab has been started anew.
func (p *Portal) noCookie(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		visit.Go(w, r, "/")
		return
	}
	p.tenant.Record(entra.AuditEntry{Service: entra.SSPRService, Activity: entra.ActivityProgress, Reason: "User tried to reset from a device without cookies enabled"})
	page.Write(w, http.StatusOK, page.Page{Surface: surface, Heading: "Cookies are needed", Alert: "Your browser sent no cookie. Allow cookies for this site and start again.",
		Parts: []page.Part{page.Links{Items: []page.Link{{Label: "Start again", URL: "/"}}}}})
}

func (p *Portal) unknown(w http.ResponseWriter, r *http.Request) {
	p.tenant.Unhandled(r)
	page.Lost(w, r, p.mux, surface, page.Links{Items: []page.Link{{Label: "Start a password reset", URL: "/"}}})
}

const surface = "Password reset"

// write answers with a page of the session; from the second page on it carries
// the organisation (R-RST-08).
func (p *Portal) write(w http.ResponseWriter, s *session, pg page.Page) {
	pg.Surface = surface
	pg.SupportCode = s.correlation
	if s.step != stepWho {
		pg.Brand = p.tenant.Organisation()
	}
	page.Write(w, http.StatusOK, pg)
}

// userOf returns the session's user as the tenant has it now.
func (p *Portal) userOf(s *session) entra.User {
	u, _ := p.tenant.User(s.user)
	return u
}

func (p *Portal) progress(s *session, text string, ok bool) {
	p.tenant.Progress(p.userOf(s), s.correlation, text, ok)
}

// orCancel is a form's button, and Cancel beside it (R-RST-42).
func orCancel(label string) []page.Button {
	return []page.Button{{Label: label}, {Label: "Cancel", Action: "/cancel", Quiet: true}}
}
