// Command table turns what the benchmarks of package bench print into the table
// of docs/benchmarks.md: each figure beside its target, and whether it reached
// it. It reads standard input, passes it on, and replaces what stands between
// the two marks of the file; the text around them is written by people.
//
//	go test ./e2e/bench -run '^$' -bench . -count 3 | go run ./e2e/bench/table -write docs/benchmarks.md
//
// Exit status: 0 also when a target is missed, since a busy machine misses some;
// 1 when the benchmarks failed or a file could not be written.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	path := flag.String("write", "", "file whose table is replaced; without it the table is printed")
	flag.Parse()
	if err := run(os.Stdin, os.Stdout, *path); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer, path string) error {
	read, err := readOutput(in, out)
	if err != nil {
		return fmt.Errorf("read the benchmarks: %w", err)
	}
	if read.failed || len(read.figures) == 0 {
		return errors.New("the benchmarks failed: nothing is written")
	}
	text := section(read)
	if path == "" {
		_, err := io.WriteString(out, "\n"+text)
		return err
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("replace the table: %w", err)
	}
	fresh, err := replace(string(old), text)
	if err != nil {
		return fmt.Errorf("replace the table of %s: %w", path, err)
	}
	if err := os.WriteFile(path, []byte(fresh), 0o644); err != nil {
		return fmt.Errorf("replace the table: %w", err)
	}
	_, err = fmt.Fprintf(out, "\n%s\nWritten to %s.\n", text, path)
	return err
}

// section is what stands between the marks.
func section(read output) string {
	var rows []row
	for _, t := range targets() {
		rows = append(rows, judge(t, read.figures))
	}
	var b strings.Builder
	b.WriteString(table(rows))
	b.WriteString("\nMedians of the runs. ")
	for _, line := range machine(read.cpu) {
		b.WriteString(line + ".\n")
	}
	for _, why := range read.skipped {
		b.WriteString("\nSkipped: " + why + ".\n")
	}
	return b.String()
}

// The marks of the file.
const (
	begin = "<!-- figures: written by make bench -->\n"
	end   = "<!-- end of figures -->"
)

func replace(file, text string) (string, error) {
	before, rest, ok := strings.Cut(file, begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", fmt.Errorf("expected the lines %q and %q", strings.TrimSpace(begin), end)
	}
	return before + begin + "\n" + text + "\n" + end + after, nil
}
