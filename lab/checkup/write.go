package checkup

import (
	"fmt"
	"io"
	"strings"

	"github.com/ssprlab/ssprlab/lab/directory"
)

// width is that of a page, in characters. Only a word that is longer alone,
// such as a DN in a command, is let out over it.
const width = 100

// WriteTo writes the report as plain text, no wider than 100 columns.
func (r *Report) WriteTo(w io.Writer) (int64, error) {
	p := new(page)
	p.title("Directory")
	for _, f := range r.facts {
		p.hanging(fmt.Sprintf("  %-18s ", f.Label), f.Text)
	}
	p.line("")
	r.writeRights(p)
	for _, f := range r.Findings {
		if f.Lacks {
			r.writeLack(p, f.Right)
		}
	}
	r.writeAnswers(p)
	p.title("Result")
	p.hanging("  ", r.summary())
	n, err := io.WriteString(w, p.String())
	if err != nil {
		return int64(n), fmt.Errorf("write what was found of the directory: %w", err)
	}
	return int64(n), nil
}

func (r *Report) writeRights(p *page) {
	p.title("Rights of the connector account, on users below the unit")
	p.line("  %-18s %-16s %-40s %s", "RIGHT", "ACCESS LIST", "TRIED", "VERDICT")
	for _, f := range r.Findings {
		verdict := "ok"
		if f.Lacks {
			verdict = "LACKING"
		}
		p.line("  %-18s %-16s %-40s %s", f.Right, f.Listed, f.Tried, verdict)
	}
	p.line("")
}

// writeLack says what a lack means, and how it is mended.
func (r *Report) writeLack(p *page, right directory.Right) {
	m := meaningOf(right)
	p.title("Lacking: " + right.String())
	p.hanging("  for people:   ", m.people)
	p.hanging("  agent's log:  ", m.agent)
	p.hanging("  rules:        ", m.rules)
	p.line("  to grant it:")
	for _, c := range r.grants[right] {
		p.line("")
		p.hanging("    ", c.Where+":")
		for _, line := range c.lines(width - 6) {
			p.line("      %s", line)
		}
	}
	p.line("")
	if !right.OnRoot() {
		p.hanging("  ", "That is for the unit of this check. For people elsewhere name the unit, or the domain, that they are in. Inheritance must be on for them, and protected accounts (adminCount = 1) do not get it (R-WB-27, R-WB-87).")
		p.line("")
	}
}

// writeAnswers lists the cases: those that differ at length, the others by name.
func (r *Report) writeAnswers(p *page) {
	if len(r.Answers) == 0 {
		return
	}
	p.title("What the directory does")
	p.line("  %-58s %s", "CASE", "ANSWER")
	for _, a := range r.Answers {
		switch a.Verdict {
		case AsExpected:
			p.line("  %-58s %s", a.Case, a.Answered)
		case Differs:
			p.line("! %-58s %s", a.Case, a.Answered)
			p.hanging("      expected:     ", a.Expected+" ("+strings.Join(a.Rules, ", ")+")")
			p.hanging("      consequence:  ", a.Consequence)
		}
	}
	p.line("")
	r.writeUnasked(p)
}

// writeUnasked lists the cases that were not asked, by the reason.
func (r *Report) writeUnasked(p *page) {
	var reasons []string
	cases := map[string][]string{}
	for _, a := range r.Answers {
		if a.Verdict != NotAsked {
			continue
		}
		if cases[a.Consequence] == nil {
			reasons = append(reasons, a.Consequence)
		}
		cases[a.Consequence] = append(cases[a.Consequence], a.Case)
	}
	for _, reason := range reasons {
		p.hanging("  ", "Not asked, because "+reason+":")
		p.hanging("    ", strings.Join(cases[reason], "; ")+".")
		p.line("")
	}
}

// summary says in a sentence or two what came out.
func (r *Report) summary() string {
	count := map[Verdict]int{}
	for _, a := range r.Answers {
		count[a.Verdict]++
	}
	var b strings.Builder
	if lacks := r.Lacks(); len(lacks) == 0 {
		b.WriteString("The connector account lacks no right.")
	} else {
		b.WriteString("The connector account lacks ")
		for i, l := range lacks {
			switch {
			case i > 0 && i == len(lacks)-1:
				b.WriteString(" and ")
			case i > 0:
				b.WriteString(", ")
			}
			b.WriteString(l.String())
		}
		b.WriteString(".")
	}
	if len(r.Answers) == 0 {
		return b.String()
	}
	fmt.Fprintf(&b, " %d cases are answered as expected, %d otherwise; %d were not asked.", count[AsExpected], count[Differs], count[NotAsked])
	return b.String()
}

// page is text of the width.
type page struct{ strings.Builder }

func (p *page) title(text string) {
	p.line("%s", strings.ToUpper(text[:1])+text[1:])
	p.line("%s", strings.Repeat("-", len([]rune(text))))
}

func (p *page) line(format string, arguments ...any) {
	p.WriteString(strings.TrimRight(fmt.Sprintf(format, arguments...), " ") + "\n")
}

// hanging writes a text behind a label, broken between words, its further lines
// below the first.
func (p *page) hanging(label, text string) {
	line, indent := label, strings.Repeat(" ", len([]rune(label)))
	empty := true
	for _, word := range strings.Fields(text) {
		if !empty && len([]rune(line))+1+len([]rune(word)) > width {
			p.line("%s", line)
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	p.line("%s", line)
}
