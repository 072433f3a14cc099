package conformance

import (
	"context"
	"slices"

	"github.com/ssprlab/ssprlab/lab/directory"
)

func rightCases() []Case {
	none := refused(directory.NoRight, anySub, insufficientRights)
	return []Case{
		{"reset with every right", rules("R-WB-25", "R-WB-102"), accepted(), theDomain, rightsAll},
		{"reset without any right", rules("R-WB-102", "R-WB-39"), none, 0, rightsNone},
		{"reset without Reset Password", rules("R-WB-25", "R-WB-102"), none, 0, lacking(directory.ResetPassword, reset)},
		{"unlock without Write lockoutTime", rules("R-WB-25", "R-WB-102"), none, 0, lacking(directory.WriteLockoutTime, unlockOne)},
		{"reset and unlock without Write lockoutTime", rules("R-WB-25", "R-WB-102"), none, 0, lacking(directory.WriteLockoutTime, resetUnlock)},
		{"force a change without Write pwdLastSet", rules("R-WB-25", "R-WB-102"), none, 0, lacking(directory.WritePwdLastSet, force)},
		{"reset without Unexpire Password", rules("R-WB-26", "R-WB-103"), accepted(), theDomain, lackingUnexpire},
		{"a refused reset leaves the password", rules("R-WB-102"), accepted(), 0, rightsRefusedLeaves},
		{"delegation does not reach another unit", rules("R-WB-25"), none, 0, rightsElsewhere},
		{"delegation reaches the units below", rules("R-WB-25"), accepted(), 0, rightsBelow},
		{"delegation needs inheritance", rules("R-WB-27"), none, 0, rightsNoInheritance},
		{"inheritance can be switched on again", rules("R-WB-27", "R-WB-89"), accepted(), 0, rightsInheritAgain},
		{"reset after the delegation was revoked", rules("R-WB-25", "R-TRB-11"), none, 0, rightsRevoked},
		{"the connector cannot write other attributes", rules("R-WB-24"), none, 0, rightsOtherAttribute},
		{"reset of a protected account", rules("R-WB-87", "R-WB-109"), accepted(), theDomain, rightsProtected},
		{"nobody sets a password without the right, not even the own", rules("R-WB-102"), none, 0, rightsOwn},
		{"the connector cannot make accounts", rules("R-WB-24"), none, 0, rightsCreate},
		{"the connector cannot delete", rules("R-WB-24"), none, 0, rightsDelete},
		{"the connector cannot rename", rules("R-WB-24"), none, 0, rightsRename},
		{"the connector cannot move", rules("R-WB-24"), none, 0, rightsMove},
	}
}

// writeback are the rights that the wizard's instructions give.
func writeback() []directory.Right {
	return []directory.Right{directory.ResetPassword, directory.WriteLockoutTime, directory.WritePwdLastSet, directory.UnexpirePassword}
}

type act func(ctx context.Context, d *directory.Directory, dn string) error

func reset(ctx context.Context, d *directory.Directory, dn string) error {
	return d.Reset(ctx, dn, second, directory.Reset{})
}

func resetUnlock(ctx context.Context, d *directory.Directory, dn string) error {
	return d.Reset(ctx, dn, second, directory.Reset{Unlock: true})
}

func unlockOne(ctx context.Context, d *directory.Directory, dn string) error {
	return d.Unlock(ctx, dn)
}

func force(ctx context.Context, d *directory.Directory, dn string) error {
	return d.SetMustChange(ctx, dn, true)
}

// onUsers are those of them that are kept on the users; the other is
// everybody's until somebody revokes it.
func onUsers() []directory.Right { return writeback()[:3] }

// lacks expects that of the rights on users exactly these are missing.
func (b *bench) lacks(ctx context.Context, connector, target directory.Account, want ...directory.Right) {
	got, err := b.admin.Rights(ctx, connector.DN, target.DN, onUsers()...)
	b.step("judge the rights", err)
	b.check(slices.Equal(got, want), "the rights %v to be missing, got %v", want, got)
}

// lacking tries an act with every right but one.
func lacking(missing directory.Right, try act) func(context.Context, *bench) error {
	return func(ctx context.Context, b *bench) error {
		a := b.person(ctx)
		d, connector := b.connector(ctx, slices.DeleteFunc(writeback(), func(r directory.Right) bool { return r == missing })...)
		b.lacks(ctx, connector, a, missing)
		return try(ctx, d, a.DN)
	}
}

// lackingUnexpire revokes it from everybody who has bound, if they have it, and
// then asks. The password is not expired (R-WB-103); whoever wants R-WB-28 writes 0 for that.
func lackingUnexpire(ctx context.Context, b *bench) error {
	const everybody = "S-1-5-11"
	a := b.person(ctx)
	d, connector := b.connector(ctx, onUsers()...)
	before, err := b.admin.Rights(ctx, connector.DN, a.DN, directory.UnexpirePassword)
	b.step("judge the rights", err)
	if len(before) == 0 {
		b.step("revoke", b.admin.Revoke(ctx, everybody, b.admin.Base(), directory.UnexpirePassword))
		b.finally(func(ctx context.Context) error {
			return b.admin.Delegate(ctx, everybody, b.admin.Base(), directory.UnexpirePassword)
		})
	}
	got, err := b.admin.Rights(ctx, connector.DN, a.DN)
	b.step("judge the rights", err)
	b.check(slices.Equal(got, []directory.Right{directory.UnexpirePassword}), "it alone to be missing, got %v", got)
	b.step("reset", reset(ctx, d, a.DN))
	return b.signIn(ctx, a, second)
}

func rightsAll(ctx context.Context, b *bench) error {
	a := b.locked(ctx, threeWrong)
	d, connector := b.connector(ctx, writeback()...)
	b.lacks(ctx, connector, a)
	b.step("reset, unlock and force", d.Reset(ctx, a.DN, second, directory.Reset{Unlock: true, MustChange: true}))
	b.refuses(b.signIn(ctx, a, second), directory.MustChange)
	b.step("take the force back", d.SetMustChange(ctx, a.DN, false))
	b.delegate(ctx, connector.DN, b.ou, writeback()...)
	return b.signIn(ctx, a, second)
}

func rightsNone(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	d, connector := b.connector(ctx)
	b.lacks(ctx, connector, a, onUsers()...)
	return reset(ctx, d, a.DN)
}

func rightsRefusedLeaves(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	d, _ := b.connector(ctx, directory.ResetPassword)
	b.refuses(resetUnlock(ctx, d, a.DN), directory.NoRight)
	return b.signIn(ctx, a, start)
}

// below makes another unit with a person in it.
func (b *bench) below(ctx context.Context, parent, name string) (ou string, a directory.Account) {
	ou, err := b.admin.CreateOU(ctx, parent, name)
	b.step("make "+name, err)
	return ou, b.person(ctx, func(n *directory.NewAccount) { n.Parent = ou })
}

func rightsElsewhere(ctx context.Context, b *bench) error {
	granted, _ := b.below(ctx, b.ou, "granted")
	_, a := b.below(ctx, b.ou, "other")
	connector := b.person(ctx)
	b.delegate(ctx, connector.DN, granted, writeback()...)
	return reset(ctx, b.as(ctx, connector, start), a.DN)
}

func rightsBelow(ctx context.Context, b *bench) error {
	middle, _ := b.below(ctx, b.ou, "middle")
	_, a := b.below(ctx, middle, "deep")
	d, _ := b.connector(ctx, writeback()...)
	_, late := b.below(ctx, middle, "late")
	b.step("reset of who came later", reset(ctx, d, late.DN))
	return reset(ctx, d, a.DN)
}

func rightsNoInheritance(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	d, connector := b.connector(ctx, writeback()...)
	b.step("switch inheritance off", b.admin.SetInheritance(ctx, a.DN, false))
	b.lacks(ctx, connector, a, onUsers()...)
	return reset(ctx, d, a.DN)
}

func rightsInheritAgain(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	d, _ := b.connector(ctx, writeback()...)
	b.step("switch inheritance off", b.admin.SetInheritance(ctx, a.DN, false))
	b.step("switch inheritance on", b.admin.SetInheritance(ctx, a.DN, true))
	return reset(ctx, d, a.DN)
}

func rightsOtherAttribute(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	d, _ := b.connector(ctx, writeback()...)
	return d.Modify(ctx, a.DN, directory.Set("mail", "other@mail.example.com"))
}

func rightsCreate(ctx context.Context, b *bench) error {
	d, _ := b.connector(ctx, writeback()...)
	_, err := d.CreateOU(ctx, b.ou, "mine")
	return err
}

// rightsProtected is about the directory alone: where nothing stamps the
// descriptors of protected accounts, the delegation reaches them.
func rightsProtected(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("join", b.admin.AddMember(ctx, b.domainAdmins(), a.DN))
	d, _ := b.connector(ctx, writeback()...)
	return reset(ctx, d, a.DN)
}

func rightsOwn(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	return reset(ctx, b.as(ctx, a, start), a.DN)
}

func rightsRevoked(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	d, connector := b.connector(ctx, onUsers()...)
	b.step("reset before", reset(ctx, d, a.DN))
	b.step("revoke", b.admin.Revoke(ctx, connector.DN, b.ou, directory.ResetPassword))
	b.lacks(ctx, connector, a, directory.ResetPassword)
	b.step("unlock still", unlockOne(ctx, d, a.DN))
	return d.Reset(ctx, a.DN, third, directory.Reset{})
}

func rightsDelete(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	d, _ := b.connector(ctx, writeback()...)
	return d.Delete(ctx, a.DN)
}

func rightsRename(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	d, _ := b.connector(ctx, writeback()...)
	_, err := d.Rename(ctx, a.DN, "another")
	return err
}

func rightsMove(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	ou, _ := b.below(ctx, b.ou, "elsewhere")
	d, _ := b.connector(ctx, writeback()...)
	_, err := d.Move(ctx, a.DN, ou)
	return err
}
