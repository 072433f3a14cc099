package report

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
)

// A builder makes what the page shows of one scenario.
type builder struct {
	run      *Run
	pictures *album
	scenario *Scenario
	id       string // of the scenario in the page
}

func (b builder) view() scenarioView {
	s := b.scenario
	v := scenarioView{
		ID: b.id, Name: s.Name, About: s.About, State: passedMark(), Open: s.failed(), Needs: s.Skipped,
		StandsIn: s.StandsIn, Duration: short(s.Duration), Rules: ruleNames(s.Rules),
		Unhandled: s.Unhandled, Log: s.Log,
		Facts: filled([]fact{
			{"File", place(s.File, s.Line)},
			{"Directory", s.Directory}, {"Domain controller", s.Controller}, {"Driver", s.Driver}, {"Era", s.Era},
			{"Seed", strconv.FormatUint(seedOf(b.run, s), 10)},
			{"Run again", Again(b.run, s)},
		}),
	}
	for _, tag := range []string{s.Directory, s.Driver} {
		if tag != "" {
			v.Tags = append(v.Tags, tag)
		}
	}
	if s.Era != "" {
		v.Tags = append(v.Tags, "era "+s.Era)
	}
	for i, step := range s.Steps {
		v.Steps = append(v.Steps, b.step(i, step))
	}
	switch {
	case s.Skipped != "":
		v.State = skippedMark()
	case !s.Passed:
		v.State = failedMark()
		v.Failure = b.failure(v.Steps)
	}
	return v
}

// failure sums up what failed first.
func (b builder) failure(steps []stepView) *failureView {
	s := b.scenario
	f := &failureView{Title: "Outside the steps", Place: place(s.File, s.Line), Error: s.Error, Again: strings.Split(Again(b.run, s), " ")}
	for i, step := range s.Steps {
		if !step.failed() {
			continue
		}
		v := steps[i]
		f.Title = fmt.Sprintf("Step %d: %s", v.Number, v.Name)
		f.Place, f.Link = v.Place, "#"+v.ID
		f.Expected, f.Found, f.Compared = v.Expected, v.Found, v.Compared
		f.Error = join(s.Error, v.Error)
		if n := len(v.Shots); n > 0 {
			f.Shots = v.Shots[n-1:]
		}
		break
	}
	if f.Error == "" && !f.Compared {
		f.Error = "The scenario failed without saying why."
	}
	return f
}

func join(lines ...string) string {
	var all []string
	for _, line := range lines {
		if line != "" {
			all = append(all, line)
		}
	}
	return strings.Join(all, "\n")
}

func (b builder) step(i int, s *Step) stepView {
	v := stepView{
		ID: fmt.Sprintf("%s-%d", b.id, i+1), Number: i + 1, Name: s.Name, Actor: s.Actor,
		Duration: short(s.Duration), LabTime: moment(s.LabTime), Place: place(b.scenario.File, s.Line),
		Error: s.Error, Expected: s.Expected, Found: s.Found, Compared: s.Expected != "" || s.Found != "",
		Rules: ruleNames(s.Rules), Texts: s.Texts, Agent: s.Agent,
		Share: share(int(s.Duration.Microseconds()), int(max(b.longest(), 1))),
	}
	switch {
	case s.Passed:
		v.State = passedMark()
	case s.Skipped:
		v.State, v.Duration, v.Error = skippedMark(), "", ""
	default:
		v.State = failedMark()
	}
	for _, page := range s.Pages {
		v.Shots = append(v.Shots, b.shot(page))
	}
	for _, m := range s.Mails {
		v.Mails = append(v.Mails, newMailView(m))
	}
	for _, changes := range []changesView{{"Changed in the directory", s.Directory}, {"Changed in the tenant", s.Tenant}} {
		if len(changes.List) > 0 {
			v.Changes = append(v.Changes, changes)
		}
	}
	for _, a := range s.Audit {
		v.Audit = append(v.Audit, auditView{a, moment(a.At)})
	}
	return v
}

// longest is the duration of the scenario's slowest step, in microseconds; the
// bars of its steps are drawn against it.
func (b builder) longest() int64 {
	longest := int64(0)
	for _, s := range b.scenario.Steps {
		longest = max(longest, s.Duration.Microseconds())
	}
	return longest
}

func newMailView(m Mail) mailView {
	v := mailView{Mail: m, When: moment(m.At)}
	if m.HTML != "" {
		v.Frame = frame("Mail to "+m.To+": "+m.Subject, m.HTML)
	}
	return v
}

// A shot is a page as the report shows it: a picture, a frame, or neither.
type shot struct {
	Class               string // of the picture in the style sheet
	Size                template.CSS
	Alt, Caption, Title string
	URL, Note           string
	Frame               template.HTML
}

func (b builder) shot(p Page) shot {
	s := shot{Caption: or(or(p.Heading, p.Title), p.URL), Title: p.Title, URL: p.URL, Note: p.Note}
	if s.Title == s.Caption {
		s.Title = ""
	}
	s.Alt = "Picture of the page " + or(s.Caption, "without a title")
	if picture := b.pictures.find(p.PNG); picture != nil {
		s.Class = picture.class
		s.Size = template.CSS(fmt.Sprintf("--w:%d;--h:%d", picture.width, picture.height))
	} else if p.HTML != "" {
		s.Frame = frame("Page "+s.Caption, p.HTML)
	}
	return s
}
