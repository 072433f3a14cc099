// Package web is how people act on the pages of a lab: what they see of a page
// ([View]), what they do to it ([Act]), and the two ways of doing it ([Driver]):
// a browser (lab/browser) and a form client (lab/web/form). Both read pages
// with the reader of this package and plan acts with its planner, so one
// scenario runs on either and finds the same words.
//
// Modelled: HTML forms, links and text as a person with a screen reader finds
// them, by accessible name; required fields, maximal lengths, disabled and
// read-only controls; what lies in a closed <details> counts as visible, since
// a person opens it with a click.
//
// Not modelled: scripts that change a page (the browser driver runs them, the
// form client does not), visibility by style sheet in the text of a view
// (only `hidden` and inline display:none count; the browser driver refuses
// controls that a style sheet hides), frames, file fields, the constraint
// validation of pattern, min, max and types (the lab's forms carry
// novalidate), charsets other than UTF-8.
package web

import "context"

// Driver is one way of acting on pages.
type Driver interface {
	// Name is "browser" or "http".
	Name() string
	// Visitor opens a private window: cookies, cache and history of its own.
	// The name appears in errors.
	Visitor(ctx context.Context, name string) (Visitor, error)
	// Close ends every visitor and frees what the driver holds.
	Close() error
}

// Visitor is a person at a window. Its methods must not be called in parallel.
//
// Every method that loads a page follows redirects. A page with a status below
// 500 is a view (see [View.Status]); a status of 500 and above, or an answer
// that is not HTML, is a [*PageError]. After an error on the way to a page only
// Open, Back and Close are defined.
type Visitor interface {
	// Open goes to a URL, as if typed into the address bar.
	Open(ctx context.Context, url string) (*View, error)
	// Act fills, ticks, chooses, presses, in this order, and returns the page
	// that comes of it. Nothing is touched when any part of the act cannot be
	// done: [*NotFoundError], [*AmbiguousError], [*RefusedError].
	Act(ctx context.Context, act Act) (*View, error)
	// View returns the last view, nil before the first page.
	View() *View
	// Back goes to the page before, as the button of a browser does.
	Back(ctx context.Context) (*View, error)
	// Reload loads the page again; the result of a POST is posted again.
	Reload(ctx context.Context) (*View, error)
	// Fetch loads a resource of the page with the visitor's cookies: the
	// picture of a CAPTCHA, a QR code. The URL may be relative to the page or
	// a data: URL; a status of 400 and above is an error. At most
	// [MaxResource] bytes.
	Fetch(ctx context.Context, url string) (body []byte, contentType string, err error)
	// Screenshot draws the whole page as PNG, with what the page marks by the
	// attribute data-secret blacked out; [ErrNoPicture] where the driver
	// draws none.
	Screenshot(ctx context.Context) ([]byte, error)
	// HTML returns the current document with the state of its controls;
	// values of password fields are masked.
	HTML(ctx context.Context) (string, error)
	// Close closes the window.
	Close() error
}

// MaxPage and MaxResource bound, in bytes, what a visitor reads of a page and
// of a resource.
const (
	MaxPage     = 8 << 20
	MaxResource = 32 << 20
)

// Act is one thing a person does on a page: fill in, then press. Controls are
// named by their accessible name, white space folded, upper and lower case
// alike; "Group > Label" picks among controls of the same name by the legend of
// their fieldset (or the name of any group around them).
type Act struct {
	Fill   []Fill   // text, number and select fields
	Tick   []string // tick boxes to tick
	Untick []string // tick boxes to untick
	Choose []string // radio buttons to choose
	Press  string   // the button or link to press; "" stays on the page
}

// Fill is a value for the field of that label; the value of a select field is
// the text of an option.
type Fill struct{ Label, Value string }
