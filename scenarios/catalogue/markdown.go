package catalogue

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Markdown writes the coverage as a page of documentation: a table of counts
// for each area, then for each area which rules are in which state. Rules that
// stand side by side are written as ranges.
func (r Report) Markdown(w io.Writer) error {
	var page bytes.Buffer
	page.WriteString("# Coverage of the behaviour rules\n\n")
	page.WriteString("A rule is implemented where code names it and proved where a scenario or a test names it.\n")
	page.WriteString("`make coverage` writes this page; the rules are in scenarios/catalogue/rules.tsv.\n\n")
	r.counts(&page)
	for _, a := range Areas() {
		r.area(&page, a)
	}
	r.faults(&page)
	if _, err := page.WriteTo(w); err != nil {
		return fmt.Errorf("write coverage: %w", err)
	}
	return nil
}

// states is the order in which a page tells them.
func states() []State { return []State{Proved, Implemented, NotModelled, Open} }

func (r Report) counts(page *bytes.Buffer) {
	page.WriteString("| Area | Rules | Proved | Implemented, not proved | Not modelled | Open |\n")
	page.WriteString("| --- | ---: | ---: | ---: | ---: | ---: |\n")
	total := map[State]int{}
	for _, a := range Areas() {
		count := map[State]int{}
		for _, s := range r.Standings {
			if s.Rule.Area == a.Code {
				count[s.State()]++
				total[s.State()]++
			}
		}
		countRow(page, fmt.Sprintf("%s (%s)", a.Name, a.Code), count)
	}
	countRow(page, "**All**", total)
}

func countRow(page *bytes.Buffer, name string, count map[State]int) {
	sum := 0
	var cells strings.Builder
	for _, s := range states() {
		sum += count[s]
		fmt.Fprintf(&cells, " %d |", count[s])
	}
	fmt.Fprintf(page, "| %s | %d |%s\n", name, sum, cells.String())
}

func (r Report) area(page *bytes.Buffer, a Area) {
	fmt.Fprintf(page, "\n## %s (%s)\n", a.Name, a.Code)
	for _, state := range states() {
		var runs []run
		for i, s := range r.Standings {
			if s.Rule.Area == a.Code && s.State() == state {
				runs = extend(runs, i, s)
			}
		}
		if len(runs) == 0 {
			continue
		}
		fmt.Fprintf(page, "\n%s:\n", strings.ToUpper(string(state[:1]))+string(state[1:]))
		if state == NotModelled {
			for _, run := range runs {
				fmt.Fprintf(page, "- %s: %s\n", run, run.reason)
			}
			continue
		}
		var names []string
		for _, run := range runs {
			names = append(names, run.String())
		}
		fmt.Fprintf(page, "%s.\n", strings.Join(names, ", "))
	}
}

// A run is a stretch of rules that stand side by side in one state, for one
// reason.
type run struct {
	first, last string
	reason      string
	end         int // place of last
}

func extend(runs []run, i int, s Standing) []run {
	if n := len(runs); n > 0 && runs[n-1].end == i-1 && runs[n-1].reason == s.NotModelled {
		runs[n-1].last, runs[n-1].end = s.Rule.ID, i
		return runs
	}
	return append(runs, run{first: s.Rule.ID, last: s.Rule.ID, reason: s.NotModelled, end: i})
}

// String writes R-POL-03 or R-POL-03..07.
func (r run) String() string {
	if r.first == r.last {
		return r.first
	}
	return r.first + ".." + strings.TrimPrefix(r.last, stem(r.last))
}

func (r Report) faults(page *bytes.Buffer) {
	if both := r.Contradictions(); len(both) > 0 {
		page.WriteString("\n## Marked as not modelled, but proved\n\n")
		for _, s := range both {
			fmt.Fprintf(page, "- %s at %s: %s\n", s.Rule.ID, s.Proved[0], s.NotModelled)
		}
	}
	if len(r.Unknown) > 0 {
		page.WriteString("\n## Unknown ids\n\n")
		for _, u := range r.Unknown {
			fmt.Fprintf(page, "- %s: %s\n", u.Place, u.Problem)
		}
	}
}
