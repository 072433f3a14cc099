package catalogue

import (
	"slices"
	"strings"
)

// A Rule is one fact about the behaviour of the product, or one convention of
// the lab where the product's behaviour is not documented.
type Rule struct {
	// ID is how the rule is cited: R-RST-24, R-PWD-31b, T-06.
	ID string
	// Area is the middle of the id (RST), or T for a published test case.
	Area string
	// Section is the part of the contract the rule stands in, with its number:
	// "3.4 Verification step(s)".
	Section string
	// Text is the rule itself, in the project's words.
	Text string
	// Source lists the keys of the documents it comes from, separated by
	// comma and blank; [Sources] explains them. "none" where nothing was found.
	Source string
	// Confidence says how well the source supports the text.
	Confidence Confidence
	// Era is "2019" or "now" if the text speaks of one era alone,
	// "2019+now" if it tells both, and empty if it makes no difference.
	Era string
}

// Confidence is one grade, or several joined by "/" for a rule whose parts are
// known to a different degree.
type Confidence string

// The grades of confidence.
const (
	// Documented in the product's own documentation.
	Documented Confidence = "D"
	// Supported by a support article, or by staff of the maker in public.
	Supported Confidence = "S"
	// Community observation: an issue, lab notes, a query over live logs.
	Community Confidence = "C"
	// Derived from other rules, or measured by this project.
	Derived Confidence = "X"
	// Unsourced: remembered, nothing found to support it.
	Unsourced Confidence = "U"
	// Undocumented: the lab had to choose, and says so.
	Undocumented Confidence = "ND"
)

// Grades returns the single grades of c in the order they were given.
func (c Confidence) Grades() []Confidence {
	var grades []Confidence
	for part := range strings.SplitSeq(string(c), "/") {
		grades = append(grades, Confidence(part))
	}
	return grades
}

// Convention reports whether some part of the rule is the lab's own choice and
// must not be taken for the product's behaviour.
func (c Confidence) Convention() bool {
	grades := c.Grades()
	return slices.Contains(grades, Undocumented) || slices.Contains(grades, Unsourced)
}

// An Area is a subject of the catalogue.
type Area struct {
	// Code is the middle of its rules' ids.
	Code string
	// Name is its title.
	Name string
}

// Areas returns the subjects in the order of the catalogue.
func Areas() []Area {
	return []Area{
		{"POL", "Policy"},
		{"ELG", "Eligibility"},
		{"RST", "Reset journey"},
		{"REG", "Registration"},
		{"CHG", "Change of a known password"},
		{"PWD", "Password policy"},
		{"WB", "Writeback"},
		{"AAC", "Connect"},
		{"NOT", "Notifications"},
		{"AUD", "Audit and reporting"},
		{"LIC", "Licensing"},
		{"ROL", "Rollout"},
		{"T", "Published test cases"},
		{"TRB", "Troubles to rehearse"},
		{"GAP", "Contradictions and gaps"},
	}
}
