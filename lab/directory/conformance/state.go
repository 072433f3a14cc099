package conformance

import (
	"context"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
)

func stateCases() []Case {
	return []Case{
		{"force a change", rules("R-WB-36", "R-WB-106"),
			refused(directory.MustChange, "773", invalidCredentials), 0, forceChange},
		{"take a forced change back", rules("R-WB-36", "R-WB-106"), accepted(), 0, forceChangeBack},
		{"disable", rules("R-WB-104"), refused(directory.Disabled, "533", invalidCredentials), 0, disable},
		{"enable again", rules("R-WB-94"), accepted(), 0, enable},
		{"an account shows what it was made with", rules("R-WB-94", "R-WB-110a", "R-CHG-23"), accepted(), 0, shows},
		{"protected by group", rules("R-WB-87", "R-WB-109"), accepted(), theDomain, protectedByGroup},
		{"protected by a group within a group", rules("R-WB-87", "R-WB-109"), accepted(), theDomain, protectedWithin},
	}
}

func forceChange(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("force", b.admin.SetMustChange(ctx, a.DN, true))
	b.check(b.read(ctx, a.DN).MustChange, "the account to be marked")
	return b.signIn(ctx, a, start)
}

func forceChangeBack(ctx context.Context, b *bench) error {
	a := b.person(ctx, mustChange)
	b.step("take back", b.admin.SetMustChange(ctx, a.DN, false))
	now := b.read(ctx, a.DN)
	b.check(!now.MustChange && !now.PasswordSet.IsZero(), "the password to be dated")
	return b.signIn(ctx, a, start)
}

func disable(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("disable", b.admin.SetEnabled(ctx, a.DN, false))
	b.check(!b.read(ctx, a.DN).Enabled, "the account to be disabled")
	return b.signIn(ctx, a, start)
}

func enable(ctx context.Context, b *bench) error {
	a := b.person(ctx, disabled)
	b.step("enable", b.admin.SetEnabled(ctx, a.DN, true))
	b.check(b.read(ctx, a.DN).Enabled, "the account to be enabled")
	return b.signIn(ctx, a, start)
}

func shows(ctx context.Context, b *bench) error {
	now, err := b.admin.Time(ctx)
	b.step("read the directory's clock", err)
	expires := now.Add(month).Truncate(time.Second)
	a := b.person(ctx, func(n *directory.NewAccount) {
		n.DisplayName, n.GivenName, n.Surname = "Anna Lindqvist", "Anna", "Lindqvist"
		n.Mail, n.Mobile, n.OfficePhone = "anna@mail.example.com", "+1 425 555 0101", "+1 425 555 0102"
		n.NeverExpires, n.CannotChange, n.Expires = true, true, expires
		n.Attributes = map[string][]string{"description": {"made by a test"}}
	})
	b.check(a.Name == "Anna Lindqvist" && a.GivenName == "Anna" && a.Surname == "Lindqvist", "the names, got %+v", a)
	b.check(a.Mail == "anna@mail.example.com" && a.Mobile == "+1 425 555 0101" && a.OfficePhone == "+1 425 555 0102", "mail and phones, got %+v", a)
	b.check(a.Enabled && !a.Locked && !a.MustChange && !a.Protected && a.NeverExpires && a.CannotChange, "the flags, got %+v", a)
	b.check(a.Expires.Equal(expires), "the account to expire at %s, got %s", expires, a.Expires)
	b.check(a.Anchor != "" && a.USN > 0 && a.BadPasswords == 0, "anchor and USN, got %+v", a)
	b.check((a.SID != "") == (b.Config.Dialect == directory.ActiveDirectory), "a SID in Active Directory alone, got %q", a.SID)
	for what, moment := range map[string]time.Time{"made": a.Created, "changed": a.Changed, "password set": a.PasswordSet} {
		b.check(moment.Sub(now).Abs() < 5*time.Minute, "%s at about %s, got %s", what, now, moment)
	}
	got, err := b.admin.Attributes(ctx, a.DN, "description", "info")
	b.step("read attributes", err)
	b.check(len(got) == 1 && got["description"][0] == "made by a test", "the description alone, got %v", got)
	return nil
}

func (b *bench) domainAdmins() string { return "CN=Domain Admins,CN=Users," + b.admin.Base() }

func protectedByGroup(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.step("join", b.admin.AddMember(ctx, b.domainAdmins(), a.DN))
	b.check(b.read(ctx, a.DN).Protected, "a domain administrator to be protected")
	return nil
}

func protectedWithin(ctx context.Context, b *bench) error {
	a, other := b.person(ctx), b.person(ctx)
	inner := b.group(ctx, b.ou, "inner", a.DN)
	outer := b.group(ctx, b.ou, "outer", inner.DN)
	b.check(!b.read(ctx, a.DN).Protected, "nobody to be protected yet")
	b.step("join", b.admin.AddMember(ctx, b.domainAdmins(), outer.DN))
	listed, err := b.admin.Accounts(ctx, b.ou)
	b.step("list", err)
	for _, l := range listed {
		b.check(l.Protected == (l.DN == a.DN), "%s alone to be protected, %s is %v", a.DN, l.DN, l.Protected)
	}
	b.check(!b.read(ctx, other.DN).Protected && b.read(ctx, a.DN).Protected, "the same when read alone")
	return nil
}
