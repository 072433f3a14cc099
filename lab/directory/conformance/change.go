package conformance

import (
	"context"
	"fmt"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
)

func changeCases() []Case {
	refusedBy := func(r directory.Reason) Outcome { return refused(r, policyCode, constraint, unwilling) }
	return []Case{
		{"change by the connector account", rules("R-WB-33", "R-WB-100"), accepted(), theDomain, changeByConnector},
		{"change by its owner", rules("R-WB-33", "R-CHG-09"), accepted(), theDomain, changeByOwner},
		{"change with a wrong old one", rules("R-WB-38", "R-WB-100"),
			refused(directory.WrongOldPassword, "00000056", constraint), theDomain, changeWrongOld},
		{"change with wrong old ones until it locks", rules("R-WB-101"),
			refused(directory.Locked, "00000775", constraint), theDomain, changeUntilLocked},
		{"change to one that is too short", rules("R-WB-100"), refusedBy(directory.TooShort), theDomain, changeTo("Ab1-")},
		{"change to one that is too simple", rules("R-WB-100"), refusedBy(directory.TooSimple), theDomain, changeTo("alllowercase")},
		{"change to the same one", rules("R-WB-100"), refusedBy(directory.InHistory), theDomain, changeTo(start)},
		{"change to one of the history", rules("R-WB-100", "R-PWD-16"), refusedBy(directory.InHistory), theDomain, changeToEarlier},
		{"change to one that the history forgot", rules("R-WB-100", "R-PWD-16"), accepted(), theDomain, changeToForgotten},
		{"change within the minimum age", rules("R-WB-100", "R-PWD-15"), refusedBy(directory.TooYoung), theDomain, changeYoung},
		{"change after the minimum age", rules("R-WB-100", "R-PWD-15"), accepted(), theClock | theDomain, changeOldEnough},
		{"change within the minimum age when it must", rules("R-WB-106"), accepted(), theDomain, changeForced},
		{"change of an expired password", rules("R-WB-33", "R-CHG-12"), accepted(), theClock | theDomain, changeExpired},
		{"change of nobody's password", rules("R-WB-39"), refused(directory.NoSuchObject, anySub, noSuchObject), 0, changeNobody},
		{"change of a disabled account", rules("R-WB-104"), accepted(), theDomain, changeDisabled},
		{"change where the user cannot", rules("R-WB-110a"), refused(directory.CannotChange, "", constraint), theDomain, changeCannot},
		{"set where the user cannot change", rules("R-WB-110a"), accepted(), 0, setCannot},
	}
}

func changeByConnector(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	connector, _ := b.connector(ctx)
	b.step("change", connector.Change(ctx, a.DN, start, second))
	b.refuses(b.signIn(ctx, a, start), directory.WrongPassword)
	return b.signIn(ctx, a, second)
}

func changeByOwner(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("change", b.as(ctx, a, start).Change(ctx, a.DN, start, second))
	return b.signIn(ctx, a, second)
}

func changeWrongOld(ctx context.Context, b *bench) error {
	b.policy(ctx, threeWrong)
	a := b.person(ctx)
	err := b.admin.Change(ctx, a.DN, "Wrong-Pass-99", second)
	b.check(b.read(ctx, a.DN).BadPasswords == 1, "a wrong old password to count")
	return err
}

func changeUntilLocked(ctx context.Context, b *bench) error {
	b.policy(ctx, threeWrong)
	a := b.person(ctx)
	for i := range 3 {
		b.refuses(b.admin.Change(ctx, a.DN, fmt.Sprintf("Wrong-Pass-%02d", i), second), directory.WrongOldPassword)
	}
	b.check(b.read(ctx, a.DN).Locked, "the account to be locked")
	return b.admin.Change(ctx, a.DN, start, second)
}

func changeTo(password string) func(context.Context, *bench) error {
	return func(ctx context.Context, b *bench) error {
		a := b.person(ctx)
		err := b.admin.Change(ctx, a.DN, start, password)
		b.signsIn(ctx, a, start)
		return err
	}
}

func changeToEarlier(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("change", b.admin.Change(ctx, a.DN, start, second))
	return b.admin.Change(ctx, a.DN, second, start)
}

func changeToForgotten(ctx context.Context, b *bench) error {
	b.policy(ctx, func(p *directory.Policy) { p.History = 2 })
	a := b.person(ctx)
	b.step("change", b.admin.Change(ctx, a.DN, start, second))
	b.refuses(b.admin.Change(ctx, a.DN, second, start), directory.InHistory)
	b.step("change again", b.admin.Change(ctx, a.DN, second, third))
	return b.admin.Change(ctx, a.DN, third, start)
}

func changeYoung(ctx context.Context, b *bench) error {
	b.policy(ctx, aDay)
	return b.admin.Change(ctx, b.person(ctx).DN, start, second)
}

func changeOldEnough(ctx context.Context, b *bench) error {
	b.policy(ctx, aDay)
	a := b.person(ctx)
	b.advance(25 * time.Hour)
	return b.admin.Change(ctx, a.DN, start, second)
}

func changeForced(ctx context.Context, b *bench) error {
	b.policy(ctx, aDay)
	a := b.person(ctx, mustChange)
	b.step("change", b.admin.Change(ctx, a.DN, start, second))
	b.check(!b.read(ctx, a.DN).MustChange, "the mark to be gone")
	return b.signIn(ctx, a, second)
}

func changeExpired(ctx context.Context, b *bench) error {
	b.policy(ctx, func(p *directory.Policy) { p.MaxAge = month })
	a := b.person(ctx)
	b.advance(month + time.Hour)
	b.refuses(b.signIn(ctx, a, start), directory.PasswordExpired)
	b.step("change", b.admin.Change(ctx, a.DN, start, second))
	return b.signIn(ctx, a, second)
}

func changeNobody(ctx context.Context, b *bench) error {
	return b.admin.Change(ctx, "CN=nobody,"+b.ou, start, second)
}

func changeDisabled(ctx context.Context, b *bench) error {
	return b.admin.Change(ctx, b.person(ctx, disabled).DN, start, second)
}

func cannotChange(n *directory.NewAccount) { n.CannotChange = true }

func changeCannot(ctx context.Context, b *bench) error {
	a := b.person(ctx, cannotChange)
	b.check(a.CannotChange, "the account to say so")
	connector, _ := b.connector(ctx)
	return connector.Change(ctx, a.DN, start, second)
}

func setCannot(ctx context.Context, b *bench) error {
	a := b.person(ctx, cannotChange)
	connector, _ := b.connector(ctx, directory.ResetPassword)
	b.step("set", connector.Reset(ctx, a.DN, second, directory.Reset{}))
	return b.signIn(ctx, a, second)
}
