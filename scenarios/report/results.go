package report

import (
	"encoding/json"
	"fmt"
	"io"
)

// The shape of results.json. It is a contract with whoever reads it: no key is
// added, renamed or left out.
type (
	resultsFile struct {
		Seed      uint64           `json:"seed"`
		Scenarios []scenarioResult `json:"scenarios"`
	}
	scenarioResult struct {
		Name       string       `json:"name"`
		File       string       `json:"file"`
		Directory  string       `json:"directory"`
		Driver     string       `json:"driver"`
		Passed     bool         `json:"passed"`
		DurationMS int64        `json:"durationMs"`
		Rules      []string     `json:"rules"`
		Steps      []stepResult `json:"steps"`
	}
	stepResult struct {
		Name       string `json:"name"`
		Passed     bool   `json:"passed"`
		DurationMS int64  `json:"durationMs"`
		Error      string `json:"error"`
	}
)

// notRun stands as the error of a step that was skipped.
const notRun = "not run"

func writeResults(w io.Writer, run *Run) error {
	file := resultsFile{Seed: run.Seed, Scenarios: []scenarioResult{}}
	for _, s := range run.Scenarios {
		result := scenarioResult{
			Name: s.Name, File: s.File, Directory: s.Directory, Driver: s.Driver, Passed: s.Passed,
			DurationMS: s.Duration.Milliseconds(), Rules: append([]string{}, s.Rules...), Steps: []stepResult{},
		}
		for _, step := range s.Steps {
			result.Steps = append(result.Steps, stepResult{
				Name: step.Name, Passed: step.Passed, DurationMS: step.Duration.Milliseconds(), Error: stepError(step),
			})
		}
		file.Scenarios = append(file.Scenarios, result)
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(file); err != nil {
		return fmt.Errorf("encode results: %w", err)
	}
	return nil
}

// stepError is why a step did not pass, on as many lines as it takes; empty if
// it passed.
func stepError(s *Step) string {
	switch {
	case s.Passed:
		return ""
	case s.Skipped && s.Error != "":
		return notRun + ": " + s.Error
	case s.Skipped:
		return notRun
	case s.Error != "":
		return s.Error
	case s.Expected != "" || s.Found != "":
		return fmt.Sprintf("expected %s, found %s", or(s.Expected, "nothing"), or(s.Found, "nothing"))
	}
	return "failed"
}

func or(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}
