package directory

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/go-ldap/ldap/v3"
)

func (openLDAP) leafAttribute() string { return "cn" }
func (openLDAP) unitAttribute() string { return "ou" }

// createAccount adds an inetOrgPerson. One that has no surname gets its name
// for one, because it must have one.
func (ol openLDAP) createAccount(ctx context.Context, dn string, n NewAccount) error {
	request := ldap.NewAddRequest(dn, underPolicy())
	request.Attribute("objectClass", []string{"inetOrgPerson"})
	request.Attribute("uid", slices.DeleteFunc([]string{n.SAM, n.UPN}, func(name string) bool { return name == "" }))
	for _, a := range [][2]string{
		{"cn", n.Name}, {"sn", cmp.Or(n.Surname, n.Name)}, {"displayName", cmp.Or(n.DisplayName, n.Name)}, {"givenName", n.GivenName},
		{"mail", n.Mail}, {"mobile", n.Mobile}, {"telephoneNumber", n.OfficePhone}, {"userPassword", n.Password},
	} {
		if a[1] != "" {
			request.Attribute(a[0], []string{a[1]})
		}
	}
	if err := ol.addState(ctx, request, n); err != nil {
		return err
	}
	for name, values := range n.Attributes {
		request.Attribute(name, values)
	}
	if err := ol.add(ctx, request); err != nil {
		return err
	}
	if n.CannotChange {
		if err := ol.occupy(ctx, cannotChangeRole, ol.root, dn); err != nil {
			ol.withdraw(ctx, dn)
			return fmt.Errorf("create account %q: %w", dn, err)
		}
	}
	return nil
}

// addState adds what ppolicy knows of an account.
func (ol openLDAP) addState(ctx context.Context, request *ldap.AddRequest, n NewAccount) error {
	if n.MustChange {
		request.Attribute("pwdReset", []string{"TRUE"})
	}
	if n.Disabled {
		request.Attribute("pwdAccountLockedTime", []string{lockedForGood})
	}
	if !n.Expires.IsZero() {
		request.Attribute("pwdEndTime", []string{n.Expires.UTC().Format("20060102150405Z")})
	}
	if n.NeverExpires {
		rules, err := ol.readRules(ctx)
		if err != nil {
			return err
		}
		if rules.never == "" {
			return fmt.Errorf("create account %q: there is no password policy called %q for who need not change the password", request.DN, neverExpiresName)
		}
		request.Attribute("pwdPolicySubentry", []string{rules.never})
	}
	return nil
}

// setEnabled leaves a lock alone that wrong passwords have made.
func (ol openLDAP) setEnabled(ctx context.Context, dn string, enabled bool) error {
	if !enabled {
		return ol.Modify(ctx, dn, Set("pwdAccountLockedTime", lockedForGood))
	}
	disabled, err := ol.disabled(ctx, dn)
	if err != nil || !disabled {
		return err
	}
	return ol.Modify(ctx, dn, Remove("pwdAccountLockedTime"))
}

func (ol openLDAP) disabled(ctx context.Context, dn string) (bool, error) {
	e, err := ol.readEntry(ctx, dn, "pwdAccountLockedTime")
	if err != nil {
		return false, err
	}
	return e.GetEqualFoldAttributeValue("pwdAccountLockedTime") == lockedForGood, nil
}

// deleteTree removes the lowest first: slapd knows no control for trees.
func (ol openLDAP) deleteTree(ctx context.Context, dn string) error {
	return ol.deleteLowestFirst(ctx, dn)
}

// containsDN reports whether one of the DNs is dn.
func containsDN(dns []string, dn string) bool {
	return slices.ContainsFunc(dns, func(other string) bool { return sameDN(other, dn) })
}
