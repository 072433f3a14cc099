package checkup

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/directory/conformance"
)

// Verdict is how the directory stands to a case.
type Verdict string

// The verdicts.
const (
	AsExpected Verdict = "ok"
	Differs    Verdict = "differs"
	NotAsked   Verdict = "not asked"
)

// Answer is the directory's answer to one conformance case.
type Answer struct {
	Case     string
	Rules    []string
	Verdict  Verdict
	Answered string // "" if it was not asked
	Expected string
	// Consequence is what a difference comes to, or why the case was not asked.
	Consequence string
}

// caseTimeout bounds one case, in real time.
const caseTimeout = time.Minute

// play asks those of the cases that need no more than the unit.
func (e *examination) play(ctx context.Context, cases []conformance.Case, told func(Answer)) []Answer {
	subject := conformance.Subject{Config: e.config.As(e.config.SetUp), Under: e.home, Suffix: e.label.Domain(e.suffix())}
	var answers []Answer
	for _, c := range cases {
		if ctx.Err() != nil {
			break
		}
		a := e.ask(ctx, c, subject)
		answers = append(answers, a)
		told(a)
	}
	return answers
}

// suffix is what user principal names end in, below the label's own.
func (e *examination) suffix() string {
	if d := e.config.Domain(); d != "" {
		return d
	}
	return "example.com"
}

func (e *examination) ask(ctx context.Context, c conformance.Case, s conformance.Subject) Answer {
	a := Answer{Case: c.Name, Rules: c.Rules, Expected: words(c.Want), Verdict: NotAsked}
	if missing := c.Missing(s); missing != "" {
		a.Consequence, _, _ = strings.Cut(missing, " (Subject.")
		return a
	}
	ctx, cancel := context.WithTimeoutCause(ctx, caseTimeout, fmt.Errorf("the case took longer than %s", caseTimeout))
	defer cancel()
	got, err := c.Play(ctx, s)
	var outside *directory.OutsideError
	if errors.As(err, &outside) {
		a.Consequence = "it would write to what is not below the unit"
		return a
	}
	if err != nil {
		a.Consequence = err.Error()
		return a
	}
	a.Answered, a.Verdict = words(got), AsExpected
	if !e.matches(got, c.Want) {
		a.Verdict, a.Consequence = Differs, consequence(c.Rules)
	}
	return a
}

// words puts an outcome in a few words, without a result where there is none.
func words(o conformance.Outcome) string {
	return strings.TrimSpace(strings.Replace(o.String(), " []", "", 1))
}

// matches holds an answer against what is expected. The numbers are Active
// Directory's; OpenLDAP has its own.
func (e *examination) matches(got, want conformance.Outcome) bool {
	if e.config.Dialect == directory.OpenLDAP {
		return got.Accepted == want.Accepted && got.Reason == want.Reason
	}
	return got.Matches(want)
}

// consequence says what a difference comes to, by the first of the rules that
// says something.
func consequence(rules []string) string {
	for _, r := range rules {
		for _, c := range consequences {
			if strings.Contains(" "+c.rules+" ", " "+r+" ") {
				return c.text
			}
		}
	}
	return "no rule of writeback rests on it; a scenario that does may fail here"
}

// consequences are what a difference comes to, by the rules that it is about.
var consequences = []struct{ rules, text string }{
	{"R-WB-97 R-WB-107 R-PWD-04 R-PWD-17", "other passwords are refused than on the lab's own directories; people hear of it after Finish (33008)"},
	{"R-WB-98 R-PWD-14", "age and history are judged otherwise on a reset, beside what the agent checks (33008)"},
	{"R-WB-34 R-WB-99", "with policy hints the directory checks the history of passwords itself, and not the agent"},
	{"R-WB-33 R-WB-100", "a change in the cloud is accepted or refused otherwise (33008)"},
	{"R-WB-101", "wrong old passwords lock accounts otherwise (33007, then 33006)"},
	{"R-WB-27 R-WB-89", "inheritance works otherwise: look at the access lists of people for whom alone resets fail (33004)"},
	{"R-WB-26 R-WB-103", "a password that was reset expires otherwise: at once, or not"},
	{"R-WB-25 R-WB-39 R-WB-102", "rights are held otherwise than they are delegated: look at the table of rights, and at the groups of the accounts"},
	{"R-WB-104 R-WB-94", "disabled accounts are answered otherwise (33005)"},
	{"R-WB-36 R-WB-105 R-WB-23", "an unlock, or a forced change, does something else than writeback relies on"},
	{"R-WB-110", "the old password goes on working for a while after a reset, so a test that it is refused fails"},
	{"R-WB-110a", "\"user cannot change password\" is answered otherwise"},
	{"R-WB-110b R-WB-106", "a sign-in that is refused tells another reason: people read another message"},
	{"R-WB-32 R-WB-96", "passwords travel otherwise than writeback sends them"},
	{"R-WB-67 R-WB-68 R-WB-05 R-AAC-26", "moved, renamed or deleted people are found otherwise (33002, 33003)"},
}
