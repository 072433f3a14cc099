package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

func TestResultsKeepTheirShape(t *testing.T) {
	run := &Run{Seed: 18446744073709551615, Scenarios: []*Scenario{
		{Name: `A "name" <b>`, File: "a.yaml", Directory: "embedded", Driver: "http", Passed: true, Duration: 1500 * time.Microsecond, Rules: []string{"R-RST-01"},
			Steps: []*Step{{Name: "one", Passed: true, Duration: time.Second, Error: "left from a retry"}}},
		{Name: "none"},
		{Name: "failed", Steps: []*Step{
			{Name: "two", Error: "went wrong"}, {Name: "three", Skipped: true}, {Name: "four", Expected: "a"}, {Name: "five"},
		}},
	}}
	want, err := os.ReadFile("testdata/results.json")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := writeResults(&out, run); err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("results:\n%s", out.String())
	}
}

// wellFormed reads an XML document to its end.
func wellFormed(t testing.TB, data []byte) {
	t.Helper()
	in := xml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := in.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not well formed: %v\n%s", err, data)
		}
	}
}

func TestJUnitCounts(t *testing.T) {
	run, r := demoRun(t)
	data := outputs(t, run, r)["junit.xml"]
	wellFormed(t, []byte(data))
	var read junitSuites
	if err := xml.Unmarshal([]byte(data), &read); err != nil {
		t.Fatal(err)
	}
	if read.Tests != 11 || read.Failures != 1 || read.Errors != 1 || read.Skipped != 2 || len(read.Suites) != 5 {
		t.Errorf("%d tests, %d failures, %d errors, %d skipped in %d suites", read.Tests, read.Failures, read.Errors, read.Skipped, len(read.Suites))
	}
	late := read.Suites[1]
	if late.Cases[2].Failure == nil || !strings.Contains(late.Cases[2].Failure.Text, "expected: an error that says") {
		t.Errorf("failure: %+v", late.Cases[2].Failure)
	}
	if late.Timestamp != "2025-03-04T08:59:12" || late.Time != "2.300" || late.Cases[2].Line != 24 {
		t.Errorf("suite: %+v", late)
	}
	if lab := read.Suites[3].Cases[1]; lab.Error == nil || !strings.Contains(lab.Error.Message, "address already in use") {
		t.Errorf("a failure outside the steps: %+v", lab)
	}
}

func FuzzJUnitIsWellFormed(f *testing.F) {
	f.Add("plain")
	f.Add("\x00\x1b[31m\ufffe ]]> <&'\" \xff\xed\xa0\x80 \U0010ffff")
	f.Fuzz(func(t *testing.T, text string) {
		step := &Step{Name: text, Error: text, Expected: text, Found: text}
		run := &Run{Scenarios: []*Scenario{{Name: text, File: text, Rules: []string{text}, Log: []string{text}, Unhandled: []string{text}, Steps: []*Step{step}}}}
		var out bytes.Buffer
		if err := writeJUnit(&out, run); err != nil {
			t.Fatal(err)
		}
		wellFormed(t, out.Bytes())
	})
}
