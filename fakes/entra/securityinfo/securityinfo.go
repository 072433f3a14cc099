// Package securityinfo is combined registration: the wizard that interrupts a
// sign-in, and the Security info page on which people manage what they have
// registered (section 4 of the catalogue). The page of 2019 for who is outside
// the preview is here too (R-REG-03, R-REG-04).
//
// Modelled: authenticator apps by QR code or key, mobile and office phone,
// e-mail, security questions, skip, review, deletion, the default method, the
// proof of a second factor before anything is managed (R-REG-53). Not modelled:
// app passwords, security keys, passkeys, temporary access passes, alternate
// phones, Conditional Access on registration, the registration campaign.
package securityinfo

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/app"
	"github.com/ssprlab/ssprlab/fakes/entra/proof"
	"github.com/ssprlab/ssprlab/fakes/entra/visit"
	"github.com/ssprlab/ssprlab/fakes/page"
)

const surface = "Security info"

// Site serves the surface.
type Site struct {
	tenant  *entra.Tenant
	prover  *proof.Prover
	guard   *app.Guard
	visits  *visit.Store[session]
	enrols  *enrolments
	mux     *http.ServeMux
	methods []setup // in the order the wizard proposes them
}

// New returns the surface of a tenant.
func New(t *entra.Tenant) *Site {
	s := &Site{tenant: t, prover: proof.New(t), guard: app.New(t, entra.SecurityInfoHost, surface), visits: visit.New[session]("registration", t.Chance()),
		enrols: newEnrolments(t), mux: http.NewServeMux()}
	s.methods = []setup{appSetup{s}, phoneSetup{s, entra.MobilePhone}, phoneSetup{s, entra.OfficePhone}, emailSetup{s}, questionSetup{s}}
	s.guard.Mount(s.mux)
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { visit.Go(w, r, "/security-info") })
	s.mux.HandleFunc("GET /interrupt", s.interrupt)
	s.mux.HandleFunc("GET /ssprsetup/interrupt", s.interrupt)
	s.mux.HandleFunc("GET /register/proof", s.within(s.showInterruptProof))
	s.mux.HandleFunc("POST /register/proof", s.within(s.takeInterruptProof))
	s.mux.HandleFunc("GET /register", s.proved(s.showWizard))
	s.mux.HandleFunc("POST /register", s.proved(s.takeWizard))
	s.mux.HandleFunc("POST /register/other", s.proved(s.otherMethod))
	s.mux.HandleFunc("POST /register/skip", s.within(s.skip))
	s.mux.HandleFunc("POST /register/back", s.within(s.stopSetup))
	s.mux.HandleFunc("GET /register/qr.png", s.proved(s.qr))
	s.mux.HandleFunc("GET /done", s.proved(s.showDone))
	s.mux.HandleFunc("POST /done", s.proved(s.done))
	s.mux.HandleFunc("GET /review", s.proved(s.showReview))
	s.mux.HandleFunc("POST /review", s.proved(s.takeReview))
	s.mux.HandleFunc("POST /app/activate", s.enrols.activate)
	s.mux.HandleFunc("GET /security-info", s.guard.Signed(s.manage))
	s.mux.HandleFunc("POST /security-info/proof", s.guard.Signed(s.takeProof))
	s.mux.HandleFunc("POST /security-info/add", s.guard.Signed(s.add))
	s.mux.HandleFunc("POST /security-info/delete", s.guard.Signed(s.delete))
	s.mux.HandleFunc("POST /security-info/default", s.guard.Signed(s.setDefault))
	return s
}

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// session is one registration in one browser.
type session struct {
	mu        sync.Mutex
	user      string
	started   time.Time
	interrupt bool      // during sign-in; otherwise from the Security info page
	legacy    bool      // on the page of 2019
	at        time.Time // of the sign-in that is interrupted
	review    bool      // of what is registered (R-REG-57)
	reviewing bool      // from a review to the Security info page, and back
	proven    bool      // a second factor was shown in this session
	challenge *proof.Challenge
	task      *task // the method that is being set up
	finished  bool  // everything that was required is registered
	added     []string
	preferred string // method chosen instead of the proposed one
}

// task is a method that is being set up.
type task struct {
	setup     setup
	step      int
	values    map[string]string // typed so far
	enrolment *enrolment        // of an app
	challenge *proof.Challenge
	shownAt   time.Time
}

// setup is how one method is registered. Adding a method is adding a file with
// one of these.
type setup interface {
	// id names the method in forms, label on pages, audit in the log (R-AUD-41).
	id() string
	label() string
	audit() string
	method() entra.Method
	// convention is what the product leaves open at the present step.
	convention(t *task) string
	// show returns the parts of the present step.
	show(s *session, u entra.User, problem string) []page.Part
	// take deals with the form of the present step. It moves the task on,
	// returns a problem for the person, or reports the method registered.
	take(r *http.Request, s *session, u entra.User) (problem string, registered bool)
}

func (s *Site) over(x *session) bool {
	return s.tenant.Clock().Since(x.started) >= entra.SessionLifetime
}

// within lets a request through with the browser's registration, which lives
// for 15 minutes (R-REG-54): of a sign-in that is interrupted, or of who is
// signed in to the Security info page.
func (s *Site) within(h func(http.ResponseWriter, *http.Request, *session, entra.User)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && !page.Read(w, r, surface) {
			return
		}
		x := s.visits.Find(r)
		if x == nil {
			visit.Go(w, r, "/security-info")
			return
		}
		x.mu.Lock()
		defer x.mu.Unlock()
		u, ok := s.tenant.User(x.user)
		if !ok || !u.Enabled || x.started.Before(u.SessionsValidFrom) || s.over(x) {
			s.visits.End(w, r)
			page.Write(w, http.StatusOK, page.Page{Surface: surface, Heading: "Your session has ended", Alert: "For your security, registration must be finished within 15 minutes. Sign in again.",
				Parts: []page.Part{page.Links{Items: []page.Link{{Label: "Sign in again", URL: s.tenant.Hosts().URL(entra.OfficeHost, "/")}}}}})
			return
		}
		if known, ok := s.guard.User(r); !x.interrupt && (!ok || known.ID != u.ID) {
			visit.Go(w, r, "/security-info")
			return
		}
		h(w, r, x, u)
	}
}

// proved is within for what asks for a second factor first, if the person
// holds one (R-REG-53): all but the page of 2019, and its reviews (R-REG-57).
func (s *Site) proved(h func(http.ResponseWriter, *http.Request, *session, entra.User)) http.HandlerFunc {
	return s.within(func(w http.ResponseWriter, r *http.Request, x *session, u entra.User) {
		free := x.legacy || x.review && s.tenant.Era() == entra.Era2019
		switch {
		case free || x.proven || !mfaCapable(u):
			h(w, r, x, u)
		case x.interrupt:
			visit.Go(w, r, "/register/proof")
		default:
			visit.Go(w, r, "/security-info")
		}
	})
}

// interrupt begins the registration that a sign-in asks for.
func (s *Site) interrupt(w http.ResponseWriter, r *http.Request) {
	back := s.resumeAddress()
	grant, ok := s.tenant.Redeem(r.URL.Query().Get("code"), entra.InterruptClient, back)
	if !ok {
		visit.Go(w, r, "/security-info")
		return
	}
	u, _ := s.tenant.User(grant.User)
	x := &session{user: grant.User, started: s.tenant.Now(), interrupt: true, legacy: !s.tenant.Combined(u), at: grant.At}
	x.review = !entra.NeedsRegistration(u, s.tenant.Facts(u))
	s.visits.Begin(w, r, x)
	visit.Go(w, r, x.first())
}

// first is the first page of an interrupted sign-in, or that of who manages.
func (x *session) first() string {
	switch {
	case !x.interrupt:
		return "/security-info"
	case x.review:
		return "/review"
	}
	return "/register"
}

func (s *Site) resumeAddress() string {
	return s.tenant.Hosts().URL(entra.LoginHost, "/common/resume")
}

func (s *Site) write(w http.ResponseWriter, u entra.User, p page.Page) {
	p.Surface, p.Brand, p.Person = surface, s.tenant.Organisation(), u.Name
	page.Write(w, http.StatusOK, p)
}

func (s *Site) record(u entra.User, activity, reason string, ok bool) {
	s.tenant.Record(entra.AuditEntry{Service: entra.RegistrationService, Activity: activity, Success: ok, Reason: reason, Target: u.By()})
}

// setups returns how the methods that u may register are set up, in the order
// of the wizard. On the page of 2019 there is no app (R-REG-04).
func (s *Site) setups(x *session, u entra.User) (list []setup) {
	for _, m := range entra.Registrable(u, s.tenant.Facts(u), s.tenant.Era()) {
		for _, how := range s.methods {
			if how.method() == m && !(x != nil && x.legacy && m == entra.AppCode) {
				list = append(list, how)
			}
		}
	}
	return list
}

// registrable reports whether u may still register that way.
func (s *Site) registrable(x *session, u entra.User, how setup) bool {
	return slices.ContainsFunc(s.setups(x, u), func(other setup) bool { return other.id() == how.id() })
}

// missing returns the methods that u may register and has no data for.
func (s *Site) missing(x *session, u entra.User) (list []setup) {
	has := entra.Usable(u, s.tenant.Facts(u))
	for _, how := range s.setups(x, u) {
		m := how.method()
		if !has.Has(m) && !(m.App() && has.App()) {
			list = append(list, how)
		}
	}
	return list
}
