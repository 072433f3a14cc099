package script

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Limits on what is read at all. They are far above what a person writes, and
// low enough that rubbish is refused at once and in little memory: the YAML
// parser's time grows with the square of a document's keys.
const (
	maxFile     = 1 << 20  // bytes
	maxDocument = 64 << 10 // bytes
	maxTokens   = 10_000   // words and punctuation marks of one document
	maxIndent   = 200      // blanks before a line
	maxFlow     = 16       // brackets within brackets
	maxDashes   = 8        // dashes at the start of one line
	maxDepth    = 24       // mappings and lists within each other
	maxProblems = 200      // per file; after that the rest is not read
)

// source is one file, its lines and what is wrong with it so far.
type source struct {
	name     string
	lines    []string
	problems []Problem
	forms    map[string]*regexp.Regexp // compiled once a file
}

// form is a compiled expression.
func (s *source) form(pattern string) *regexp.Regexp {
	if s.forms[pattern] == nil {
		s.forms[pattern] = regexp.MustCompile(pattern)
	}
	return s.forms[pattern]
}

// document is one scenario's part of a file.
type document struct {
	text string
	line int // the number of its first line
}

// full reports whether so much is wrong that reading on serves nobody.
func (s *source) full() bool { return len(s.problems) >= maxProblems }

func (s *source) at(line, column int) Position { return Position{s.name, line, column} }

// problem records what is wrong at a place.
func (s *source) problem(at Position, message, expected, nearest string) {
	if s.full() {
		return
	}
	p := Problem{File: s.name, Line: max(1, at.Line), Column: max(1, at.Column), Message: message, Expected: expected, Nearest: nearest}
	if p.Line > len(s.lines) {
		p.Line = max(1, len(s.lines))
	}
	if p.Line <= len(s.lines) {
		p.SourceLine = s.lines[p.Line-1]
	}
	p.Column = min(p.Column, utf8.RuneCountInString(p.SourceLine)+1)
	s.problems = append(s.problems, p)
}

// refused reports whether the bytes cannot be a scenario file at all, and says
// why. The line itself is not shown: it may be a megabyte of anything.
func (s *source) refused(data []byte) bool {
	if len(data) > maxFile {
		s.problem(s.at(1, 1), fmt.Sprintf("the file is larger than %d bytes and is not read", maxFile),
			"a scenario file of at most 1 MiB; split it", "")
		return true
	}
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		if (c == utf8.RuneError && size == 1) || c == 0x7f || (c < ' ' && c != '\t' && c != '\n' && c != '\r') {
			before := data[:i]
			line := 1 + bytes.Count(before, []byte("\n"))
			column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
			s.problems = append(s.problems, Problem{File: s.name, Line: line, Column: column,
				Message:  fmt.Sprintf("the byte 0x%02x is not text, and the file is not read", data[i]),
				Expected: "text in UTF-8 without control characters"})
			return true
		}
		i += size
	}
	return false
}

// split cuts the file at its "---" and "..." lines, so that a slip in one
// scenario does not hide the errors of the next.
func (s *source) split(data []byte) (docs []document) {
	text := strings.TrimPrefix(string(data), "\ufeff")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	s.lines = strings.Split(text, "\n")
	from := 0
	for i, line := range s.lines {
		if s.mark(i+1, line) {
			docs = s.document(docs, from, i)
			from = i + 1
		}
	}
	return s.document(docs, from, len(s.lines))
}

// mark reports whether the line separates two documents.
func (s *source) mark(number int, line string) bool {
	rest, ok := strings.CutPrefix(line, "---")
	if !ok {
		rest, ok = strings.CutPrefix(line, "...")
	}
	if !ok || (rest != "" && rest[0] != ' ' && rest[0] != '\t') {
		return false
	}
	if rest = strings.TrimSpace(rest); rest != "" && rest[0] != '#' {
		s.problem(s.at(number, 5), "something follows the mark between two scenarios", "nothing on this line but ---", "")
	}
	return true
}

// document adds the lines from..to, unless they say nothing.
func (s *source) document(docs []document, from, to int) []document {
	if !says(s.lines[from:to]) {
		return docs
	}
	text := strings.Join(s.lines[from:to], "\n")
	if len(text) > maxDocument {
		s.problem(s.at(from+1, 1), fmt.Sprintf("the scenario is larger than %d bytes and is not read", maxDocument),
			"a scenario of at most 64 KiB", "")
		return docs
	}
	for i, line := range s.lines[from:to] {
		if len(line)-len(strings.TrimLeft(line, " ")) > maxIndent {
			s.problem(s.at(from+i+1, maxIndent+1), fmt.Sprintf("the line starts with more than %d blanks", maxIndent), "less indentation", "")
			return docs
		}
	}
	return append(docs, document{text, from + 1})
}

// says reports whether any line holds more than blanks and comments.
func says(lines []string) bool {
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return true
		}
	}
	return false
}
