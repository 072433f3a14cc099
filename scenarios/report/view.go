package report

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/scenarios/catalogue"
)

// What the page's template shows. Everything is made before the template runs,
// so that the template only lays out.
type (
	view struct {
		Policy        string
		Style         template.CSS
		Script        template.JS
		Verdict       string
		OK            bool
		Total, Passed int
		Failed        int
		Skipped       int
		PassedShare   template.CSS
		Facts         []fact
		Notes         []string
		Groups        []group
		Rules         []ruleView
		Pictures      []template.CSS
	}
	fact  struct{ Label, Value string }
	group struct {
		ID, Title string
		Scenarios []scenarioView
	}
	scenarioView struct {
		ID, Name, About string
		State           mark
		Open            bool
		Tags            []string
		StandsIn        string
		Duration        string
		Facts           []fact
		Rules           []ruleName
		Failure         *failureView
		Needs           string // why it was not run
		Unhandled, Log  []string
		Steps           []stepView
	}
	failureView struct {
		Title, Place, Error, Expected, Found, Link string
		Again                                      []string // the command, word by word
		Compared                                   bool
		Shots                                      []shot
	}
	stepView struct {
		ID, Name, Actor, Duration, LabTime, Place string
		Number                                    int
		State                                     mark
		Share                                     template.CSS
		Error, Expected, Found                    string
		Compared                                  bool
		Rules                                     []ruleName
		Shots                                     []shot
		Mails                                     []mailView
		Texts                                     []Text
		Changes                                   []changesView
		Audit                                     []auditView
		Agent                                     []AgentEvent
	}
	changesView struct {
		Title string
		List  []Change
	}
	mailView struct {
		Mail
		When  string
		Frame template.HTML
	}
	auditView struct {
		AuditEntry
		When string
	}
	// A ruleName is an id, with a link if the catalogue knows it.
	ruleName struct {
		ID   string
		Link string
	}
	ruleView struct{ ID, Text, Source, Confidence string }
)

// A mark is a state as a style class, a sign and a word.
type mark struct{ Class, Sign, Word string }

func passedMark() mark  { return mark{"passed", "✓", "Passed"} }
func failedMark() mark  { return mark{"failed", "✕", "Failed"} }
func skippedMark() mark { return mark{"skipped", "–", "Not run"} }

func newView(run *Run) *view {
	v := &view{
		Policy: policy(), Style: template.CSS(indexCSS), Script: template.JS(indexJS),
		Total: len(run.Scenarios), Facts: runFacts(run), Notes: run.Notes, Rules: rulesOf(run),
	}
	pictures := newAlbum(run)
	failed := group{ID: "failed", Title: "Failed"}
	passed := group{ID: "passed", Title: "Passed"}
	skipped := group{ID: "skipped", Title: "Not run"}
	for i, s := range run.Scenarios {
		b := builder{run: run, pictures: pictures, scenario: s, id: fmt.Sprintf("s%d", i+1)}
		switch {
		case s.Passed:
			passed.Scenarios = append(passed.Scenarios, b.view())
		case s.failed():
			failed.Scenarios = append(failed.Scenarios, b.view())
		default:
			skipped.Scenarios = append(skipped.Scenarios, b.view())
		}
	}
	v.Groups = []group{failed, skipped, passed}
	v.Failed, v.Skipped, v.Passed = len(failed.Scenarios), len(skipped.Scenarios), len(passed.Scenarios)
	v.OK = v.Failed == 0 && v.Passed > 0
	v.Verdict = verdict(v.Failed, v.Failed+v.Passed)
	v.PassedShare = share(v.Passed, v.Total)
	for _, p := range pictures.order {
		v.Pictures = append(v.Pictures, p.style())
	}
	return v
}

func verdict(failed, total int) string {
	switch {
	case total == 0: // or each needs what the directory does not have
		return "No scenario was run"
	case failed == 0 && total == 1:
		return "The scenario passed"
	case failed == 0:
		return fmt.Sprintf("All %d scenarios passed", total)
	case total == 1:
		return "The scenario failed"
	}
	return fmt.Sprintf("%d of %d scenarios failed", failed, total)
}

func share(part, whole int) template.CSS {
	if whole == 0 {
		return "--share:0%"
	}
	return template.CSS(fmt.Sprintf("--share:%.1f%%", 100*float64(part)/float64(whole)))
}

func runFacts(run *Run) []fact {
	passed, failed, skipped := 0, 0, 0
	for _, s := range run.Scenarios {
		for _, step := range s.Steps {
			switch {
			case step.Passed:
				passed++
			case step.Skipped:
				skipped++
			default:
				failed++
			}
		}
	}
	steps := fmt.Sprintf("%d passed", passed)
	if failed+skipped > 0 {
		steps += fmt.Sprintf(", %d failed, %d not run", failed, skipped)
	}
	return filled([]fact{
		{"Steps", steps},
		{"Duration", short(run.Duration)},
		{"Started", moment(run.Started)},
		{"Seed", strconv.FormatUint(run.Seed, 10)},
		{"Machine", run.Machine.String()},
		{"Command", run.Command},
	})
}

// filled leaves out the facts that are not known.
func filled(facts []fact) []fact {
	var known []fact
	for _, f := range facts {
		if f.Value != "" {
			known = append(known, f)
		}
	}
	return known
}

// moment writes a time for people; the zero time is empty.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2 January 2006, 15:04:05 MST")
}

// rulesOf explains the rules that the run names, in the catalogue's order.
func rulesOf(run *Run) []ruleView {
	named := map[string]bool{}
	for _, s := range run.Scenarios {
		for _, id := range s.Rules {
			named[id] = true
		}
		for _, step := range s.Steps {
			for _, id := range step.Rules {
				named[id] = true
			}
		}
	}
	var rules []ruleView
	for _, r := range catalogue.All() {
		if named[r.ID] {
			rules = append(rules, ruleView{r.ID, strings.ReplaceAll(r.Text, "**", ""), r.Source, string(r.Confidence)})
		}
	}
	return rules
}

func ruleNames(ids []string) []ruleName {
	var names []ruleName
	for _, id := range ids {
		name := ruleName{ID: id}
		if _, known := catalogue.Find(id); known {
			name.Link = "#" + id
		}
		names = append(names, name)
	}
	return names
}
