package odata

import "strings"

// Filter is a $filter that was read against a schema. The zero value lets
// everything through.
type Filter struct {
	root node
	// NeedsAdvanced names the property that only an advanced query may use in
	// this way; empty when any query may.
	NeedsAdvanced string
}

// Match reports whether e passes the filter.
func (f Filter) Match(e Entity) bool { return f.root == nil || f.root.match(scope{entity: e}) }

// scope is what names stand for while a filter is applied: the entity, and the
// items that the lambdas around have come to.
type scope struct {
	entity Entity
	items  []Value
}

// node is one condition.
type node interface{ match(scope) bool }

type both struct{ left, right node }

func (n both) match(s scope) bool { return n.left.match(s) && n.right.match(s) }

type either struct{ left, right node }

func (n either) match(s scope) bool { return n.left.match(s) || n.right.match(s) }

type negation struct{ of node }

func (n negation) match(s scope) bool { return !n.of.match(s) }

// truth is a boolean property that stands alone.
type truth struct{ of path }

func (n truth) match(s scope) bool { v := n.of.value(s); return v.kind == Boolean && v.number != 0 }

// comparison compares a path with a literal.
type comparison struct {
	left     path
	operator operator
	right    Value
}

func (n comparison) match(s scope) bool {
	v := n.left.value(s)
	if v.IsNull() || n.right.IsNull() {
		same := v.IsNull() == n.right.IsNull()
		return n.operator == equal && same || n.operator == notEqual && !same
	}
	return n.operator.holds(v.compare(n.right))
}

// membership is the in operator.
type membership struct {
	left path
	list []Value
}

func (n membership) match(s scope) bool {
	v := n.left.value(s)
	for _, item := range n.list {
		if v.kind == item.kind && v.compare(item) == 0 {
			return true
		}
	}
	return false
}

// affix is startswith or endswith, whatever the case.
type affix struct {
	of     path
	text   string
	suffix bool
}

func (n affix) match(s scope) bool {
	v := n.of.value(s)
	if v.kind != Text || len(v.text) < len(n.text) {
		return false
	}
	if n.suffix {
		return strings.EqualFold(v.text[len(v.text)-len(n.text):], n.text)
	}
	return strings.EqualFold(v.text[:len(n.text)], n.text)
}

// some is any(): with no condition it asks whether there are items at all.
type some struct {
	of        path
	condition node
}

func (n some) match(s scope) bool {
	for _, item := range n.of.value(s).items {
		if n.condition == nil || n.condition.match(scope{s.entity, append(s.items, item)}) {
			return true
		}
	}
	return false
}

// path leads from the entity, or from the item of a lambda, to a value.
type path struct {
	item  int // the lambda's number, from outside; -1: the entity
	first int // position in the entity's schema
	names []string
	count bool // the number of items
}

func (p path) value(s scope) Value {
	var v Value
	if p.item >= 0 {
		v = s.items[p.item]
	} else {
		v = s.entity.Property(p.first)
	}
	for _, name := range p.names {
		v = v.field(name)
	}
	if p.count {
		return Int(len(v.items))
	}
	return v
}

// operator is a comparison.
type operator uint8

const (
	equal operator = iota
	notEqual
	greater
	greaterOrEqual
	less
	lessOrEqual
)

var operators = [...]struct{ word, name string }{
	{"eq", "Equal"}, {"ne", "NotEqual"}, {"gt", "GreaterThan"}, {"ge", "GreaterThanOrEqual"}, {"lt", "LessThan"}, {"le", "LessThanOrEqual"},
}

func parseOperator(l lexeme) (operator, bool) {
	for i := range operators {
		if l.class == word && strings.EqualFold(l.text, operators[i].word) {
			return operator(i), true
		}
	}
	return 0, false
}

// swapped is the operator with its sides exchanged.
func (o operator) swapped() operator {
	return [...]operator{equal, notEqual, less, lessOrEqual, greater, greaterOrEqual}[o]
}

func (o operator) holds(order int) bool {
	switch o {
	case equal:
		return order == 0
	case notEqual:
		return order != 0
	case greater:
		return order > 0
	case greaterOrEqual:
		return order >= 0
	case less:
		return order < 0
	}
	return order <= 0
}
