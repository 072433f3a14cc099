package web

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// words collects text with white space folded, in lines or, if flat, in one.
type words struct {
	b     []byte
	gap   bool // a space is due before the next word
	flat  bool
	names bool // pictures count by their alt, as in accessible names
}

func (w *words) text(s string) {
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if unicode.IsSpace(r) {
			w.gap = true
		} else {
			w.flush()
			w.b = append(w.b, s[i:i+size]...)
		}
		i += size
	}
}

func (w *words) flush() {
	if w.gap && len(w.b) > 0 && w.b[len(w.b)-1] != '\n' {
		w.b = append(w.b, ' ')
	}
	w.gap = false
}

// line ends the line.
func (w *words) line() {
	if w.flat {
		w.gap = true
		return
	}
	w.gap = false
	if len(w.b) > 0 && w.b[len(w.b)-1] != '\n' {
		w.b = append(w.b, '\n')
	}
}

func (w *words) String() string { return strings.TrimSuffix(string(w.b), "\n") }

// node adds the visible text of n.
func (w *words) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.text(n.Data)
	case html.DocumentNode:
		w.children(n)
	case html.ElementNode:
		if isHidden(n) {
			return
		}
		w.element(n)
	}
}

func (w *words) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Select, atom.Textarea, atom.Input:
	case atom.Br:
		w.line()
	case atom.Img:
		if w.names {
			w.text(attr(n, "alt"))
		}
	case atom.Button, atom.Td, atom.Th:
		w.gap = true
		w.children(n)
		w.gap = true
	default:
		block := isBlock(n)
		if block {
			w.line()
		}
		if label := attr(n, "aria-label"); w.names && label != "" {
			w.text(label)
		} else {
			w.children(n)
		}
		if block {
			w.line()
		}
	}
}

func (w *words) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if w.names && c.Type == html.ElementNode && attr(c, "aria-hidden") == "true" {
			continue
		}
		w.node(c)
	}
}

func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Caption,
		atom.Center, atom.Dd, atom.Details, atom.Dialog, atom.Div, atom.Dl, atom.Dt, atom.Fieldset,
		atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3,
		atom.H4, atom.H5, atom.H6, atom.Header, atom.Hgroup, atom.Hr, atom.Legend, atom.Li,
		atom.Main, atom.Menu, atom.Nav, atom.Ol, atom.P, atom.Pre, atom.Search, atom.Section,
		atom.Summary, atom.Table, atom.Tbody, atom.Tfoot, atom.Thead, atom.Tr, atom.Ul:
		return true
	}
	return false
}

// lines returns the visible text of n, one line per block.
func lines(n *html.Node) string {
	var w words
	w.node(n)
	return w.String()
}

// flat returns the visible text of n in one line.
func flat(n *html.Node) string {
	w := words{flat: true}
	w.node(n)
	return w.String()
}

// spoken returns what the content of n adds to an accessible name: its text,
// with pictures by their alt. n itself may be hidden.
func spoken(n *html.Node) string {
	w := words{flat: true, names: true}
	w.children(n)
	return w.String()
}

// squeeze folds white space.
func squeeze(s string) string {
	w := words{flat: true}
	w.text(s)
	return w.String()
}

// fold makes names comparable: white space and case folded.
func fold(s string) string { return strings.ToLower(squeeze(s)) }
