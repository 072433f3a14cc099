package script

import (
	"net/mail"
	"net/url"
	"regexp"
	"strings"

	"github.com/invopop/jsonschema"
)

// The lab's guard rail: a scenario can name nobody who exists. Domains are
// those reserved for examples (RFC 2606, RFC 6761), numbers are 555-01xx.

const fictionalDomains = "a fictional domain: example.com, example.org, example.net or below one of them, or one that ends in .test, .example or .invalid"

// fictionalDomain reports whether a domain can belong to nobody.
func fictionalDomain(d string) bool {
	d = "." + strings.ToLower(strings.TrimSuffix(d, "."))
	for _, end := range []string{".example.com", ".example.org", ".example.net", ".test", ".example", ".invalid"} {
		if strings.HasSuffix(d, end) {
			return true
		}
	}
	return false
}

const domainForm = `^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*$`

// domain is a fictional domain name.
func domain() shape[string] {
	s := checked(matching(fictionalDomains, domainForm), func(r *reader, n *node, v string) bool {
		if !fictionalDomain(v) || len(v) > 253 {
			r.problem(n.at, n.called()+" could belong to somebody", fictionalDomains, "")
			return false
		}
		return true
	})
	return mapped(s, strings.ToLower)
}

// address is a mail address in a fictional domain.
func address() shape[string] {
	const expected = "a mail address in a fictional domain, such as adele.birch@alder.example.com"
	return checked(matching(expected, `^[^@\s<>"]+@[^@\s<>"]+$`), func(r *reader, n *node, v string) bool {
		a, err := mail.ParseAddress(v)
		if err != nil || a.Address != v {
			r.wrong(n, expected)
			return false
		}
		if !fictionalDomain(v[strings.LastIndexByte(v, '@')+1:]) {
			r.problem(n.at, n.called()+" could belong to somebody", fictionalDomains, "")
			return false
		}
		return true
	})
}

// phone is a number that nobody has, with or without an extension (R-POL-50).
// How it is written is free: a number that is written badly is a case to
// rehearse (R-TRB-05).
func phone() shape[string] {
	const expected = `a fictional number, 555-01xx, such as "+1 4255550101"`
	return checked(matching(expected, `^\+?[0-9(][0-9 ().-]{5,24}([xX][0-9]{1,6})?$`), func(r *reader, n *node, v string) bool {
		if !fictionalNumber(v) {
			r.problem(n.at, n.called()+" could belong to somebody", expected, "")
			return false
		}
		return true
	})
}

// fictionalNumber reports whether the digits before an extension end in
// 555-01xx.
func fictionalNumber(s string) bool {
	s, _, _ = strings.Cut(strings.ToLower(s), "x")
	digits := strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, s)
	return len(digits) >= 7 && digits[len(digits)-7:len(digits)-2] == "55501"
}

// helpdesk is what the custom link may point to: an address or a page
// (R-POL-68).
func helpdesk() shape[string] {
	const expected = "a mail address or an http(s) URL in a fictional domain"
	s := checked(plainText(expected), func(r *reader, n *node, v string) bool {
		host, ok := helpdeskHost(v)
		if !ok {
			r.wrong(n, expected)
			return false
		}
		if !fictionalDomain(host) {
			r.problem(n.at, n.called()+" could belong to somebody", fictionalDomains, "")
			return false
		}
		return true
	})
	s.schema = func(*definitions) *jsonschema.Schema {
		return &jsonschema.Schema{Type: "string", Description: expected, Pattern: `^(https?://\S+|(mailto:)?[^@\s]+@[^@\s]+)$`}
	}
	return mapped(s, func(v string) string { return strings.TrimPrefix(v, "mailto:") })
}

// helpdeskHost is the domain that a help desk's address or page lies in.
func helpdeskHost(v string) (host string, ok bool) {
	if a, err := mail.ParseAddress(strings.TrimPrefix(v, "mailto:")); err == nil && a.Name == "" {
		return a.Address[strings.LastIndexByte(a.Address, '@')+1:], true
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return "", false
	}
	return u.Hostname(), true
}

// What looks like an address in a text, and what looks like a number.
var (
	addressWithin = regexp.MustCompile(`[^\s@<>"]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}`)
	wholeNumber   = regexp.MustCompile(`^\+[0-9][0-9 ().-]{7,}$`)
)

// fictional checks the literal text of a value: what looks like an address or
// an international number must be fictional, so that no step can reach a
// person.
func (r *reader) fictional(n *node, v Value) bool {
	s, literal := v.Literal()
	if !literal {
		return true
	}
	for _, a := range addressWithin.FindAllString(s, -1) {
		if !fictionalDomain(a[strings.LastIndexByte(a, '@')+1:]) {
			r.problem(n.at, "the address "+shorten(a)+" could belong to somebody", fictionalDomains, "")
			return false
		}
	}
	if wholeNumber.MatchString(s) && !fictionalNumber(s) {
		r.problem(n.at, "the number "+shorten(s)+" could belong to somebody", "a fictional number, 555-01xx", "")
		return false
	}
	return true
}
