package catalogue

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var writePage = flag.Bool("write", false, "write docs/coverage.md anew")

// TestThePagePromisesNoMore holds docs/coverage.md against the repository: what
// it calls proved is proved, and what it calls not modelled is marked so. It may
// tell less than the repository holds; make coverage writes it anew.
func TestThePagePromisesNoMore(t *testing.T) {
	root := moduleRoot(t)
	report, err := Coverage(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range report.Contradictions() {
		t.Errorf("%s is marked as not modelled (%s), but %s proves it: one of them is wrong", s.Rule.ID, s.NotModelled, s.Proved[0])
	}
	name := filepath.Join(root, "docs", "coverage.md")
	if *writePage {
		var page bytes.Buffer
		if err := report.Markdown(&page); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range overstated(report, string(page)) {
		t.Errorf("docs/coverage.md: %s; run make coverage", fault)
	}
}

// overstated returns what a page of [Report.Markdown] says of rules that does
// not hold, or not any more.
func overstated(r Report, page string) (faults []string) {
	var said State
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		for _, state := range states() {
			if strings.EqualFold(line, string(state)+":") {
				said = state
			}
		}
		ids := line
		if said == NotModelled { // the reason may name rules too
			ids, _, _ = strings.Cut(line, ":")
		}
		for _, c := range citations(ids) {
			places, err := load().expand(c)
			if err != nil {
				faults = append(faults, err.Error())
			}
			for _, i := range places {
				if is := r.Standings[i].State(); !promised(said, is) {
					faults = append(faults, r.Standings[i].Rule.ID+" is "+string(is)+", the page says "+string(said))
				}
			}
		}
	}
	return faults
}

// promised reports whether a page may say one state while the repository holds
// another: the same, or a better one.
func promised(said, is State) bool {
	switch said {
	case Open:
		return true
	case Implemented:
		return is == Implemented || is == Proved
	}
	return said == is
}

func TestOverstated(t *testing.T) {
	report, err := Coverage(sample())
	if err != nil {
		t.Fatal(err)
	}
	page := "## Policy\n\nProved:\nR-POL-20..21.\n\nImplemented, not proved:\nR-POL-20, R-POL-22, R-POL-23.\n\n" +
		"Not modelled:\n- R-POL-19: see R-POL-20\n- R-POL-24: gone\n\nOpen:\nR-POL-20.\n"
	want := "R-POL-21 is implemented, not proved, the page says proved|" +
		"R-POL-23 is open, the page says implemented, not proved|" +
		"R-POL-24 is open, the page says not modelled"
	if got := strings.Join(overstated(report, page), "|"); got != want {
		t.Errorf("overstated:\n%s\nexpected:\n%s", got, want)
	}
}
