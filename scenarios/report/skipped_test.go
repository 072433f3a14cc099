package report

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
)

// TestSkipped has a scenario that was not run count as neither passed nor
// failed, and say why, wherever a run is told of.
func TestSkipped(t *testing.T) {
	const why = "a minimum password age of 1 day; the directory's is 0"
	skipped := &Scenario{Name: "a minimum age", File: "a.yaml", Directory: "own", Driver: "http", Skipped: why,
		Steps: []*Step{{Name: "one", Skipped: true, Error: why}}}
	run := &Run{Scenarios: []*Scenario{{Name: "fine", Passed: true, Steps: []*Step{{Name: "two", Passed: true}}}, skipped}}

	var line bytes.Buffer
	if err := Line(&line, skipped); err != nil {
		t.Fatal(err)
	}
	if text := line.String(); !strings.HasPrefix(text, "SKIP") || !strings.Contains(text, why) || strings.Contains(text, "again:") {
		t.Errorf("line:\n%s", text)
	}
	v := newView(run)
	if v.Passed != 1 || v.Skipped != 1 || v.Failed != 0 || !v.OK || v.Verdict != "The scenario passed" {
		t.Errorf("%d passed, %d skipped, %d failed, %q", v.Passed, v.Skipped, v.Failed, v.Verdict)
	}
	if s := v.Groups[1].Scenarios[0]; s.Failure != nil || s.Needs != why || s.State != skippedMark() {
		t.Errorf("view: %+v", s)
	}
	if v := newView(&Run{Scenarios: []*Scenario{skipped}}); v.OK || v.Verdict != "No scenario was run" {
		t.Errorf("nothing but skipped: %v, %q", v.OK, v.Verdict)
	}
	var results, junit bytes.Buffer
	if err := writeResults(&results, run); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(results.String(), `"error": "not run: `+why) {
		t.Errorf("results:\n%s", &results)
	}
	if err := writeJUnit(&junit, run); err != nil {
		t.Fatal(err)
	}
	var read junitSuites
	if err := xml.Unmarshal(junit.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if read.Skipped != 1 || read.Errors != 0 || read.Failures != 0 || !strings.Contains(read.Suites[1].Cases[0].Skipped.Message, why) {
		t.Errorf("JUnit:\n%s", &junit)
	}
}
