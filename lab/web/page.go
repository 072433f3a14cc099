package web

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Controls is the CSS selector of the elements that [Page] numbers. Step.Index
// and Press.Index are positions in what it selects, in document order.
const Controls = "input,select,textarea,button,a[href]"

// Page is a document with its controls, ready to be viewed and acted on. It is
// not safe for concurrent use.
type Page struct {
	doc      *html.Node
	url      string
	base     *url.URL
	status   int
	body     *html.Node
	title    *html.Node
	heading  *html.Node
	byID     map[string]*html.Node
	labels   map[string][]*html.Node // <label for>, by id
	meta     map[string]string       // <meta name> and its content
	controls []*control
	view     *View
}

// control is an element that Controls selects.
type control struct {
	node   *html.Node
	index  int
	kind   kind
	typ    string // type of an input, "select", "textarea", "button", "a"
	hidden bool   // not perceived: hidden attribute, display:none, type=hidden

	served *inner // its state before it was first touched; nil if it never was

	named  bool
	name   string   // accessible name
	folded string   // the same in lower case
	others []string // what else a person may call it: title, placeholder
}

type kind int

const (
	unseen    kind = iota // <input type=hidden>
	field                 // holds text, a number, an option
	tickBox               // <input type=checkbox>
	radio                 // <input type=radio>
	submitter             // sends its form
	resetter              // resets its form
	idle                  // <button type=button>: works by script alone
	link
	oddField // file, range, color: seen, but not filled
)

// Parse reads a page from HTML in UTF-8.
func Parse(r io.Reader, url string, status int) (*Page, error) {
	doc, err := html.Parse(r)
	if err != nil {
		return nil, fmt.Errorf("web: read the page %s: %w", url, err)
	}
	return NewPage(doc, url, status), nil
}

// Read returns the view of a parsed document.
func Read(doc *html.Node, url string, status int) *View {
	return NewPage(doc, url, status).View()
}

// NewPage takes a parsed document; status is that of HTTP.
func NewPage(doc *html.Node, pageURL string, status int) *Page {
	p := &Page{doc: doc, url: pageURL, status: status,
		byID: make(map[string]*html.Node), labels: make(map[string][]*html.Node), meta: make(map[string]string)}
	p.base, _ = url.Parse(pageURL)
	if p.base == nil {
		p.base = &url.URL{}
	}
	p.base.Fragment, p.base.RawFragment = "", "" // an empty reference does not inherit it
	based := false
	p.index(doc, false, &based)
	return p
}

// URL returns where the page is.
func (p *Page) URL() string { return p.url }

// Status returns the page's status of HTTP.
func (p *Page) Status() int { return p.status }

// Meta returns the content of <meta name=…>, "" if there is none.
func (p *Page) Meta(name string) string { return p.meta[name] }

// index walks the document once and notes what everything else looks up.
func (p *Page) index(n *html.Node, hidden bool, based *bool) {
	if n.Type == html.ElementNode {
		hidden = hidden || isHidden(n)
		if id := attr(n, "id"); id != "" && p.byID[id] == nil {
			p.byID[id] = n
		}
		p.note(n, hidden, based)
		if n.DataAtom == atom.Template {
			return
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.index(c, hidden, based)
	}
}

func (p *Page) note(n *html.Node, hidden bool, based *bool) {
	switch n.DataAtom {
	case atom.Body:
		p.body = n
	case atom.Title:
		if p.title == nil && n.Namespace == "" {
			p.title = n
		}
	case atom.H1:
		if p.heading == nil && !hidden {
			p.heading = n
		}
	case atom.Base:
		if ref, err := url.Parse(attr(n, "href")); err == nil && hasAttr(n, "href") && !*based {
			p.base, *based = p.base.ResolveReference(ref), true
		}
	case atom.Meta:
		if name := strings.ToLower(attr(n, "name")); name != "" {
			p.meta[name] = attr(n, "content")
		}
	case atom.Label:
		if id := attr(n, "for"); id != "" {
			p.labels[id] = append(p.labels[id], n)
		}
	case atom.Input, atom.Select, atom.Textarea, atom.Button, atom.A:
		if n.DataAtom == atom.A && !hasAttr(n, "href") {
			return
		}
		c := &control{node: n, index: len(p.controls), hidden: hidden}
		c.kind, c.typ = classify(n)
		c.hidden = c.hidden || c.kind == unseen
		p.controls = append(p.controls, c)
	}
}

func classify(n *html.Node) (kind, string) {
	switch n.DataAtom {
	case atom.A:
		return link, "a"
	case atom.Select:
		return field, "select"
	case atom.Textarea:
		return field, "textarea"
	case atom.Button:
		switch strings.ToLower(attr(n, "type")) {
		case "reset":
			return resetter, "button"
		case "button":
			return idle, "button"
		}
		return submitter, "button"
	}
	typ := strings.ToLower(attr(n, "type"))
	switch typ {
	case "hidden":
		return unseen, typ
	case "checkbox":
		return tickBox, typ
	case "radio":
		return radio, typ
	case "submit", "image":
		return submitter, typ
	case "reset":
		return resetter, typ
	case "button":
		return idle, typ
	case "file", "range", "color", "time", "month", "week", "datetime-local":
		return oddField, typ
	case "search", "tel", "url", "email", "password", "number", "date":
		return field, typ
	}
	return field, "text"
}

// isHidden reports whether a page hides n and all in it, as far as the document
// alone tells.
func isHidden(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Head, atom.Datalist,
		atom.Iframe, atom.Object, atom.Video, atom.Audio:
		return true
	case atom.Dialog:
		if !hasAttr(n, "open") {
			return true
		}
	}
	for i := range n.Attr {
		switch n.Attr[i].Key {
		case "hidden":
			return true
		case "style":
			if displayNone(n.Attr[i].Val) {
				return true
			}
		}
	}
	return false
}

func displayNone(style string) bool {
	for decl := range strings.SplitSeq(style, ";") {
		key, val, ok := strings.Cut(decl, ":")
		if ok && strings.EqualFold(strings.TrimSpace(key), "display") {
			val, _, _ = strings.Cut(strings.TrimSpace(val), "!")
			return strings.EqualFold(strings.TrimSpace(val), "none")
		}
	}
	return false
}

// resolve makes a reference on the page absolute; what is no URL stays as it is.
func (p *Page) resolve(ref string) string {
	u, err := url.Parse(strings.TrimSpace(ref))
	if err != nil {
		return ref
	}
	return p.base.ResolveReference(u).String()
}

// Resolve makes a reference on the page absolute.
func (p *Page) Resolve(ref string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(ref))
	if err != nil {
		return "", fmt.Errorf("web: %q on %s is no URL: %w", ref, p.url, err)
	}
	return p.base.ResolveReference(u).String(), nil
}

// MoveTo notes that the page's fragment changed without loading it again.
func (p *Page) MoveTo(url string) { p.url, p.view = url, nil }

// HTML renders the document with the state of its controls; the values of
// password fields are masked.
func (p *Page) HTML() (string, error) {
	for _, c := range p.controls {
		if c.typ == "password" && attr(c.node, "value") != "" {
			secret := attr(c.node, "value")
			setAttr(c.node, "value", Mask)
			defer setAttr(c.node, "value", secret)
		}
	}
	var b strings.Builder
	if err := html.Render(&b, p.doc); err != nil {
		return "", fmt.Errorf("web: write the page %s: %w", p.url, err)
	}
	return b.String(), nil
}

func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return true
		}
	}
	return false
}

func setAttr(n *html.Node, key, val string) {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			n.Attr[i].Val = val
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: val})
}

func delAttr(n *html.Node, key string) {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			n.Attr = append(n.Attr[:i], n.Attr[i+1:]...)
			return
		}
	}
}
