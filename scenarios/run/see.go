package run

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// see holds the page in front of the person against what it must show.
func (a *actor) see(ctx context.Context, at script.Position, s script.See) error {
	v, err := a.view()
	if err != nil {
		return err
	}
	c := &sight{ctx: ctx, actor: a, view: v, at: at}
	c.location(s.Location)
	c.whole("title", s.Title, v.Title)
	c.whole("heading", s.Heading, v.Heading)
	c.alerts(s)
	c.each("text", s.Texts, func(t string) bool { return contains(v.Text, t) }, true)
	c.each("text", s.NoTexts, func(t string) bool { return contains(v.Text, t) }, false)
	c.each("button", s.NoButton, func(t string) bool { return v.Button(t) != nil }, false)
	c.each("link", s.NoLink, func(t string) bool { return v.Link(t) != nil }, false)
	c.each("field", s.NoField, func(t string) bool { return fieldOf(v, t) != nil }, false)
	c.each("picture", s.Pictures, func(t string) bool {
		return slices.ContainsFunc(v.Images, func(i web.Image) bool { return contains(i.Alt, t) })
	}, true)
	for _, b := range s.Buttons {
		c.button(b)
	}
	for _, l := range s.Links {
		c.link(l)
	}
	for _, f := range s.Fields {
		c.field(f)
	}
	return c.err
}

// sight gathers the first thing that is not as it must be.
type sight struct {
	ctx   context.Context
	actor *actor
	view  *web.View
	at    script.Position
	err   error
}

func (c *sight) wrong(what, expected, found string) {
	if c.err == nil {
		c.err = &mismatch{c.at, fmt.Sprintf("%s of the page %q", what, c.view.Heading), expected, found}
	}
}

// text fills in a value; a failure to do so is what is wrong.
func (c *sight) text(v script.Value) (string, bool) {
	s, err := c.actor.text(c.ctx, v)
	if err != nil && c.err == nil {
		c.err = err
	}
	return s, err == nil
}

func (c *sight) location(l *script.Location) {
	if l == nil {
		return
	}
	address, err := c.actor.address(c.ctx, *l)
	if err != nil {
		c.err = err
		return
	}
	want, _ := url.Parse(address)
	got, _ := url.Parse(c.view.URL)
	if want == nil || got == nil || want.Host != got.Host || !strings.HasPrefix(got.RequestURI(), want.RequestURI()) {
		c.wrong("address", address, c.view.URL)
	}
}

func (c *sight) whole(what string, want *script.Value, got string) {
	if want == nil {
		return
	}
	if s, ok := c.text(*want); ok && !equal(s, got) {
		c.wrong(what, fmt.Sprintf("%q", s), fmt.Sprintf("%q", got))
	}
}

// each holds a list against a question that is to be answered with want.
func (c *sight) each(what string, values []script.Value, is func(string) bool, want bool) {
	for _, v := range values {
		s, ok := c.text(v)
		if !ok || is(s) == want {
			continue
		}
		if want {
			c.wrong(what, fmt.Sprintf("%q", s), c.instead(what))
		} else {
			c.wrong(what, fmt.Sprintf("no %q", s), "it is there")
		}
	}
}

// instead is what the page has of a kind.
func (c *sight) instead(what string) string {
	var names []string
	switch what {
	case "button":
		for _, b := range c.view.Buttons {
			names = append(names, fmt.Sprintf("%q", b.Name))
		}
	case "link":
		for _, l := range c.view.Links {
			names = append(names, fmt.Sprintf("%q", l.Name))
		}
	case "field":
		for _, f := range c.view.Fields {
			names = append(names, fmt.Sprintf("%q", f.Label))
		}
	default:
		return fmt.Sprintf("%q", c.view.Text)
	}
	if len(names) == 0 {
		return "none at all"
	}
	return strings.Join(names, ", ")
}

func (c *sight) alerts(s script.See) {
	for _, v := range s.Alerts {
		if t, ok := c.text(v); ok && !slices.ContainsFunc(c.view.Alerts, func(a string) bool { return contains(a, t) }) {
			c.wrong("alert", fmt.Sprintf("%q", t), fmt.Sprintf("%q", c.view.Alerts))
		}
	}
	if s.NoAlert && len(c.view.Alerts) > 0 {
		c.wrong("alert", "none", fmt.Sprintf("%q", c.view.Alerts))
	}
}

func (c *sight) button(b script.ButtonSeen) {
	name, ok := c.text(b.Name)
	if !ok {
		return
	}
	found := c.view.Button(name)
	switch {
	case found == nil:
		c.wrong("button", fmt.Sprintf("%q", name), c.instead("button"))
	case b.Disabled != nil && *b.Disabled != found.Disabled:
		c.wrong("button "+name, state("disabled", *b.Disabled), state("disabled", found.Disabled))
	}
}

func (c *sight) link(l script.LinkSeen) {
	name, ok := c.text(l.Name)
	if !ok {
		return
	}
	found := c.view.Link(name)
	if found == nil {
		c.wrong("link", fmt.Sprintf("%q", name), c.instead("link"))
		return
	}
	if l.To != nil {
		if to, ok := c.text(*l.To); ok && to != found.URL {
			c.wrong("address of link "+name, to, found.URL)
		}
	}
	if newTab := found.Target == "_blank"; l.NewTab != nil && *l.NewTab != newTab {
		c.wrong("link "+name, state("opening in a new tab", *l.NewTab), state("opening in a new tab", newTab))
	}
}

func state(word string, is bool) string {
	if is {
		return word
	}
	return "not " + word
}

func (c *sight) field(f script.FieldSeen) {
	label, ok := c.text(f.Label)
	if !ok {
		return
	}
	found := fieldOf(c.view, label)
	if found == nil {
		c.wrong("field", fmt.Sprintf("%q", label), c.instead("field"))
		return
	}
	if f.Value != nil {
		if s, ok := c.text(*f.Value); ok && s != found.Value {
			c.wrong("field "+label, fmt.Sprintf("%q", s), fmt.Sprintf("%q", found.Value))
		}
	}
	if f.Checked != nil && *f.Checked != found.Checked {
		c.wrong("field "+label, state("ticked", *f.Checked), state("ticked", found.Checked))
	}
	if f.Disabled != nil && *f.Disabled != found.Disabled {
		c.wrong("field "+label, state("disabled", *f.Disabled), state("disabled", found.Disabled))
	}
	if f.Error != nil {
		s, ok := c.text(*f.Error)
		if ok && (s == "" && found.Error != "" || !contains(found.Error, s)) {
			c.wrong("error of field "+label, fmt.Sprintf("%q", s), fmt.Sprintf("%q", found.Error))
		}
	}
	c.each("entry of "+label, f.Options, func(t string) bool {
		return slices.ContainsFunc(found.Options, func(o string) bool { return equal(o, t) })
	}, true)
}

// fieldOf finds a field by its label or, of several with the same, by "Group >
// Label"; nil if there is none.
func fieldOf(v *web.View, label string) *web.Field {
	group, rest, grouped := strings.Cut(label, " > ")
	if found := v.Field(label); found != nil || !grouped {
		return found
	}
	for i := range v.Fields {
		if f := &v.Fields[i]; equal(f.Group, group) && equal(f.Label, rest) {
			return f
		}
	}
	return nil
}

// contains and equal compare as people read: without regard to case and to how
// blanks fall.
func contains(text, part string) bool { return strings.Contains(fold(text), fold(part)) }
func equal(a, b string) bool          { return fold(a) == fold(b) }
func fold(s string) string            { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
