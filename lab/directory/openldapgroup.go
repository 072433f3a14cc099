package directory

import (
	"context"
	"slices"

	"github.com/go-ldap/ldap/v3"
)

const groupOfNamesFilter = "(objectClass=groupOfNames)"

// nobody is a member of every group that is made here, because a groupOfNames
// must not be empty. There is no such entry, and readers leave it out.
func (ol openLDAP) nobody() string { return "cn=nobody," + ol.root }

// domainAdmins is the group whose members, however deep, stand for the accounts
// that Active Directory protects.
func (ol openLDAP) domainAdmins() string { return "cn=Domain Admins,cn=Users," + ol.root }

func (ol openLDAP) protects(group *ldap.Entry) bool { return sameDN(group.DN, ol.domainAdmins()) }

func (openLDAP) groupQuery() query {
	return query{filter: groupOfNamesFilter, attributes: []string{"cn", "member", "entryUUID", "entryCSN"}}
}

func (ol openLDAP) groupsOf(_ context.Context, entries []*ldap.Entry) ([]Group, error) {
	groups := make([]Group, len(entries))
	for i, e := range entries {
		name := e.GetEqualFoldAttributeValue("cn")
		groups[i] = Group{DN: e.DN, Name: name, SAM: name, Anchor: ol.anchorOf(e), Critical: ol.protects(e),
			Members: ol.membersOf(e), USN: changeNumber(e.GetEqualFoldAttributeValue("entryCSN"))}
	}
	return groups, nil
}

func (ol openLDAP) membersOf(e *ldap.Entry) []string {
	return slices.DeleteFunc(e.GetEqualFoldAttributeValues("member"), func(dn string) bool { return sameDN(dn, ol.nobody()) })
}

func (ol openLDAP) createGroup(ctx context.Context, dn, name, _ string, members []string) error {
	request := ldap.NewAddRequest(dn, nil)
	request.Attribute("objectClass", []string{"groupOfNames"})
	request.Attribute("cn", []string{name})
	request.Attribute("member", append([]string{ol.nobody()}, members...))
	return ol.add(ctx, request)
}
