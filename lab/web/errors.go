package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// ErrNoPicture says that a driver draws no pages.
var ErrNoPicture = errors.New("web: this driver draws no pictures")

// ErrNoPage says that a visitor has not opened a page yet.
var ErrNoPage = errors.New("web: no page is open; Open one first")

// ErrNoPageBefore says that Back was pressed on the first page.
var ErrNoPageBefore = errors.New("web: there is no page before this one")

// NotFoundError says that a page has no control of the name asked for.
type NotFoundError struct {
	Kind    string   // "field", "tick box", "radio button", "button or link", "option of …"
	Asked   string   // the name asked for
	Has     []string // the names of that kind on the page, in order
	Nearest string   // the known name most like it, "" if none is near
	Instead string   // what bears that name although it is of another kind, ""
	URL     string   // of the page
}

func (e *NotFoundError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "web: no %s %q on %s", e.Kind, e.Asked, e.URL)
	if e.Instead != "" {
		fmt.Fprintf(&b, ", but %s", e.Instead)
	} else if e.Nearest != "" {
		fmt.Fprintf(&b, "; did you mean %q?", e.Nearest)
	}
	if len(e.Has) == 0 {
		b.WriteString("; the page has none")
	} else {
		fmt.Fprintf(&b, "; the page has %s", quoted(e.Has))
	}
	return b.String()
}

// AmbiguousError says that several controls bear the name asked for.
type AmbiguousError struct {
	Kind   string
	Asked  string
	Groups []string // the group of each candidate, "" for none
	URL    string
}

func (e *AmbiguousError) Error() string {
	groups := make([]string, len(e.Groups))
	for i, g := range e.Groups {
		groups[i] = "no group"
		if g != "" {
			groups[i] = fmt.Sprintf("group %q", g)
		}
	}
	return fmt.Sprintf("web: %d candidates for %s %q on %s (in %s); say \"Group > %s\"",
		len(e.Groups), e.Kind, e.Asked, e.URL, strings.Join(groups, ", "), e.Asked)
}

// RefusedError says that a control does not let a person do that.
type RefusedError struct {
	Control string // its kind and name
	Why     string // "is disabled"
	URL     string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("web: %s %s (on %s)", e.Control, e.Why, e.URL)
}

// PageError says that an answer is no page a person can go on with: its status
// is 500 or above, or it is not HTML.
type PageError struct {
	URL         string // that answered, after redirects
	Status      int
	ContentType string // without parameters
	View        *View  // what the answer shows, nil if it is not HTML
}

func (e *PageError) Error() string {
	what := fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))
	if e.View == nil {
		kind := e.ContentType
		if kind == "" {
			kind = "without a content type"
		}
		return fmt.Sprintf("web: %s answered %s with no HTML page (%s)", e.URL, what, kind)
	}
	said := e.View.Heading
	if said == "" {
		said = e.View.Title
	}
	if said != "" {
		return fmt.Sprintf("web: %s answered %s: %s", e.URL, what, said)
	}
	return fmt.Sprintf("web: %s answered %s", e.URL, what)
}

func quoted(words []string) string {
	const most = 40
	var b strings.Builder
	for i, w := range words {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(words)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", w)
	}
	return b.String()
}
