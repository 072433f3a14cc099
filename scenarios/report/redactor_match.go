package report

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
)

// A pattern is one form of one secret.
type pattern struct {
	label  string
	number int // how many digits, if it has to be a whole number
}

// A trie holds patterns by their bytes.
type trie struct {
	root   node
	starts [256]bool
}

type node struct {
	edges []edge
	end   *pattern
}

type edge struct {
	by byte
	to *node
}

func (n *node) child(by byte) *node {
	for i := range n.edges {
		if n.edges[i].by == by {
			return n.edges[i].to
		}
	}
	return nil
}

func (t *trie) add(form string, p *pattern) {
	at := &t.root
	t.starts[form[0]] = true
	for i := range len(form) {
		next := at.child(form[i])
		if next == nil {
			next = &node{}
			at.edges = append(at.edges, edge{form[i], next})
		}
		at = next
	}
	if at.end == nil {
		at.end = p
	}
}

// A matching is the search for the longest pattern from one place of a text.
type matching struct {
	text  string
	start int
	gap   func(text string, at int) (end int)
	end   int // of the longest match so far, 0 without one
	found *pattern
}

// walk goes on from a node at a place in the text, by every reading of what
// stands there. rested says that a gap was just passed: two are none.
func (m *matching) walk(n *node, at int, rested bool) {
	if n.end != nil && !rested && at > m.end && m.accept(n.end, at) {
		m.end, m.found = at, n.end
	}
	if at >= len(m.text) || len(n.edges) == 0 {
		return
	}
	if next := n.child(m.text[at]); next != nil {
		m.walk(next, at+1, false)
	}
	for _, read := range []func(string, int) (string, int){unescape, unescapeTwice} {
		if decoded, end := read(m.text, at); end > at {
			m.follow(n, decoded, end)
		}
	}
	if rested || at == m.start {
		return
	}
	if end := m.gap(m.text, at); end > at {
		m.walk(n, end, true)
	}
}

func (m *matching) follow(n *node, decoded string, end int) {
	for i := range len(decoded) {
		if n = n.child(decoded[i]); n == nil {
			return
		}
	}
	m.walk(n, end, false)
}

func (m *matching) accept(p *pattern, end int) bool {
	return p.number == 0 || wholeNumber(m.text, m.start, end, p.number)
}

// unescape reads the escape at a place of a text, and returns what it stands
// for and where it ends; the end is 0 if there is none.
func unescape(text string, at int) (string, int) {
	switch text[at] {
	case '+':
		return " ", at + 1
	case '%', '=':
		return unhex(text, at)
	case '&':
		return entity(text, at)
	case '\\':
		return backslash(text, at+1)
	}
	return "", 0
}

// unescapeTwice reads the same where a second layer was put around the first:
// %2541, &amp;lt; and \\\".
func unescapeTwice(text string, at int) (string, int) {
	switch text[at] {
	case '%':
		if strings.HasPrefix(text[at:], "%25") {
			return unhex(text, at+len("%25")-1)
		}
	case '&':
		if rest, ok := strings.CutPrefix(text[at:], "&amp;"); ok {
			if decoded, length := entity("&"+rest[:min(longestEntity, len(rest))], 0); length > 0 {
				return decoded, at + len("&amp;") - 1 + length
			}
		}
	case '\\':
		return backslashes(text, at)
	}
	return "", 0
}

// backslashes reads what stands behind a row of them, or four as one.
func backslashes(text string, at int) (string, int) {
	end := at
	for end < len(text) && text[end] == '\\' {
		end++
	}
	if end-at < 2 {
		return "", 0
	}
	if decoded, stop := backslash(text, end); stop > 0 {
		return decoded, stop
	}
	if end-at >= 4 {
		return `\`, at + 4
	}
	return "", 0
}

// unhex reads two hexadecimal digits behind a sign, as in %41 and =41.
func unhex(text string, at int) (string, int) {
	if !hexAt(text, at+1, 2) {
		return "", 0
	}
	return string([]byte{byte(hexValue(text[at+1 : at+3]))}), at + 3
}

const longestEntity = len("&CounterClockwiseContourIntegral;")

// entity reads &amp;, &#38; and &#x26;.
func entity(text string, at int) (string, int) {
	length := strings.IndexByte(text[at:min(at+longestEntity, len(text))], ';') + 1
	if length < len("&lt;") {
		return "", 0
	}
	decoded := html.UnescapeString(text[at : at+length])
	if decoded == text[at:at+length] {
		return "", 0
	}
	return decoded, at + length
}

// backslash reads what stands at a place behind a backslash in JSON, JavaScript
// or Go.
func backslash(text string, at int) (string, int) {
	switch {
	case at >= len(text):
		return "", 0
	case text[at] == 'u' && hexAt(text, at+1, 4):
		return surrogates(text, at+1)
	case text[at] == 'x' && hexAt(text, at+1, 2):
		return string([]byte{byte(hexValue(text[at+1 : at+3]))}), at + 3
	case strings.IndexByte(`"'/\`, text[at]) >= 0:
		return text[at : at+1], at + 1
	}
	return "", 0
}

// surrogates reads the four digits of \uXXXX, and a second half if there is one.
func surrogates(text string, at int) (string, int) {
	first := hexValue(text[at : at+4])
	at += 4
	if utf16.IsSurrogate(first) && strings.HasPrefix(text[at:], `\u`) && hexAt(text, at+2, 4) {
		return string(utf16.DecodeRune(first, hexValue(text[at+2:at+6]))), at + 6
	}
	return string(first), at
}

func hexAt(text string, at, n int) bool {
	if at+n > len(text) {
		return false
	}
	for _, c := range []byte(text[at : at+n]) {
		if !isHex(c) {
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// hexValue is the value of a few hexadecimal digits, 0 if they are none.
func hexValue(digits string) rune {
	value, err := strconv.ParseUint(digits, 16, 32)
	if err != nil {
		return 0
	}
	return rune(value)
}
