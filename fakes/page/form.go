package page

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// maxForm is the most that a form of the lab's pages can hold.
const maxForm = 256 << 10

// Read reads the form of r, which is sent to a page of surface, and reports
// whether it could. If not, it has answered: 403 to a form that another site
// sent, 413 to one that is too large, 400 to one that is none.
func Read(w http.ResponseWriter, r *http.Request, surface string) bool {
	if !SameOrigin(r) {
		Write(w, http.StatusForbidden, Page{Surface: surface, Heading: "This form came from elsewhere",
			Alert: "It was sent from a page of another site. Nothing was done."})
		return false
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	err := r.ParseForm()
	if err == nil {
		return true
	}
	status := http.StatusBadRequest
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		status = http.StatusRequestEntityTooLarge
	}
	Write(w, status, Page{Surface: surface, Heading: "The form cannot be read",
		Alert: fmt.Sprintf("%v. A form holds at most %d KiB, in UTF-8.", err, maxForm>>10)})
	return false
}

// SameOrigin reports whether a request comes from a page of its own host, as
// far as the browser tells: a client that tells nothing is believed.
func SameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin" || site == "none"
	}
	origin, err := url.Parse(r.Header.Get("Origin"))
	return r.Header.Get("Origin") == "" || err == nil && origin.Host == r.Host
}

// Lost answers a request that mux has no page for: 405 where it has one for
// another method, else 404. Its catch-all, the pattern "/", leads here.
func Lost(w http.ResponseWriter, r *http.Request, mux *http.ServeMux, surface string, parts ...Part) {
	if allowed := otherMethods(mux, r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		Write(w, http.StatusMethodNotAllowed, Page{Surface: surface, Heading: "The page does not take this",
			Lead: []string{fmt.Sprintf("%s takes %s, not %s.", r.URL.Path, strings.Join(allowed, " and "), r.Method)}, Parts: parts})
		return
	}
	Write(w, http.StatusNotFound, Page{Surface: surface, Heading: "There is no such page",
		Lead: []string{"The lab does not know " + r.URL.Path + " here."}, Parts: parts})
}

// otherMethods lists the methods under which mux knows the path of r.
func otherMethods(mux *http.ServeMux, r *http.Request) (list []string) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); method != r.Method && pattern != "/" && pattern != "" {
			list = append(list, method)
		}
	}
	return list
}
