package script

import "github.com/invopop/jsonschema"

// See is what the page in front of the actor must show. Title and Heading are
// compared whole; the other texts only have to be contained. What is not
// stated is not looked at.
type See struct {
	Location *Location // where the window is
	Title    *Value
	Heading  *Value
	Alerts   []Value // each in some element with role alert
	NoAlert  bool    // there is none at all
	Texts    []Value
	NoTexts  []Value
	Buttons  []ButtonSeen
	NoButton []Value
	Links    []LinkSeen
	NoLink   []Value
	Fields   []FieldSeen // by label: fields, boxes, radio buttons and lists
	NoField  []Value
	Pictures []Value // by their alternative text
}

func (See) act() {}

// ButtonSeen is what a button must be like.
type ButtonSeen struct {
	Name     Value
	Disabled *bool // nil = either
}

// LinkSeen is what a link must be like; what is nil is not looked at.
type LinkSeen struct {
	Name   Value
	To     *Value // the address it leads to, whole
	NewTab *bool  // it opens in a tab of its own
}

// FieldSeen is what a field must be like; what is nil is not looked at.
type FieldSeen struct {
	Label    Value
	Value    *Value
	Checked  *bool
	Disabled *bool
	Error    *Value  // contained in the field's own error; "" = it has none
	Options  []Value // among the entries of a list
}

func seeShape() shape[See] {
	texts := oneOrMore("a text, or a list of texts", value("a text of the page", false))
	labels := oneOrMore("a label, or a list of labels", label())
	return atLeastOne(object("page expectation", "what the page must show", func(s *See) []field {
		return []field{
			opt("at", "the place where the window is", maybe(location()), &s.Location),
			opt("title", "the page's title", maybe(value("a title", false)), &s.Title),
			opt("heading", "its main heading", maybe(value("a heading", false)), &s.Heading),
			opt("alert", "what its alerts say", texts, &s.Alerts),
			opt("no alert", "yes = it has none", yesNo(), &s.NoAlert),
			opt("text", "what it says", texts, &s.Texts),
			opt("no text", "what it does not say", texts, &s.NoTexts),
			opt("button", "buttons by name", buttonsShape(), &s.Buttons),
			opt("no button", "buttons that are not there", labels, &s.NoButton),
			opt("link", "links by name", linksShape(), &s.Links),
			opt("no link", "links that are not there", labels, &s.NoLink),
			opt("field", "fields by label", fieldsShape(), &s.Fields),
			opt("no field", "fields that are not there", labels, &s.NoField),
			opt("picture", "pictures by alternative text", labels, &s.Pictures),
		}
	}))
}

// atLeastOne refuses an object that says nothing.
func atLeastOne[T any](s shape[T]) shape[T] {
	checked := checked(s, func(r *reader, n *node, _ T) bool {
		if len(n.entries) == 0 {
			r.wrong(n, "at least one key")
			return false
		}
		return true
	})
	checked.schema = func(d *definitions) *jsonschema.Schema {
		return &jsonschema.Schema{AllOf: []*jsonschema.Schema{s.schema(d), {MinProperties: size(1)}}}
	}
	return checked
}

// buttonsShape reads names, or a mapping from name to what the button is like.
func buttonsShape() shape[[]ButtonSeen] {
	names := mapped(oneOrMore("a button's name, or a list of names", label()), func(l []Value) (all []ButtonSeen) {
		for _, v := range l {
			all = append(all, ButtonSeen{Name: v})
		}
		return all
	})
	state := atLeastOne(object("button", "what the button is like", func(b *ButtonSeen) []field {
		return []field{opt("disabled", "whether it is", maybe(yesNo()), &b.Disabled)}
	}))
	return either(names, entries("a mapping from a button's name to what it is like", label(), state,
		func(l Value, b ButtonSeen) ButtonSeen { b.Name = l; return b }))
}

// linksShape reads names, or a mapping from name to what the link is like.
func linksShape() shape[[]LinkSeen] {
	names := mapped(oneOrMore("a link's name, or a list of names", label()), func(l []Value) (all []LinkSeen) {
		for _, v := range l {
			all = append(all, LinkSeen{Name: v})
		}
		return all
	})
	state := atLeastOne(object("link", "what the link is like", func(l *LinkSeen) []field {
		return []field{
			opt("to", "the address it leads to", maybe(value("an address", false)), &l.To),
			opt("new tab", "whether it opens in a tab of its own", maybe(yesNo()), &l.NewTab),
		}
	}))
	return either(names, entries("a mapping from a link's name to what it is like", label(), state,
		func(n Value, l LinkSeen) LinkSeen { l.Name = n; return l }))
}

// fieldsShape reads labels, or a mapping from label to what the field is like.
func fieldsShape() shape[[]FieldSeen] {
	labels := mapped(oneOrMore("a field's label, or a list of labels", label()), func(l []Value) (all []FieldSeen) {
		for _, v := range l {
			all = append(all, FieldSeen{Label: v})
		}
		return all
	})
	return either(labels, entries("a mapping from a field's label to what it is like", label(), fieldState(),
		func(l Value, f FieldSeen) FieldSeen { f.Label = l; return f }))
}

func fieldState() shape[FieldSeen] {
	options := oneOrMore("an entry of the list, or several", label())
	return atLeastOne(object("field", "what the field is like", func(f *FieldSeen) []field {
		return []field{
			opt("value", `what it holds; "" = nothing`, maybe(value("what it holds", true)), &f.Value),
			opt("checked", "whether it is ticked or chosen", maybe(yesNo()), &f.Checked),
			opt("disabled", "whether it is", maybe(yesNo()), &f.Disabled),
			opt("error", `what its error says; "" = it has none`, maybe(value("an error", true)), &f.Error),
			opt("options contains", "entries of the list", options, &f.Options),
		}
	}))
}
