// Package app is what the tenant's applications share: they send people to
// sign in, take them back with a code, and know them from then on, until they
// sign out or their sessions are revoked (R-RST-58).
//
// Modelled: the way to the sign-in page and back with state and code, the page
// that was asked for, forms of another site refused, an account that is disabled
// or revoked meanwhile. Not modelled: consent, scopes, tokens in the browser,
// and single sign-out: signing out of one application leaves the others, whose
// own sessions go on.
package app

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/visit"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// Guard lets only signed-in people through to an application.
type Guard struct {
	tenant *entra.Tenant
	client string // host name and client id
	name   string // of the surface, for its pages
	visits *visit.Store[session]
}

type session struct {
	user   string
	at     time.Time
	state  string // of a sign-in under way
	target string // where the person wanted to go
}

// New returns the guard of the application on host, called name on its pages.
func New(t *entra.Tenant, host, name string) *Guard {
	return &Guard{t, host, name, visit.New[session](host, t.Chance())}
}

// Handler is what an application does for a signed-in user.
type Handler func(http.ResponseWriter, *http.Request, entra.User)

// Signed wraps h: who is not signed in is sent to sign in first. Forms come in
// read.
func (g *Guard) Signed(h Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && !page.Read(w, r, g.name) {
			return
		}
		u, ok := g.User(r)
		if !ok {
			g.signIn(w, r)
			return
		}
		h(w, r, u)
	}
}

// User returns who is signed in in the browser that sent r, as the tenant has
// the person now: who is disabled, gone, or signed in before the sessions were
// ended is not (R-RST-58).
func (g *Guard) User(r *http.Request) (entra.User, bool) {
	s := g.visits.Find(r)
	if s == nil || s.user == "" {
		return entra.User{}, false
	}
	u, ok := g.tenant.User(s.user)
	return u, ok && u.Enabled && !s.at.Before(u.SessionsValidFrom)
}

func (g *Guard) signIn(w http.ResponseWriter, r *http.Request) {
	s := &session{state: g.tenant.Chance().Token(12), target: "/"}
	if r.Method == http.MethodGet {
		s.target = r.URL.RequestURI()
	}
	g.visits.Begin(w, r, s)
	callback, _ := g.tenant.Callback(g.client)
	q := url.Values{"client_id": {g.client}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid profile"}, "state": {s.state}}
	if hint := r.URL.Query().Get("login_hint"); hint != "" {
		q.Set("login_hint", hint)
	}
	visit.Go(w, r, g.tenant.Hosts().URL(entra.LoginHost, "/organizations/oauth2/v2.0/authorize?"+q.Encode()))
}

// Mount adds the guard's own addresses to an application's: where sign-ins
// return to, and where people sign out.
func (g *Guard) Mount(mux *http.ServeMux) {
	mux.HandleFunc("GET "+entra.CallbackPath, g.callback)
	mux.HandleFunc("GET /signout", func(w http.ResponseWriter, r *http.Request) {
		g.visits.End(w, r)
		visit.Go(w, r, g.tenant.Hosts().URL(entra.LoginHost, "/common/oauth2/v2.0/logout"))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		g.tenant.Unhandled(r)
		page.Lost(w, r, mux, g.name, page.Links{Items: []page.Link{{Label: "To the first page", URL: "/"}}})
	})
}

func (g *Guard) callback(w http.ResponseWriter, r *http.Request) {
	s := g.visits.Find(r)
	q := r.URL.Query()
	callback, _ := g.tenant.Callback(g.client)
	if s == nil || s.state == "" || s.state != q.Get("state") {
		visit.Go(w, r, "/")
		return
	}
	grant, ok := g.tenant.Redeem(q.Get("code"), g.client, callback)
	if !ok {
		page.Write(w, http.StatusBadRequest, page.Page{Surface: g.name, Heading: "We couldn't sign you in", Alert: "The sign-in was not finished, or took too long. Try again.",
			Parts: []page.Part{page.Links{Items: []page.Link{{Label: "Try again", URL: "/"}}}}})
		return
	}
	g.visits.Begin(w, r, &session{user: grant.User, at: grant.At})
	target := s.target
	if !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") {
		target = "/"
	}
	visit.Go(w, r, target)
}

// SignIn begins a session of u here, whom the application knows by other means
// to have signed in at that time.
func (g *Guard) SignIn(w http.ResponseWriter, r *http.Request, u entra.User, at time.Time) {
	g.visits.Begin(w, r, &session{user: u.ID, at: at})
}

// SignOut ends the browser's session here, as after a changed password
// (R-CHG-03).
func (g *Guard) SignOut(w http.ResponseWriter, r *http.Request) { g.visits.End(w, r) }

// Write answers with a page of the application for u.
func (g *Guard) Write(w http.ResponseWriter, status int, u entra.User, p page.Page) {
	p.Surface, p.Brand = g.name, g.tenant.Organisation()
	if u.ID != "" {
		p.Person, p.SignOut = u.Name, "/signout"
	}
	page.Write(w, status, p)
}
