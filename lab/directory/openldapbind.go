package directory

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// bind looks a login name up before anybody has bound, so slapd must let
// anybody search uid. A DN is taken as it is.
func (ol openLDAP) bind(ctx context.Context, l *link, user, password string) error {
	dn, err := ol.nameBefore(ctx, l, user)
	if err != nil {
		return err
	}
	return l.bindUnderPolicy(ctx, dn, password)
}

// authenticate looks a login name up as the configured user, and tells apart
// what slapd says with one word: an account that is locked, one that is
// disabled, and one whose time is over (R-WB-115).
func (ol openLDAP) authenticate(ctx context.Context, l *link, user, password string) error {
	dn, err := ol.nameOf(ctx, user)
	if err != nil {
		return err
	}
	if err = l.bindUnderPolicy(ctx, dn, password); l.broken(err) {
		return err
	}
	return ol.explain(ctx, dn, refuse(ol, opBind, user, err))
}

// bindUnderPolicy binds with the password policy control. A bind that succeeds
// for who must change the password is a refusal (R-WB-116).
func (l *link) bindUnderPolicy(ctx context.Context, dn, password string) error {
	return l.request(ctx, func(c *ldap.Conn) error {
		result, err := c.SimpleBind(ldap.NewSimpleBindRequest(dn, password, underPolicy()))
		if err != nil {
			return err
		}
		if e := policyErrorIn(result.Controls); e != policyErrorNone {
			return &Refusal{Reason: e.reason(), Op: opBind, Object: dn, SubCode: e.String(), Text: "the bind succeeds, nothing else but a change of the password does"}
		}
		return nil
	})
}

// loginFilter selects who signs in by that name.
func loginFilter(name string) string {
	return "(&" + personFilter + openLDAP{}.withName(accountName, name) + ")"
}

// nameOf returns the DN of a login name, looked up as the configured user.
func (ol openLDAP) nameOf(ctx context.Context, user string) (string, error) {
	if strings.Contains(user, "=") {
		return user, nil
	}
	found, err := ol.searchFew(ctx, query{base: ol.base, filter: loginFilter(user), attributes: []string{"1.1"}})
	if err != nil {
		return "", err
	}
	return theOne(user, ol.base, found)
}

// nameBefore is nameOf on a connection on which nobody has bound. Who binds need
// not be below the base: the name is looked up in the whole directory.
func (ol openLDAP) nameBefore(ctx context.Context, l *link, user string) (dn string, err error) {
	if strings.Contains(user, "=") {
		return user, nil
	}
	base := ol.root
	err = l.request(ctx, func(c *ldap.Conn) error {
		if base == "" {
			q := query{filter: "(objectClass=*)", attributes: []string{"namingContexts"}}
			result, err := c.Search(q.request(ldap.ScopeBaseObject))
			if err != nil {
				return err
			}
			base = cmp.Or(contextOf(ol.config.Base, result.Entries[0].GetEqualFoldAttributeValues("namingContexts")), ol.config.Base)
		}
		request := query{base: base, filter: loginFilter(user), attributes: []string{"1.1"}}.request(ldap.ScopeWholeSubtree)
		request.SizeLimit = few
		result, err := c.Search(request)
		if err != nil && !ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded) {
			return fmt.Errorf("look up %s before the bind: %w", user, err)
		}
		dn, err = theOne(user, base, result.Entries)
		return err
	})
	return dn, err
}

// theOne returns the DN of the only entry found. Of a name that nobody has it
// makes a DN that nobody has, so that the directory itself refuses the bind.
func theOne(user, base string, found []*ldap.Entry) (string, error) {
	switch len(found) {
	case 0:
		return child("uid", user, base), nil
	case 1:
		return found[0].DN, nil
	}
	return "", &Refusal{Reason: NotUnique, Op: opBind, Object: user, Text: fmt.Sprintf("%s and %s answer to it", found[0].DN, found[1].DN)}
}

// explain says why an account is locked, if the entry can be read.
func (ol openLDAP) explain(ctx context.Context, dn string, err error) error {
	r, ok := err.(*Refusal)
	if !ok || r.Reason != Locked {
		return err
	}
	e, readErr := ol.readEntry(ctx, dn, "pwdAccountLockedTime", "pwdEndTime")
	if readErr != nil {
		return err
	}
	now, readErr := ol.time(ctx)
	ends := generalizedTime(e.GetEqualFoldAttributeValue("pwdEndTime"))
	switch {
	case e.GetEqualFoldAttributeValue("pwdAccountLockedTime") == lockedForGood:
		r.Reason = Disabled
	case readErr == nil && !ends.IsZero() && !now.Before(ends):
		r.Reason = AccountExpired
	}
	return r
}
