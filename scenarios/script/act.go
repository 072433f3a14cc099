package script

import (
	"fmt"
	"slices"

	"github.com/invopop/jsonschema"
)

// Act is one thing a person does.
type Act struct {
	At   Position
	Verb string // as in the file: "sign in"
	What What
}

// What is the argument of an act: one type for each verb.
type What interface{ act() }

// verb is one entry of the closed table of acts.
type verb struct {
	name    string
	about   string
	planner bool                                    // the planner, who has no account, may do it
	onPrem  bool                                    // it needs an account of the directory
	bare    What                                    // what the word alone means; nil = it needs an argument
	read    func(r *reader, n *node) (What, bool)   // the argument; nil = it takes none
	schema  func(d *definitions) *jsonschema.Schema // of the argument
}

// verbs is the table: to add an act, write its type and add its line to the
// table of its family.
func verbs() []verb {
	return slices.Concat(pageVerbs(), journeyVerbs(), handVerbs())
}

// Verbs lists every act of the language, in the order of the manual.
func Verbs() (names []string) {
	for _, v := range verbs() {
		names = append(names, v.name)
	}
	return names
}

// alone is a verb without an argument.
func alone(name, about string, w What) verb { return verb{name: name, about: about, bare: w} }

// with is a verb that needs an argument.
func with[T What](name, about string, s shape[T]) verb {
	return verb{name: name, about: about, schema: s.schema, read: func(r *reader, n *node) (What, bool) {
		w, ok := s.read(r, n)
		return w, ok
	}}
}

// orAlone lets a verb stand without its argument too.
func (v verb) orAlone(w What) verb {
	v.bare = w
	return v
}

// actShape reads a verb alone ("back") or a mapping of one verb to its
// argument ("press: Next").
func actShape() shape[Act] {
	table := verbs()
	return shape[Act]{"an act", func(r *reader, n *node) (Act, bool) {
		switch {
		case n.kind == mapping && len(n.entries) == 1:
			return r.act(table, n.entries[0].key, n.entries[0].value)
		case n.kind == mapping:
			r.problem(n.at, "two acts in one", "one act an entry of the list; look at the dashes", "")
			return Act{}, false
		case n.kind == text:
			return r.act(table, n, nil)
		}
		r.wrong(n, "an act: "+list(Verbs()))
		return Act{}, false
	}, func(d *definitions) *jsonschema.Schema {
		return d.define("act", func() *jsonschema.Schema { return d.acts(table) })
	}}
}

// act reads the verb and its argument, which may be missing.
func (r *reader) act(table []verb, name, argument *node) (Act, bool) {
	i := slices.IndexFunc(table, func(v verb) bool { return v.name == name.text })
	if i < 0 {
		r.unknown(name.at, "act", name.text, "", Verbs())
		return Act{}, false
	}
	v := table[i]
	r.uses = append(r.uses, use{kind: usesVerb, at: name.at, name: v.name, verb: v})
	a := Act{At: name.at, Verb: v.name, What: v.bare}
	if argument == nil {
		if v.bare == nil {
			r.problem(name.at, fmt.Sprintf("%q needs to say more", v.name), v.name+": "+v.about, "")
		}
		return a, v.bare != nil
	}
	if v.read == nil {
		r.problem(argument.at, fmt.Sprintf("%q takes nothing more", v.name), v.name+" alone", "")
		return a, false
	}
	w, ok := v.read(r, argument)
	a.What = w
	return a, ok
}
