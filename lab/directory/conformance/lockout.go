package conformance

import (
	"context"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
)

func lockoutCases() []Case {
	locked := refused(directory.Locked, "775", invalidCredentials)
	return []Case{
		{"lock at the threshold", rules("R-WB-101", "R-WB-110b"), locked, theDomain, lockAtThreshold},
		{"a locked account tells so to anybody", rules("R-WB-110b"), locked, theDomain, lockToldToAnybody},
		{"no lock without a threshold", rules("R-WB-110b"), accepted(), theDomain, lockNever},
		{"lock lasts for its duration", rules("R-WB-110b"), locked, theClock | theDomain, lockLasts},
		{"lock ends by itself", rules("R-WB-110b"), accepted(), theClock | theDomain, lockEnds},
		{"lock without end", rules("R-WB-110b"), locked, theClock | theDomain, lockForEver},
		{"wrong ones outside of the window do not add up", rules("R-WB-110b"), accepted(), theClock | theDomain, lockWindow},
		{"wrong ones are not counted where nothing locks", rules("R-WB-101"), accepted(), theDomain, lockUncounted},
		{"wrong binds and wrong old passwords add up", rules("R-WB-101"), locked, theDomain, lockMixed},
		{"the count starts anew after a lock", rules("R-WB-101"), accepted(), theClock | theDomain, lockAnew},
		{"change when the lock has ended", rules("R-WB-101"), accepted(), theClock | theDomain, lockEndsForChange},
		{"a jump of 180 days", rules("R-WB-101", "R-PWD-15", "R-PWD-16"), accepted(), theClock | theDomain, halfAYear},
		{"unlock", rules("R-WB-36", "R-WB-105", "R-WB-23"), accepted(), theDomain, unlock},
		{"set does not unlock", rules("R-WB-105"), locked, theDomain, lockOutlivesSet},
		{"set and unlock in one", rules("R-WB-105", "R-WB-95"), accepted(), theDomain, setAndUnlock},
		{"unlock of who is not locked", rules("R-WB-36"), accepted(), 0, unlockIdle},
	}
}

const halfHour = 30 * time.Minute

// threeWrong locks for half an hour after three wrong ones within half an hour.
func threeWrong(p *directory.Policy) {
	p.LockoutThreshold = 3
}

// locked makes a person and locks it, in a domain that does so.
func (b *bench) locked(ctx context.Context, change func(*directory.Policy)) directory.Account {
	b.policy(ctx, change)
	a := b.person(ctx)
	b.wrong(ctx, a, 3)
	now := b.read(ctx, a.DN)
	b.check(now.Locked && !now.LockedAt.IsZero() && now.BadPasswords == 3, "an account locked after 3 bad passwords, is %v since %s after %d",
		now.Locked, now.LockedAt, now.BadPasswords)
	return now
}

func lockAtThreshold(ctx context.Context, b *bench) error {
	return b.signIn(ctx, b.locked(ctx, threeWrong), start)
}

func lockToldToAnybody(ctx context.Context, b *bench) error {
	return b.signIn(ctx, b.locked(ctx, threeWrong), "Wrong-Pass-99")
}

func lockNever(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.wrong(ctx, a, 12)
	return b.signIn(ctx, a, start)
}

func lockLasts(ctx context.Context, b *bench) error {
	a := b.locked(ctx, threeWrong)
	b.advance(halfHour - 2*time.Minute)
	return b.signIn(ctx, a, start)
}

func lockEnds(ctx context.Context, b *bench) error {
	a := b.locked(ctx, threeWrong)
	b.advance(halfHour + time.Minute)
	b.check(!b.read(ctx, a.DN).Locked, "the lock to be over")
	return b.signIn(ctx, a, start)
}

func lockForEver(ctx context.Context, b *bench) error {
	a := b.locked(ctx, func(p *directory.Policy) { threeWrong(p); p.LockoutDuration = 0 })
	b.advance(10 * 24 * time.Hour)
	return b.signIn(ctx, a, start)
}

func lockUncounted(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.wrong(ctx, a, 2)
	b.check(b.read(ctx, a.DN).BadPasswords == 0, "no bad passwords counted")
	return nil
}

func lockMixed(ctx context.Context, b *bench) error {
	b.policy(ctx, threeWrong)
	a := b.person(ctx)
	b.wrong(ctx, a, 2)
	b.refuses(b.admin.Change(ctx, a.DN, "Wrong-Pass-98", second), directory.WrongOldPassword)
	return b.signIn(ctx, a, start)
}

func lockAnew(ctx context.Context, b *bench) error {
	a := b.locked(ctx, threeWrong)
	b.advance(halfHour + time.Minute)
	b.wrong(ctx, a, 2)
	b.check(!b.read(ctx, a.DN).Locked, "no second lock after two wrong ones")
	return b.signIn(ctx, a, start)
}

func lockEndsForChange(ctx context.Context, b *bench) error {
	a := b.locked(ctx, threeWrong)
	b.refuses(b.admin.Change(ctx, a.DN, start, second), directory.Locked)
	b.advance(halfHour + time.Minute)
	b.step("change", b.admin.Change(ctx, a.DN, start, second))
	return b.signIn(ctx, a, second)
}

// halfAYear has a locked account with a young password wait: the lock has
// ended, the password has expired, and may be changed.
func halfAYear(ctx context.Context, b *bench) error {
	a := b.locked(ctx, func(p *directory.Policy) { threeWrong(p); p.MinAge, p.MaxAge = 24*time.Hour, 2*month })
	b.advance(180 * 24 * time.Hour)
	b.check(!b.read(ctx, a.DN).Locked, "the lock to be over")
	b.refuses(b.signIn(ctx, a, start), directory.PasswordExpired)
	b.step("change", b.admin.Change(ctx, a.DN, start, second))
	b.refuses(b.admin.Change(ctx, a.DN, second, third), directory.TooYoung)
	return b.signIn(ctx, a, second)
}

func lockWindow(ctx context.Context, b *bench) error {
	b.policy(ctx, threeWrong)
	a := b.person(ctx)
	b.wrong(ctx, a, 2)
	b.advance(halfHour + time.Minute)
	b.wrong(ctx, a, 2)
	b.check(!b.read(ctx, a.DN).Locked, "no lock after two wrong ones in the window")
	return b.signIn(ctx, a, start)
}

func unlock(ctx context.Context, b *bench) error {
	a := b.locked(ctx, threeWrong)
	b.step("unlock", b.admin.Unlock(ctx, a.DN))
	now := b.read(ctx, a.DN)
	b.check(!now.Locked && now.LockedAt.IsZero() && now.BadPasswords == 0, "lock and count to be cleared")
	b.check(now.PasswordSet.Equal(a.PasswordSet), "the password to be left alone")
	return b.signIn(ctx, a, start)
}

func lockOutlivesSet(ctx context.Context, b *bench) error {
	a := b.locked(ctx, threeWrong)
	b.step("set", b.admin.Reset(ctx, a.DN, second, directory.Reset{}))
	return b.signIn(ctx, a, second)
}

func setAndUnlock(ctx context.Context, b *bench) error {
	a := b.locked(ctx, threeWrong)
	b.step("set", b.admin.Reset(ctx, a.DN, second, directory.Reset{Unlock: true}))
	b.check(b.read(ctx, a.DN).BadPasswords == 0, "the count to be cleared")
	return b.signIn(ctx, a, second)
}

func unlockIdle(ctx context.Context, b *bench) error {
	return b.admin.Unlock(ctx, b.person(ctx).DN)
}
