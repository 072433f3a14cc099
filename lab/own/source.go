package own

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/ssprlab/ssprlab/lab/slip"
)

// source is the file, its lines and what is wrong with it so far.
type source struct {
	name     string
	lines    []string
	problems []slip.Problem
}

// place is where something stands, line and column from 1.
type place struct{ line, column int }

func (s *source) problem(at place, message, expected, nearest string) {
	p := slip.Problem{File: s.name, Line: max(1, at.line), Column: max(1, at.column), Message: message, Expected: expected, Nearest: nearest}
	if p.Line <= len(s.lines) && !telltale(s.lines[p.Line-1]) {
		p.SourceLine = s.lines[p.Line-1]
		p.Column = min(p.Column, utf8.RuneCountInString(p.SourceLine)+1)
	}
	s.problems = append(s.problems, p)
}

// innocent are keys that only say where a password is, and secretive is what
// else may stand before one.
var (
	innocent  = regexp.MustCompile(`password from (environment *: *[A-Z][A-Z0-9_]*\b|file *:)`)
	secretive = regexp.MustCompile(`(?i)pass|pwd|secret`)
)

// telltale reports whether a line may hold a password that somebody has written
// into the file after all: it is not shown.
func telltale(line string) bool { return secretive.MatchString(innocent.ReplaceAllString(line, "")) }

// value is a key's value: a text, or a mapping.
type value struct {
	at      place
	text    string
	mapping []entry // nil for a text
}

type entry struct {
	key   string
	at    place
	value value
}

// maxFile is far above what a person writes, in bytes.
const maxFile = 64 << 10

// tree reads the file's one mapping; nil when that cannot be done.
func (s *source) tree(data []byte) (root []entry) {
	defer func() {
		if recover() != nil { // goccy/go-yaml may panic on rubbish
			s.problem(place{}, "this is no YAML that can be read", `keys with values; "go doc ssprlab/lab/own" shows an example`, "")
			root = nil
		}
	}()
	if len(data) > maxFile || !utf8.Valid(data) {
		s.problem(place{}, "this is no text of at most 64 KiB, and is not read", "a configuration file", "")
		return nil
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(data), "\ufeff"))
	s.lines = strings.Split(text, "\n")
	tokens := lexer.Tokenize(text)
	for _, t := range tokens {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType, token.DirectiveType, token.MappingKeyType:
			s.problem(at(t), "anchors, aliases, tags, merge keys and directives do not stand here", "the value itself", "")
			return nil
		}
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		s.syntax(err)
		return nil
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		s.problem(place{}, "the file says nothing, or several things after each other", "one mapping, beginning with address: …", "")
		return nil
	}
	return s.mapping(file.Docs[0].Body, "the file")
}

func (s *source) syntax(err error) {
	where, message := place{}, "this is no YAML that can be read"
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) {
		if syntax.Token != nil && syntax.Token.Position != nil {
			where = at(syntax.Token)
		}
		if !secretive.MatchString(syntax.Message) {
			message = "YAML: " + syntax.Message
		}
	}
	s.problem(where, message, "YAML; look at the indentation, the quotes and the brackets", "")
}

func at(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{}
	}
	return place{t.Position.Line, t.Position.Column}
}

// mapping reads the entries of n, each key once.
func (s *source) mapping(n ast.Node, of string) (entries []entry) {
	var values []*ast.MappingValueNode
	switch v := n.(type) {
	case *ast.MappingNode:
		values = v.Values
	case *ast.MappingValueNode:
		values = append(values, v)
	default:
		s.problem(at(n.GetToken()), of+" is no mapping", "key: value, a line each", "")
		return nil
	}
	lines := map[string]int{}
	for _, v := range values {
		e := entry{key: v.Key.GetToken().Value, at: at(v.Key.GetToken())}
		if line, twice := lines[e.key]; twice {
			s.problem(e.at, fmt.Sprintf("%q is there twice; first on line %d", e.key, line), "each key once", "")
			continue
		}
		lines[e.key] = e.at.line
		e.value = s.value(v.Value, e)
		entries = append(entries, e)
	}
	return entries
}

func (s *source) value(n ast.Node, of entry) value {
	switch v := n.(type) {
	case nil, *ast.NullNode:
		return value{at: of.at}
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return value{at: at(v.GetToken()), text: v.GetToken().Value}
	case *ast.MappingNode, *ast.MappingValueNode:
		return value{at: of.at, mapping: append([]entry{}, s.mapping(n, fmt.Sprintf("%q", of.key))...)}
	}
	s.problem(of.at, fmt.Sprintf("what stands at %q does not fit here", of.key), "a text of one line", "")
	return value{at: of.at}
}
