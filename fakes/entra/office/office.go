// Package office stands in for the productivity suite: the application that
// people sign in to. Modelled: a first page that says who is signed in, with
// the ways to the account and to security info. Not modelled: the suite.
package office

import (
	"net/http"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/app"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// New returns the suite's surface.
func New(t *entra.Tenant) http.Handler {
	guard := app.New(t, entra.OfficeHost, "Office")
	mux := http.NewServeMux()
	guard.Mount(mux)
	mux.HandleFunc("GET /{$}", guard.Signed(func(w http.ResponseWriter, r *http.Request, u entra.User) {
		hosts := t.Hosts()
		guard.Write(w, http.StatusOK, u, page.Page{Title: "Office", Heading: "Good to see you, " + firstName(u), Lead: []string{"You are signed in as " + u.UPN + "."},
			Parts: []page.Part{page.Links{Label: "Your account", Items: []page.Link{
				{Label: "View account", URL: hosts.URL(entra.AccountHost, "/")},
				{Label: "Security info", URL: hosts.URL(entra.SecurityInfoHost, "/security-info")},
			}}}})
	}))
	return mux
}

func firstName(u entra.User) string {
	if u.GivenName != "" {
		return u.GivenName
	}
	return u.Name
}
