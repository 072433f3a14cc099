package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"golang.org/x/net/html"
)

// inner is the state of a control.
type inner struct {
	value    string // the value attribute, or the text of a <textarea>
	has      bool   // it has a value attribute
	checked  bool
	selected []bool // of the options
}

func (c *control) inner() *inner {
	s := &inner{value: attr(c.node, "value"), has: hasAttr(c.node, "value"), checked: hasAttr(c.node, "checked")}
	switch c.typ {
	case "textarea":
		s.value = c.value()
	case "select":
		for _, o := range options(c.node) {
			s.selected = append(s.selected, hasAttr(o, "selected"))
		}
	}
	return s
}

func (c *control) become(s *inner) {
	switch {
	case c.typ == "textarea":
		setText(c.node, s.value)
	case c.typ == "select":
		for i, o := range options(c.node) {
			mark(o, "selected", i < len(s.selected) && s.selected[i])
		}
	case c.kind == tickBox || c.kind == radio:
		mark(c.node, "checked", s.checked)
	case s.has:
		setAttr(c.node, "value", s.value)
	default:
		delAttr(c.node, "value")
	}
}

func mark(n *html.Node, key string, on bool) {
	delAttr(n, key)
	if on {
		setAttr(n, key, "")
	}
}

// touch remembers how a control was served.
func (c *control) touch() {
	if c.served == nil {
		c.served = c.inner()
	}
}

// Apply carries out the steps of a plan on the document itself, for a driver
// that has no browser to do so.
func (p *Page) Apply(steps []Step) {
	if len(steps) == 0 {
		return
	}
	p.view = nil
	for _, s := range steps {
		c := s.control
		c.touch()
		switch {
		case s.Check && c.kind == radio:
			p.choose(c.node)
		case s.Check:
			mark(c.node, "checked", s.On)
		case s.Option >= 0:
			for i, o := range options(c.node) {
				mark(o, "selected", i == s.Option)
			}
		case c.typ == "textarea":
			setText(c.node, s.Value)
		default:
			setAttr(c.node, "value", s.Value)
		}
	}
}

// Returned makes the page what a person finds who comes back to it: what was
// typed is there, passwords and fields with autocomplete=off are as served.
func (p *Page) Returned() {
	for _, c := range p.controls {
		if c.served != nil && !p.restorable(c) {
			c.become(c.served)
			c.served, p.view = nil, nil
		}
	}
}

// Restore fills in what was typed on an earlier load of the page, as browsers
// do on the way back.
func (p *Page) Restore(earlier *Page) {
	kept := make(map[string]*inner)
	for _, c := range earlier.controls {
		if c.served != nil && earlier.restorable(c) {
			kept[earlier.key(c)] = c.inner()
		}
	}
	for _, c := range p.controls {
		if s := kept[p.key(c)]; s != nil && p.restorable(c) {
			c.touch()
			c.become(s)
			p.view = nil
		}
	}
}

// restorable reports whether a browser keeps what was typed into c.
func (p *Page) restorable(c *control) bool {
	if c.typ == "password" || strings.EqualFold(attr(c.node, "autocomplete"), "off") {
		return false
	}
	form := p.formOf(c.node)
	return form == nil || !strings.EqualFold(attr(form, "autocomplete"), "off")
}

// key tells the controls of a page apart across loads.
func (p *Page) key(c *control) string {
	k := c.mark()
	if c.kind == radio || c.kind == tickBox {
		k += "|" + onValue(c.node)
	}
	return k
}

// choose checks a radio button and unchecks the others of its set.
func (p *Page) choose(n *html.Node) {
	for _, c := range p.controls {
		if c.kind == radio && c.node != n && p.sameSet(c.node, n) {
			c.touch()
			mark(c.node, "checked", false)
		}
	}
	mark(n, "checked", true)
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
