package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
)

// shape says what one kind of value looks like, once for both readers of the
// language: how a node becomes a T, and how the JSON Schema describes it.
type shape[T any] struct {
	expected string // "a list of people"
	read     func(r *reader, n *node) (T, bool)
	schema   func(d *definitions) *jsonschema.Schema
}

// reader reads one document.
type reader struct {
	*source
	uses []use
}

// wrong records that n is not what was expected.
func (r *reader) wrong(n *node, expected string) {
	message := n.called() + " does not fit here"
	if n.kind == nothing {
		message = "nothing stands here"
		if n.at.Line <= len(r.lines) && strings.Contains(r.lines[n.at.Line-1], "#") {
			message += " (a # begins a comment unless it stands in quotes)"
		}
	}
	r.problem(n.at, message, expected, "")
}

// field is one key of an object, bound to the place its value goes to.
type field struct {
	key, about string
	required   bool
	read       func(r *reader, n *node)
	schema     func(d *definitions) *jsonschema.Schema
}

// opt is a key that may be left out; into keeps its default then.
func opt[T any](key, about string, s shape[T], into *T) field {
	return field{key: key, about: about, schema: s.schema, read: func(r *reader, n *node) {
		if v, ok := s.read(r, n); ok {
			*into = v
		}
	}}
}

// req is a key that must be there.
func req[T any](key, about string, s shape[T], into *T) field {
	f := opt(key, about, s, into)
	f.required = true
	return f
}

// here binds the position of the object itself.
func here(into *Position) field {
	return field{read: func(_ *reader, n *node) { *into = n.at }}
}

// maybe tells a value that was stated from one that was left out.
func maybe[T any](s shape[T]) shape[*T] {
	return shape[*T]{s.expected, func(r *reader, n *node) (*T, bool) {
		v, ok := s.read(r, n)
		return &v, ok
	}, s.schema}
}

// placed is a value with the place where it was stated; the zero value was
// not stated.
type placed[T any] struct {
	at    Position
	value T
}

func (p placed[T]) stated() bool { return p.at.Line != 0 }

// orElse is the place, or another one for a value that was not stated.
func (p placed[T]) orElse(other Position) Position {
	if p.stated() {
		return p.at
	}
	return other
}

// at keeps the place of what a shape reads.
func at[T any](s shape[T]) shape[placed[T]] {
	return shape[placed[T]]{s.expected, func(r *reader, n *node) (placed[T], bool) {
		v, ok := s.read(r, n)
		return placed[T]{n.at, v}, ok
	}, s.schema}
}

// object is a mapping with the keys of fields, in any order, each at most
// once. Fields are read in the table's order, not the file's, so that what a
// later one stands on has been read. Name is its title in the schema.
func object[T any](name, about string, fields func(*T) []field) shape[T] {
	expected := "a mapping: " + about
	return shape[T]{expected, func(r *reader, n *node) (v T, ok bool) {
		if n.kind != mapping {
			r.wrong(n, expected)
			return v, false
		}
		return v, r.fields(name, n, fields(&v))
	}, func(d *definitions) *jsonschema.Schema {
		return d.define(name, func() *jsonschema.Schema { return d.object(about, fields(new(T))) })
	}}
}

// fields reads a mapping, and reports whether it is to be used at all.
func (r *reader) fields(name string, n *node, fields []field) bool {
	values, meant := r.keys(n, "the "+name, keysOf(fields))
	for _, f := range fields {
		if f.key == "" {
			f.read(r, n)
			continue
		}
		if v, ok := values[f.key]; ok {
			f.read(r, v)
		} else if f.required && !meant[f.key] {
			r.problem(n.at, fmt.Sprintf("%q is missing in the %s", f.key, name), f.key+": "+f.about, "")
		}
	}
	return true
}

func keysOf(fields []field) (keys []string) {
	for _, f := range fields {
		if f.key != "" {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// keys finds the values of the known keys, and records those that are unknown
// or there twice; meant are the known ones that unknown ones are nearest to.
func (r *reader) keys(n *node, of string, known []string) (values map[string]*node, meant map[string]bool) {
	values, meant = make(map[string]*node, len(n.entries)), map[string]bool{}
	for _, e := range r.unique(n) {
		if slices.Contains(known, e.key.text) {
			values[e.key.text] = e.value
			continue
		}
		if !r.full() {
			meant[nearest(e.key.text, known)] = true
		}
		r.unknown(e.key.at, "key", e.key.text, " in "+of, known)
	}
	return values, meant
}

// unique is the entries whose key is not there before.
func (r *reader) unique(n *node) (entries []entry) {
	lines := make(map[string]int, len(n.entries))
	for _, e := range n.entries {
		if line, twice := lines[e.key.text]; twice {
			r.problem(e.key.at, fmt.Sprintf("%q is there twice; first on line %d", e.key.text, line), "each key once", "")
			continue
		}
		lines[e.key.text] = e.key.at.Line
		entries = append(entries, e)
	}
	return entries
}

// unknown records a word that is not among the known ones.
func (r *reader) unknown(at Position, what, word, where string, known []string) {
	if r.full() {
		return
	}
	expected := list(known)
	if len(known) == 0 {
		expected = "none is declared"
	}
	r.problem(at, fmt.Sprintf("unknown %s %q%s", what, shorten(word), where), expected, nearest(word, known))
}

// entries is a mapping whose keys are names; pair joins key and value.
func entries[K, V, T any](name string, key shape[K], value shape[V], pair func(K, V) T) shape[[]T] {
	expected := name
	return shape[[]T]{expected, func(r *reader, n *node) (all []T, ok bool) {
		if n.kind != mapping {
			r.wrong(n, expected)
			return nil, false
		}
		for _, e := range r.unique(n) {
			k, fine := key.read(r, e.key)
			if v, good := value.read(r, e.value); fine && good {
				all = append(all, pair(k, v))
			}
		}
		return all, true
	}, func(d *definitions) *jsonschema.Schema {
		s := &jsonschema.Schema{Type: "object", Description: name, AdditionalProperties: value.schema(d)}
		if form := key.schema(d).Pattern; form != "" {
			s.PropertyNames = &jsonschema.Schema{Pattern: form}
		}
		return s
	}}
}

// listOf is a list of at least least values.
func listOf[T any](name string, least int, item shape[T]) shape[[]T] {
	return shape[[]T]{name, func(r *reader, n *node) (all []T, ok bool) {
		if n.kind != sequence {
			r.wrong(n, name)
			return nil, false
		}
		if len(n.items) < least {
			r.problem(n.at, "the list is too short", fmt.Sprintf("%s, at least %d", name, least), "")
			return nil, false
		}
		all = make([]T, 0, len(n.items))
		for _, i := range n.items {
			if v, good := item.read(r, i); good {
				all = append(all, v)
			}
		}
		return all, true
	}, func(d *definitions) *jsonschema.Schema {
		s := &jsonschema.Schema{Type: "array", Description: name, Items: item.schema(d)}
		if least > 0 {
			s.MinItems = size(least)
		}
		return s
	}}
}

// setOf is a list in which nothing is there twice. A set with a problem is not
// used at all, so that the rest of it is not held against its neighbours.
func setOf[T comparable](name string, least int, item shape[T]) shape[[]T] {
	lines := map[T]int{}
	s := listOf(name, least, shape[T]{item.expected, func(r *reader, n *node) (T, bool) {
		v, ok := item.read(r, n)
		if line, twice := lines[v]; ok && twice {
			r.problem(n.at, fmt.Sprintf("%s is there twice; first on line %d", n.called(), line), "each once", "")
			return v, false
		}
		if ok {
			lines[v] = n.at.Line
		}
		return v, ok
	}, item.schema})
	read, schema := s.read, s.schema
	s.read = func(r *reader, n *node) ([]T, bool) {
		clear(lines)
		all, ok := read(r, n)
		return all, ok && len(all) == len(n.items)
	}
	s.schema = func(d *definitions) *jsonschema.Schema {
		list := schema(d)
		list.UniqueItems = true
		return list
	}
	return s
}

// oneOrMore is a value or a list of such values.
func oneOrMore[T any](name string, item shape[T]) shape[[]T] {
	many := listOf(name, 1, item)
	return shape[[]T]{name, func(r *reader, n *node) ([]T, bool) {
		if n.kind == sequence {
			return many.read(r, n)
		}
		v, ok := item.read(r, n)
		return []T{v}, ok
	}, func(d *definitions) *jsonschema.Schema {
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{item.schema(d), many.schema(d)}}
	}}
}

// either reads a mapping by one shape and everything else by another.
func either[T any](plain, object shape[T]) shape[T] {
	return shape[T]{plain.expected + ", or " + object.expected, func(r *reader, n *node) (T, bool) {
		if n.kind == mapping {
			return object.read(r, n)
		}
		return plain.read(r, n)
	}, func(d *definitions) *jsonschema.Schema {
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{plain.schema(d), object.schema(d)}}
	}}
}

// mapped turns what a shape reads into something else.
func mapped[A, B any](s shape[A], turn func(A) B) shape[B] {
	return shape[B]{s.expected, func(r *reader, n *node) (B, bool) {
		a, ok := s.read(r, n)
		return turn(a), ok
	}, s.schema}
}

// checked adds a check of what was read; it records its own problems.
func checked[T any](s shape[T], check func(r *reader, n *node, v T) bool) shape[T] {
	return shape[T]{s.expected, func(r *reader, n *node) (T, bool) {
		v, ok := s.read(r, n)
		return v, ok && check(r, n, v)
	}, s.schema}
}

func size(n int) *uint64 { u := uint64(n); return &u }
