package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// The parts of a JUnit file that its readers agree on: a suite for each
// scenario, a case for each step.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		File       string          `xml:"file,attr,omitempty"`
		Timestamp  string          `xml:"timestamp,attr,omitempty"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
		Out        string          `xml:"system-out,omitempty"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Time    string        `xml:"time,attr"`
		Skipped *junitMessage `xml:"skipped"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

func writeJUnit(w io.Writer, run *Run) error {
	all := junitSuites{Name: "ssprlab", Time: seconds(run.Duration)}
	for _, s := range run.Scenarios {
		suite := suiteOf(run, s)
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Errors += suite.Errors
		all.Skipped += suite.Skipped
		all.Suites = append(all.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write JUnit header: %w", err)
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(all); err != nil {
		return fmt.Errorf("encode JUnit: %w", err)
	}
	return nil
}

func suiteOf(run *Run, s *Scenario) junitSuite {
	suite := junitSuite{
		Name: s.Name, File: s.File, Time: seconds(s.Duration), Out: systemOut(s),
		Properties: []junitProperty{
			{"seed", fmt.Sprint(seedOf(run, s))}, {"directory", s.Directory}, {"driver", s.Driver},
			{"era", s.Era}, {"rules", strings.Join(s.Rules, " ")}, {"again", Again(run, s)},
		},
	}
	if !run.Started.IsZero() {
		suite.Timestamp = run.Started.UTC().Format("2006-01-02T15:04:05")
	}
	failed := false
	for _, step := range s.Steps {
		c := junitCase{Name: step.Name, Class: s.Name, File: s.File, Line: step.Line, Time: seconds(step.Duration)}
		switch {
		case step.Skipped:
			c.Skipped = &junitMessage{Message: firstLine(stepError(step))}
			suite.Skipped++
		case !step.Passed:
			c.Failure = &junitMessage{Message: firstLine(stepError(step)), Type: "expectation", Text: failureText(step)}
			suite.Failures++
			failed = true
		}
		suite.Cases = append(suite.Cases, c)
	}
	if s.Error != "" || s.failed() && !failed {
		message := or(s.Error, "the scenario failed outside its steps")
		suite.Cases = append(suite.Cases, junitCase{
			Name: "the lab", Class: s.Name, File: s.File, Time: seconds(0),
			Error: &junitMessage{Message: firstLine(message), Type: "lab", Text: message},
		})
		suite.Errors++
	}
	suite.Tests = len(suite.Cases)
	return suite
}

func failureText(s *Step) string {
	text := stepError(s)
	if s.Expected != "" || s.Found != "" {
		text += "\nexpected: " + s.Expected + "\nfound:    " + s.Found
	}
	return text
}

func systemOut(s *Scenario) string {
	lines := append([]string{}, s.Log...)
	for _, request := range s.Unhandled {
		lines = append(lines, "no part knew: "+request)
	}
	return strings.Join(lines, "\n")
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
