package conformance

import (
	"context"

	"github.com/ssprlab/ssprlab/lab/directory"
)

func deltaCases() []Case {
	return []Case{
		{"changes from the beginning are everything", rules("R-AAC-22"), accepted(), theDomain, deltaAll},
		{"no changes when nothing has changed", rules("R-AAC-22"), accepted(), theDomain, deltaNone},
		{"a new account is a change", rules("R-AAC-22"), accepted(), theDomain, deltaNew},
		{"a written attribute is a change", rules("R-AAC-22"), accepted(), theDomain, deltaModified},
		{"a set password is a change", rules("R-AAC-22", "R-WB-11"), accepted(), theDomain, deltaPassword},
		{"a lock is a change, and a wrong password is none", rules("R-AAC-22"), accepted(), theDomain, deltaLocked},
		{"a new member is a change of the group", rules("R-AAC-22"), accepted(), theDomain, deltaMember},
		{"a rename is a change", rules("R-AAC-22"), accepted(), theDomain, deltaRenamed},
		{"a move is a change", rules("R-AAC-22"), accepted(), theDomain, deltaMoved},
		{"what is deleted is missing from the anchors", rules("R-AAC-21", "R-WB-67"), accepted(), 0, deltaDeleted},
	}
}

// since returns the directory's present update sequence number.
func (b *bench) since(ctx context.Context) int64 {
	_, next, err := b.admin.Changes(ctx, 0)
	b.step("read all changes", err)
	return next
}

// changed expects exactly these accounts and groups, by anchor, to have
// changed after since.
func (b *bench) changed(ctx context.Context, since int64, want ...string) directory.Delta {
	delta, next, err := b.admin.Changes(ctx, since)
	b.step("read the changes", err)
	b.check(next >= since, "a number of at least %d, got %d", since, next)
	got := map[string]bool{}
	for _, a := range delta.Accounts {
		got[a.Anchor] = true
	}
	for _, g := range delta.Groups {
		got[g.Anchor] = true
	}
	b.check(len(got) == len(want), "%d changes, got %d: %+v", len(want), len(got), delta)
	for _, anchor := range want {
		b.check(got[anchor], "a change of %s", anchor)
	}
	again, _, err := b.admin.Changes(ctx, next)
	b.step("read the changes after them", err)
	b.check(len(again.Accounts)+len(again.Groups) == 0, "nothing after them, got %+v", again)
	return delta
}

func deltaAll(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	delta, _, err := b.admin.Changes(ctx, 0)
	found := false
	for _, c := range delta.Accounts {
		found = found || c.Anchor == a.Anchor
	}
	b.check(found && len(delta.Groups) > 0, "the new account among %d, and some of %d groups", len(delta.Accounts), len(delta.Groups))
	return err
}

func deltaNone(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.signsIn(ctx, a, start) // the first time may be noted for all controllers
	since := b.since(ctx)
	b.signsIn(ctx, a, start)
	b.changed(ctx, since)
	return nil
}

func deltaNew(ctx context.Context, b *bench) error {
	b.person(ctx)
	since := b.since(ctx)
	a := b.person(ctx)
	delta := b.changed(ctx, since, a.Anchor)
	b.check(len(delta.Accounts) == 1 && delta.Accounts[0].UPN == a.UPN, "%s, got %+v", a.UPN, delta.Accounts)
	return nil
}

func deltaModified(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	since := b.since(ctx)
	b.step("write the mail", b.admin.Modify(ctx, a.DN, directory.Set("mail", "new@mail.example.com")))
	delta := b.changed(ctx, since, a.Anchor)
	b.check(len(delta.Accounts) == 1 && delta.Accounts[0].Mail == "new@mail.example.com", "the new mail, got %+v", delta.Accounts)
	return nil
}

func deltaPassword(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	since := b.since(ctx)
	b.step("set", b.admin.Reset(ctx, a.DN, second, directory.Reset{}))
	b.changed(ctx, since, a.Anchor)
	return nil
}

func deltaLocked(ctx context.Context, b *bench) error {
	b.policy(ctx, threeWrong)
	a := b.person(ctx)
	b.signsIn(ctx, a, start)
	since := b.since(ctx)
	b.wrong(ctx, a, 2)
	b.changed(ctx, since)
	b.wrong(ctx, a, 1)
	b.changed(ctx, since, a.Anchor)
	since = b.since(ctx)
	b.step("unlock", b.admin.Unlock(ctx, a.DN))
	b.changed(ctx, since, a.Anchor)
	return nil
}

func deltaMember(ctx context.Context, b *bench) error {
	a, other := b.person(ctx), b.person(ctx)
	g := b.group(ctx, b.ou, "people", other.DN)
	since := b.since(ctx)
	b.step("join", b.admin.AddMember(ctx, g.DN, a.DN))
	b.changed(ctx, since, g.Anchor)
	since = b.since(ctx)
	b.step("leave", b.admin.RemoveMember(ctx, g.DN, other.DN))
	delta := b.changed(ctx, since, g.Anchor)
	b.check(len(delta.Groups) == 1 && len(delta.Groups[0].Members) == 1 && delta.Groups[0].Members[0] == a.DN, "%s to be left, got %+v", a.DN, delta.Groups)
	return nil
}

func deltaRenamed(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	since := b.since(ctx)
	dn, err := b.admin.Rename(ctx, a.DN, "Anna Berg")
	b.step("rename", err)
	delta := b.changed(ctx, since, a.Anchor)
	b.check(len(delta.Accounts) == 1 && delta.Accounts[0].DN == dn, "%s, got %+v", dn, delta.Accounts)
	return nil
}

func deltaMoved(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	ou, err := b.admin.CreateOU(ctx, b.ou, "elsewhere")
	b.step("make a unit", err)
	since := b.since(ctx)
	dn, err := b.admin.Move(ctx, a.DN, ou)
	b.step("move", err)
	delta := b.changed(ctx, since, a.Anchor)
	b.check(len(delta.Accounts) == 1 && delta.Accounts[0].DN == dn, "%s, got %+v", dn, delta.Accounts)
	return nil
}

func deltaDeleted(ctx context.Context, b *bench) error {
	a, other := b.person(ctx), b.person(ctx)
	b.step("delete", b.admin.Delete(ctx, a.DN))
	anchors, err := b.admin.Anchors(ctx, b.ou)
	b.check(len(anchors) == 1 && anchors[other.Anchor] == other.DN, "%s alone, got %v", other.DN, anchors)
	return err
}
