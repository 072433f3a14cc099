package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
)

// Subject is a directory to be examined.
type Subject struct {
	// Config opens it as a domain administrator.
	Config directory.Config
	// PlainURL is its ldap:// address; "" leaves out the cases about plain
	// connections.
	PlainURL string
	// Domain is its NetBIOS name, for names of the form DOMAIN\name; "" leaves
	// these out.
	Domain string
	// Suffix is what follows the @ in user principal names.
	Suffix string
	// Under is the DN of the one unit that the cases may write in, for a
	// directory that people use; "" leaves them the whole domain, whose policy
	// they then replace.
	Under string
	// Advance moves the directory's clock forward; nil leaves out the cases
	// that have to wait.
	Advance func(time.Duration) error
}

// Outcome is how a directory answered, or should.
type Outcome struct {
	Accepted bool
	Reason   directory.Reason // of a refusal
	Codes    []uint16         // the LDAP result; of an expectation, any of these
	SubCode  string           // of an expectation, anySub leaves it open
	// Lenient, of an expectation, tells that some servers accept what they
	// should rather refuse.
	Lenient bool
}

// anySub is for answers whose sub-code says nothing and differs by server.
const anySub = "*"

// String puts the outcome in a few words, for a table.
func (o Outcome) String() string {
	if o.Accepted {
		return "accepted"
	}
	return fmt.Sprintf("%s %v %s", o.Reason, o.Codes, o.SubCode)
}

// Matches reports whether o is what want expects.
func (o Outcome) Matches(want Outcome) bool {
	if o.Accepted || want.Accepted {
		return o.Accepted && (want.Accepted || want.Lenient)
	}
	known := len(want.Codes) == 0 || len(o.Codes) == 1 && slices.Contains(want.Codes, o.Codes[0])
	return known && o.Reason == want.Reason && (o.SubCode == want.SubCode || want.SubCode == anySub)
}

func accepted() Outcome { return Outcome{Accepted: true} }

func refused(reason directory.Reason, sub string, codes ...uint16) Outcome {
	return Outcome{Reason: reason, SubCode: sub, Codes: codes}
}

// Results of LDAP that cases expect.
const (
	strongAuthRequired  = 8
	noSuchAttribute     = 16
	constraint          = 19
	valueExists         = 20
	invalidSyntax       = 21
	noSuchObject        = 32
	badName             = 34
	invalidCredentials  = 49
	insufficientRights  = 50
	unwilling           = 53
	namingViolation     = 64
	classViolation      = 65
	notAllowedOnNonLeaf = 66
	notAllowedOnRDN     = 67
	alreadyExists       = 68
	internalError       = 80
)

// needs says what a case cannot do without.
type needs uint8

const (
	theClock needs = 1 << iota // Subject.Advance
	aPlainPort
	aDomainName
	theDomain // no Subject.Under: the domain's policy, its groups, a quiet domain, or a thousand objects in it
	adDialect // the schema and the accounts of Active Directory
)

// Case is one thing that a directory has to do.
type Case struct {
	Name  string
	Rules []string // of the behaviour catalogue
	Want  Outcome
	needs needs
	run   func(context.Context, *bench) error
}

// Missing says what the case needs and the subject does not have; "" if it can
// run.
func (c Case) Missing(s Subject) string {
	switch {
	case c.needs&theClock != 0 && s.Advance == nil:
		return "the directory's clock cannot be moved (Subject.Advance)"
	case c.needs&aPlainPort != 0 && s.PlainURL == "":
		return "the directory has no plain port (Subject.PlainURL)"
	case c.needs&aDomainName != 0 && s.Domain == "":
		return "the directory's NetBIOS name is not known (Subject.Domain)"
	case c.needs&adDialect != 0 && s.Config.Dialect != directory.ActiveDirectory:
		return "it is about the schema of Active Directory (Subject.Config.Dialect)"
	case c.needs&theDomain != 0 && s.Under != "":
		return "only one unit may be written, and the case needs the domain (Subject.Under)"
	}
	return ""
}

// Play runs the case and returns how the directory answered. The error tells
// that the case could not be brought to its question, or that something else
// than the answer was wrong.
func (c Case) Play(ctx context.Context, s Subject) (outcome Outcome, err error) {
	b, err := newBench(ctx, s)
	if err != nil {
		return Outcome{}, fmt.Errorf("prepare %q: %w", c.Name, err)
	}
	answer := c.run(ctx, b)
	if err := b.close(ctx); err != nil {
		return Outcome{}, fmt.Errorf("case %q: %w", c.Name, err)
	}
	outcome, err = outcomeOf(answer)
	if err != nil {
		return Outcome{}, fmt.Errorf("case %q: %w", c.Name, err)
	}
	return outcome, nil
}

// outcomeOf reads the answer to a case's question.
func outcomeOf(answer error) (Outcome, error) {
	var refusal *directory.Refusal
	switch {
	case answer == nil:
		return accepted(), nil
	case !errors.As(answer, &refusal):
		return Outcome{}, answer
	case refusal.Reason == directory.Unreachable:
		return Outcome{}, answer
	}
	o := Outcome{Reason: refusal.Reason, SubCode: refusal.SubCode}
	if refusal.Code != 0 {
		o.Codes = []uint16{refusal.Code}
	}
	return o, nil
}

// Cases returns every case, in the order of the catalogue.
func Cases() []Case {
	return slices.Concat(bindCases(), setCases(), changeCases(), lockoutCases(), stateCases(), policyCases(),
		rightCases(), readCases(), deltaCases(), objectCases(), writeCases())
}
