package report

import (
	"strconv"
	"strings"
)

// Again returns the command that runs a scenario once more with the same seed,
// quoted for a POSIX shell. Without a run it names the scenario's own seed, if
// that has one.
func Again(run *Run, s *Scenario) string {
	words := []string{"ssprlab", "run"}
	if s.File != "" {
		words = append(words, quote(s.File))
	}
	if s.Directory != "" && s.Directory != "embedded" {
		words = append(words, "--directory", quote(s.Directory))
	}
	if s.Config != "" {
		words = append(words, "--directory-config", quote(s.Config))
	}
	if s.Driver != "" {
		words = append(words, "--driver", quote(s.Driver))
	}
	if seed := seedOf(run, s); seed != 0 || run != nil {
		words = append(words, "--seed", strconv.FormatUint(seed, 10))
	}
	return strings.Join(words, " ")
}

// seedOf is the scenario's own seed, or the run's if it has none. The run may
// be nil.
func seedOf(run *Run, s *Scenario) uint64 {
	if s.Seed != 0 || run == nil {
		return s.Seed
	}
	return run.Seed
}

// quote writes a word so that a POSIX shell reads it as one, unchanged. A word
// that begins with a hyphen gets ./ in front, since it is meant as a file.
func quote(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%"
	if strings.HasPrefix(word, "-") {
		word = "./" + word
	}
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
