package catalogue

import (
	_ "embed" // the rules are data in this folder
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed rules.tsv
var rulesTSV string

//go:embed sources.tsv
var sourcesTSV string

// index is the catalogue in memory. It is built once and never changed.
type index struct {
	rules []Rule
	at    map[string]int // id -> place in rules
}

// load reads the embedded rules at the first call. A fault in them is a fault
// of this package, and its test finds it.
var load = sync.OnceValue(func() *index {
	rules, err := parseRules(rulesTSV)
	if err != nil {
		panic(fmt.Sprintf("read embedded rules: %v", err))
	}
	return newIndex(rules)
})

func newIndex(rules []Rule) *index {
	at := make(map[string]int, len(rules))
	for i, r := range rules {
		at[r.ID] = i
	}
	return &index{rules: rules, at: at}
}

// All returns every rule in the order of the catalogue. The slice is the
// caller's.
func All() []Rule { return slices.Clone(load().rules) }

// Find returns the rule with that id, spelt exactly.
func Find(id string) (Rule, bool) {
	x := load()
	i, ok := x.at[id]
	if !ok {
		return Rule{}, false
	}
	return x.rules[i], true
}

// A Source is a document that rules rest on.
type Source struct {
	// Key is its short name in [Rule.Source]. The key GH# stands for every
	// key that begins with it.
	Key string
	// Document says what it is and of which date.
	Document string
}

// Sources returns the documents behind the rules.
func Sources() []Source {
	var sources []Source
	for line := range strings.Lines(sourcesTSV) {
		key, document, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		sources = append(sources, Source{Key: key, Document: document})
	}
	return sources
}

// columns of rules.tsv: id, section, confidence, eras, sources, text.
const columns = 6

func parseRules(data string) ([]Rule, error) {
	var rules []Rule
	seen := map[string]bool{}
	number := 0
	for line := range strings.Lines(data) {
		number++
		r, err := parseRule(strings.TrimSuffix(line, "\n"))
		if err == nil && seen[r.ID] {
			err = fmt.Errorf("%s is there twice", r.ID)
		}
		if err != nil {
			return nil, fmt.Errorf("rules.tsv:%d: %w", number, err)
		}
		seen[r.ID] = true
		rules = append(rules, r)
	}
	return rules, nil
}

func parseRule(line string) (Rule, error) {
	f := strings.Split(line, "\t")
	if len(f) != columns {
		return Rule{}, fmt.Errorf("%d columns, expected %d", len(f), columns)
	}
	r := Rule{ID: f[0], Section: f[1], Confidence: Confidence(f[2]), Era: f[3], Source: f[4], Text: f[5]}
	found := citations(line[:len(f[0])])
	if len(found) != 1 || found[0].from != r.ID {
		return Rule{}, fmt.Errorf("%q is not an id", r.ID)
	}
	r.Area = area(r.ID)
	if r.Section == "" || r.Source == "" || r.Text == "" {
		return Rule{}, fmt.Errorf("%s lacks its section, source or text", r.ID)
	}
	if err := r.Confidence.check(); err != nil {
		return Rule{}, fmt.Errorf("%s: %w", r.ID, err)
	}
	if !slices.Contains([]string{"", "2019", "now", "2019+now"}, r.Era) {
		return Rule{}, fmt.Errorf("%s: era %q, expected 2019, now, 2019+now or none", r.ID, r.Era)
	}
	return r, nil
}

func (c Confidence) check() error {
	known := []Confidence{Documented, Supported, Community, Derived, Unsourced, Undocumented}
	for _, g := range c.Grades() {
		if !slices.Contains(known, g) {
			return fmt.Errorf("confidence %q, expected D, S, C, X, U or ND", c)
		}
	}
	return nil
}

// area returns the middle of an id: RST of R-RST-24, T of T-06.
func area(id string) string {
	first, rest, _ := strings.Cut(id, "-")
	if middle, _, ok := strings.Cut(rest, "-"); ok {
		return middle
	}
	return first
}
