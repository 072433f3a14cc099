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
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/visit"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// Login serves the surface.
type Login struct {
	tenant  *entra.Tenant
	flows   *visit.Store[flow]
	singles *visit.Store[single]
	mux     *http.ServeMux
}

// flow is one sign-in under way in one browser.
type flow struct {
	mu      sync.Mutex
	request request
	typed   string // the user name as typed
	user    string // id, once the password was right
	at      time.Time
	asked   bool // registration or review has been dealt with
	stayed  bool // "Stay signed in?" has been answered
}

// request is what an application asked for.
type request struct{ client, redirectURI, state, nonce, mode string }

// single is a browser's single sign-on.
type single struct {
	user string
	at   time.Time
}

// New returns the sign-in surface of a tenant. machines serves the endpoints
// that are not for people (tokens, discovery); nil: there are none.
func New(t *entra.Tenant, machines http.Handler) *Login {
	l := &Login{tenant: t, flows: visit.New[flow]("flow", t.Chance()), singles: visit.New[single]("sso", t.Chance()), mux: http.NewServeMux()}
	l.mux.HandleFunc("GET /{tenant}/oauth2/v2.0/authorize", l.authorize)
	l.mux.HandleFunc("GET /{tenant}/oauth2/authorize", l.authorize)
	l.mux.HandleFunc("GET /{tenant}/oauth2/v2.0/logout", l.signOut)
	l.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		visit.Go(w, r, t.Hosts().URL(entra.OfficeHost, "/"))
	})
	l.mux.HandleFunc("GET /common/username", l.during(l.showUserName))
	l.mux.HandleFunc("POST /common/username", l.during(l.takeUserName))
	l.mux.HandleFunc("GET /common/login", l.during(l.showPassword))
	l.mux.HandleFunc("POST /common/login", l.during(l.takePassword))
	l.mux.HandleFunc("GET /common/change", l.during(l.showChange))
	l.mux.HandleFunc("POST /common/change", l.during(l.takeChange))
	l.mux.HandleFunc("GET /common/more", l.known(l.showMore))
	l.mux.HandleFunc("POST /common/more", l.known(l.takeMore))
	l.mux.HandleFunc("GET /common/resume", l.known(l.resume))
	l.mux.HandleFunc("GET /common/kmsi", l.known(l.showStay))
	l.mux.HandleFunc("POST /common/kmsi", l.known(l.takeStay))
	l.mux.HandleFunc("GET /common/trouble", l.trouble)
	if machines == nil {
		machines = http.HandlerFunc(l.unknown)
	}
	l.mux.Handle("/", machines)
	return l
}

func (l *Login) ServeHTTP(w http.ResponseWriter, r *http.Request) { l.mux.ServeHTTP(w, r) }

func (l *Login) unknown(w http.ResponseWriter, r *http.Request) {
	l.tenant.Unhandled(r)
	l.write(w, http.StatusNotFound, page.Page{Heading: "There is no such page", Lead: []string{"The sign-in surface of the lab does not know " + r.URL.Path + "."}})
}

func (l *Login) write(w http.ResponseWriter, status int, p page.Page) {
	p.Surface = "Sign in"
	p.Title = or(p.Title, "Sign in to your account")
	page.Write(w, status, p)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
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
		if r.Method == http.MethodPost && !visit.Form(w, r) {
			return
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		h(w, r, f)
	}
}

// known is during for pages that come after a right password.
func (l *Login) known(h func(http.ResponseWriter, *http.Request, *flow, entra.User)) http.HandlerFunc {
	return l.during(func(w http.ResponseWriter, r *http.Request, f *flow) {
		u, ok := l.tenant.User(f.user)
		if f.user == "" || !ok {
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
	f := &flow{request: req, typed: q.Get("login_hint")}
	l.flows.Begin(w, f)
	if s := l.singles.Find(r); s != nil && q.Get("prompt") != "login" {
		u, ok := l.tenant.User(s.user)
		if ok && u.Enabled && !s.at.Before(u.SessionsValidFrom) {
			f.user, f.at, f.stayed = u.ID, s.at, true
			l.proceed(w, r, f, u)
			return
		}
	}
	if _, known := l.tenant.User(f.typed); known && f.typed != "" {
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
	l.password(w, f, "")
}

func (l *Login) password(w http.ResponseWriter, f *flow, problem string) {
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
	}})
}

// problems are what a refused sign-in says, in our own words (R-CHG-15,
// R-PWD-38).
var problems = map[entra.SignIn]string{
	entra.UnknownUserName:  "Your user name or password is not right. If you don't remember your password, reset it.",
	entra.WrongCredentials: "Your user name or password is not right. If you don't remember your password, reset it.",
	entra.NoPassword:       "Your user name or password is not right. If you don't remember your password, reset it.",
	entra.SmartLocked:      "Your account is temporarily locked to prevent unauthorised use. Try again later, or reset your password.",
	entra.UserDisabled:     "Your account has been disabled. Contact your administrator.",
	entra.OnPremExpired:    "Your organisation's password for you has expired. Use the reset tool to set a new one.",
	entra.AgentDown:        "Your organisation's directory cannot check your password right now. Try again later.",
}

func (l *Login) takePassword(w http.ResponseWriter, r *http.Request, f *flow) {
	password := r.PostForm.Get("passwd")
	if f.typed == "" {
		visit.Go(w, r, "/common/username")
		return
	}
	if password == "" {
		l.password(w, f, "Enter your password.")
		return
	}
	u, verdict := l.tenant.Authenticate(r.Context(), f.typed, password)
	switch verdict {
	case entra.SignedIn:
		f.user, f.at = u.ID, l.tenant.Now()
		l.proceed(w, r, f, u)
	case entra.PasswordOutdated:
		visit.Go(w, r, "/common/change")
	default:
		l.password(w, f, problems[verdict])
	}
}

// proceed goes on to the next thing between a right password and the
// application.
func (l *Login) proceed(w http.ResponseWriter, r *http.Request, f *flow, u entra.User) {
	facts := l.tenant.Facts(u)
	switch {
	case f.asked:
	case entra.NeedsRegistration(u, facts):
		visit.Go(w, r, "/common/more")
		return
	case entra.NeedsReview(u, facts): // straight to what is registered (R-REG-57)
		l.takeMore(w, r, f, u)
		return
	}
	if !f.stayed {
		visit.Go(w, r, "/common/kmsi")
		return
	}
	l.finish(w, r, f, u)
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
