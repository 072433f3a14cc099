package conformance

import (
	"context"
	"strings"

	"github.com/ssprlab/ssprlab/lab/directory"
)

func objectCases() []Case {
	taken := refused(directory.AlreadyExists, anySub, alreadyExists)
	return []Case{
		{"make an account whose name is taken", rules("R-WB-24"), taken, 0, makeTwice},
		{"make an account whose account name is taken", rules("R-WB-24"), taken, 0, makeSameSAM},
		{"make an account whose user principal name is taken", rules("R-WB-24"), refused(directory.AlreadyExists, anySub, constraint), 0, makeSameUPN},
		{"make an account with a long account name", rules("R-WB-24"), accepted(), 0, makeLongSAM},
		{"make an account with a bad password", rules("R-WB-97"),
			refused(directory.TooShort, policyCode, constraint, unwilling), 0, makeBadPassword},
		{"make an account in no container", rules("R-WB-67"), refused(directory.NoSuchObject, anySub, noSuchObject), 0, makeNowhere},
		{"add a member twice", rules("R-WB-24"), taken, 0, memberTwice},
		{"rename keeps what the account is", rules("R-WB-05", "R-AAC-26"), accepted(), 0, rename},
		{"the old name is gone", rules("R-WB-67"), refused(directory.NoSuchObject, "00002030", noSuchObject), 0, renamedAway},
		{"rename to a name that is taken", rules("R-WB-05"), taken, 0, renameTaken},
		{"move to where the name is taken", rules("R-WB-05"), taken, 0, moveTaken},
		{"move to no container", rules("R-WB-67"), refused(directory.NoSuchObject, anySub, noSuchObject, internalError), 0, moveNowhere},
		{"move keeps what the account is", rules("R-WB-05", "R-AAC-26"), accepted(), 0, move},
		{"a unit that is renamed takes its people along", rules("R-WB-05", "R-AAC-26"), accepted(), 0, renameUnit},
		{"delete what has something below it", rules("R-WB-67"), refused(directory.Other, anySub, notAllowedOnNonLeaf), 0, deleteFull},
		{"delete a tree", rules("R-WB-67"), refused(directory.NoSuchObject, anySub, noSuchObject), 0, deleteTree},
		{"delete what a group has as a member", rules("R-WB-67"), accepted(), 0, deleteMember},
	}
}

func makeTwice(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	_, err := b.admin.CreateAccount(ctx, directory.NewAccount{Parent: b.ou, Name: a.SAM, SAM: b.name(), Password: start})
	return err
}

func makeSameSAM(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	_, err := b.admin.CreateAccount(ctx, directory.NewAccount{Parent: b.ou, Name: b.name(), SAM: a.SAM, Password: start})
	return err
}

func makeSameUPN(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	name := b.name()
	_, err := b.admin.CreateAccount(ctx, directory.NewAccount{Parent: b.ou, Name: name, SAM: name, UPN: a.UPN, Password: start})
	return err
}

// makeLongSAM makes one of 20 characters, the longest of a person.
func makeLongSAM(ctx context.Context, b *bench) error {
	name := b.name()
	sam := name + strings.Repeat("x", 20-len(name))
	_, err := b.admin.CreateAccount(ctx, directory.NewAccount{Parent: b.ou, Name: name, SAM: sam, Password: start})
	b.step("sign in by it", b.admin.Authenticate(ctx, "CN="+name+","+b.ou, start))
	return err
}

// makeBadPassword also sees that nothing is left of it.
func makeBadPassword(ctx context.Context, b *bench) error {
	name := b.name()
	_, err := b.admin.CreateAccount(ctx, directory.NewAccount{Parent: b.ou, Name: name, SAM: name, Password: "Ab1-"})
	_, readErr := b.admin.Account(ctx, name)
	b.refuses(readErr, directory.NoSuchObject)
	return err
}

func makeNowhere(ctx context.Context, b *bench) error {
	_, err := b.admin.CreateAccount(ctx, directory.NewAccount{Parent: "OU=nowhere," + b.ou, Name: "x", SAM: b.name(), Password: start})
	return err
}

func memberTwice(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	g := b.group(ctx, b.ou, "people", a.DN)
	return b.admin.AddMember(ctx, g.DN, a.DN)
}

// same expects that dn is a under another name: anchor, SID, password and
// groups are what they were, and the groups know the new name.
func (b *bench) same(ctx context.Context, dn string, a directory.Account, group string) {
	now := b.read(ctx, dn)
	b.check(now.Anchor == a.Anchor && now.SID == a.SID && now.SAM == a.SAM, "%s to be %s still, got %+v", dn, a.DN, now)
	g, err := b.admin.Group(ctx, group)
	b.step("read the group", err)
	b.check(len(g.Members) == 1 && g.Members[0] == now.DN, "%s in the group, got %v", dn, g.Members)
	byAnchor, err := b.admin.Account(ctx, a.Anchor)
	b.step("find it by anchor", err)
	b.check(byAnchor.DN == now.DN, "the anchor to lead to %s, got %s", now.DN, byAnchor.DN)
	b.signsIn(ctx, a, start)
	b.step("sign in by the new DN", b.admin.Authenticate(ctx, dn, start))
}

// grouped makes a person in a group.
func (b *bench) grouped(ctx context.Context, changes ...func(*directory.NewAccount)) (directory.Account, string) {
	a := b.person(ctx, changes...)
	g := b.group(ctx, b.ou, "people", a.DN)
	return a, g.DN
}

func rename(ctx context.Context, b *bench) error {
	a, group := b.grouped(ctx)
	dn, err := b.admin.Rename(ctx, a.DN, "Lindqvist, Anna")
	b.same(ctx, dn, a, group)
	return err
}

func renamedAway(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	_, err := b.admin.Rename(ctx, a.DN, "Anna Berg")
	b.step("rename", err)
	return b.admin.Reset(ctx, a.DN, second, directory.Reset{})
}

func renameTaken(ctx context.Context, b *bench) error {
	a, other := b.person(ctx), b.person(ctx)
	_, err := b.admin.Rename(ctx, a.DN, other.SAM)
	return err
}

func moveTaken(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	ou, err := b.admin.CreateOU(ctx, b.ou, "elsewhere")
	b.step("make a unit", err)
	b.person(ctx, func(n *directory.NewAccount) { n.Parent, n.Name = ou, a.SAM })
	_, err = b.admin.Move(ctx, a.DN, ou)
	return err
}

func moveNowhere(ctx context.Context, b *bench) error {
	_, err := b.admin.Move(ctx, b.person(ctx).DN, "OU=nowhere,"+b.ou)
	return err
}

func move(ctx context.Context, b *bench) error {
	a, group := b.grouped(ctx)
	ou, err := b.admin.CreateOU(ctx, b.ou, "elsewhere")
	b.step("make a unit", err)
	dn, err := b.admin.Move(ctx, a.DN, ou)
	b.same(ctx, dn, a, group)
	return err
}

func renameUnit(ctx context.Context, b *bench) error {
	ou, err := b.admin.CreateOU(ctx, b.ou, "before")
	b.step("make a unit", err)
	a, group := b.grouped(ctx, func(n *directory.NewAccount) { n.Parent = ou })
	renamed, err := b.admin.Rename(ctx, ou, "after")
	b.same(ctx, "CN="+a.SAM+","+renamed, a, group)
	return err
}

func deleteFull(ctx context.Context, b *bench) error {
	b.person(ctx)
	return b.admin.Delete(ctx, b.ou)
}

func deleteTree(ctx context.Context, b *bench) error {
	ou, _ := b.below(ctx, b.ou, "upper")
	_, a := b.below(ctx, ou, "lower")
	b.step("delete the tree", b.admin.DeleteTree(ctx, ou))
	b.refuses(b.signIn(ctx, a, start), directory.WrongPassword)
	_, err := b.admin.AccountByDN(ctx, a.DN)
	return err
}

func deleteMember(ctx context.Context, b *bench) error {
	a, group := b.grouped(ctx)
	b.step("delete", b.admin.Delete(ctx, a.DN))
	g, err := b.admin.Group(ctx, group)
	b.check(len(g.Members) == 0, "the group to be empty, got %v", g.Members)
	return err
}
