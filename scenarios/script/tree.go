package script

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// kind is what a node is to YAML.
type kind int

const (
	nothing kind = iota // empty, null or ~
	text                // quoted, or plain and not one of the next two
	number              // plain, and YAML reads it as a number
	truth               // plain true or false
	sequence
	mapping
)

// node is one place of a document: what goccy/go-yaml makes of it, without
// anchors, aliases, tags and comments, and with its position in the file.
type node struct {
	at      Position
	kind    kind
	text    string // of a scalar, as written; escapes of quotes resolved
	items   []*node
	entries []entry
}

type entry struct{ key, value *node }

// has reports whether a mapping has the key, whatever its value is like.
func (n *node) has(key string) bool {
	return slices.ContainsFunc(n.entries, func(e entry) bool { return e.key.text == key })
}

// called says what a node is, for messages.
func (n *node) called() string {
	switch n.kind {
	case nothing:
		return "nothing"
	case sequence:
		return "a list"
	case mapping:
		return "a mapping (key: value)"
	case number, truth:
		return shorten(n.text)
	}
	return fmt.Sprintf("%q", shorten(n.text))
}

// shorten cuts a text for a message.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// tree parses one document; nil when that cannot be done.
func (s *source) tree(d document) (root *node) {
	defer func() {
		if e := recover(); e != nil { // goccy/go-yaml may panic on rubbish
			s.problem(s.at(d.line, 1), "this is no YAML that can be read", "a scenario; start from an example", "")
			root = nil
		}
	}()
	tokens := lexer.Tokenize(d.text)
	if !s.plain(tokens, d.line-1) {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		s.syntax(err, d)
		return nil
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil { // split has cut the file at its marks
		s.problem(s.at(d.line, 1), "there is no scenario here", "name: …", "")
		return nil
	}
	b := builder{s, d.line - 1}
	return b.node(file.Docs[0].Body, Position{}, 0)
}

// syntax records the parser's complaint.
func (s *source) syntax(err error, d document) {
	at, message := s.at(d.line, 1), "this is no YAML that can be read"
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) {
		message = "YAML: " + shorten(syntax.Message)
		if t := syntax.Token; t != nil && t.Position != nil {
			at = s.at(t.Position.Line+d.line-1, t.Position.Column)
		}
	}
	expected := "YAML; look at the indentation, the quotes and the brackets"
	if at.Line <= len(s.lines) && strings.Contains(s.lines[at.Line-1], "${") {
		expected = "quotes around a ${…} that stands within [ ] or { }"
	}
	s.problem(at, message, expected, "")
}

// plain records what of YAML the language does without. It looks at tokens
// because the parser's time and memory are only safe without these.
func (s *source) plain(tokens token.Tokens, offset int) bool {
	before, depth, dashes, line := len(s.problems), 0, 0, 0
	for i, t := range tokens {
		at := s.at(t.Position.Line+offset, t.Position.Column)
		if i >= maxTokens {
			s.problem(at, fmt.Sprintf("the scenario has more than %d words and marks", maxTokens), "a shorter scenario", "")
			return false
		}
		if word := refusedToken(t.Type); word != "" {
			s.problem(at, word+" are not part of the language", "the value itself", "")
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType:
			if dashes++; line != t.Position.Line {
				line, dashes = t.Position.Line, 1
			}
		}
		if depth > maxFlow || dashes > maxDashes {
			s.problem(at, "too many lists or mappings within each other", "a flatter scenario", "")
			return false
		}
	}
	return len(s.problems) == before
}

// refusedToken names the constructs of YAML that the language does without:
// each would let a short file mean something long or something else.
func refusedToken(t token.Type) string {
	switch t {
	case token.AnchorType:
		return "anchors (&)"
	case token.AliasType:
		return "aliases (*)"
	case token.TagType:
		return "tags (!)"
	case token.MergeKeyType:
		return "merge keys (<<)"
	case token.DirectiveType:
		return "directives (%)"
	case token.MappingKeyType:
		return "complex keys (?)"
	}
	return ""
}

// builder turns the parser's nodes into ours.
type builder struct {
	*source
	offset int // lines before the document
}

func (b builder) where(t *token.Token) Position {
	if t == nil || t.Position == nil {
		return b.at(b.offset+1, 1)
	}
	return b.at(t.Position.Line+b.offset, t.Position.Column)
}

// node converts n; key is where its key stands, for a value that is missing.
func (b builder) node(n ast.Node, key Position, depth int) *node {
	if depth > maxDepth {
		b.problem(b.where(n.GetToken()), "too many lists or mappings within each other", "a flatter scenario", "")
		return &node{at: key}
	}
	switch v := n.(type) {
	case *ast.MappingNode:
		return b.mapping(v, depth)
	case *ast.MappingValueNode:
		e := b.entry(v, depth)
		return &node{at: e.key.at, kind: mapping, entries: []entry{e}}
	case *ast.SequenceNode:
		return b.sequence(v, depth)
	case *ast.LiteralNode:
		return &node{at: b.where(v.Start), kind: text, text: strings.TrimSuffix(v.Value.Value, "\n")}
	case nil, *ast.NullNode:
		return &node{at: b.missing(n, key)}
	}
	return b.scalar(n)
}

// missing is where a value that is not there is reported: at its key.
func (b builder) missing(n ast.Node, key Position) Position {
	if key.Line != 0 || n == nil {
		return key
	}
	return b.where(n.GetToken())
}

func (b builder) mapping(m *ast.MappingNode, depth int) *node {
	n := &node{at: b.where(m.Start), kind: mapping}
	for _, v := range m.Values {
		n.entries = append(n.entries, b.entry(v, depth))
	}
	if !m.IsFlowStyle && len(n.entries) > 0 {
		n.at = n.entries[0].key.at
	}
	return n
}

func (b builder) entry(v *ast.MappingValueNode, depth int) entry {
	key := b.scalar(v.Key)
	return entry{key, b.node(v.Value, key.at, depth+1)}
}

func (b builder) sequence(s *ast.SequenceNode, depth int) *node {
	n := &node{at: b.where(s.Start), kind: sequence}
	for _, v := range s.Values {
		n.items = append(n.items, b.node(v, Position{}, depth+1))
	}
	return n
}

func (b builder) scalar(n ast.Node) *node {
	t := n.GetToken()
	s := &node{at: b.where(t), kind: text, text: t.Value}
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		s.kind = number
	case *ast.BoolNode:
		s.kind = truth
	case *ast.NullNode:
		s.kind = nothing
	case *ast.StringNode, *ast.MappingKeyNode:
	default:
		b.problem(s.at, "this is no YAML that the language knows", "a text, a list or a mapping", "")
	}
	return s
}
