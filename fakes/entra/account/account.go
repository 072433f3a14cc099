// Package account is My Account: the page of one's own account, and the change
// of a known password (section 5.1 of the catalogue).
//
// Modelled: the change with the old password as the proof (R-CHG-02..09), and
// the sign-out after it. Not modelled: devices, privacy, sign-in history.
package account

import (
	"net/http"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/app"
	"github.com/ssprlab/ssprlab/fakes/page"
)

type account struct {
	tenant *entra.Tenant
	guard  *app.Guard
}

// New returns the surface.
func New(t *entra.Tenant) http.Handler {
	a := account{t, app.New(t, entra.AccountHost, "My Account")}
	mux := http.NewServeMux()
	a.guard.Mount(mux)
	mux.HandleFunc("GET /{$}", a.guard.Signed(a.overview))
	mux.HandleFunc("GET /password", a.guard.Signed(func(w http.ResponseWriter, _ *http.Request, u entra.User) { a.ask(w, u, "", "", "") }))
	mux.HandleFunc("POST /password", a.guard.Signed(a.change))
	return mux
}

func (a account) nav(at string) []page.Link {
	return []page.Link{
		{Label: "Overview", URL: "/", Current: at == "/"},
		{Label: "Security info", URL: a.tenant.Hosts().URL(entra.SecurityInfoHost, "/security-info")},
		{Label: "Password", URL: "/password", Current: at == "/password"},
	}
}

func (a account) overview(w http.ResponseWriter, _ *http.Request, u entra.User) {
	managed := "In the cloud"
	if u.Synced() {
		managed = "In your organisation's own directory"
	}
	a.guard.Write(w, http.StatusOK, u, page.Page{Title: "My Account", Heading: u.Name, Nav: a.nav("/"), Parts: []page.Part{
		page.List{Items: []page.Term{{Term: "User name", Value: u.UPN}, {Term: "E-mail", Value: u.Mail}, {Term: "Organisation", Value: a.tenant.Organisation()}, {Term: "Password is managed", Value: managed}}}}})
}

// ask is the page of a change (R-CHG-02).
func (a account) ask(w http.ResponseWriter, u entra.User, old, fresh, confirm string) {
	a.guard.Write(w, http.StatusOK, u, page.Page{Heading: "Change password", Nav: a.nav("/password"), Parts: []page.Part{
		page.Form{Action: "/password", Controls: []page.Part{
			page.Input{Name: "old", Label: "Old password", Type: "password", Complete: "current-password", Error: old},
			page.Input{Name: "new", Label: "Create new password", Type: "password", Complete: "new-password", Error: fresh},
			page.Input{Name: "confirm", Label: "Confirm new password", Type: "password", Complete: "new-password", Error: confirm},
		}, Buttons: []page.Button{{Label: "Submit"}}}}})
}

func (a account) change(w http.ResponseWriter, r *http.Request, u entra.User) {
	old, fresh, confirm := r.PostForm.Get("old"), r.PostForm.Get("new"), r.PostForm.Get("confirm")
	switch {
	case old == "":
		a.ask(w, u, "Enter your old password.", "", "")
		return
	case fresh == "":
		a.ask(w, u, "", "Enter a new password.", "")
		return
	case fresh != confirm:
		a.ask(w, u, "", "", "The two passwords are not the same.")
		return
	}
	if refused := a.tenant.Change(r.Context(), u, old, fresh); refused != nil {
		if refused.Rule == "R-CHG-07" {
			a.ask(w, u, refused.Text, "", "")
		} else {
			a.ask(w, u, "", refused.Text, "")
		}
		return
	}
	a.guard.SignOut(w, r)
	page.Write(w, http.StatusOK, page.Page{Surface: "My Account", Heading: "Your password has been changed", Notice: "You have been signed out.",
		Parts: []page.Part{page.Links{Items: []page.Link{{Label: "Sign in with your new password", URL: a.tenant.Hosts().URL(entra.OfficeHost, "/")}}}}})
}
