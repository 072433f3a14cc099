package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Write puts index.html, results.json and junit.xml into a folder, which it
// makes if need be. All three are written beside their place first and moved
// there when every one is whole, so that a reader never sees half a file and a
// failed call leaves an earlier report as it was. One caller may write to a
// folder at a time. Every string passes through r, which may be nil.
func Write(dir string, run *Run, r *Redactor) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make report folder: %w", err)
	}
	clean := r.Run(run)
	files := []output{
		{"results.json", func(w io.Writer) error { return writeResults(w, clean) }},
		{"junit.xml", func(w io.Writer) error { return writeJUnit(w, clean) }},
		{"index.html", func(w io.Writer) error { return writeIndex(w, clean) }},
	}
	for _, f := range files {
		if err := f.prepare(dir); err != nil {
			discard(dir, files)
			return fmt.Errorf("write report %s: %w", filepath.Join(dir, f.name), err)
		}
	}
	for _, f := range files {
		if err := os.Rename(f.partial(dir), filepath.Join(dir, f.name)); err != nil {
			discard(dir, files)
			return fmt.Errorf("put report in its place: %w", err)
		}
	}
	return nil
}

// An output is one file of a report.
type output struct {
	name  string
	write func(io.Writer) error
}

// partial is where a file is written first. The name is always the same, so
// that what a killed run left there is overwritten by the next.
func (o output) partial(dir string) string { return filepath.Join(dir, "."+o.name+".partial") }

func (o output) prepare(dir string) (err error) {
	f, err := os.Create(o.partial(dir))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	if err := o.write(w); err != nil {
		return err
	}
	return w.Flush()
}

// discard removes what was not put in its place. It is called when the report
// has failed already; what cannot be removed either is overwritten next time.
func discard(dir string, files []output) {
	for _, f := range files {
		_ = os.Remove(f.partial(dir))
	}
}
