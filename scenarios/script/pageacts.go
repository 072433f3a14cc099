package script

import (
	"strings"

	"github.com/invopop/jsonschema"
)

// The acts on a page, one for each thing a person does with hand and mouse.
// Labels, buttons and links are found by their accessible name.
type (
	// PrivateWindow opens a private window; the one before is closed.
	PrivateWindow struct{}
	// Open goes to a place, or a path on it.
	Open struct{ Location }
	// Fill types into fields, in the order of the file. An empty value clears.
	Fill struct{ Fields []FieldText }
	// Tick ticks boxes.
	Tick struct{ Labels []Value }
	// Untick unticks boxes.
	Untick struct{ Labels []Value }
	// Choose picks radio buttons or the entries of lists.
	Choose struct{ Labels []Value }
	// Press presses a button, or follows a link when no button has the name.
	Press struct{ Label Value }
	// Back goes back in the window's history.
	Back struct{}
	// Reload loads the page again.
	Reload struct{}
	// CloseWindow closes the window; what was typed is gone.
	CloseWindow struct{}
	// Save keeps something of the page under a name, for ${name}.
	Save struct {
		Name  string
		From  SaveFrom
		Label Value // of the field or link, or the words before the text
	}
)

func (PrivateWindow) act() {}
func (Open) act()          {}
func (Fill) act()          {}
func (Tick) act()          {}
func (Untick) act()        {}
func (Choose) act()        {}
func (Press) act()         {}
func (Back) act()          {}
func (Reload) act()        {}
func (CloseWindow) act()   {}
func (Save) act()          {}

// Location is a place, or a path on it: "portal/password-reset/properties".
type Location struct {
	At    Position
	Place Place
	Path  Value // with its "/" or "?"; empty = the place's own page
}

// FieldText is a field, found by its label, and what to type there.
type FieldText struct{ Label, Text Value }

// SaveFrom says what Save keeps.
type SaveFrom string

// What Save can keep.
const (
	SaveField     SaveFrom = "field"      // the value of a field
	SaveLink      SaveFrom = "link"       // the address of a link
	SaveTextAfter SaveFrom = "text after" // the word that follows some words
)

func pageVerbs() []verb {
	labels := oneOrMore("a label, or a list of labels", label())
	return []verb{
		alone("private window", "a fresh window without cookies", PrivateWindow{}),
		with("open", "a place, or place/path", mapped(location(), func(l Location) Open { return Open{l} })),
		with("fill", "a mapping from label to text", mapped(fieldTexts(), func(f []FieldText) Fill { return Fill{f} })),
		with("tick", "the label of a box, or a list of them", mapped(labels, func(l []Value) Tick { return Tick{l} })),
		with("untick", "the label of a box, or a list of them", mapped(labels, func(l []Value) Untick { return Untick{l} })),
		with("choose", "the label of a radio button or of a list's entry", mapped(labels, func(l []Value) Choose { return Choose{l} })),
		with("press", "a button's or a link's name", mapped(label(), func(l Value) Press { return Press{l} })),
		alone("back", "the window's back button", Back{}),
		alone("reload", "load the page again", Reload{}),
		alone("close window", "close the window", CloseWindow{}),
		with("save", "a name, and what of the page it is for", saveShape()),
		with("see", "what the page must show", seeShape()),
	}
}

// label is the accessible name of something on the page.
func label() shape[Value] { return value("a label as it reads on the page", false) }

func fieldTexts() shape[[]FieldText] {
	return atLeastOne(entries("a mapping from a field's label to what to type", label(), value(`what to type; "" clears the field`, true),
		func(l, t Value) FieldText { return FieldText{l, t} }))
}

// location reads a place and the path on it.
func location() shape[Location] {
	known := make([]string, 0, 9)
	for _, w := range places() {
		known = append(known, w.name)
	}
	expected := "a place, or place/path: " + list(known)
	return shape[Location]{expected, func(r *reader, n *node) (Location, bool) {
		whole, ok := r.scalar(n, expected)
		if !ok {
			return Location{}, false
		}
		name, path := whole, ""
		if i := strings.IndexAny(whole, "/?"); i >= 0 {
			name, path = whole[:i], whole[i:]
		}
		l := Location{At: n.at, Place: Place(name)}
		for _, k := range known {
			if k == name {
				l.Path, ok = r.value(n, path)
				return l, ok
			}
		}
		r.unknown(n.at, "place", name, "", known)
		return l, false
	}, func(d *definitions) *jsonschema.Schema {
		return described(d.define("location", func() *jsonschema.Schema {
			return &jsonschema.Schema{Type: "string", Pattern: "^(" + strings.Join(known, "|") + ")([/?].*)?$"}
		}), expected)
	}}
}

func saveShape() shape[Save] {
	type draft struct {
		at    Position
		name  placed[string]
		found [3]*Value
	}
	kinds := []SaveFrom{SaveField, SaveLink, SaveTextAfter}
	s := object("save act", "a name, and what of the page it is for", func(d *draft) []field {
		return []field{
			here(&d.at),
			req("name", "the name for ${…}", savedName(), &d.name),
			opt(string(SaveField), "the value of the field of this label", maybe(label()), &d.found[0]),
			opt(string(SaveLink), "the address of the link of this name", maybe(label()), &d.found[1]),
			opt(string(SaveTextAfter), "the word that follows these", maybe(label()), &d.found[2]),
		}
	})
	one := checked(s, func(r *reader, n *node, d draft) bool {
		if len(n.entries) == 2 {
			return true
		}
		r.problem(n.at, "a value is saved from one thing on the page", "name, and one of field, link and text after", "")
		return false
	})
	return mapped(one, func(d draft) Save {
		for i, v := range d.found {
			if v != nil {
				return Save{d.name.value, kinds[i], *v}
			}
		}
		return Save{Name: d.name.value}
	})
}

// savedName is a new name for ${…}; it is known from here on.
func savedName() shape[placed[string]] {
	const expected = "a name for ${…}: small letters, digits and blanks, none that is taken"
	return at(checked(matching(expected, `^[a-z][a-z0-9 ]{0,38}[a-z0-9]$`), func(r *reader, n *node, v string) bool {
		for _, taken := range namesOf(personValues(), actorValues(), scenarioValues()) {
			if v == taken {
				r.problem(n.at, n.called()+" has a meaning of its own in ${…}", expected, "")
				return false
			}
		}
		r.uses = append(r.uses, use{kind: savesValue, at: n.at, name: v})
		return true
	}))
}
