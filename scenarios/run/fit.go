package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// A directory of the user's own is as it is: its policy, the rights of its
// connector account and its clock are not the lab's to change. A scenario that
// needs other ones is not run there, and the report says what it needs.

// needs is what a scenario needs and the directory does not have. As an error
// it ends the set-up.
type needs struct{ what string }

// Error says it.
func (n *needs) Error() string { return "the scenario needs " + n.what }

func need(format string, arguments ...any) error { return &needs{fmt.Sprintf(format, arguments...)} }

// product is the directory in the words of "except on".
func (o Options) product() lab.DirectoryKind {
	if o.Own != nil && o.Own.Dialect == directory.OpenLDAP {
		return lab.OpenLDAP
	}
	return o.Directory
}

// unfit says what a scenario needs that the directory does not have, as the
// scenario itself says, or as every directory of a user's own is; nil if that is
// nothing.
func (o Options) unfit(s *script.Scenario, era script.Era) error {
	if x := s.ExceptionOn(string(o.product())); x != nil {
		return need("another directory than %s (%s): %s", x.Directory, x.Rule, x.Because)
	}
	if o.Own == nil {
		return nil
	}
	if !s.Start.IsZero() {
		return need("to start on %s, and the directory keeps its own time", s.Start.Format(time.DateOnly))
	}
	for _, p := range s.People {
		if !p.RegisteredOn.IsZero() {
			return need("somebody who has registered on %s, and the directory keeps its own time", p.RegisteredOn.Format(time.DateOnly))
		}
	}
	for _, step := range s.Steps {
		if !step.Runs(era) {
			continue
		}
		if step.After > 0 && s.Directory != nil {
			return need("time to pass (after: %s), and the directory keeps its own", step.After)
		}
		for _, act := range step.Lab {
			if act.Verb == script.ProtectAccount {
				return need("to write to a group of the domain's (%s), outside of the unit that is the lab's", act.Verb)
			}
		}
	}
	return nil
}

// fit holds what a scenario needs of the directory against what there is, by
// one of its people.
func (w *world) fit(ctx context.Context) error {
	if w.options.Own == nil || !w.onPremises() {
		return nil
	}
	i := slices.IndexFunc(w.people(), func(a *actor) bool { return a.dn != "" })
	if i < 0 {
		return nil
	}
	dn := w.people()[i].dn
	policy, err := w.directory.Policy(ctx, dn)
	switch {
	case refusedFor(err, directory.NoRight, directory.NoSuchObject):
		// It cannot be read, so it cannot be held against the scenario either.
	case err != nil:
		return fmt.Errorf("read the password policy: %w", err)
	default:
		if err := fitsPolicy(w.scenario, policy); err != nil {
			return err
		}
	}
	return w.fitDelegation(ctx, dn)
}

func refusedFor(err error, reasons ...directory.Reason) bool {
	var refused *directory.Refusal
	return errors.As(err, &refused) && slices.Contains(reasons, refused.Reason)
}

// passwordLength is how long the passwords are that the lab draws.
const passwordLength = 15

// lastsLong is longer than any scenario runs.
const lastsLong = 5 * time.Minute

// fitsPolicy holds a scenario's policy against the directory's. What a scenario
// cannot notice may differ: a longer history, a maximum age, and all of the
// lockout if nobody is locked in it.
func fitsPolicy(s *script.Scenario, is directory.Policy) error {
	want := s.Directory.Policy
	switch {
	case want.MinimumAge != is.MinAge:
		return need("a minimum password age of %s; the directory's is %s", want.MinimumAge, is.MinAge)
	case is.MinLength < want.MinimumLength:
		return need("a minimum password length of %d; the directory's is %d", want.MinimumLength, is.MinLength)
	case is.MinLength > passwordLength:
		return need("a minimum password length of at most %d, as long as the lab's own; the directory's is %d", passwordLength, is.MinLength)
	case want.Complexity != is.Complexity:
		return need("password complexity to be %s; the directory has it %s", onOff(want.Complexity), onOff(is.Complexity))
	case is.History < leastHistory(want.History) || want.History == 0 && is.History > 0:
		return need("a password history of %d; the directory's is %d", want.History, is.History)
	case is.MaxAge > 0 && is.MaxAge < 24*time.Hour:
		return need("passwords that last a day; the directory's last %s", is.MaxAge)
	}
	return fitsLockout(s, is)
}

// leastHistory is how much of a history can be noticed: no scenario sets more
// than a few passwords, and the default of the domain need not be the
// directory's.
func leastHistory(wanted int) int { return min(wanted, 5) }

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func fitsLockout(s *script.Scenario, is directory.Policy) error {
	want := s.Directory.Policy
	if !locks(s) {
		if is.LockoutThreshold > 0 && (want.LockoutThreshold == 0 || is.LockoutThreshold < want.LockoutThreshold) {
			return need("accounts that are not locked before %s; the directory locks after %d", wrongOnes(want.LockoutThreshold), is.LockoutThreshold)
		}
		return nil
	}
	switch {
	case is.LockoutThreshold != want.LockoutThreshold:
		return need("accounts to be locked after %s; the directory's lockout threshold is %d", wrongOnes(want.LockoutThreshold), is.LockoutThreshold)
	case is.LockoutDuration > 0 && is.LockoutDuration < lastsLong, is.LockoutWindow < lastsLong:
		return need("a lockout that lasts for %s; the directory's window is %s, its duration %s", lastsLong, is.LockoutWindow, is.LockoutDuration)
	}
	return nil
}

func wrongOnes(n int) string {
	if n == 0 {
		return "any number of wrong passwords"
	}
	return fmt.Sprintf("%d wrong passwords", n)
}

// locks reports whether an account is locked in the scenario.
func locks(s *script.Scenario) bool {
	if slices.ContainsFunc(s.People, func(p *script.Person) bool { return p.Locked }) {
		return true
	}
	return slices.ContainsFunc(s.Steps, func(step *script.Step) bool {
		binds := slices.ContainsFunc(step.Do, func(a script.Act) bool {
			b, ok := a.What.(script.Bind)
			return ok && b.Result == script.BindLocked
		})
		return binds || step.Expect != nil && slices.ContainsFunc(step.Expect.Directory, func(a script.AccountExpected) bool {
			return a.Locked != nil && *a.Locked
		})
	})
}

// fitDelegation holds the rights of the connector account against those that
// the scenario gives it.
func (w *world) fitDelegation(ctx context.Context, dn string) error {
	o := w.options.Own
	all := rightsOf([]script.Right{script.RightReset, script.RightLockout, script.RightLastSet, script.RightUnexpire})
	wanted := rightsOf(w.scenario.Directory.Delegation)
	withheld := slices.DeleteFunc(slices.Clone(all), func(r directory.Right) bool { return slices.Contains(wanted, r) })
	if o.Dialect == directory.OpenLDAP {
		// Its access lines are not to be read by LDAP.
		if len(withheld) > 0 {
			return need("a connector account without %s, and whether OpenLDAP's has it cannot be told", names(withheld))
		}
		return nil
	}
	d, err := directory.Open(ctx, o.As(o.SetUp))
	if err != nil {
		return err
	}
	defer d.Close()
	connector, err := d.Account(ctx, o.Connector.User)
	if err != nil {
		return fmt.Errorf("look at the rights of the connector account: %w", err)
	}
	lacks, err := d.Rights(ctx, connector.DN, dn, all...)
	if err != nil {
		return fmt.Errorf("look at the rights of the connector account: %w", err)
	}
	slices.Sort(lacks)
	slices.Sort(withheld)
	if !slices.Equal(lacks, withheld) {
		return need("a connector account that lacks %s; the directory's lacks %s", names(withheld), names(lacks))
	}
	return nil
}

func names(rights []directory.Right) string {
	if len(rights) == 0 {
		return "no right"
	}
	var all []string
	for _, r := range rights {
		all = append(all, r.String())
	}
	return strings.Join(all, ", ")
}
