package conformance

import (
	"context"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
)

// policyCode leads every refusal by policy.
const policyCode = "0000052D"

func setCases() []Case {
	refusedBy := func(r directory.Reason) Outcome { return refused(r, policyCode, constraint, unwilling) }
	return []Case{
		{"set a password", rules("R-WB-32"), accepted(), 0, set},
		{"set one that is too short", rules("R-WB-97"), refusedBy(directory.TooShort), 0, setTo("Ab1-")},
		{"set an empty one", rules("R-WB-97"), refusedBy(directory.TooShort), 0, setTo("")},
		{"set one that is too simple", rules("R-WB-97"), refusedBy(directory.TooSimple), 0, setTo("alllowercase")},
		{"set one of three classes", rules("R-WB-97", "R-PWD-17"), accepted(), 0, setTo("Abcdefg1")},
		{"set one that holds the name", rules("R-WB-107"), accepted(), 0, setTo("xPerson1-Testing9")},
		{"set one beyond ASCII", rules("R-WB-107", "R-PWD-04"), accepted(), 0, setTo("ÅÄÖåäö123-😀")},
		{"set one of 127 characters", rules("R-WB-32"), accepted(), 0, setTo("Aa1-" + strings.Repeat("x", 123))},
		{"set the same one twice", rules("R-WB-98", "R-PWD-14"), accepted(), 0, setTwice},
		{"set an earlier one", rules("R-WB-98", "R-PWD-14"), accepted(), 0, setEarlier},
		{"set within the minimum age", rules("R-WB-98"), accepted(), 0, setYoung},
		{"set ends the old one", rules("R-WB-110"),
			refused(directory.WrongPassword, "52e", invalidCredentials), 0, setEndsOld},
		{"set of a disabled account", rules("R-WB-104"), accepted(), 0, setDisabled},
		{"set and force a change", rules("R-WB-36", "R-CHG-22"),
			refused(directory.MustChange, "773", invalidCredentials), 0, setMustChange},
		{"set of nobody", rules("R-WB-39"), refused(directory.NoSuchObject, "00002030", noSuchObject), 0, setNobody},
		{"set with policy hints where there are none", rules("R-WB-34", "R-WB-99"),
			refused(directory.PolicyHintsMissing, ""), 0, setHints},
	}
}

func set(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("set", b.admin.Reset(ctx, a.DN, "Second-Pass-02", directory.Reset{}))
	now := b.read(ctx, a.DN)
	b.check(!now.PasswordSet.Before(a.PasswordSet) && now.USN > a.USN, "pwdLastSet and uSNChanged to follow a set")
	return b.signIn(ctx, a, "Second-Pass-02")
}

// setTo sets one password for a person called person1.
func setTo(password string) func(context.Context, *bench) error {
	return func(ctx context.Context, b *bench) error {
		a := b.person(ctx)
		err := b.admin.Reset(ctx, a.DN, password, directory.Reset{})
		if err == nil {
			b.signsIn(ctx, a, password)
		} else {
			b.signsIn(ctx, a, start)
		}
		return err
	}
}

func setTwice(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("set", b.admin.Reset(ctx, a.DN, "Second-Pass-02", directory.Reset{}))
	return b.admin.Reset(ctx, a.DN, "Second-Pass-02", directory.Reset{})
}

func setEarlier(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("set", b.admin.Reset(ctx, a.DN, "Second-Pass-02", directory.Reset{}))
	return b.admin.Reset(ctx, a.DN, start, directory.Reset{})
}

func aDay(p *directory.Policy) { p.MinAge = 24 * time.Hour }

func setYoung(ctx context.Context, b *bench) error {
	b.policy(ctx, aDay)
	return b.admin.Reset(ctx, b.person(ctx).DN, "Second-Pass-02", directory.Reset{})
}

// setEndsOld also sees that the old password is no attempt at guessing.
func setEndsOld(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("set", b.admin.Reset(ctx, a.DN, "Second-Pass-02", directory.Reset{}))
	for range 4 {
		b.refuses(b.signIn(ctx, a, start), directory.WrongPassword)
	}
	b.check(b.read(ctx, a.DN).BadPasswords == 0, "the old password not to count as a bad one")
	return b.signIn(ctx, a, start)
}

func setDisabled(ctx context.Context, b *bench) error {
	a := b.person(ctx, disabled)
	err := b.admin.Reset(ctx, a.DN, "Second-Pass-02", directory.Reset{Unlock: true})
	b.check(!b.read(ctx, a.DN).Enabled, "the account to stay disabled")
	b.refuses(b.signIn(ctx, a, "Second-Pass-02"), directory.Disabled)
	return err
}

func setMustChange(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("set", b.admin.Reset(ctx, a.DN, "Second-Pass-02", directory.Reset{MustChange: true}))
	b.check(b.read(ctx, a.DN).MustChange, "the account to be marked")
	return b.signIn(ctx, a, "Second-Pass-02")
}

func setNobody(ctx context.Context, b *bench) error {
	return b.admin.Reset(ctx, "CN=nobody,"+b.ou, "Second-Pass-02", directory.Reset{})
}

func setHints(ctx context.Context, b *bench) error {
	return b.admin.Reset(ctx, b.person(ctx).DN, "Second-Pass-02", directory.Reset{PolicyHints: true})
}
