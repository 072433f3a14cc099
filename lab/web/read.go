package web

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// View returns what a person perceives of the page.
func (p *Page) View() *View {
	if p.view != nil {
		return p.view
	}
	v := &View{URL: p.url, Status: p.status}
	if p.title != nil && p.title.FirstChild != nil {
		v.Title = squeeze(p.title.FirstChild.Data)
	}
	if p.heading != nil {
		v.Heading = flat(p.heading)
	}
	if p.body != nil {
		v.Text = lines(p.body)
		p.things(p.body, v)
	}
	for _, c := range p.controls {
		if !c.hidden {
			p.show(c, v)
		}
	}
	p.view = v
	return v
}

// show adds a control to the view.
func (p *Page) show(c *control, v *View) {
	p.names(c)
	switch c.kind {
	case submitter, resetter, idle:
		v.Buttons = append(v.Buttons, Button{Name: c.name, Disabled: isDisabled(c.node)})
	case link:
		v.Links = append(v.Links, Link{c.name, p.resolve(attr(c.node, "href")), attr(c.node, "target")})
	case field, oddField, tickBox, radio:
		v.Fields = append(v.Fields, p.field(c))
	}
}

func (p *Page) field(c *control) Field {
	n := c.node
	f := Field{
		Label: c.name, Group: p.fieldGroup(n), Name: attr(n, "name"), ID: attr(n, "id"), Type: c.typ,
		Disabled: isDisabled(n), ReadOnly: hasAttr(n, "readonly"), Required: hasAttr(n, "required"),
		Invalid: attr(n, "aria-invalid") == "true",
	}
	switch {
	case c.typ == "select":
		f.Value, f.Options = selection(n)
	case c.kind == tickBox || c.kind == radio:
		f.Value, f.Checked = onValue(n), hasAttr(n, "checked")
	default:
		f.Value = c.value()
		if c.typ == "password" && f.Value != "" {
			f.Value = Mask
		}
	}
	p.describe(n, &f)
	return f
}

// describe sorts the descriptions of a field into its error and its hint. A
// field is in error when aria-invalid says so; then the error is what
// aria-errormessage names, or the descriptions whose id or class says "error",
// or all of them.
func (p *Page) describe(n *html.Node, f *Field) {
	described := attr(n, "aria-describedby")
	if !f.Invalid {
		f.Hint = p.textOf(described)
		return
	}
	var errs, hints []string
	if id := attr(n, "aria-errormessage"); id != "" {
		errs = append(errs, id)
	}
	for id := range strings.FieldsSeq(described) {
		if e := p.byID[id]; e != nil && strings.Contains(strings.ToLower(id+" "+attr(e, "class")), "error") {
			errs = append(errs, id)
		} else {
			hints = append(hints, id)
		}
	}
	if len(errs) == 0 {
		errs, hints = hints, nil
	}
	f.Error = p.textOf(strings.Join(errs, " "))
	f.Hint = p.textOf(strings.Join(hints, " "))
}

// value returns the value of a field that holds text.
func (c *control) value() string {
	if c.typ != "textarea" {
		return sanitised(c.typ, attr(c.node, "value"))
	}
	var b strings.Builder
	for t := c.node.FirstChild; t != nil; t = t.NextSibling {
		if t.Type == html.TextNode {
			b.WriteString(t.Data)
		}
	}
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), "\r\n", "\n"), "\r", "\n")
}

func onValue(n *html.Node) string {
	if hasAttr(n, "value") {
		return attr(n, "value")
	}
	return "on"
}

// options lists the options of a select field.
func options(sel *html.Node) []*html.Node {
	var all []*html.Node
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch c.DataAtom {
			case atom.Option:
				all = append(all, c)
			case atom.Optgroup:
				walk(c)
			}
		}
	}
	walk(sel)
	return all
}

// chosen returns the selected options: of a drop-down the last one marked or,
// if none is, the first that is not disabled.
func chosen(sel *html.Node, opts []*html.Node) []*html.Node {
	var marked []*html.Node
	for _, o := range opts {
		if hasAttr(o, "selected") {
			marked = append(marked, o)
		}
	}
	if hasAttr(sel, "multiple") {
		return marked
	}
	if len(marked) > 0 {
		return marked[len(marked)-1:]
	}
	if size := attr(sel, "size"); size != "" && size != "0" && size != "1" {
		return nil
	}
	for _, o := range opts {
		if !optionDisabled(o) {
			return []*html.Node{o}
		}
	}
	return nil
}

func optionDisabled(o *html.Node) bool {
	return hasAttr(o, "disabled") ||
		o.Parent != nil && o.Parent.DataAtom == atom.Optgroup && hasAttr(o.Parent, "disabled")
}

func optionText(o *html.Node) string {
	if l := squeeze(attr(o, "label")); l != "" {
		return l
	}
	return flat(o)
}

func selection(sel *html.Node) (value string, all []string) {
	opts := options(sel)
	for _, o := range opts {
		all = append(all, optionText(o))
	}
	var texts []string
	for _, o := range chosen(sel, opts) {
		texts = append(texts, optionText(o))
	}
	return strings.Join(texts, ", "), all
}

// things collects what is neither text nor control.
func (p *Page) things(n *html.Node, v *View) {
	if n.Type != html.ElementNode {
		return
	}
	if n.DataAtom == atom.Audio {
		p.sound(n, v)
	}
	if isHidden(n) {
		return
	}
	if attr(n, "role") == "alert" {
		if s := flat(n); s != "" {
			v.Alerts = append(v.Alerts, s)
		}
	}
	switch n.DataAtom {
	case atom.Img:
		if src := attr(n, "src"); src != "" {
			v.Images = append(v.Images, Image{squeeze(attr(n, "alt")), p.resolve(src)})
		}
	case atom.Table:
		v.Tables = append(v.Tables, table(n))
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.things(c, v)
	}
}

func (p *Page) sound(n *html.Node, v *View) {
	if hasAttr(n, "hidden") {
		return
	}
	src := attr(n, "src")
	for c := n.FirstChild; c != nil && src == ""; c = c.NextSibling {
		if c.DataAtom == atom.Source {
			src = attr(c, "src")
		}
	}
	if src == "" {
		return
	}
	name := p.textOf(attr(n, "aria-labelledby"))
	if name == "" {
		name = squeeze(attr(n, "aria-label"))
	}
	if name == "" {
		name = squeeze(attr(n, "title"))
	}
	v.Sounds = append(v.Sounds, Sound{name, p.resolve(src)})
}

// table returns the texts of the cells of t, without those of tables in it.
func table(t *html.Node) [][]string {
	rows := [][]string{}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode || isHidden(c) {
				continue
			}
			switch c.DataAtom {
			case atom.Tr:
				rows = append(rows, []string{})
				walk(c)
			case atom.Td, atom.Th:
				if len(rows) > 0 {
					rows[len(rows)-1] = append(rows[len(rows)-1], flat(c))
				}
			default:
				walk(c)
			}
		}
	}
	walk(t)
	return rows
}
