package odata

import (
	"strconv"
	"strings"
	"time"
)

// The largest filter that is read, in bytes, and how deep it may nest.
const (
	maxLength = 8 << 10
	maxDepth  = 50
)

// parser reads a filter by recursive descent.
type parser struct {
	lexer
	schema   *Schema
	token    lexeme
	depth    int
	negated  int      // how many not() are around
	lambdas  []lambda // the variables in scope
	advanced string   // first property that needs an advanced query
}

// lambda is the variable of an any().
type lambda struct {
	name string
	item Property // the collection's property; its items are what the variable stands for
}

// ParseFilter reads a $filter against a schema. The error is an *[Error].
func ParseFilter(source string, s *Schema) (Filter, error) {
	if len(source) > maxLength {
		return Filter{}, syntax(source[:40]+"…", maxLength, "a filter of at most "+strconv.Itoa(maxLength)+" characters")
	}
	p := &parser{lexer: lexer{source: source}, schema: s}
	p.advance()
	root, err := p.disjunction()
	if err != nil {
		return Filter{}, err
	}
	if p.token.class != end {
		return Filter{}, p.expected("'and', 'or' or the end")
	}
	return Filter{root: root, NeedsAdvanced: p.advanced}, nil
}

func (p *parser) advance() { p.token = p.next() }

func (p *parser) expected(what string) *Error { return syntax(p.source, p.token.at, what) }

// take moves past the mark or word, or returns the error that it is not there.
func (p *parser) take(s string) *Error {
	if !p.token.is(s) {
		return p.expected("'" + s + "'")
	}
	p.advance()
	return nil
}

func (p *parser) disjunction() (node, *Error) {
	left, err := p.conjunction()
	for err == nil && p.token.is("or") {
		p.advance()
		var right node
		right, err = p.conjunction()
		left = either{left, right}
	}
	return left, err
}

func (p *parser) conjunction() (node, *Error) {
	left, err := p.negation()
	for err == nil && p.token.is("and") {
		p.advance()
		var right node
		right, err = p.negation()
		left = both{left, right}
	}
	return left, err
}

func (p *parser) negation() (node, *Error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.expected("at most " + strconv.Itoa(maxDepth) + " levels")
	}
	defer func() { p.depth-- }()
	if !p.token.is("not") {
		return p.primary()
	}
	p.advance()
	p.negated++
	of, err := p.negation()
	p.negated--
	return negation{of}, err
}

func (p *parser) primary() (node, *Error) {
	if p.token.is("(") {
		p.advance()
		n, err := p.disjunction()
		if err != nil {
			return nil, err
		}
		return n, p.take(")")
	}
	if p.token.class == word && !p.literalWord() && p.calls() {
		if suffix := p.token.is("endswith"); suffix || p.token.is("startswith") {
			return p.affix(suffix)
		}
		return nil, &Error{Unsupported: true, Position: p.token.at, Text: "The function '" + p.token.text + "' is not supported in a filter."}
	}
	return p.comparison()
}

// calls reports whether an opening parenthesis follows the current word.
func (p *parser) calls() bool {
	ahead := p.lexer
	return ahead.next().is("(")
}

func (p *parser) affix(suffix bool) (node, *Error) {
	p.advance()
	p.advance() // the parenthesis
	of, err := p.path()
	if err != nil {
		return nil, err
	}
	if err := p.take(","); err != nil {
		return nil, err
	}
	if of.kind() != Text || p.token.class != text {
		return nil, p.expected("a text in quotes for a property that is a text")
	}
	support := of.property.Starts
	if suffix {
		support = No
		if of.property.Ends {
			support = Advanced
		}
	}
	n := affix{of.path, p.token.text, suffix}
	p.advance()
	if err := p.take(")"); err != nil {
		return nil, err
	}
	return n, p.note(of, support)
}

// note checks that the filter may use the property like that and remembers
// when only an advanced query may.
func (p *parser) note(r reference, support Support) *Error {
	if support == No {
		return unsupportedFilter(r.property.Name, p.schema)
	}
	if (support == Advanced || p.negated > 0) && !p.schema.Simple && p.advanced == "" {
		p.advanced = r.property.Name
	}
	return nil
}

func (p *parser) comparison() (node, *Error) {
	if p.startsLiteral() {
		return p.reversed()
	}
	left, err := p.path()
	if err != nil {
		return nil, err
	}
	if left.any {
		return p.some(left)
	}
	if p.token.is("in") {
		return p.membership(left)
	}
	o, ok := parseOperator(p.token)
	if !ok {
		if left.kind() == Boolean && (p.token.class == end || p.token.is(")") || p.token.is("and") || p.token.is("or")) {
			return truth{left.path}, p.note(left, left.property.Filter)
		}
		return nil, p.expected("one of eq, ne, gt, ge, lt, le, in")
	}
	p.advance()
	right, err := p.literal()
	if err != nil {
		return nil, err
	}
	return p.compare(left, o, right)
}

// reversed reads a comparison whose literal comes first.
func (p *parser) reversed() (node, *Error) {
	right, err := p.literal()
	if err != nil {
		return nil, err
	}
	o, ok := parseOperator(p.token)
	if !ok {
		return nil, p.expected("one of eq, ne, gt, ge, lt, le")
	}
	p.advance()
	left, err := p.path()
	if err != nil {
		return nil, err
	}
	if left.any {
		return nil, p.expected("a property")
	}
	return p.compare(left, o.swapped(), right)
}

func (p *parser) compare(left reference, o operator, right Value) (node, *Error) {
	if err := fits(left, o, right); err != nil {
		return nil, err
	}
	support := left.property.Filter
	if support == Basic && (o == notEqual || right.IsNull() || left.path.count) {
		support = Advanced
	}
	return comparison{left.path, o, right}, p.note(left, support)
}

// fits checks that the types of a comparison agree.
func fits(left reference, o operator, right Value) *Error {
	kind := left.kind()
	switch {
	case kind == right.kind && kind != Collection && kind != Complex:
		return nil
	case right.IsNull() && kind != Collection && (o == equal || o == notEqual):
		return nil
	}
	return wrongTypes(left.edm(), right.kind.edm(), operators[o].name)
}

func (p *parser) membership(left reference) (node, *Error) {
	p.advance()
	if err := p.take("("); err != nil {
		return nil, err
	}
	n := membership{left: left.path}
	for {
		v, err := p.literal()
		if err != nil {
			return nil, err
		}
		if err := fits(left, equal, v); err != nil {
			return nil, err
		}
		n.list = append(n.list, v)
		if !p.token.is(",") {
			break
		}
		p.advance()
	}
	if err := p.take(")"); err != nil {
		return nil, err
	}
	return n, p.note(left, left.property.Filter)
}

// some reads what follows "collection/any".
func (p *parser) some(left reference) (node, *Error) {
	if err := p.take("("); err != nil {
		return nil, err
	}
	if p.token.is(")") {
		p.advance()
		return some{of: left.path}, p.note(left, left.property.Filter)
	}
	if p.token.class != word {
		return nil, p.expected("the name of a variable")
	}
	p.lambdas = append(p.lambdas, lambda{p.token.text, *left.property})
	defer func() { p.lambdas = p.lambdas[:len(p.lambdas)-1] }()
	p.advance()
	if err := p.take(":"); err != nil {
		return nil, err
	}
	condition, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	return some{left.path, condition}, p.take(")")
}

// literalWord reports whether the current word is a literal.
func (p *parser) literalWord() bool {
	return p.token.is("true") || p.token.is("false") || p.token.is("null")
}

func (p *parser) startsLiteral() bool {
	switch p.token.class {
	case text, number, moment, guid:
		return true
	}
	return p.literalWord()
}

func (p *parser) literal() (Value, *Error) {
	l := p.token
	if !p.startsLiteral() {
		return Null(), p.expected("a literal")
	}
	p.advance()
	switch {
	case l.class == text:
		return String(l.text), nil
	case l.class == guid:
		return ID(strings.ToLower(l.text)), nil
	case l.class == number:
		n, err := strconv.ParseInt(l.text, 10, 64)
		if err != nil {
			return Null(), syntax(p.source, l.at, "a whole number")
		}
		return Value{kind: Number, number: n}, nil
	case l.class == moment:
		return p.moment(l)
	case l.is("null"):
		return Null(), nil
	}
	return Bool(l.is("true")), nil
}

// moment reads a date, which is its midnight in UTC, or a moment with or
// without seconds.
func (p *parser) moment(l lexeme) (Value, *Error) {
	for _, form := range []string{time.DateOnly, "2006-01-02T15:04Z07:00", time.RFC3339Nano} {
		if at, err := time.Parse(form, l.text); err == nil {
			return Value{kind: Moment, moment: at.UTC()}, nil
		}
	}
	return Null(), syntax(p.source, l.at, "a date that exists")
}
