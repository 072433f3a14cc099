package script

import (
	"fmt"

	"github.com/ssprlab/ssprlab/lab/slip"
)

// Position is where something stands in a scenario file: lines and columns
// count from 1, columns in characters. The zero value is nowhere.
type Position struct {
	File         string
	Line, Column int
}

// String is "file:line", or the file alone when the line is unknown.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Problem is one thing wrong with a scenario file. It is an error, but files
// are read to the end, so there may be many.
type Problem = slip.Problem

// nearest returns the known word that was most likely meant, or "".
func nearest(word string, known []string) string { return slip.Nearest(word, known) }

// list joins words for a sentence: "a, b or c". Long lists are cut.
func list(words []string) string { return slip.List(words) }
