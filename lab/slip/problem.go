// Package slip is what a person is told of a file that is not in order: where
// the slip is, the line itself, what may stand there, and the nearest known
// word. Whatever reads files of people's says it in this form.
package slip

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Problem is one thing wrong with a file. It is an error, but files
// are read to the end, so there may be many.
type Problem struct {
	File         string
	Line, Column int    // from 1, Column in characters; both 0 when the file itself could not be read
	SourceLine   string // the line as it stands in the file
	Message      string // what is wrong
	Expected     string // what may stand there; may be empty
	Nearest      string // the nearest known word, when one is near
}

// Error is "file:line:column: message".
func (p Problem) Error() string {
	if p.Line == 0 {
		return p.File + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Render is the problem for a person: Error, the line with a caret below the
// place, what was expected and the nearest known word, each on its own line
// and without a newline at the end.
func (p Problem) Render() string {
	var b strings.Builder
	b.WriteString(p.Error())
	if p.SourceLine != "" {
		line, column := clip(p.SourceLine, p.Column)
		margin := fmt.Sprintf("%6d | ", p.Line)
		fmt.Fprintf(&b, "\n%s%s\n%s| %s^", margin, line, strings.Repeat(" ", len(margin)-2), padding(line, column))
	}
	if p.Expected != "" {
		b.WriteString("\n       expected: " + p.Expected)
	}
	if p.Nearest != "" {
		b.WriteString("\n       nearest:  " + p.Nearest)
	}
	return b.String()
}

// clipWidth is how much of a long line Render shows, in characters.
const clipWidth = 110

// clip cuts a long line down to the part around the column, and returns the
// column within what is left.
func clip(line string, column int) (string, int) {
	if utf8.RuneCountInString(line) <= clipWidth {
		return line, column
	}
	runes := []rune(line)
	from := max(0, min(column-1-clipWidth/2, len(runes)-clipWidth))
	to := min(len(runes), from+clipWidth)
	cut, column := string(runes[from:to]), column-from
	if from > 0 {
		cut, column = "…"+cut, column+1
	}
	if to < len(runes) {
		cut += "…"
	}
	return cut, column
}

// padding is as wide as the line before the column; tabs stay tabs, so that
// the caret stands below its character whatever the tab width.
func padding(line string, column int) string {
	var b strings.Builder
	for i, c := range []rune(line) {
		if i >= column-1 {
			break
		}
		if c != '\t' {
			c = ' '
		}
		b.WriteRune(c)
	}
	return b.String()
}
