package web

import (
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Submission is the request a form makes.
type Submission struct {
	Method  string // GET or POST
	URL     string // absolute; of GET without the query that Entries make
	Enctype string // of POST
	Entries []Entry
}

// Entry is a name and a value that a form sends.
type Entry struct{ Name, Value string }

// Encode writes the entries as application/x-www-form-urlencoded, in order.
func (s *Submission) Encode() string {
	var b strings.Builder
	for i, e := range s.Entries {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(e.Name))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(e.Value))
	}
	return b.String()
}

// Submission returns the request that pressing a button makes of the document
// as it stands.
func (p *Page) Submission(press *Press) (*Submission, error) {
	button := press.control.node
	form := p.formOf(button)
	if !press.Sends || form == nil {
		return nil, p.refuse(press.control, "sends no form; it works by script alone")
	}
	action := override(form, button, "action")
	if action == "" {
		action = p.url
	}
	target, err := url.Parse(p.resolve(action))
	if err != nil {
		return nil, fmt.Errorf("web: the form's action %q on %s is no URL: %w", action, p.url, err)
	}
	s := &Submission{Method: "GET", Enctype: strings.ToLower(override(form, button, "enctype"))}
	if method(form, button) == "post" {
		s.Method = "POST"
	}
	s.Entries = p.entries(form, button)
	if s.Method == "GET" {
		target.RawQuery, target.ForceQuery = s.Encode(), len(s.Entries) == 0
	}
	s.URL = target.String()
	return s, nil
}

// override returns an attribute of the form unless the button sets its own.
func override(form, button *html.Node, key string) string {
	if hasAttr(button, "form"+key) {
		return attr(button, "form"+key)
	}
	return attr(form, key)
}

func method(form, button *html.Node) string { return strings.ToLower(override(form, button, "method")) }

// entries lists what a form sends: its enabled, named controls in order, of
// buttons only the one pressed.
func (p *Page) entries(form, button *html.Node) []Entry {
	out := make([]Entry, 0, 8)
	for _, c := range p.controls {
		if c.kind == link || p.formOf(c.node) != form || isDisabled(c.node) || inDatalist(c.node) {
			continue
		}
		name := crlf(attr(c.node, "name"))
		switch {
		case c.typ == "image" && c.node == button:
			if name != "" {
				name += "."
			}
			out = append(out, Entry{name + "x", "0"}, Entry{name + "y", "0"})
		case name == "" || c.typ == "image":
		case c.kind == submitter:
			if c.node == button {
				out = append(out, Entry{name, attr(c.node, "value")})
			}
		case c.kind == tickBox || c.kind == radio:
			if hasAttr(c.node, "checked") {
				out = append(out, Entry{name, crlf(onValue(c.node))})
			}
		case c.typ == "select":
			for _, o := range chosen(c.node, options(c.node)) {
				if !optionDisabled(o) {
					out = append(out, Entry{name, crlf(optionValue(o))})
				}
			}
		case c.typ == "file", c.kind == resetter, c.kind == idle:
		case c.kind == unseen:
			out = append(out, Entry{name, crlf(attr(c.node, "value"))})
		default:
			out = append(out, Entry{name, crlf(c.value())})
		}
	}
	return out
}

func optionValue(o *html.Node) string {
	if hasAttr(o, "value") {
		return attr(o, "value")
	}
	return flat(o)
}

func inDatalist(n *html.Node) bool {
	for a := n.Parent; a != nil; a = a.Parent {
		if a.DataAtom == atom.Datalist {
			return true
		}
	}
	return false
}

// crlf writes line ends as forms send them.
func crlf(s string) string {
	if !strings.ContainsAny(s, "\r\n") {
		return s
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.ReplaceAll(s, "\n", "\r\n")
}
