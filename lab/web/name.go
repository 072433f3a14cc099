package web

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// names computes the accessible name of c: aria-labelledby, aria-label, the
// labels, what the element itself shows, title, placeholder. The later sources
// that did not make the name remain as other names a person may use.
func (p *Page) names(c *control) {
	if c.named {
		return
	}
	c.named = true
	for _, s := range []string{
		p.textOf(attr(c.node, "aria-labelledby")),
		squeeze(attr(c.node, "aria-label")),
		p.nativeName(c),
		squeeze(attr(c.node, "title")),
		squeeze(attr(c.node, "placeholder")),
		fallbackName(c),
	} {
		switch {
		case s == "":
		case c.name == "":
			c.name = s
		case s != c.name:
			c.others = append(c.others, s)
		}
	}
	c.folded = strings.ToLower(c.name)
}

// textOf joins the texts of the elements that ids names.
func (p *Page) textOf(ids string) string {
	if ids == "" {
		return ""
	}
	var parts []string
	for id := range strings.FieldsSeq(ids) {
		n := p.byID[id]
		if n == nil {
			continue
		}
		text := squeeze(attr(n, "aria-label"))
		if text == "" {
			text = spoken(n)
		}
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}

// nativeName is the name HTML itself gives: labels of fields, content of
// buttons and links.
func (p *Page) nativeName(c *control) string {
	switch {
	case c.node.DataAtom == atom.A:
		return spoken(c.node)
	case c.typ == "image":
		return squeeze(attr(c.node, "alt"))
	case c.typ == "submit", c.typ == "reset", c.node.DataAtom == atom.Input && c.typ == "button":
		return squeeze(attr(c.node, "value"))
	case c.node.DataAtom == atom.Button:
		if s := spoken(c.node); s != "" {
			return s
		}
	}
	return p.labelText(c.node)
}

// labelText joins the labels of n: those with a for attribute and the one
// around it.
func (p *Page) labelText(n *html.Node) string {
	text := ""
	add := func(label *html.Node) {
		if s := spoken(label); s != "" {
			text = strings.TrimPrefix(text+" "+s, " ")
		}
	}
	id := attr(n, "id")
	if id != "" && p.byID[id] == n {
		for _, label := range p.labels[id] {
			add(label)
		}
	}
	for a := n.Parent; a != nil; a = a.Parent {
		if a.DataAtom == atom.Label {
			if !hasAttr(a, "for") {
				add(a)
			}
			break
		}
	}
	return text
}

func fallbackName(c *control) string {
	switch c.typ {
	case "submit", "image":
		return "Submit"
	case "reset":
		return "Reset"
	}
	return ""
}

// groupOf returns the name of the group that n itself makes, "" for none.
func (p *Page) groupOf(n *html.Node) string {
	if n.Type != html.ElementNode {
		return ""
	}
	switch n.DataAtom {
	case atom.Html, atom.Body, atom.Main, atom.Nav, atom.Table, atom.A, atom.Button, atom.Label:
		return ""
	}
	if s := p.textOf(attr(n, "aria-labelledby")); s != "" {
		return s
	}
	if s := squeeze(attr(n, "aria-label")); s != "" {
		return s
	}
	if n.DataAtom == atom.Fieldset {
		if l := legend(n); l != nil {
			return spoken(l)
		}
	}
	return ""
}

func legend(fieldset *html.Node) *html.Node {
	for c := fieldset.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Legend {
			return c
		}
	}
	return nil
}

// groups lists the groups around n, the nearest first.
func (p *Page) groups(n *html.Node) []string {
	var all []string
	for a := n.Parent; a != nil; a = a.Parent {
		if g := p.groupOf(a); g != "" {
			all = append(all, g)
		}
	}
	return all
}

// fieldGroup returns the nearest group that is one of fields.
func (p *Page) fieldGroup(n *html.Node) string {
	for a := n.Parent; a != nil; a = a.Parent {
		role := attr(a, "role")
		if a.DataAtom != atom.Fieldset && role != "group" && role != "radiogroup" {
			continue
		}
		if g := p.groupOf(a); g != "" {
			return g
		}
	}
	return ""
}

// formOf returns the form that n belongs to, nil for none.
func (p *Page) formOf(n *html.Node) *html.Node {
	if hasAttr(n, "form") {
		if f := p.byID[attr(n, "form")]; f != nil && f.DataAtom == atom.Form {
			return f
		}
		return nil
	}
	for a := n.Parent; a != nil; a = a.Parent {
		if a.DataAtom == atom.Form {
			return a
		}
	}
	return nil
}

// isDisabled reports whether n or a fieldset around it is disabled; what lies
// in the fieldset's legend stays enabled.
func isDisabled(n *html.Node) bool {
	if n.DataAtom == atom.A {
		return false
	}
	if hasAttr(n, "disabled") {
		return true
	}
	child := n
	for a := n.Parent; a != nil; child, a = a, a.Parent {
		if a.DataAtom == atom.Fieldset && hasAttr(a, "disabled") && legend(a) != child {
			return true
		}
	}
	return false
}
