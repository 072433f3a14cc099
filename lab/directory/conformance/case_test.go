package conformance

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
)

func TestEveryCaseHasItsOwnNameAndARule(t *testing.T) {
	id := regexp.MustCompile(`^R-[A-Z]+-\d\d+[a-z]?$`)
	seen := map[string]bool{}
	for _, c := range Cases() {
		if seen[c.Name] {
			t.Errorf("two cases are called %q", c.Name)
		}
		seen[c.Name] = true
		if len(c.Rules) == 0 || slices.ContainsFunc(c.Rules, func(r string) bool { return !id.MatchString(r) }) {
			t.Errorf("case %q has the rules %v", c.Name, c.Rules)
		}
		if c.run == nil {
			t.Errorf("case %q does nothing", c.Name)
		}
	}
}

// The rules on the directory's own part of writeback. Left out are those that
// only the agent keeps (R-WB-28, R-WB-37) and the old-password grace, which is
// switched off (R-WB-110, its first half).
func TestTheDirectorysRulesAreProved(t *testing.T) {
	proved := map[string]bool{}
	for _, c := range Cases() {
		for _, r := range c.Rules {
			proved[r] = true
		}
	}
	for _, r := range []string{"R-WB-23", "R-WB-24", "R-WB-25", "R-WB-26", "R-WB-27", "R-WB-32", "R-WB-33", "R-WB-34", "R-WB-36",
		"R-WB-38", "R-WB-39", "R-WB-67", "R-WB-68", "R-WB-87", "R-WB-94", "R-WB-95", "R-WB-96", "R-WB-97", "R-WB-98",
		"R-WB-99", "R-WB-100", "R-WB-101", "R-WB-102", "R-WB-103", "R-WB-104", "R-WB-105", "R-WB-106", "R-WB-107",
		"R-WB-108", "R-WB-109", "R-WB-110", "R-WB-110a", "R-WB-110b"} {
		if !proved[r] {
			t.Errorf("no case proves %s", r)
		}
	}
}

func TestOutcomesMatch(t *testing.T) {
	short := Outcome{Reason: directory.TooShort, Codes: []uint16{constraint}, SubCode: policyCode}
	for _, c := range []struct {
		got, want Outcome
		match     bool
	}{
		{accepted(), accepted(), true},
		{accepted(), refused(directory.Other, ""), false},
		{refused(directory.Other, ""), accepted(), false},
		{accepted(), Outcome{Lenient: true}, true},
		{refused(directory.Locked, ""), Outcome{Lenient: true}, false},
		{short, refused(directory.TooShort, policyCode, constraint, unwilling), true},
		{short, refused(directory.TooShort, policyCode, unwilling), false},
		{short, refused(directory.TooShort, policyCode), true},
		{short, refused(directory.TooSimple, policyCode, constraint), false},
		{short, refused(directory.TooShort, "", constraint), false},
		{short, refused(directory.TooShort, anySub, constraint), true},
		{refused(directory.TooShort, policyCode), refused(directory.TooShort, policyCode, constraint), false},
	} {
		if c.got.Matches(c.want) != c.match {
			t.Errorf("%s for %s: match is not %v", c.got, c.want, c.match)
		}
	}
}

func TestAnOutcomeIsAnAnswer(t *testing.T) {
	r := &directory.Refusal{Reason: directory.Locked, Code: 49, SubCode: "775"}
	if o, err := outcomeOf(r); err != nil || o.String() != "account locked [49] 775" {
		t.Errorf("%s, %v", o, err)
	}
	if o, err := outcomeOf(nil); err != nil || o.String() != "accepted" {
		t.Errorf("%s, %v", o, err)
	}
	for _, none := range []error{errors.New("x"), &directory.Refusal{Reason: directory.Unreachable}} {
		if o, err := outcomeOf(none); err == nil {
			t.Errorf("%v passes for the answer %s", none, o)
		}
	}
}

func TestTheFirstFaultSticks(t *testing.T) {
	var b bench
	b.step("nothing", nil)
	b.check(true, "nothing")
	first := errors.New("first")
	b.step("one", first)
	b.step("two", errors.New("second"))
	b.check(false, "three")
	if err := b.close(context.Background()); !errors.Is(err, first) || err.Error() != "one: first" {
		t.Errorf("%v", err)
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	full := Subject{PlainURL: "ldap://127.0.0.1", Domain: "X", Advance: func(time.Duration) error { return nil }}
	said := map[string]bool{}
	for _, c := range Cases() {
		if m := c.Missing(full); m != "" {
			t.Errorf("%q lacks %s", c.Name, m)
		}
		said[c.Missing(Subject{})] = true
	}
	if len(said) != 4 {
		t.Errorf("said %v, want nothing or one of three", said)
	}
}

// Below one unit the cases that need the domain are left out, and enough
// remain to judge a connector account.
func TestOneUnitIsEnoughForMost(t *testing.T) {
	kept := 0
	for _, c := range Cases() {
		if c.Missing(Subject{Under: "OU=lab", PlainURL: "x", Domain: "X", Advance: func(time.Duration) error { return nil }}) == "" {
			kept++
		}
	}
	if kept < 60 {
		t.Errorf("%d of %d cases can run below one unit, want 60", kept, len(Cases()))
	}
}

func TestNoDirectoryIsNoAnswer(t *testing.T) {
	c := Cases()[0]
	if o, err := c.Play(t.Context(), Subject{Config: directory.Config{URL: "ldaps://127.0.0.1:1"}}); err == nil {
		t.Errorf("answered %s", o)
	}
}
