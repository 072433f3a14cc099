package catalogue

import (
	"strings"
	"testing"
)

func TestEveryRuleIsComplete(t *testing.T) {
	rules := All()
	if len(rules) != 801 {
		t.Errorf("%d rules, expected 801", len(rules))
	}
	areas := map[string]int{}
	for _, r := range rules {
		areas[r.Area]++
	}
	for _, a := range Areas() {
		if areas[a.Code] == 0 {
			t.Errorf("no rule in area %s", a.Code)
		}
		delete(areas, a.Code)
	}
	for code := range areas {
		t.Errorf("area %s has no name", code)
	}
}

func TestEverySourceIsExplained(t *testing.T) {
	known := map[string]bool{}
	for _, s := range Sources() {
		if s.Key == "" || s.Document == "" {
			t.Errorf("source %q has no document", s.Key)
		}
		known[s.Key] = true
	}
	for _, r := range All() {
		for key := range strings.SplitSeq(r.Source, ", ") {
			_, rule := Find(key)
			if !known[key] && !rule && !strings.HasPrefix(key, "GH#") {
				t.Errorf("%s: source %q is not in sources.tsv", r.ID, key)
			}
		}
	}
}

func TestRulesCiteOnlyKnownRules(t *testing.T) {
	x := load()
	for _, r := range All() {
		for _, c := range citations(r.Text) {
			if _, err := x.expand(c); err != nil {
				t.Errorf("%s: %v", r.ID, err)
			}
		}
	}
}

func TestFind(t *testing.T) {
	tests := []struct {
		id, area, era string
		confidence    Confidence
		text          string
	}{
		{"R-RST-24", "RST", "", "D", "complete"},
		{"R-ELG-11", "ELG", "", "D", "Steps 5/6"},
		{"R-WB-43", "WB", "", "S", "31001"},
		{"R-WB-110b", "WB", "", "X", "52e wrong"},
		{"R-PWD-31c", "PWD", "", "D", "2+3 = 5"},
		{"R-RST-68", "RST", "2019+now", "D", "[now]: failing to prove identity 5 times"},
		{"R-GAP-63", "GAP", "", "ND", "save allowed"},
		{"T-06", "T", "", "D", "Assert \"not prompted\""},
	}
	for _, test := range tests {
		r, ok := Find(test.id)
		if !ok {
			t.Errorf("%s is not there", test.id)
			continue
		}
		if r.Area != test.area || r.Era != test.era || r.Confidence != test.confidence || !strings.Contains(r.Text, test.text) {
			t.Errorf("%s: %+v, expected %+v", test.id, r, test)
		}
	}
	if r, ok := Find("R-RST-999"); ok {
		t.Errorf("found %+v", r)
	}
}

func TestAllIsTheCallersOwn(t *testing.T) {
	All()[0].Text = "changed"
	if All()[0].Text == "changed" {
		t.Error("a caller can change the catalogue")
	}
}

func TestConfidence(t *testing.T) {
	for c, convention := range map[Confidence]bool{"D": false, "D/X": false, "S/ND": true, "U/X": true, "ND": true} {
		if c.Convention() != convention {
			t.Errorf("%s is a convention: %t, expected %t", c, c.Convention(), convention)
		}
	}
}

func TestNearest(t *testing.T) {
	tests := map[string]string{
		"R-RST-4":      "R-RST-04",
		"r-rst-24":     "R-RST-24",
		"RST-24":       "R-RST-24",
		"R-RST-024":    "R-RST-24",
		"R-RTS-24":     "R-RST-24",
		"R-PWD-31":     "R-PWD-31a",
		"R-WB-110B":    "R-WB-110b",
		"T-6":          "T-06",
		"R-RST-2 4":    "R-RST-24",
		"":             "",
		"bananas":      "",
		"R-QQQQQ-1234": "",
	}
	for id, want := range tests {
		if got := Nearest(id); got != want {
			t.Errorf("nearest to %q is %q, expected %q", id, got, want)
		}
	}
}

func TestParseRulesSaysWhatIsWrong(t *testing.T) {
	const good = "R-POL-01\t1.1 The blade\tD\t\tSEED\tText.\n"
	tests := map[string]string{
		"R-POL-01\tD": "rules.tsv:1: 2 columns, expected 6",
		good + good:   "rules.tsv:2: R-POL-01 is there twice",
		strings.Replace(good, "R-POL-01", "R-POL", 1):  `"R-POL" is not an id`,
		strings.Replace(good, "\tD\t", "\tQ\t", 1):     `confidence "Q", expected D, S, C, X, U or ND`,
		strings.Replace(good, "\t\t", "\t1999\t", 1):   `era "1999"`,
		strings.Replace(good, "Text.", "", 1):          "lacks its section, source or text",
		strings.Replace(good, "\tD\t", "\tD/Q/X\t", 1): `confidence "D/Q/X"`,
	}
	for data, want := range tests {
		if _, err := parseRules(data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("parse %q: %v, expected %q", data, err, want)
		}
	}
}
