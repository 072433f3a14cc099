// Package page is the kit that every web page of the lab is put together from:
// a page is a value, made of parts, and looks and behaves the same on every
// surface. A part is a form, a table, a list of links, a picture, some text.
//
// The pages work without script; every control has a label, every error is
// announced and tied to its control, and contrast and focus order follow WCAG
// 2.2 AA. Not modelled: the look of the product, whose name and logo appear
// nowhere.
package page

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"sync"
)

// Page is one page. Zero fields are left out.
type Page struct {
	Lang    string // of the text, default "en"
	Title   string // default: Heading
	Surface string // whose page it is, in the top bar: "Sign in"
	Brand   string // the organisation, once it is known (R-RST-08)
	Person  string // who is signed in, in the top bar
	SignOut string // address that signs out, beside Person

	Heading string
	Step    string   // where in a wizard this is: "Verification step 1"
	Alert   string   // what is wrong with the whole form, announced at once
	Notice  string   // what has just been done
	Lead    []string // paragraphs above the parts
	Nav     []Link   // the pages beside this one; the current one has Current
	Parts   []Part

	// Convention is the help text of a behaviour that the product does not
	// document and the lab chose itself, with its rule.
	Convention string
	// SupportCode is shown at the bottom right behind a disclosure (R-RST-45).
	SupportCode string
	// Wide is for tables; the default is a card of one column.
	Wide bool
}

// Part is one of [Form], [Table], [List], [Links], [Text], [Picture],
// [Listen] and [Disclosure].
type Part interface{ kind() string }

// Form is a form that is checked by the server alone, so that a browser and a
// client without one see the same.
type Form struct {
	Action   string // default: the page itself
	Method   string // default "post"
	Label    string // accessible name, when the page has several forms
	Hidden   []Hidden
	Controls []Part // Input, Choices, Select and any Part
	Buttons  []Button
	Inline   bool // controls and buttons side by side
	Upload   bool // carries a file
}

// Hidden is a value that travels with a form unseen.
type Hidden struct{ Name, Value string }

// Input is a text box of any type.
type Input struct {
	Name, Label string
	ID          string // default: Name
	Type        string // default "text"
	Value       string
	Hint, Error string
	Complete    string // autocomplete token
	Mode        string // inputmode
	Disabled    bool
	Multiline   bool
	Accept      string // of a file input
}

// Choices is a group of radio buttons, or of tick boxes when Many.
type Choices struct {
	Name, Legend string
	Hint, Error  string
	Many         bool
	Options      []Option
}

// Option is one choice of [Choices] or [Select].
type Option struct {
	Value, Label string
	Name         string // of a tick box that is a field of its own
	Chosen       bool
	Disabled     bool
	Hint         string
}

// Select is a drop-down list.
type Select struct {
	Name, Label string
	ID          string
	Hint, Error string
	Disabled    bool
	Options     []Option
}

// Button submits the form it stands in.
type Button struct {
	Label       string
	ID          string
	Name, Value string
	Action      string // another address than the form's
	Quiet       bool   // not the main action
	Disabled    bool
	Input       bool // as <input type="submit">, where scripts expect one
}

// Link is a link. NewTab opens it in a tab of its own.
type Link struct {
	Label, URL string
	ID         string
	NewTab     bool
	Current    bool
	Hint       string
}

// Links is a row of links; Stacked puts them one below the other.
type Links struct {
	Label   string
	Items   []Link
	Stacked bool
}

// Text is prose: a heading of the second level, and paragraphs.
type Text struct {
	Heading    string
	Paragraphs []string
	Mono       bool
	Good, Bad  bool // coloured as a state
	Alert      bool // announced at once, as what is wrong with a form
	Secret     bool // blacked out in pictures that are taken as evidence
}

// List is a list of terms with their values.
type List struct {
	Heading string
	Items   []Term
}

// Term is one line of a [List]; without a value it says that none is set. A Secret value is blacked out in pictures that
// are taken as evidence.
type Term struct {
	Term, Value string
	Secret      bool
}

// Table is a table with a caption.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]Cell
	Empty   string // shown instead of no rows
}

// Cell is a cell of a [Table]: text, perhaps a link, perhaps a form. A Secret
// text is blacked out in pictures that are taken as evidence.
type Cell struct {
	Text   string
	URL    string
	Form   *Form
	Secret bool
}

// Picture is an image. Alt says what it shows, never what is to be read in it.
// A Secret one is blacked out in pictures that are taken as evidence.
type Picture struct {
	URL, Alt      string
	Width, Height int
	Secret        bool
}

// Listen is a sound with controls and a link for who cannot play it.
type Listen struct{ URL, Label string }

// Disclosure is closed until it is opened; it needs no script.
type Disclosure struct {
	Summary string
	Parts   []Part
}

// Frame shows another document, locked up: no scripts, no forms, no origin.
type Frame struct {
	URL, Title string
	Secret     bool // blacked out in pictures that are taken as evidence
}

func (Form) kind() string       { return "form" }
func (Input) kind() string      { return "input" }
func (Choices) kind() string    { return "choices" }
func (Select) kind() string     { return "select" }
func (Links) kind() string      { return "links" }
func (Text) kind() string       { return "text" }
func (List) kind() string       { return "list" }
func (Table) kind() string      { return "table" }
func (Picture) kind() string    { return "picture" }
func (Listen) kind() string     { return "listen" }
func (Disclosure) kind() string { return "disclosure" }
func (Frame) kind() string      { return "frame" }

//go:embed page.html
var source string

//go:embed page.css
var style string

var layout = template.Must(template.New("page").Funcs(template.FuncMap{
	"kind":  func(p Part) string { return p.kind() },
	"style": func() template.CSS { return template.CSS(style) },
	"or":    or,
}).Parse(source))

// or returns the first of its texts that is not empty.
func or(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// contentSecurity lets a page load nothing but what is its own surface's: the
// picture of a QR code is fetched by who scans it.
const contentSecurity = "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'"

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Write answers a request with p. A page that cannot be rendered is answered
// with 500 and its error, never with half a page.
func Write(w http.ResponseWriter, status int, p Page) {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	if err := layout.Execute(b, p); err != nil {
		http.Error(w, "render page: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", contentSecurity)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}
