package odata

import "strings"

// reference is a path with what the schema says of its end.
type reference struct {
	path     path
	property *Property
	list     bool // the path ends at a collection
	any      bool // "/any" follows
}

func (r reference) kind() Kind {
	switch {
	case r.path.count:
		return Number
	case r.list:
		return Collection
	}
	return r.property.Kind
}

func (r reference) edm() string {
	switch {
	case r.path.count || !r.list && r.property.Kind != Complex:
		return r.kind().edm()
	case r.list && r.property.Of != nil:
		return "Collection(" + r.property.Of.Name + ")"
	case r.list:
		return "Collection(" + r.property.Kind.edm() + ")"
	}
	return r.property.Of.Name
}

// path reads a path: a property or a lambda's variable, then parts of complex
// values, then perhaps "/$count" or "/any".
func (p *parser) path() (reference, *Error) {
	r, err := p.head()
	for err == nil && p.token.is("/") {
		p.advance()
		switch {
		case p.token.class != word:
			return r, p.expected("the name of a property")
		case r.list && p.token.is("$count"):
			p.advance()
			r.path.count = true
			return r, nil
		case r.list && p.token.is("any"):
			p.advance()
			r.any = true
			return r, nil
		case r.list:
			return r, unsupportedFilter(r.property.Name, p.schema)
		}
		err = p.step(&r)
	}
	return r, err
}

func (p *parser) head() (reference, *Error) {
	if p.token.class != word {
		return reference{}, p.expected("the name of a property")
	}
	for i := len(p.lambdas) - 1; i >= 0; i-- {
		if p.token.text == p.lambdas[i].name {
			p.advance()
			return reference{path: path{item: i}, property: &p.lambdas[i].item}, nil
		}
	}
	i := p.schema.Find(p.token.text)
	if i < 0 {
		return reference{}, unknownProperty(p.token.text, p.schema)
	}
	p.advance()
	property := &p.schema.Properties[i]
	return reference{path: path{item: -1, first: i}, property: property, list: property.List}, nil
}

// step goes from a complex value to one of its parts.
func (p *parser) step(r *reference) *Error {
	of := r.property.Of
	if of == nil {
		return unknownProperty(p.token.text, &Schema{Name: r.property.Kind.edm()})
	}
	i := of.Find(p.token.text)
	if i < 0 {
		return unknownProperty(p.token.text, of)
	}
	p.advance()
	r.property = &of.Properties[i]
	r.list = r.property.List
	r.path.names = append(r.path.names, r.property.Name)
	return nil
}

// Order is an $orderby that was read against a schema. The zero value leaves
// the order as it is.
type Order struct {
	keys []sortKey
	// NeedsAdvanced names the property that only an advanced query may sort by.
	NeedsAdvanced string
}

type sortKey struct {
	of   path
	down bool
}

// Compare orders two entities.
func (o Order) Compare(a, b Entity) int {
	for _, k := range o.keys {
		if c := k.of.value(scope{entity: a}).compare(k.of.value(scope{entity: b})); c != 0 {
			if k.down {
				return -c
			}
			return c
		}
	}
	return 0
}

// ParseOrder reads an $orderby against a schema. The error is an *[Error].
func ParseOrder(source string, s *Schema) (Order, error) {
	p := &parser{lexer: lexer{source: source}, schema: s}
	p.advance()
	var o Order
	for {
		r, err := p.path()
		if err != nil {
			return Order{}, err
		}
		support := r.property.Sort
		if r.list || r.property.Kind == Complex || support == No {
			return Order{}, unsupportedSort(r.property.Name, s)
		}
		if support == Advanced && !s.Simple && o.NeedsAdvanced == "" {
			o.NeedsAdvanced = r.property.Name
		}
		k := sortKey{of: r.path, down: p.token.is("desc")}
		if k.down || p.token.is("asc") {
			p.advance()
		}
		o.keys = append(o.keys, k)
		if p.token.class == end {
			return o, nil
		}
		if err := p.take(","); err != nil {
			return Order{}, err
		}
	}
}

// ParseSelect reads a $select and returns the positions of what it names, each
// once, in its order. The error is an *[Error].
func ParseSelect(source string, s *Schema) ([]int, error) {
	var list []int
	seen := make([]bool, len(s.Properties))
	for name := range strings.SplitSeq(source, ",") {
		name = strings.TrimSpace(name)
		if name == "*" {
			return s.Shown(), nil
		}
		i := s.Find(name)
		if i < 0 {
			return nil, unknownProperty(name, s)
		}
		if !seen[i] {
			seen[i] = true
			list = append(list, i)
		}
	}
	return list, nil
}
