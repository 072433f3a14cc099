package catalogue

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// A Place is where a file names a rule.
type Place struct {
	File string // relative to the root that was read, with slashes
	Line int    // from 1
}

// String returns file:line.
func (p Place) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// A Standing tells what the lab does about one rule.
type Standing struct {
	Rule Rule
	// Implemented lists where code that is no test names the rule.
	Implemented []Place
	// Proved lists where a scenario, a test or a conformance suite names it.
	Proved []Place
	// NotModelled is the reason given in not-modelled.yml, or empty.
	NotModelled string
}

// State is what a [Standing] comes to.
type State string

// The states of a rule, from the best.
const (
	Proved      State = "proved"
	Implemented State = "implemented, not proved"
	NotModelled State = "not modelled"
	Open        State = "open"
)

// State returns the one word for the standing. A rule that is marked as not
// modelled stays so whoever names it.
func (s Standing) State() State {
	switch {
	case s.NotModelled != "":
		return NotModelled
	case len(s.Proved) > 0:
		return Proved
	case len(s.Implemented) > 0:
		return Implemented
	}
	return Open
}

// An Unknown is a place that names a rule the catalogue does not have.
type Unknown struct {
	Place
	// Problem says which id is unknown and which is the nearest known one.
	Problem string
}

// A Report is the standing of every rule in one tree of files.
type Report struct {
	// Standings has one entry for each rule, in the order of the catalogue.
	Standings []Standing
	// Unknown lists wrong ids, by file and line.
	Unknown []Unknown
}

// Err returns all unknown ids as one error with a line for each, or nil.
func (r Report) Err() error {
	var all []error
	for _, u := range r.Unknown {
		all = append(all, fmt.Errorf("%s: %s", u.Place, u.Problem))
	}
	return errors.Join(all...)
}

// Contradictions returns the rules that are marked as not modelled and proved
// all the same: either the mark or the proof is wrong.
func (r Report) Contradictions() []Standing {
	var both []Standing
	for _, s := range r.Standings {
		if s.NotModelled != "" && len(s.Proved) > 0 {
			both = append(both, s)
		}
	}
	return both
}

// Coverage reads a repository, from the root of the module, once, and reports
// which rules are named where. Go files implement, or prove if they are tests
// or stand in a folder named conformance; YAML files below scenarios prove what
// they list under rules:. Ids in templates and documents must exist but count
// for nothing. Folders named testdata, hidden folders and this package are
// passed over. The error says which file could not be read, or what is wrong
// in not-modelled.yml; unknown ids are in the report, not in the error.
func Coverage(fsys fs.FS) (Report, error) {
	x := load()
	reasons, err := x.notModelled(notModelledYAML)
	if err != nil {
		return Report{}, err
	}
	report := Report{Standings: make([]Standing, len(x.rules))}
	for i, rule := range x.rules {
		report.Standings[i] = Standing{Rule: rule, NotModelled: reasons[i]}
	}
	err = fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && skipped(name):
			return fs.SkipDir
		case !entry.Type().IsRegular() || !read(name):
			return nil
		}
		text, err := fs.ReadFile(fsys, name)
		if err == nil {
			report.add(x, name, string(text))
		}
		return err
	})
	if err != nil {
		return Report{}, fmt.Errorf("read files for coverage: %w", err)
	}
	return report, nil
}

// skipped tells folders that name rules without meaning it.
func skipped(dir string) bool {
	base := path.Base(dir)
	switch {
	case dir == ".":
		return false
	case strings.HasPrefix(base, "."), base == "testdata", base == "vendor", base == "node_modules":
		return true
	}
	// The first two are output, the last speaks about rules, not of them.
	return dir == "report" || dir == "bin" || dir == "scenarios/catalogue"
}

func read(name string) bool {
	return slices.Contains([]string{".go", ".yaml", ".yml", ".md", ".html", ".gohtml", ".tmpl", ".txt"}, path.Ext(name))
}

// add enters what one file names.
func (r *Report) add(x *index, name, text string) {
	found := citations(text)
	if len(found) == 0 {
		return
	}
	view := newView(name, text)
	for _, c := range found {
		if view.ignored(c.line) {
			continue
		}
		at := Place{File: name, Line: c.line}
		places, err := x.expand(c)
		if err != nil {
			r.Unknown = append(r.Unknown, Unknown{Place: at, Problem: err.Error()})
			continue
		}
		role := view.role(c.line)
		for _, i := range places {
			r.Standings[i].enter(role, at)
		}
	}
}

func (s *Standing) enter(role role, at Place) {
	switch role {
	case implements:
		s.Implemented = append(s.Implemented, at)
	case proves:
		s.Proved = append(s.Proved, at)
	case mentions:
	}
}
