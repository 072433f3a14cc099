package activedirectory

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Matching rules of extensible filters.
const (
	ruleBitAnd  = "1.2.840.113556.1.4.803"
	ruleBitOr   = "1.2.840.113556.1.4.804"
	ruleInChain = "1.2.840.113556.1.4.1941"
)

// truth is the value of a filter: a part that nobody can decide, such as one on
// an unknown attribute, is neither true nor false, and neither is its negation.
type truth int

const (
	isFalse truth = iota
	isTrue
	isUndefined
)

func truthOf(b bool) truth {
	if b {
		return isTrue
	}
	return isFalse
}

// compile looks up what the filter names, once for a search.
func (s *Server) compile(f *filter) {
	for _, kid := range f.kids {
		s.compile(kid)
	}
	if f.kind == filterAnd || f.kind == filterOr || f.kind == filterNot {
		return
	}
	if strings.EqualFold(f.name, "anr") && f.kind == filterEqual {
		s.expandName(f)
		return
	}
	f.attr = s.schema.attribute(f.name)
	if f.attr == attrUnknown || f.attr.has(isSecret) {
		f.attr = attrUnknown
		return
	}
	if f.kind == filterExtensible && f.rule == "" {
		f.kind = filterEqual
	}
	f.valid = f.kind == filterPresent || f.kind == filterSubstrings || s.readAssertion(f)
}

// expandName turns (anr=…), the search for a name in whatever way it is
// written, into what it stands for.
func (s *Server) expandName(f *filter) {
	f.kind = filterOr
	for _, a := range []attr{attrDisplayName, attrGivenName, attrSn, attrName, attrSAMAccountName, attrProxyAddresses,
		attrPhysicalDeliveryOfficeName, attrLegacyExchangeDN} {
		f.kids = append(f.kids, startsWith(a, f.value))
	}
	if first, last, ok := strings.Cut(f.value, " "); ok {
		f.kids = append(f.kids,
			&filter{kind: filterAnd, kids: []*filter{startsWith(attrGivenName, first), startsWith(attrSn, last)}},
			&filter{kind: filterAnd, kids: []*filter{startsWith(attrGivenName, last), startsWith(attrSn, first)}})
	}
}

func startsWith(a attr, text string) *filter {
	return &filter{kind: filterSubstrings, attr: a, valid: true, parts: []substring{{partInitial, text}}}
}

// readAssertion turns the value into the form in which it is compared, and
// reports whether it can be one of the attribute's at all.
func (s *Server) readAssertion(f *filter) bool {
	switch {
	case f.attr == attrObjectCategory:
		f.value = s.categoryName(f.value)
		return true
	case f.attr == attrObjectGUID:
		g, err := readAnyGUID(f.value)
		f.value = string(g[:])
		return err == nil
	case f.attr.linked(), f.attr == attrDistinguishedName:
		target, err := s.tree.find(f.value)
		f.target = target
		if f.rule == ruleInChain && target != nil && f.attr.linked() {
			f.reach = reaching(target, f.attr)
		}
		return err == nil
	case f.attr.isNumber():
		n, err := strconv.ParseInt(f.value, 10, 64)
		f.number, f.value = n, decimal(n)
		return err == nil
	case f.attr.syntax() == syntaxText, f.attr.syntax() == syntaxClass:
		return true
	}
	var ok bool
	f.value, _, ok = normalValue(f.attr, f.value)
	return ok
}

// categoryName lets a class stand for the category of its objects, as in
// (objectCategory=person).
func (s *Server) categoryName(value string) string {
	for i := range classTable {
		if strings.EqualFold(classTable[i].name, value) || strings.EqualFold(classTable[i].category, value) {
			return s.categories[i]
		}
	}
	return value
}

// reaching returns the objects that lead to target by following a, once or
// more often.
func reaching(target *object, a attr) map[*object]bool {
	found := map[*object]bool{}
	next := []*object{target}
	for len(next) > 0 {
		o := next[0]
		next = next[1:]
		for _, from := range o.linked(a.partner()) {
			if !found[from] {
				found[from] = true
				next = append(next, from)
			}
		}
	}
	return found
}

// matches evaluates a compiled filter for what somebody sees of an object.
func (s *Server) matches(f *filter, v view) truth {
	switch f.kind {
	case filterAnd:
		return s.matchAll(f.kids, v, isFalse)
	case filterOr:
		return s.matchAll(f.kids, v, isTrue)
	case filterNot:
		switch s.matches(f.kids[0], v) {
		case isTrue:
			return isFalse
		case isFalse:
			return isTrue
		}
		return isUndefined
	}
	if f.attr == attrUnknown || !f.valid || !s.schema.reads(v, f.attr) {
		return isUndefined
	}
	return s.matchValue(f, v.o)
}

// matchAll evaluates the parts until one decides: false for and, true for or.
func (s *Server) matchAll(kids []*filter, v view, deciding truth) truth {
	result := isTrue
	if deciding == isTrue {
		result = isFalse
	}
	for _, kid := range kids {
		switch got := s.matches(kid, v); got {
		case deciding:
			return deciding
		case isUndefined:
			result = isUndefined
		}
	}
	return result
}

// matchValue evaluates a filter on one attribute.
func (s *Server) matchValue(f *filter, o *object) truth {
	switch f.kind {
	case filterPresent:
		return truthOf(s.has(o, f.attr))
	case filterEqual, filterApproximal:
		return truthOf(s.equals(f, o))
	case filterSubstrings:
		if f.attr.syntax() != syntaxText {
			return isUndefined
		}
		return s.anyValue(o, f.attr, func(v string) bool { return f.matchParts(strings.ToLower(v)) })
	case filterAtLeast:
		return s.anyValue(o, f.attr, func(v string) bool { return f.order(v) >= 0 })
	case filterAtMost:
		return s.anyValue(o, f.attr, func(v string) bool { return f.order(v) <= 0 })
	}
	return s.matchRule(f, o)
}

func (s *Server) anyValue(o *object, a attr, is func(string) bool) truth {
	return truthOf(slices.ContainsFunc(s.valuesOf(o, a), is))
}

func (s *Server) has(o *object, a attr) bool {
	switch {
	case a.linked():
		return len(o.linked(a)) > 0
	case a == attrObjectClass, a == attrSecurityDescriptor:
		return true
	}
	return len(s.valuesOf(o, a)) > 0
}

func (s *Server) equals(f *filter, o *object) bool {
	switch {
	case f.attr == attrObjectClass:
		return o.class.is(f.value)
	case f.attr == attrDistinguishedName:
		return f.target == o
	case f.attr.linked():
		return f.target != nil && slices.Contains(o.linked(f.attr), f.target)
	case f.attr == attrObjectGUID:
		return string(o.guid[:]) == f.value
	}
	for _, v := range s.valuesOf(o, f.attr) {
		if sameValue(f.attr, v, f.value) {
			return true
		}
	}
	return false
}

// order compares a stored value with the filter's.
func (f *filter) order(value string) int {
	if f.attr.isNumber() {
		return cmp.Compare(numberOf(value), f.number)
	}
	if f.attr.syntax() == syntaxText {
		return strings.Compare(strings.ToLower(value), strings.ToLower(f.value))
	}
	return strings.Compare(value, f.value)
}

// matchParts looks for the parts of a substrings filter, in their order.
func (f *filter) matchParts(value string) bool {
	for _, p := range f.parts {
		text := strings.ToLower(p.text)
		switch p.tag {
		case partInitial:
			if !strings.HasPrefix(value, text) {
				return false
			}
			value = value[len(text):]
		case partFinal:
			return strings.HasSuffix(value, text)
		case partAny:
			at := strings.Index(value, text)
			if at < 0 {
				return false
			}
			value = value[at+len(text):]
		}
	}
	return true
}

func (s *Server) matchRule(f *filter, o *object) truth {
	switch {
	case f.rule == ruleBitAnd && f.attr.isNumber():
		return s.anyValue(o, f.attr, func(v string) bool { return numberOf(v)&f.number == f.number })
	case f.rule == ruleBitOr && f.attr.isNumber():
		return s.anyValue(o, f.attr, func(v string) bool { return numberOf(v)&f.number != 0 })
	case f.rule == ruleInChain && f.attr.linked():
		return truthOf(f.reach[o])
	}
	return isUndefined
}

func numberOf(value string) int64 {
	n, _ := strconv.ParseInt(value, 10, 64) // checked when it was written
	return n
}
