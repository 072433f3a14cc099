package catalogue

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCitations(t *testing.T) {
	tests := map[string][]string{
		"":                                  nil,
		"see R-RST-24.":                     {"R-RST-24:1"},
		"(R-WB-110b, R-WB-43) and T-06":     {"R-WB-110b:1", "R-WB-43:1", "T-06:1"},
		"R-WB-97..110 hold":                 {"R-WB-97..R-WB-110:1"},
		"R-WB-97..R-WB-110b.":               {"R-WB-97..R-WB-110b:1"},
		"R-WB-111–113, R-WB-1…3, R-WB-5-6":  {"R-WB-111..R-WB-113:1", "R-WB-1..R-WB-3:1", "R-WB-5..R-WB-6:1"},
		"R-PWD-31a..o":                      {"R-PWD-31a..R-PWD-31o:1"},
		"R-POL-38/39/40":                    {"R-POL-38:1", "R-POL-39:1", "R-POL-40:1"},
		"R-WB-25..30/87":                    {"R-WB-25..R-WB-30:1", "R-WB-87:1"},
		"R-RST-68.. and so on":              {"R-RST-68:1"},
		"R-WB-97 to R-WB-99":                {"R-WB-97:1", "R-WB-99:1"},
		"a\nR-RST-01\n\nR-RST-02":           {"R-RST-01:2", "R-RST-02:4"},
		"R-xxx-nn, R-GAP-*, R-RST-, R--1":   nil,
		"UTF-16, XR-RST-24, AT-12, T-1, T-": nil,
		"2025-01-01T-05 T-123 R-ABCD-1":     nil,
		"R-RST-24xy R-RST-24_b":             nil,
		"R-WB-110-based":                    {"R-WB-110:1"},
		"-R-RST-24":                         nil,
		`"R-RST-24"`:                        {"R-RST-24:1"},
	}
	for text, want := range tests {
		var got []string
		for _, c := range citations(text) {
			name := c.from
			if c.to != c.from {
				name += ".." + c.to
			}
			got = append(got, fmt.Sprintf("%s:%d", name, c.line))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q cites %v, expected %v", text, got, want)
		}
	}
}

func FuzzCitations(f *testing.F) {
	f.Add("R-WB-97..110/12 T-06\nR-PWD-31a..o")
	f.Add("R-–…T-")
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(text, "\n")
		for _, c := range citations(text) {
			if !strings.Contains(lines[c.line-1], stem(c.from)) {
				t.Errorf("%+v is not on its line of %q", c, text)
			}
		}
	})
}

func TestExpandFollowsTheCatalogue(t *testing.T) {
	x := load()
	names := func(c citation) string {
		places, err := x.expand(c)
		if err != nil {
			return err.Error()
		}
		var all []string
		for _, i := range places {
			all = append(all, x.rules[i].ID)
		}
		return strings.Join(all, " ")
	}
	tests := map[citation]string{
		{from: "R-RST-71", to: "R-RST-72"}:    "R-RST-71 R-RST-71a R-RST-72",
		{from: "R-PWD-32", to: "R-PWD-32"}:    "R-PWD-32a R-PWD-32b R-PWD-32c R-PWD-32d R-PWD-32e R-PWD-32f R-PWD-32g",
		{from: "R-PWD-31n", to: "R-PWD-32"}:   "R-PWD-31n R-PWD-31o R-PWD-32a R-PWD-32b R-PWD-32c R-PWD-32d R-PWD-32e R-PWD-32f R-PWD-32g",
		{from: "R-RST-72", to: "R-RST-71"}:    "R-RST-72..R-RST-71 is not a range of the catalogue",
		{from: "R-POL-91", to: "R-ELG-01"}:    "R-POL-91..R-ELG-01 is not a range of the catalogue",
		{from: "R-RST-720", to: "R-RST-720"}:  "unknown rule R-RST-720, did you mean R-RST-20?",
		{from: "R-RST-24", to: "R-QQQ-77777"}: "unknown rule R-QQQ-77777",
	}
	for c, want := range tests {
		if got := names(c); got != want {
			t.Errorf("%s..%s: %q, expected %q", c.from, c.to, got, want)
		}
	}
}
