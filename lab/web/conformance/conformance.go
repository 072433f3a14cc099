// Package conformance is the suite that every web.Driver runs, so that the
// browser and the form client are interchangeable: the same acts on the same
// pages, judged by the views and errors that come of them. What a server sees
// is judged too, since the site echoes requests as pages.
//
// Run checks one driver and returns what it saw, and Compare sets the
// transcripts of two drivers side by side.
//
// Not covered: what only one of them does (scripts, style sheets, pictures),
// which its own tests prove.
package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/web"
)

// Transcript is what a driver saw, by journey and step.
type Transcript []Seen

// Seen is what came of one step.
type Seen struct {
	Step string // "journey/step"
	View *web.View
	Err  string // "" if there is a view
	// Loose tells that drivers word this error each in their way.
	Loose bool
}

// Run checks a driver on the pages of site.
func Run(t *testing.T, site *Site, d web.Driver) Transcript {
	t.Helper()
	var all Transcript
	for _, j := range journeys() {
		t.Run(j.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			v, err := d.Visitor(ctx, "Ada")
			if err != nil {
				t.Fatal(err)
			}
			tr := &trip{T: t, ctx: ctx, site: site, v: v, name: j.name}
			j.walk(tr)
			if err := v.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			all = append(all, tr.seen...)
		})
	}
	return all
}

// Compare reports where two drivers differ.
func Compare(t *testing.T, a, b Transcript) {
	t.Helper()
	if len(a) != len(b) {
		t.Fatalf("%d steps against %d", len(a), len(b))
	}
	for i := range a {
		x, y := a[i], b[i]
		if x.Loose && y.Loose {
			x.Err, y.Err = "", ""
		}
		if left, right := x.text(), y.text(); left != right {
			t.Errorf("%s differs:\n%s", x.Step, sideBySide(left, right))
		}
	}
}

func (s Seen) text() string {
	b, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// sideBySide lists the lines in which two texts differ.
func sideBySide(a, b string) string {
	left, right := strings.Split(a, "\n"), strings.Split(b, "\n")
	var out strings.Builder
	for i := range max(len(left), len(right)) {
		var l, r string
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		if l != r {
			fmt.Fprintf(&out, "  - %s\n  + %s\n", l, r)
		}
	}
	return out.String()
}

// journey is a walk of one visitor.
type journey struct {
	name string
	walk func(*trip)
}

// trip is a journey under way.
type trip struct {
	*testing.T
	ctx  context.Context
	site *Site
	v    web.Visitor
	name string
	seen []Seen
}

func (t *trip) note(step string, v *web.View, err error, loose bool) {
	s := Seen{Step: t.name + "/" + step, View: v, Loose: loose && err != nil}
	if err != nil {
		s.Err = err.Error()
	}
	t.seen = append(t.seen, s)
}

// page notes a step that must lead to a page.
func (t *trip) page(step string, v *web.View, err error) *web.View {
	t.Helper()
	t.note(step, v, err, false)
	if err != nil {
		t.Fatalf("%s: %v", step, err)
	}
	if t.v.View() != v {
		t.Errorf("%s: View is not the view returned", step)
	}
	return v
}

func (t *trip) open(path string) *web.View {
	t.Helper()
	if strings.HasPrefix(path, "/") {
		path = t.site.Here + path
	}
	v, err := t.v.Open(t.ctx, path)
	return t.page("open "+path, v, err)
}

func (t *trip) act(act web.Act) *web.View {
	t.Helper()
	v, err := t.v.Act(t.ctx, act)
	return t.page(act.String(), v, err)
}

func (t *trip) press(name string) *web.View {
	t.Helper()
	return t.act(web.Act{Press: name})
}

func (t *trip) back() *web.View {
	t.Helper()
	v, err := t.v.Back(t.ctx)
	return t.page("back", v, err)
}

func (t *trip) reload() *web.View {
	t.Helper()
	v, err := t.v.Reload(t.ctx)
	return t.page("reload", v, err)
}

// refused notes an act that must fail, in words that have all of want.
func (t *trip) refused(act web.Act, want ...string) error {
	t.Helper()
	return t.fails(act, false, want...)
}

// breaks is refused for errors that drivers word each in their way.
func (t *trip) breaks(act web.Act, want ...string) error {
	t.Helper()
	return t.fails(act, true, want...)
}

func (t *trip) fails(act web.Act, loose bool, want ...string) error {
	t.Helper()
	v, err := t.v.Act(t.ctx, act)
	t.note(act.String(), v, err, loose)
	if err == nil {
		t.Fatalf("%s: led to %s, want an error", act, v.URL)
	}
	for _, w := range append(want, "Ada") {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%s: error %q lacks %q", act, err, w)
		}
	}
	return err
}

// has checks lines of a view's text.
func (t *trip) has(v *web.View, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.Contains("\n"+v.Text+"\n", "\n"+l+"\n") {
			t.Errorf("%s lacks the line %q:\n%s", v.URL, l, v.Text)
		}
	}
}

// lacks checks that words are not in a view's text.
func (t *trip) lacks(v *web.View, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(v.Text, w) {
			t.Errorf("%s has %q:\n%s", v.URL, w, v.Text)
		}
	}
}
