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
		{"set one of three classes", rules("R-WB-97", "R-PWD-17"), accepted(), theDomain, setTo("Abcdefg1")},
		{"set one that holds the name", rules("R-WB-107"), accepted(), 0, setTo("xLabperson1-Testing9")},
		{"set one beyond ASCII", rules("R-WB-107", "R-PWD-04"), accepted(), 0, setTo("ÅÄÖåäö123-😀")},
		{"set one of 127 characters", rules("R-WB-32"), accepted(), 0, setTo("Aa1-" + strings.Repeat("x", 123))},
		{"set the same one twice", rules("R-WB-98", "R-PWD-14"), accepted(), theDomain, setTwice},
		{"set an earlier one", rules("R-WB-98", "R-PWD-14"), accepted(), theDomain, setEarlier},
		{"set within the minimum age", rules("R-WB-98"), accepted(), theDomain, setYoung},
		{"set ends the old one", rules("R-WB-110"),
			refused(directory.WrongPassword, "52e", invalidCredentials), theDomain, setEndsOld},
		{"set of a disabled account", rules("R-WB-104"), accepted(), 0, setDisabled},
		{"set and force a change", rules("R-WB-36", "R-CHG-22"),
			refused(directory.MustChange, "773", invalidCredentials), 0, setMustChange},
		{"set of nobody", rules("R-WB-39"), refused(directory.NoSuchObject, "00002030", noSuchObject), 0, setNobody},
		{"set one that is not in quotes", rules("R-WB-32"), refused(directory.Other, anySub, unwilling), 0, setUnquoted},
		{"set with policy hints where there are none", rules("R-WB-34", "R-WB-99"),
			refused(directory.PolicyHintsMissing, ""), 0, setHints},
	}
}

func set(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("set", b.admin.Reset(ctx, a.DN, second, directory.Reset{}))
	now := b.read(ctx, a.DN)
	b.check(!now.PasswordSet.Before(a.PasswordSet) && now.USN > a.USN, "pwdLastSet and uSNChanged to follow a set")
	return b.signIn(ctx, a, second)
}

// setTo sets one password for a person called labperson1.
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
	b.step("set", b.admin.Reset(ctx, a.DN, second, directory.Reset{}))
	return b.admin.Reset(ctx, a.DN, second, directory.Reset{})
}

func setEarlier(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("set", b.admin.Reset(ctx, a.DN, second, directory.Reset{}))
	return b.admin.Reset(ctx, a.DN, start, directory.Reset{})
}

func aDay(p *directory.Policy) { p.MinAge = 24 * time.Hour }

func setYoung(ctx context.Context, b *bench) error {
	b.policy(ctx, aDay)
	return b.admin.Reset(ctx, b.person(ctx).DN, second, directory.Reset{})
}

// setEndsOld also sees that the old password is no attempt at guessing.
func setEndsOld(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("set", b.admin.Reset(ctx, a.DN, second, directory.Reset{}))
	for range 4 {
		b.refuses(b.signIn(ctx, a, start), directory.WrongPassword)
	}
	b.check(b.read(ctx, a.DN).BadPasswords == 0, "the old password not to count as a bad one")
	return b.signIn(ctx, a, start)
}

func setDisabled(ctx context.Context, b *bench) error {
	a := b.person(ctx, disabled)
	err := b.admin.Reset(ctx, a.DN, second, directory.Reset{Unlock: true})
	b.check(!b.read(ctx, a.DN).Enabled, "the account to stay disabled")
	b.refuses(b.signIn(ctx, a, second), directory.Disabled)
	return err
}

func setMustChange(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("set", b.admin.Reset(ctx, a.DN, second, directory.Reset{MustChange: true}))
	b.check(b.read(ctx, a.DN).MustChange, "the account to be marked")
	return b.signIn(ctx, a, second)
}

func setNobody(ctx context.Context, b *bench) error {
	return b.admin.Reset(ctx, "CN=nobody,"+b.ou, second, directory.Reset{})
}

// setUnquoted writes a password in the form of an ordinary value.
func setUnquoted(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	err := b.admin.Modify(ctx, a.DN, directory.Set("unicodePwd", second))
	b.signsIn(ctx, a, start)
	return err
}

func setHints(ctx context.Context, b *bench) error {
	return b.admin.Reset(ctx, b.person(ctx).DN, second, directory.Reset{PolicyHints: true})
}
