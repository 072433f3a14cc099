package web

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Plan is an act with every name found on a page. Making it changes nothing.
type Plan struct {
	Steps []Step
	Press *Press // nil: stay on the page
}

// Step sets one control.
type Step struct {
	Index  int    // of the control, see [Controls]
	Value  string // new text of a field
	Option int    // index of the option to select, -1 if the control is no select
	Check  bool   // the control is a tick box or radio button: set it to On
	On     bool

	control *control
}

// Press is the button or link to press.
type Press struct {
	Index int
	Name  string
	Link  string // the absolute URL of a link, "" for a button
	// Sends tells that the button sends a form; one that does not works by
	// script alone.
	Sends bool
	// NoReferrer tells that a link does not say which page it is on.
	NoReferrer bool

	control *control
}

// Plan finds the controls of an act, or says why it cannot be done.
func (p *Page) Plan(act Act) (*Plan, error) {
	plan := &Plan{Steps: make([]Step, 0, len(act.Fill)+len(act.Tick)+len(act.Untick)+len(act.Choose))}
	for _, f := range act.Fill {
		step, err := p.planFill(f)
		if err != nil {
			return nil, err
		}
		plan.Steps = append(plan.Steps, step)
	}
	for _, set := range []struct {
		labels []string
		kind   kind
		on     bool
	}{{act.Tick, tickBox, true}, {act.Untick, tickBox, false}, {act.Choose, radio, true}} {
		for _, label := range set.labels {
			c, err := p.findUsable(label, set.kind)
			if err != nil {
				return nil, err
			}
			plan.Steps = append(plan.Steps, Step{Index: c.index, Option: -1, Check: true, On: set.on, control: c})
		}
	}
	if act.Press == "" {
		return plan, nil
	}
	var err error
	if plan.Press, err = p.planPress(act.Press); err != nil {
		return nil, err
	}
	return plan, p.checkRequired(plan)
}

func (p *Page) planFill(f Fill) (Step, error) {
	c, err := p.findUsable(f.Label, field)
	if err != nil {
		return Step{}, err
	}
	if c.typ == "select" {
		return p.planSelect(c, f.Value)
	}
	if hasAttr(c.node, "readonly") {
		return Step{}, p.refuse(c, "is read-only")
	}
	value := sanitised(c.typ, f.Value)
	if why := tooLong(c.node, value); why != "" {
		return Step{}, p.refuse(c, why)
	}
	return Step{Index: c.index, Value: value, Option: -1, control: c}, nil
}

func (p *Page) planSelect(c *control, value string) (Step, error) {
	want := fold(value)
	var has []string
	for i, o := range options(c.node) {
		text := optionText(o)
		if fold(text) != want {
			has = append(has, text)
			continue
		}
		if optionDisabled(o) {
			return Step{}, p.refuse(c, "does not let "+text+" be chosen: that option is disabled")
		}
		return Step{Index: c.index, Value: value, Option: i, control: c}, nil
	}
	return Step{}, &NotFoundError{Kind: "option of field \"" + c.name + "\"", Asked: value, Has: has,
		Nearest: nearest(value, has), URL: p.url}
}

func (p *Page) planPress(name string) (*Press, error) {
	c, err := p.findUsable(name, submitter)
	if err != nil {
		return nil, err
	}
	press := &Press{Index: c.index, Name: c.name, control: c}
	switch c.kind {
	case resetter:
		return nil, p.refuse(c, "resets its form; a press must lead to a page")
	case submitter:
		press.Sends = true
		return press, p.checkForm(c)
	case link:
		press.Link = p.resolve(attr(c.node, "href"))
		press.NoReferrer = slices.Contains(strings.Fields(strings.ToLower(attr(c.node, "rel"))), "noreferrer")
		return press, p.checkLink(c, press.Link)
	}
	return press, nil
}

// checkForm refuses a button whose form a press does not send in this window.
func (p *Page) checkForm(c *control) error {
	form := p.formOf(c.node)
	if form == nil {
		return p.refuse(c, "belongs to no form, so pressing it does nothing")
	}
	target := attr(form, "target")
	if hasAttr(c.node, "formtarget") {
		target = attr(c.node, "formtarget")
	}
	if !sameWindow(target) {
		return p.refuse(c, "sends its form to another window, target="+target)
	}
	if method(form, c.node) == "dialog" {
		return p.refuse(c, "closes a dialog, which leads to no page")
	}
	return nil
}

func (p *Page) checkLink(c *control, url string) error {
	if !sameWindow(attr(c.node, "target")) {
		return p.refuse(c, "opens another window; use Open with "+url)
	}
	if hasAttr(c.node, "download") {
		return p.refuse(c, "downloads a file; use Fetch with "+url)
	}
	scheme, _, _ := strings.Cut(url, ":")
	if scheme = strings.ToLower(scheme); scheme != "http" && scheme != "https" {
		return p.refuse(c, "leads out of the browser, to "+url)
	}
	return nil
}

func sameWindow(target string) bool {
	switch strings.ToLower(target) {
	case "", "_self", "_top", "_parent":
		return true
	}
	return false
}

func (p *Page) refuse(c *control, why string) error {
	p.names(c)
	return &RefusedError{Control: c.kind.String() + " \"" + c.name + "\"", Why: why, URL: p.url}
}

// checkRequired refuses to press a button while a required field of its form is
// empty, as a browser does unless the form says novalidate.
func (p *Page) checkRequired(plan *Plan) error {
	if !plan.Press.Sends {
		return nil
	}
	button := plan.Press.control.node
	form := p.formOf(button)
	if hasAttr(form, "novalidate") || hasAttr(button, "formnovalidate") {
		return nil
	}
	for _, c := range p.controls {
		if hasAttr(c.node, "required") && p.formOf(c.node) == form && !isDisabled(c.node) &&
			!hasAttr(c.node, "readonly") && p.lacking(c, plan) {
			return p.refuse(c, "is required and empty, so the form is not sent")
		}
	}
	return nil
}

// lacking reports whether a required control is empty once plan is done.
func (p *Page) lacking(c *control, plan *Plan) bool {
	switch c.kind {
	case tickBox:
		return !p.checkedAfter(c, plan)
	case radio:
		for _, other := range p.controls {
			if other.kind == radio && p.sameSet(other.node, c.node) && p.checkedAfter(other, plan) {
				return false
			}
		}
		return true
	case field:
		return p.emptyAfter(c, plan)
	}
	return false
}

func (p *Page) checkedAfter(c *control, plan *Plan) bool {
	on := hasAttr(c.node, "checked")
	for _, s := range plan.Steps {
		if s.control == c {
			on = s.On
		}
	}
	return on
}

func (p *Page) emptyAfter(c *control, plan *Plan) bool {
	for i := len(plan.Steps) - 1; i >= 0; i-- {
		if s := plan.Steps[i]; s.control == c {
			if s.Option >= 0 {
				return optionValue(options(c.node)[s.Option]) == ""
			}
			return s.Value == ""
		}
	}
	if c.typ != "select" {
		return c.value() == ""
	}
	for _, o := range chosen(c.node, options(c.node)) {
		if optionValue(o) != "" {
			return false
		}
	}
	return true
}

// sameSet reports whether two radio buttons exclude each other.
func (p *Page) sameSet(a, b *html.Node) bool {
	name := attr(a, "name")
	return name != "" && name == attr(b, "name") && p.formOf(a) == p.formOf(b)
}

// Mark tells whether an element of a live document is still the control of this
// step: tag, type, id and name as the document writes them, joined by "|".
func (s Step) Mark() string { return s.control.mark() }

// Mark is that of Step.
func (b *Press) Mark() string { return b.control.mark() }

func (c *control) mark() string {
	n := c.node
	return strings.Join([]string{n.Data, attr(n, "type"), attr(n, "id"), attr(n, "name")}, "|")
}
