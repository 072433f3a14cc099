// Package signin is the sign-in surface: user name, password, and what comes
// between a right password and the application, in this order: a forced change
// of password, registration, review, "Stay signed in?" (R-GAP-58).
//
// The pages keep the names, ids and accessible names that scripts for the real
// page rely on. Modelled: sign-in of cloud-only and hybrid users, the errors of
// R-CHG-15 as texts, the ways into a reset (R-RST-02..04), single sign-on,
// sign-out. Not modelled: second factors at sign-in, Conditional Access, home
// realm discovery for federated domains, personal accounts.
package signin

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/visit"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// Login serves the surface.
type Login struct {
	tenant   *entra.Tenant
	machines Machines
	flows    *visit.Store[flow]
	singles  *visit.Store[single]
	mux      *http.ServeMux
}

// Machines are the endpoints of the login host that are not for people: tokens
// and discovery.
type Machines interface {
	// Match reports whether a request is for them.
	Match(*http.Request) bool
	// Handler answers it, and what nobody on the host knows.
	Handler() http.Handler
}

// flow is one sign-in under way in one browser.
type flow struct {
	mu      sync.Mutex
	request request
	typed   string // the user name as typed
	user    string // id, once the password was right
	at      time.Time

	outdated bool // the password was right and must be changed first
	sent     bool // to register or to review
	asked    bool // registration or review has been dealt with
	stayed   bool // "Stay signed in?" has been answered
}

// anew forgets who is signing in, but not what for.
func (f *flow) anew() { f.user, f.outdated, f.sent, f.asked, f.stayed = "", false, false, false, false }

// request is what an application asked for.
type request struct{ client, redirectURI, state, nonce, mode string }

// single is a browser's single sign-on.
type single struct {
	user string
	at   time.Time
}

// New returns the sign-in surface of a tenant; machines may be nil.
func New(t *entra.Tenant, machines Machines) *Login {
	l := &Login{tenant: t, machines: machines, flows: visit.New[flow]("flow", t.Chance()), singles: visit.New[single]("sso", t.Chance()), mux: http.NewServeMux()}
	for path, h := range map[string]http.HandlerFunc{"oauth2/v2.0/authorize": l.authorize, "oauth2/authorize": l.authorize, "oauth2/v2.0/logout": l.signOut} {
		l.mux.HandleFunc("GET /{tenant}/"+path, l.within(h))
		l.mux.HandleFunc("/{tenant}/"+path, l.lost)
	}
	l.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		visit.Go(w, r, t.Hosts().URL(entra.OfficeHost, "/"))
	})
	l.mux.HandleFunc("GET /common/username", l.during(l.showUserName))
	l.mux.HandleFunc("POST /common/username", l.during(l.takeUserName))
	l.mux.HandleFunc("GET /common/login", l.during(l.showPassword))
	l.mux.HandleFunc("POST /common/login", l.during(l.takePassword))
	l.mux.HandleFunc("GET /common/change", l.outdated(l.showChange))
	l.mux.HandleFunc("POST /common/change", l.outdated(l.takeChange))
	l.mux.HandleFunc("GET /common/more", l.only(dueRegistration, l.showMore))
	l.mux.HandleFunc("POST /common/more", l.only(dueRegistration, l.interrupt))
	l.mux.HandleFunc("GET /common/resume", l.known(l.resume))
	l.mux.HandleFunc("GET /common/kmsi", l.only(dueStay, l.showStay))
	l.mux.HandleFunc("POST /common/kmsi", l.only(dueStay, l.takeStay))
	l.mux.HandleFunc("GET /common/trouble", l.trouble)
	l.mux.HandleFunc("/", l.unknown)
	return l
}

// ServeHTTP asks the machines' endpoints first: they take paths that a mux
// would tidy up with a redirect.
func (l *Login) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l.machines != nil && l.machines.Match(r) {
		l.machines.Handler().ServeHTTP(w, r)
		return
	}
	l.mux.ServeHTTP(w, r)
}

// unknown answers what is neither a page nor an endpoint. What is below a
// tenant is a machine's business, and answered as one expects.
func (l *Login) unknown(w http.ResponseWriter, r *http.Request) {
	if l.machines != nil && !strings.HasPrefix(r.URL.Path, "/common/") && strings.Count(r.URL.Path, "/") > 1 {
		l.machines.Handler().ServeHTTP(w, r)
		return
	}
	l.lost(w, r)
}

func (l *Login) lost(w http.ResponseWriter, r *http.Request) {
	l.tenant.Unhandled(r)
	page.Lost(w, r, l.mux, surface)
}

// within lets a request through to h that names this tenant, or any.
func (l *Login) within(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		own := append(l.tenant.Domains(), l.tenant.ID, "common", "organizations")
		name := r.PathValue("tenant")
		if !slices.ContainsFunc(own, func(s string) bool { return strings.EqualFold(s, name) }) {
			l.write(w, http.StatusBadRequest, page.Page{Heading: "We couldn't sign you in", Alert: "AADSTS90002: there is no tenant " + name + "."})
			return
		}
		h(w, r)
	}
}

const surface = "Sign in"

func (l *Login) write(w http.ResponseWriter, status int, p page.Page) {
	p.Surface = surface
	p.Title = cmp.Or(p.Title, "Sign in to your account")
	page.Write(w, status, p)
}

// during lets a request through to h with the browser's flow; without one
// there is nothing to sign in to.
func (l *Login) during(h func(http.ResponseWriter, *http.Request, *flow)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f := l.flows.Find(r)
		if f == nil {
			visit.Go(w, r, l.tenant.Hosts().URL(entra.OfficeHost, "/"))
			return
		}
		if r.Method == http.MethodPost && !page.Read(w, r, surface) {
			return
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		h(w, r, f)
	}
}

// known is during for pages that come after a right password. Who has been
// disabled, removed, or given another password since begins again.
func (l *Login) known(h func(http.ResponseWriter, *http.Request, *flow, entra.User)) http.HandlerFunc {
	return l.during(func(w http.ResponseWriter, r *http.Request, f *flow) {
		u, ok := l.tenant.User(f.user)
		if f.user == "" || !ok || !u.Enabled || f.at.Before(u.SessionsValidFrom) {
			f.anew()
			visit.Go(w, r, "/common/username")
			return
		}
		h(w, r, f, u)
	})
}

// authorize takes an application's request. Who is signed in already goes
// straight on, unless the application wants the password again.
func (l *Login) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	req := request{q.Get("client_id"), q.Get("redirect_uri"), q.Get("state"), q.Get("nonce"), q.Get("response_mode")}
	callback, ok := l.tenant.Callback(req.client)
	if !ok || req.redirectURI != callback {
		l.write(w, http.StatusBadRequest, page.Page{Heading: "We couldn't sign you in", Alert: "AADSTS50011: the application or the address to return to is not known to this tenant."})
		return
	}
	if t, m := q.Get("response_type"), req.mode; t != "" && t != "code" || m != "" && m != "query" {
		l.tenant.Unhandled(r)
		l.write(w, http.StatusNotImplemented, page.Page{Heading: "We couldn't sign you in", Alert: "The lab's sign-in page answers with response_type=code and response_mode=query alone."})
		return
	}
	f := &flow{request: req, typed: q.Get("login_hint")}
	l.flows.Begin(w, r, f)
	if s := l.singles.Find(r); s != nil && q.Get("prompt") != "login" {
		u, ok := l.tenant.User(s.user)
		if ok && u.Enabled && !s.at.Before(u.SessionsValidFrom) {
			f.user, f.at, f.stayed = u.ID, s.at, true
			l.proceed(w, r, f, u)
			return
		}
	}
	if u, known := l.tenant.User(f.typed); known && strings.EqualFold(u.UPN, f.typed) {
		visit.Go(w, r, "/common/login")
		return
	}
	l.userName(w, f, "")
}

func (l *Login) showUserName(w http.ResponseWriter, _ *http.Request, f *flow) { l.userName(w, f, "") }

func (l *Login) userName(w http.ResponseWriter, f *flow, problem string) {
	l.write(w, http.StatusOK, page.Page{Heading: "Sign in", Parts: []page.Part{
		page.Form{Action: "/common/username", Controls: []page.Part{
			page.Input{Name: "loginfmt", ID: "i0116", Label: "Enter your email, phone, or Skype.", Type: "email", Complete: "username", Value: f.typed, Error: problem},
		}, Buttons: []page.Button{{Label: "Next", ID: "idSIButton9", Input: true}}},
		page.Links{Items: []page.Link{{Label: "Can't access your account?", URL: "/common/trouble", ID: "cantAccessAccount"}}},
	}})
}

func (l *Login) takeUserName(w http.ResponseWriter, r *http.Request, f *flow) {
	f.anew()
	f.typed = strings.TrimSpace(r.PostForm.Get("loginfmt"))
	if f.typed == "" {
		l.userName(w, f, "Enter a user name, for example user@"+l.tenant.Domains()[0]+".")
		return
	}
	if u, ok := l.tenant.User(f.typed); !ok || !strings.EqualFold(u.UPN, f.typed) {
		l.userName(w, f, "We couldn't find an account with that user name. Check it, or ask your administrator.")
		return
	}
	visit.Go(w, r, "/common/login")
}

func (l *Login) showPassword(w http.ResponseWriter, r *http.Request, f *flow) {
	if f.typed == "" {
		visit.Go(w, r, "/common/username")
		return
	}
	l.password(w, f, 0)
}

func (l *Login) password(w http.ResponseWriter, f *flow, verdict entra.SignIn) {
	problem, convention := problems[verdict], ""
	if verdict == entra.SmartLocked {
		convention = "How long the lock lasts after each further failure is not documented; here it doubles (R-GAP-56)."
	}
	reset := l.tenant.Hosts().URL(entra.ResetHost, "/?username="+url.QueryEscape(f.typed))
	links := []page.Link{{Label: "Forgot my password", URL: reset, ID: "idA_PWD_ForgotPassword"}, {Label: "Sign in with another account", URL: "/common/username", ID: "idBtn_Other"}}
	if problem != "" {
		links = append([]page.Link{{Label: "Reset it now", URL: reset, ID: "idA_IL_ForgotPassword0"}}, links...)
	}
	l.write(w, http.StatusOK, page.Page{Heading: "Enter password", Lead: []string{f.typed}, Parts: []page.Part{
		page.Form{Action: "/common/login", Hidden: []page.Hidden{{Name: "loginfmt", Value: f.typed}}, Controls: []page.Part{
			page.Input{Name: "passwd", ID: "i0118", Label: "Password", Type: "password", Complete: "current-password", Error: problem},
		}, Buttons: []page.Button{{Label: "Sign in", ID: "idSIButton9", Input: true}}},
		page.Links{Items: links},
	}, Convention: convention})
}

// noneTyped is the verdict on a form without a password.
const noneTyped entra.SignIn = -1

// problems are what a refused sign-in says, in our own words (R-CHG-15,
// R-PWD-38).
var problems = map[entra.SignIn]string{
	noneTyped:              "Enter your password.",
	entra.UnknownUserName:  "Your user name or password is not right. If you don't remember your password, reset it.",
	entra.WrongCredentials: "Your user name or password is not right. If you don't remember your password, reset it.",
	entra.NoPassword:       "Your user name or password is not right. If you don't remember your password, reset it.",
	entra.SmartLocked:      "Your account is temporarily locked to prevent unauthorised use. Try again later, or reset your password.",
	entra.UserDisabled:     "Your account has been disabled. Contact your administrator.",
	entra.OnPremExpired:    "Your organisation's password for you has expired. Use the reset tool to set a new one.",
	entra.AgentDown:        "Your organisation's directory cannot check your password right now. Try again later.",
}

// takePassword checks the password of the name that the page showed: another
// tab may have gone on with another one.
func (l *Login) takePassword(w http.ResponseWriter, r *http.Request, f *flow) {
	f.anew()
	f.typed = cmp.Or(strings.TrimSpace(r.PostForm.Get("loginfmt")), f.typed)
	password := r.PostForm.Get("passwd")
	if f.typed == "" {
		visit.Go(w, r, "/common/username")
		return
	}
	if password == "" {
		l.password(w, f, noneTyped)
		return
	}
	u, verdict := l.tenant.Authenticate(r.Context(), f.typed, password)
	switch verdict {
	case entra.SignedIn:
		l.signedIn(w, r, f, u)
	case entra.PasswordOutdated:
		f.outdated = true
		visit.Go(w, r, "/common/change")
	default:
		l.password(w, f, verdict)
	}
}

// signedIn goes on after a right password, under a new cookie.
func (l *Login) signedIn(w http.ResponseWriter, r *http.Request, f *flow, u entra.User) {
	f.outdated, f.user, f.at = false, u.ID, l.tenant.Now()
	l.flows.Renew(w, r)
	l.proceed(w, r, f, u)
}

// due is what comes next between a right password and the application.
type due uint8

const (
	dueRegistration due = iota
	dueReview
	dueStay
	dueNothing
)

func (l *Login) due(f *flow, u entra.User) due {
	facts := l.tenant.Facts(u)
	switch {
	case !f.asked && entra.NeedsRegistration(u, facts):
		return dueRegistration
	case !f.asked && entra.NeedsReview(u, facts):
		return dueReview
	case !f.stayed:
		return dueStay
	}
	return dueNothing
}

// proceed goes on to what is due.
func (l *Login) proceed(w http.ResponseWriter, r *http.Request, f *flow, u entra.User) {
	switch l.due(f, u) {
	case dueRegistration:
		visit.Go(w, r, "/common/more")
	case dueReview: // straight to what is registered (R-REG-57)
		l.interrupt(w, r, f, u)
	case dueStay:
		visit.Go(w, r, "/common/kmsi")
	case dueNothing:
		l.finish(w, r, f, u)
	}
}

// only lets a request through to h when that is due, and leads to what is due
// otherwise: the server's state decides (R-GAP-45).
func (l *Login) only(want due, h func(http.ResponseWriter, *http.Request, *flow, entra.User)) http.HandlerFunc {
	return l.known(func(w http.ResponseWriter, r *http.Request, f *flow, u entra.User) {
		if l.due(f, u) != want {
			l.proceed(w, r, f, u)
			return
		}
		h(w, r, f, u)
	})
}

// finish hands the application its code.
func (l *Login) finish(w http.ResponseWriter, r *http.Request, f *flow, u entra.User) {
	l.flows.End(w, r)
	code := l.tenant.Issue(entra.Grant{User: u.ID, Client: f.request.client, RedirectURI: f.request.redirectURI, Nonce: f.request.nonce, At: f.at})
	visit.Go(w, r, f.request.redirectURI+"?"+url.Values{"code": {code}, "state": {f.request.state}}.Encode())
}

// signOut ends the single sign-on of the browser.
func (l *Login) signOut(w http.ResponseWriter, r *http.Request) {
	l.singles.End(w, r)
	l.write(w, http.StatusOK, page.Page{Heading: "You signed out of your account", Lead: []string{"It's a good idea to close all browser windows."},
		Parts: []page.Part{page.Links{Items: []page.Link{{Label: "Sign in again", URL: l.tenant.Hosts().URL(entra.OfficeHost, "/")}}}}})
}
