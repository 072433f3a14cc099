package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"golang.org/x/net/html"
)

// Apply carries out the steps of a plan on the document itself, for a driver
// that has no browser to do so.
func (p *Page) Apply(steps []Step) {
	if len(steps) == 0 {
		return
	}
	p.view = nil
	for _, s := range steps {
		n := s.control.node
		switch {
		case s.Check && s.control.kind == radio:
			p.choose(n)
		case s.Check && s.On:
			setAttr(n, "checked", "")
		case s.Check:
			delAttr(n, "checked")
		case s.Option >= 0:
			for i, o := range options(n) {
				delAttr(o, "selected")
				if i == s.Option {
					setAttr(o, "selected", "")
				}
			}
		case s.control.typ == "textarea":
			setText(n, s.Value)
		default:
			setAttr(n, "value", s.Value)
		}
	}
}

// ForgetPasswords empties the password fields.
func (p *Page) ForgetPasswords() {
	for _, c := range p.controls {
		if c.typ == "password" {
			delAttr(c.node, "value")
			p.view = nil
		}
	}
}

// choose checks a radio button and unchecks the others of its set.
func (p *Page) choose(n *html.Node) {
	for _, c := range p.controls {
		if c.kind == radio && c.node != n && p.sameSet(c.node, n) {
			delAttr(c.node, "checked")
		}
	}
	setAttr(n, "checked", "")
}

func setText(n *html.Node, text string) {
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
	}
	n.AppendChild(&html.Node{Type: html.TextNode, Data: text})
}

// sanitised returns what a field of that type makes of a value, as the
// standard's value sanitization algorithm says.
func sanitised(typ, value string) string {
	switch typ {
	case "textarea":
		return strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\r", "\n")
	case "number":
		if !isNumber(value) {
			return ""
		}
		return value
	case "date":
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return ""
		}
		return value
	}
	if strings.ContainsAny(value, "\r\n") {
		value = strings.NewReplacer("\r", "", "\n", "").Replace(value)
	}
	if typ == "email" || typ == "url" {
		value = strings.Trim(value, "\t\n\f\r ")
	}
	return value
}

// isNumber reports whether s is a valid floating-point number of HTML.
func isNumber(s string) bool {
	if strings.Trim(s, "0123456789+-.eE") != "" || strings.HasPrefix(s, "+") {
		return false
	}
	if mantissa, _, _ := strings.Cut(strings.ToLower(s), "e"); strings.HasSuffix(mantissa, ".") {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// tooLong says why a value does not fit the maxlength of a field, "" if it
// does. Lengths are in UTF-16 code units, as HTML counts.
func tooLong(n *html.Node, value string) string {
	most, err := strconv.Atoi(attr(n, "maxlength"))
	if err != nil || most < 0 {
		return ""
	}
	if have := len(utf16.Encode([]rune(value))); have > most {
		return fmt.Sprintf("takes at most %d characters (maxlength), the value has %d", most, have)
	}
	return ""
}
