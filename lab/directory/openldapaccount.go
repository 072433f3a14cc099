package directory

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// personFilter selects people, whatever is added to inetOrgPerson.
const personFilter = "(objectClass=person)"

// lockedForGood is the pwdAccountLockedTime of an account that only an
// administrator opens again: a disabled one.
const lockedForGood = "000001010000Z"

func (openLDAP) accountQuery(bool) query {
	return query{filter: personFilter, attributes: []string{
		"uid", "cn", "displayName", "givenName", "sn", "mail", "mobile", "telephoneNumber", "memberOf",
		"entryUUID", "entryCSN", "createTimestamp", "modifyTimestamp", "pwdPolicySubentry", "pwdAccountLockedTime",
		"pwdChangedTime", "pwdEndTime", "pwdFailureTime", "pwdReset",
	}}
}

func (ol openLDAP) accountsOf(ctx context.Context, entries []*ldap.Entry) ([]Account, error) {
	rules, err := ol.readRules(ctx)
	if err != nil {
		return nil, err
	}
	cannot, err := ol.occupants(ctx, cannotChangeRole, ol.root)
	if err != nil {
		return nil, err
	}
	now, err := ol.time(ctx)
	if err != nil {
		return nil, err
	}
	guard := ol.newGuard(ol.protects)
	accounts := make([]Account, len(entries))
	for i, e := range entries {
		a := ol.accountOf(e)
		a.NeverExpires = rules.neverExpires(e)
		a.CannotChange = containsDN(cannot, e.DN)
		a.Critical = sameDN(e.DN, "cn=Administrator,cn=Users,"+ol.root)
		a.readAges(rules.of(e), now)
		if err := guard.look(ctx, &a); err != nil {
			return nil, err
		}
		accounts[i] = a
	}
	return accounts, nil
}

// accountOf reads what the entry alone tells.
func (ol openLDAP) accountOf(e *ldap.Entry) Account {
	text := e.GetEqualFoldAttributeValue
	sam, upn := loginNames(e)
	a := Account{
		DN: e.DN, SAM: sam, UPN: upn, Name: text("displayName"),
		GivenName: text("givenName"), Surname: text("sn"), Mail: text("mail"), Mobile: text("mobile"),
		OfficePhone: text("telephoneNumber"), Anchor: ol.anchorOf(e),
		Enabled:      text("pwdAccountLockedTime") != lockedForGood,
		MustChange:   strings.EqualFold(text("pwdReset"), "TRUE"),
		PasswordSet:  generalizedTime(text("pwdChangedTime")),
		Expires:      generalizedTime(text("pwdEndTime")),
		Created:      generalizedTime(text("createTimestamp")),
		Changed:      generalizedTime(text("modifyTimestamp")),
		BadPasswords: len(e.GetEqualFoldAttributeValues("pwdFailureTime")),
		USN:          changeNumber(text("entryCSN")),
		Groups:       e.GetEqualFoldAttributeValues("memberOf"),
	}
	if a.Name == "" {
		a.Name = text("cn")
	}
	if a.Surname == text("cn") { // it had to have one
		a.Surname = ""
	}
	if a.MustChange {
		a.PasswordSet = time.Time{}
	}
	if a.Enabled {
		a.LockedAt = generalizedTime(text("pwdAccountLockedTime"))
	}
	return a
}

// readAges is what depends on the policy and on the time.
func (a *Account) readAges(p Policy, now time.Time) {
	a.Locked = !a.LockedAt.IsZero() && (p.LockoutDuration == 0 || now.Before(a.LockedAt.Add(p.LockoutDuration)))
	a.PasswordExpired = p.MaxAge > 0 && !a.PasswordSet.IsZero() && now.Sub(a.PasswordSet) > p.MaxAge
}

// loginNames returns the two names of an account, both uid.
func loginNames(e *ldap.Entry) (sam, upn string) {
	for _, name := range e.GetEqualFoldAttributeValues("uid") {
		switch qualified := strings.Contains(name, "@"); {
		case qualified && upn == "":
			upn = name
		case !qualified && sam == "":
			sam = name
		}
	}
	return sam, upn
}

// withName needs no kind: the two cannot be mistaken for each other.
func (openLDAP) withName(_ nameKind, value string) string {
	return "(uid=" + ldap.EscapeFilter(value) + ")"
}

// anchorOf is the 16 bytes of entryUUID, in base64 as other anchors are.
func (openLDAP) anchorOf(e *ldap.Entry) string {
	id, err := hex.DecodeString(strings.ReplaceAll(e.GetEqualFoldAttributeValue("entryUUID"), "-", ""))
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(id)
}

func (openLDAP) withAnchor(id []byte) string {
	if len(id) != 16 {
		return "(!(objectClass=*))"
	}
	h := hex.EncodeToString(id)
	return "(entryUUID=" + strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-") + ")"
}

func (openLDAP) anchorQuery() query {
	return query{filter: "(|" + personFilter + groupOfNamesFilter + ")", attributes: []string{"entryUUID"}}
}
