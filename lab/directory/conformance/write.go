package conformance

import (
	"context"
	"strings"

	"github.com/ssprlab/ssprlab/lab/directory"
)

// writeCases are about writes that a directory does not take, or should not: a
// fake that took them would let a mistake pass that the real one refuses.
func writeCases() []Case {
	no := func(codes ...uint16) Outcome { return refused(directory.Other, anySub, codes...) }
	should := func(o Outcome) Outcome { o.Lenient = true; return o }
	taken := refused(directory.AlreadyExists, anySub, valueExists)
	return []Case{
		{"write a name of 65 characters", rules("R-WB-24"), no(constraint, invalidSyntax), 0, writes(directory.Set("givenName", strings.Repeat("x", 65)))},
		{"write an attribute that there is not", rules("R-WB-24"), no(noSuchAttribute), 0, writes(directory.Set("ssprlabNoSuchAttribute", "x"))},
		{"write twice what may be there once", rules("R-WB-24"), taken, 0, writes(directory.Set("givenName", "one", "two"))},
		{"add a second value to what has one", rules("R-WB-24"), taken, adDialect, writes(directory.Set("givenName", "one"), directory.Add("givenName", "two"))},
		{"add a value that is there", rules("R-WB-24"), taken, adDialect, writes(directory.Set("otherMobile", "+1 425 555 0101"), directory.Add("otherMobile", "+1 425 555 0101"))},
		{"remove a value that is not there", rules("R-WB-24"), no(noSuchAttribute), adDialect, writes(directory.Remove("givenName", "x"))},
		{"remove an attribute that is not there", rules("R-WB-24"), no(noSuchAttribute), adDialect, writes(directory.Remove("givenName"))},
		{"write an empty value", rules("R-WB-24"), no(invalidSyntax), adDialect, writes(directory.Set("givenName", ""))},
		{"write a word where a number belongs", rules("R-WB-24"), no(invalidSyntax), adDialect, writes(directory.Set("countryCode", "x"))},
		{"write the name that is in the DN", rules("R-WB-24"), no(notAllowedOnRDN), adDialect, writes(directory.Set("cn", "x"))},
		{"write the SID", rules("R-WB-24"), no(constraint, unwilling), adDialect, writes(directory.Set("objectSid", "S-1-5-21-1-2-3-4"))},
		{"write the anchor", rules("R-WB-24"), no(constraint), adDialect, writes(directory.Set("objectGUID", "0123456789abcdef"))},
		{"write the groups of an account", rules("R-WB-24"), no(unwilling), adDialect, groupsOfAccount},
		{"write the count of wrong passwords", rules("R-WB-24"), should(no(unwilling)), adDialect, writes(directory.Set("badPwdCount", "0"))},
		{"write another class", rules("R-WB-24"), no(classViolation), adDialect, writes(directory.Set("objectClass", "top", "group"))},
		{"write an attribute of another class", rules("R-WB-24"), no(classViolation), adDialect, writes(directory.Set("msDS-MinimumPasswordLength", "7"))},
		{"lock by hand", rules("R-WB-36"), should(no(unwilling)), adDialect, writes(directory.Set("lockoutTime", "1"))},
		{"date a password by hand", rules("R-WB-36", "R-WB-106"), no(internalError), adDialect, writes(directory.Set("pwdLastSet", "130000000000000000"))},
		{"enable an account without a password", rules("R-WB-97"), should(refused(directory.PolicyOther, policyCode, unwilling)), adDialect, enableEmpty},
		{"make an account with an account name of 21 characters", rules("R-WB-24"), should(no(internalError)), adDialect, makeNamed(strings.Repeat("x", 21))},
		{"make an account with a slash in its account name", rules("R-WB-24"), no(constraint), adDialect, makeNamed("a/b")},
		{"make a unit in an account", rules("R-WB-67"), no(namingViolation), adDialect, unitInAccount},
		{"remove a member that is none", rules("R-WB-24"), no(noSuchAttribute), adDialect, removeNone},
		{"add a member that is not there", rules("R-WB-67"), refused(directory.NoSuchObject, anySub, noSuchObject), adDialect, addNobody},
		{"write to what is no name", rules("R-WB-67"), no(badName), adDialect, writeNonsense},
	}
}

// writes makes a person and tries edits of it.
func writes(edits ...directory.Edit) func(context.Context, *bench) error {
	return func(ctx context.Context, b *bench) error {
		return b.admin.Modify(ctx, b.person(ctx).DN, edits...)
	}
}

func groupsOfAccount(ctx context.Context, b *bench) error {
	return b.admin.Modify(ctx, b.person(ctx).DN, directory.Add("memberOf", b.group(ctx, b.ou, "people").DN))
}

func enableEmpty(ctx context.Context, b *bench) error {
	a := b.person(ctx, func(n *directory.NewAccount) { n.Password, n.Disabled = "", true })
	return b.admin.SetEnabled(ctx, a.DN, true)
}

func makeNamed(sam string) func(context.Context, *bench) error {
	return func(ctx context.Context, b *bench) error {
		_, err := b.admin.CreateAccount(ctx, directory.NewAccount{Parent: b.ou, Name: b.name(), SAM: sam, Password: start})
		return err
	}
}

func unitInAccount(ctx context.Context, b *bench) error {
	_, err := b.admin.CreateOU(ctx, b.person(ctx).DN, "inside")
	return err
}

func removeNone(ctx context.Context, b *bench) error {
	return b.admin.RemoveMember(ctx, b.group(ctx, b.ou, "people").DN, b.person(ctx).DN)
}

func addNobody(ctx context.Context, b *bench) error {
	return b.admin.AddMember(ctx, b.group(ctx, b.ou, "people").DN, "CN=nobody,"+b.ou)
}

func writeNonsense(ctx context.Context, b *bench) error {
	return b.admin.Modify(ctx, "nonsense", directory.Set("givenName", "x"))
}
