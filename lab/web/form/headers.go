package form

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/ssprlab/ssprlab/lab/web"
)

// agent is how the form client calls itself.
const agent = "Mozilla/5.0 (ssprlab form client; like a browser without script)"

// policy is a referrer policy, "" for the default.
type policy string

// policyOf returns the policy a page sets by header or <meta name=referrer>.
func policyOf(h http.Header, page *web.Page) policy {
	set := policy("")
	for _, value := range h.Values("Referrer-Policy") {
		for word := range strings.SplitSeq(value, ",") {
			set = set.replaced(word)
		}
	}
	if meta := page.Meta("referrer"); meta != "" {
		set = set.replaced(meta)
	}
	return set
}

// replaced returns the policy that word names, p if it names none.
func (p policy) replaced(word string) policy {
	switch word = strings.ToLower(strings.TrimSpace(word)); word {
	case "no-referrer", "origin", "unsafe-url", "same-origin", "strict-origin", "origin-when-cross-origin",
		"no-referrer-when-downgrade", "strict-origin-when-cross-origin":
		return policy(word)
	}
	return p
}

// referer is what the page from says of itself in a request for to.
func (p policy) referer(from, to *url.URL) string {
	same := origin(from) == origin(to)
	down := from.Scheme == "https" && to.Scheme != "https"
	switch p {
	case "no-referrer":
		return ""
	case "unsafe-url":
		return bare(from)
	case "origin":
		return origin(from) + "/"
	case "same-origin":
		if !same {
			return ""
		}
		return bare(from)
	case "no-referrer-when-downgrade":
		if down {
			return ""
		}
		return bare(from)
	case "strict-origin":
		if down {
			return ""
		}
		return origin(from) + "/"
	}
	if same {
		return bare(from)
	}
	if down && p != "origin-when-cross-origin" {
		return ""
	}
	return origin(from) + "/"
}

// sender is the Origin header of a POST; "null" where the policy hides it.
func (p policy) sender(from, to *url.URL) string {
	down := from.Scheme == "https" && to.Scheme != "https"
	switch p {
	case "no-referrer":
		return "null"
	case "same-origin":
		if origin(from) != origin(to) {
			return "null"
		}
	case "unsafe-url", "origin", "origin-when-cross-origin":
		return origin(from)
	}
	if down {
		return "null"
	}
	return origin(from)
}

func origin(u *url.URL) string { return u.Scheme + "://" + strings.ToLower(u.Host) }

// bare is a URL without fragment and credentials.
func bare(u *url.URL) string {
	out := *u
	out.Fragment, out.RawFragment, out.User = "", "", nil
	return out.String()
}

// site follows how far a journey of redirects strays from the page it began on.
type site struct {
	from    *url.URL
	worst   string // Sec-Fetch-Site
	tainted bool   // a redirect led to another origin
	short   bool   // the Referer was cut once, and stays so
	silent  bool   // the Referer was withheld once, and stays so
	last    *url.URL
}

func newSite(req request) site {
	s := site{from: req.from, worst: "none", last: req.url}
	if req.from != nil {
		s.worst = "same-origin"
	}
	return s
}

// visit notes one more URL of the journey.
func (s *site) visit(to *url.URL) {
	if s.from != nil {
		switch {
		case origin(s.from) == origin(to):
		case s.from.Scheme == to.Scheme && registrable(s.from.Hostname()) == registrable(to.Hostname()):
			if s.worst == "same-origin" {
				s.worst = "same-site"
			}
		default:
			s.worst = "cross-site"
		}
		s.tainted = s.tainted || origin(s.last) != origin(to)
	}
	s.last = to
}

// referer is the Referer of the next request: what one redirect has cut from it
// does not come back with the next.
func (s *site) referer(req request) string {
	r := req.policy.referer(req.from, req.url)
	s.silent = s.silent || r == ""
	s.short = s.short || r == origin(req.from)+"/"
	switch {
	case s.silent:
		return ""
	case s.short:
		return origin(req.from) + "/"
	}
	return r
}

// headers writes what a browser says of itself and of where a request comes
// from.
func (s *site) headers(h http.Header, req request) {
	s.visit(req.url)
	set := func(key, value string) { h[key] = []string{value} }
	set("User-Agent", agent)
	set("Accept-Language", "en-US,en")
	set("Sec-Fetch-Site", s.worst)
	if req.dest != "" {
		set("Accept", "*/*")
		set("Sec-Fetch-Dest", req.dest)
		set("Sec-Fetch-Mode", "no-cors")
	} else {
		set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
		set("Sec-Fetch-Dest", "document")
		set("Sec-Fetch-Mode", "navigate")
		set("Sec-Fetch-User", "?1")
		set("Upgrade-Insecure-Requests", "1")
	}
	if req.kind != "" {
		set("Content-Type", req.kind)
	}
	if req.from == nil {
		return
	}
	if r := s.referer(req); r != "" {
		set("Referer", r)
	}
	if req.method == "POST" {
		sender := req.policy.sender(req.from, req.url)
		if s.tainted {
			sender = "null"
		}
		set("Origin", sender)
	}
}
