package conformance

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/ssprlab/ssprlab/lab/directory"
)

func readCases() []Case {
	nobody := refused(directory.NoSuchObject, anySub)
	return []Case{
		{"find by every key", rules("R-WB-05"), accepted(), 0, findByKeys},
		{"find by DOMAIN and name", rules("R-WB-05"), accepted(), aDomainName, findByDomainName},
		{"find nobody", rules("R-WB-67"), nobody, 0, findNobody},
		{"find nobody by a DN", rules("R-WB-67"), refused(directory.NoSuchObject, anySub, noSuchObject), 0, findNobodyByDN},
		{"find nobody by a filter in the key", rules("R-WB-67"), nobody, 0, findInjected},
		{"find a group where an account is asked for", rules("R-WB-67"), nobody, 0, findGroup},
		{"the anchor is the consistency GUID where there is one", rules("R-WB-05", "R-AAC-23"), accepted(), 0, anchorByConsistency},
		{"the object GUID is no anchor beside a consistency GUID", rules("R-AAC-23"), nobody, 0, anchorGone},
		{"two accounts of one anchor", rules("R-WB-68", "R-WB-81"), refused(directory.NotUnique, ""), 0, anchorTwice},
		{"list more than 1,000 accounts and members", rules("R-AAC-22"), accepted(), theDomain, listMany},
		{"list below one unit only", rules("R-AAC-22"), accepted(), 0, listBelow},
		{"read Unicode and long values", rules("R-PWD-04"), accepted(), 0, readUnicode},
		{"names with reserved characters", rules("R-WB-83"), accepted(), 0, reservedNames},
		{"the rootDSE lists the controls that are used", rules("R-WB-34"), accepted(), 0, controlsListed},
	}
}

func findByKeys(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	for what, key := range map[string]string{"DN": a.DN, "UPN": a.UPN, "account name": a.SAM, "anchor": a.Anchor,
		"DN in another case": strings.ToLower(a.DN), "UPN in another case": strings.ToUpper(a.UPN)} {
		found, err := b.admin.Account(ctx, key)
		b.step("find by "+what, err)
		b.check(found.Anchor == a.Anchor && found.SID == a.SID, "%s to lead to %s, got %+v", what, a.DN, found)
	}
	return nil
}

func findByDomainName(ctx context.Context, b *bench) error {
	_, err := b.admin.Account(ctx, b.Domain+`\`+b.person(ctx).SAM)
	return err
}

func findNobody(ctx context.Context, b *bench) error {
	for _, key := range []string{"nobody", "nobody@" + b.Suffix, base64.StdEncoding.EncodeToString(make([]byte, 16))} {
		_, err := b.admin.Account(ctx, key)
		b.refuses(err, directory.NoSuchObject)
	}
	_, err := b.admin.Account(ctx, "nobody")
	return err
}

func findNobodyByDN(ctx context.Context, b *bench) error {
	_, err := b.admin.AccountByDN(ctx, "CN=nobody,"+b.ou)
	return err
}

func findInjected(ctx context.Context, b *bench) error {
	b.person(ctx)
	_, err := b.admin.AccountBySAM(ctx, "*)(sAMAccountName=*")
	return err
}

func findGroup(ctx context.Context, b *bench) error {
	g := b.group(ctx, b.ou, "people")
	_, err := b.admin.AccountByDN(ctx, g.DN)
	return err
}

// consistent gives an account a consistency GUID of 16 times n and returns the
// anchor that it makes.
func (b *bench) consistent(ctx context.Context, a directory.Account, n byte) string {
	id := strings.Repeat(string([]byte{n}), 16)
	b.step("write the consistency GUID", b.admin.Modify(ctx, a.DN, directory.Set("mS-DS-ConsistencyGuid", id)))
	return base64.StdEncoding.EncodeToString([]byte(id))
}

func anchorByConsistency(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	anchor := b.consistent(ctx, a, 7)
	found, err := b.admin.Account(ctx, anchor)
	b.check(found.DN == a.DN && found.Anchor == anchor, "%s with anchor %s, got %+v", a.DN, anchor, found)
	return err
}

func anchorGone(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.consistent(ctx, a, 8)
	_, err := b.admin.AccountByAnchor(ctx, a.Anchor)
	return err
}

func anchorTwice(ctx context.Context, b *bench) error {
	anchor := b.consistent(ctx, b.person(ctx), 9)
	b.consistent(ctx, b.person(ctx), 9)
	_, err := b.admin.Account(ctx, anchor)
	return err
}

// many is how many accounts a case lists: above the 1,000 entries that a
// controller shows without paging.
const many = 1100

func listMany(ctx context.Context, b *bench) error {
	dns := make([]string, many)
	for i := range dns {
		dns[i] = b.person(ctx, func(n *directory.NewAccount) { n.Password, n.Disabled = "", true }).DN
	}
	g := b.group(ctx, b.ou, "everybody", dns...)
	b.finally(func(ctx context.Context) error { return b.admin.Delete(ctx, g.DN) }) // else each account takes itself out of it
	b.check(len(g.Members) == many, "%d members, got %d", many, len(g.Members))
	accounts, err := b.admin.Accounts(ctx, b.ou)
	b.step("list the accounts", err)
	seen := map[string]bool{}
	for _, a := range accounts {
		seen[a.Anchor] = true
	}
	b.check(len(accounts) == many && len(seen) == many, "%d different accounts, got %d of %d", many, len(seen), len(accounts))
	anchors, err := b.admin.Anchors(ctx, b.ou)
	b.check(len(anchors) == many+1 && anchors[g.Anchor] == g.DN, "%d anchors, got %d", many+1, len(anchors))
	return err
}

func listBelow(ctx context.Context, b *bench) error {
	first, a := b.below(ctx, b.ou, "first")
	b.below(ctx, b.ou, "second")
	accounts, err := b.admin.Accounts(ctx, first)
	b.check(len(accounts) == 1 && accounts[0].DN == a.DN, "%s alone, got %d accounts", a.DN, len(accounts))
	g := b.group(ctx, first, "people", a.DN)
	groups, groupErr := b.admin.Groups(ctx, b.ou)
	b.step("list the groups", groupErr)
	b.check(len(groups) == 1 && groups[0].DN == g.DN && len(groups[0].Members) == 1 && groups[0].Members[0] == a.DN, "%s with one member, got %+v", g.DN, groups)
	b.check(len(b.read(ctx, a.DN).Groups) == 1, "the member to know its group")
	return err
}

func readUnicode(ctx context.Context, b *bench) error {
	const display, given = "Zoë Åström 李小龍 😀", "Ιωάννα"
	long := strings.Repeat("ö", 1000)
	a := b.person(ctx, func(n *directory.NewAccount) {
		n.Name, n.DisplayName, n.GivenName = display, display, given
		n.Attributes = map[string][]string{"description": {long}}
	})
	b.check(a.Name == display && a.GivenName == given, "the names as written, got %q and %q", a.Name, a.GivenName)
	values, err := b.admin.Attributes(ctx, a.DN, "description")
	b.step("read the long value", err)
	b.check(len(values["description"]) == 1 && values["description"][0] == long, "1,000 letters back")
	found, err := b.admin.Account(ctx, a.UPN)
	b.check(found.DN == a.DN, "%s, got %s", a.DN, found.DN)
	return err
}

// reservedNames is about the directory alone: the product's agent fails on
// such units (R-WB-83), the directory does not.
func reservedNames(ctx context.Context, b *bench) error {
	ou, err := b.admin.CreateOU(ctx, b.ou, `R&D, "Lab" + <x>; a=b\c/d`)
	b.step("make the unit", err)
	for i, name := range []string{"Berg, Bo", "#leading", `back\slash`, `(star*)`, " spaces "} {
		a := b.person(ctx, func(n *directory.NewAccount) { n.Parent, n.Name = ou, name })
		found, err := b.admin.Account(ctx, a.DN)
		b.step(fmt.Sprintf("find number %d, %q", i+1, name), err)
		b.check(strings.TrimSpace(found.Name) == strings.TrimSpace(name), "the name %q, got %q", name, found.Name)
		b.step("reset "+name, b.admin.Reset(ctx, a.DN, second, directory.Reset{Unlock: true}))
		b.step("sign in by DN as "+name, b.admin.Authenticate(ctx, a.DN, second))
	}
	accounts, err := b.admin.Accounts(ctx, ou)
	b.check(len(accounts) == 5, "5 accounts below the unit, got %d", len(accounts))
	return err
}

func controlsListed(_ context.Context, b *bench) error {
	for what, oid := range map[string]string{"paging": "1.2.840.113556.1.4.319", "security descriptor parts": "1.2.840.113556.1.4.801",
		"tree delete": "1.2.840.113556.1.4.805"} {
		b.check(b.admin.Supports(oid), "%s (%s) to be listed", what, oid)
	}
	return nil
}
