package directory

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

// Delegations are roles below the container for which they hold: who is a
// roleOccupant of cn=Reset Password,ou=Staff,… may set passwords below
// ou=Staff. The access lines of the lab's image read them (it says how); a
// slapd of somebody else's may grant the same in other ways, which Rights then
// does not see.

// Roles of the whole directory, about the people in them.
const (
	noInheritanceRole = "No Inheritance"
	cannotChangeRole  = "Cannot Change Password"
)

// everybodySID is whoever has bound, for Active Directory, and everybody the
// name that stands for it here.
const everybodySID = "S-1-5-11"

func (ol openLDAP) everybody() string { return "cn=Authenticated Users," + ol.root }

// holder returns the DN of who is meant by an account, which may be a SID.
func (ol openLDAP) holder(account string) (string, error) {
	switch {
	case account == everybodySID:
		return ol.everybody(), nil
	case depth(account) < 2:
		return "", fmt.Errorf("%q is no DN, and OpenLDAP knows no SIDs but %s, everybody who has bound", account, everybodySID)
	}
	return account, nil
}

// place returns the container on which a right is kept.
func (ol openLDAP) place(r Right, container string) string {
	if e, err := r.entry(); err == nil && e.onRoot {
		return ol.root
	}
	return container
}

func (ol openLDAP) delegate(ctx context.Context, accountDN, containerDN string, rights []Right) error {
	holder, err := ol.holder(accountDN)
	if err != nil {
		return fmt.Errorf("delegate %s: %w", containerDN, err)
	}
	for _, r := range rights {
		if err := ol.occupy(ctx, r.String(), ol.place(r, containerDN), holder); err != nil {
			return err
		}
	}
	return nil
}

func (ol openLDAP) revoke(ctx context.Context, accountDN, containerDN string, rights []Right) error {
	holder, err := ol.holder(accountDN)
	if err != nil {
		return fmt.Errorf("revoke on %s: %w", containerDN, err)
	}
	for _, r := range rights {
		if err := ol.leave(ctx, r.String(), ol.place(r, containerDN), holder); err != nil {
			return err
		}
	}
	return nil
}

// rights walks from the target up to the root, as the access lines do.
func (ol openLDAP) rights(ctx context.Context, accountDN, targetDN string, rights []Right) (lacks []Right, err error) {
	shut, err := ol.occupants(ctx, noInheritanceRole, ol.root)
	if err != nil {
		return nil, err
	}
	for _, r := range rights {
		from := ol.place(r, targetDN)
		unknown, err := ol.knowsNot(ctx, r)
		if err != nil {
			return nil, err
		}
		held := r == ChangePassword || unknown // everybody may change their own
		for at := from; !held && at != "" && within(at, ol.root) && !(from == targetDN && containsDN(shut, targetDN)); at = parentOf(at) {
			holders, err := ol.occupants(ctx, r.String(), at)
			if err != nil {
				return nil, err
			}
			held = containsDN(holders, accountDN) || containsDN(holders, ol.everybody())
		}
		if !held {
			lacks = append(lacks, r)
		}
	}
	return lacks, nil
}

// knowsNot reports whether the directory has no such right, of those that are
// kept on the root: slapd has no use for Unexpire Password, so in a directory of
// somebody else's, where there is no role for it, nobody lacks it.
func (ol openLDAP) knowsNot(ctx context.Context, r Right) (bool, error) {
	if !r.OnRoot() {
		return false, nil
	}
	_, err := ol.readEntry(ctx, child("cn", r.String(), ol.root), "1.1")
	if reasonIs(err, NoSuchObject) {
		return true, nil
	}
	return false, err
}

func (ol openLDAP) setInheritance(ctx context.Context, dn string, on bool) error {
	if on {
		return ol.leave(ctx, noInheritanceRole, ol.root, dn)
	}
	return ol.occupy(ctx, noInheritanceRole, ol.root, dn)
}

// occupants returns who is in a role; nobody if it is not there.
func (ol openLDAP) occupants(ctx context.Context, role, container string) ([]string, error) {
	e, err := ol.readEntry(ctx, child("cn", role, container), "roleOccupant")
	if reasonIs(err, NoSuchObject) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return e.GetEqualFoldAttributeValues("roleOccupant"), nil
}

// occupy puts somebody into a role, which it makes if it is not there.
func (ol openLDAP) occupy(ctx context.Context, role, container, dn string) error {
	roleDN := child("cn", role, container)
	request := ldap.NewModifyRequest(roleDN, nil)
	request.Add("roleOccupant", []string{dn})
	err := ol.modify(ctx, opDelegate, request)
	switch {
	case reasonIs(err, AlreadyExists):
		return nil
	case !reasonIs(err, NoSuchObject):
		return err
	}
	add := ldap.NewAddRequest(roleDN, nil)
	add.Attribute("objectClass", []string{"organizationalRole"})
	add.Attribute("cn", []string{role})
	add.Attribute("roleOccupant", []string{dn})
	return ol.write(ctx, opDelegate, roleDN, func(c *ldap.Conn) error { return c.Add(add) })
}

// leave takes somebody out of a role.
func (ol openLDAP) leave(ctx context.Context, role, container, dn string) error {
	request := ldap.NewModifyRequest(child("cn", role, container), nil)
	request.Delete("roleOccupant", []string{dn})
	err := ol.modify(ctx, opDelegate, request)
	var r *Refusal
	if errors.As(err, &r) && (r.Reason == NoSuchObject || r.Code == ldap.LDAPResultNoSuchAttribute) {
		return nil
	}
	return err
}
