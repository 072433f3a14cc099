package report

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// Line prints one scenario as a live line for a terminal,
//
//	PASS  embedded  browser  1.2s  A pilot user resets a password
//
// and below a failed one the failing step with its place, what was expected,
// what was found, and the command that runs it again; below one that was not
// run (SKIP) what it needs. Colours appear only if w
// is a terminal and NO_COLOR is not set. Line takes out no secret: give it
// what [Redactor.Scenario] returns.
func Line(w io.Writer, s *Scenario) error {
	paint := painter(w)
	word := paint("32", "PASS")
	switch {
	case s.Skipped != "":
		word = paint("33", "SKIP")
	case !s.Passed:
		word = paint("1;31", "FAIL")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %-8s  %-7s  %6s  %s\n", word, oneLine(s.Directory), oneLine(s.Driver), short(s.Duration), oneLine(s.Name))
	if s.Skipped != "" {
		fmt.Fprintf(&b, "      %s %s\n", paint("2", fmt.Sprintf("%-9s", "needs:")), oneLine(s.Skipped))
	}
	if s.failed() {
		for _, detail := range failureLines(s) {
			fmt.Fprintf(&b, "      %s %s\n", paint("2", fmt.Sprintf("%-9s", detail[0])), detail[1])
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("print line of scenario %s: %w", s.Name, err)
	}
	return nil
}

// failureLines returns labels and texts that say what failed and where.
func failureLines(s *Scenario) [][2]string {
	var lines [][2]string
	add := func(label, text string) {
		if text = oneLine(text); text != "" {
			lines = append(lines, [2]string{label, text})
		}
	}
	add("lab:", s.Error)
	for _, step := range s.Steps {
		if !step.failed() {
			continue
		}
		name := step.Name
		if step.Actor != "" {
			name = step.Actor + ": " + name
		}
		add("step:", name)
		add("at:", place(s.File, step.Line))
		add("error:", step.Error)
		add("expected:", step.Expected)
		add("found:", step.Found)
	}
	add("again:", Again(nil, s))
	return lines
}

// place writes file:line, or what of it is known.
func place(file string, line int) string {
	if file == "" || line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// oneLine keeps a text on its line and its control characters out of the
// terminal.
func oneLine(s string) string {
	clean := strings.Map(func(c rune) rune {
		if c < ' ' || c >= 0x7f && c < 0xa0 {
			return ' '
		}
		return c
	}, s)
	return strings.Join(strings.Fields(clean), " ")
}

// short writes a duration as people say it: 340ms, 1.2s, 2m03s.
func short(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Truncate(100*time.Millisecond).Seconds())
	}
	d = d.Truncate(time.Second)
	return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
}

// painter returns a function that colours text if w is a terminal.
func painter(w io.Writer) func(code, text string) string {
	if !terminal(w) || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return func(_, text string) string { return text }
	}
	return func(code, text string) string { return "\x1b[" + code + "m" + text + "\x1b[0m" }
}

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
