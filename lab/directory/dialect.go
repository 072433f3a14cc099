package directory

import (
	"context"
	"fmt"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Kind is the dialect that a directory speaks.
type Kind uint8

// The dialects.
const (
	// ActiveDirectory is the dialect of Active Directory, of Samba as its domain
	// controller, and of the embedded directory.
	ActiveDirectory Kind = iota
	// OpenLDAP is the dialect of slapd 2.5 or later with the overlay ppolicy,
	// for people who are inetOrgPerson. What it expects of slapd:
	//
	//   - ppolicy with ppolicy_use_lockout, without which a locked account looks
	//     like a wrong password (R-WB-115), and ppolicy_hash_cleartext, without
	//     which a set password is kept in clear. Its default policy is the entry
	//     called default, or the only one, of class pwdPolicy, with pwdLockout and
	//     pwdMustChange TRUE; one called "never expires" beside it is for who
	//     need not change the password.
	//   - memberof, syncprov (for changes), unique on uid, and database monitor
	//     (for the clock: cn=Current,cn=Time,cn=Monitor).
	//   - The account that resets has write access to userPassword, and to
	//     pwdAccountLockedTime and pwdReset to unlock and to force a change. It
	//     has no manage access and is not rootdn: slapd lets those past age,
	//     length and history (R-WB-111, R-WB-112).
	//   - Somebody who has not bound may search uid, if names are given that are
	//     no DN.
	//
	// An account name is a uid, and a user principal name is one with an @ in it.
	// Anchors are entryUUIDs, update sequence numbers come from entryCSN. A
	// disabled account is one that is locked for good (000001010000Z). There are
	// no SIDs, and nothing else of Windows: see the conformance tables.
	OpenLDAP
)

// String names the dialect.
func (k Kind) String() string {
	switch k {
	case ActiveDirectory:
		return "Active Directory"
	case OpenLDAP:
		return "OpenLDAP"
	}
	return fmt.Sprintf("dialect %d", uint8(k))
}

// dialect is what one kind of directory says in its own way. Everything else,
// such as connections, searches and the walk through groups, is common.
type dialect interface {
	binder
	reader
	writer
	passwords
	policies
	delegation
}

// binder is how one signs in and what an answer means.
type binder interface {
	// bind binds l. Its error is a *Refusal or what go-ldap returned.
	bind(ctx context.Context, l *link, user, password string) error
	// authenticate does so on a connection of its own, for somebody else.
	authenticate(ctx context.Context, l *link, user, password string) error
	// reason says why the server gave that answer to op, and by which number
	// within the result code.
	reason(op string, answer *ldap.Error, text string) (r Reason, subCode string)
}

// reader is how a directory is read.
type reader interface {
	// start returns the DN where the directory starts and the controls that it
	// lists.
	start(ctx context.Context) (base string, controls []string, err error)
	time(ctx context.Context) (time.Time, error)
	resolution() time.Duration
	// latest is the number of the last change, and newer selects what was
	// changed after a number.
	latest(ctx context.Context) (int64, error)
	newer(since int64) (filter string)

	accountQuery(detailed bool) query // detailed: of a single account
	groupQuery() query
	anchorQuery() query // of both
	accountsOf(ctx context.Context, entries []*ldap.Entry) ([]Account, error)
	groupsOf(ctx context.Context, entries []*ldap.Entry) ([]Group, error)
	anchorOf(e *ldap.Entry) string
	// withName and withAnchor select by the value, raw, of a key.
	withName(kind nameKind, value string) (filter string)
	withAnchor(id []byte) (filter string)
}

// nameKind is one of the names that a person signs in with.
type nameKind uint8

const (
	accountName   nameKind = iota // without domain
	principalName                 // with one
)

// writer is how objects are made and removed.
type writer interface {
	// containers are made by other names than leaves: the attributes of an
	// organisational unit's and of any other name.
	unitAttribute() string
	leafAttribute() string
	createAccount(ctx context.Context, dn string, n NewAccount) error
	createGroup(ctx context.Context, dn, name, sam string, members []string) error
	setEnabled(ctx context.Context, dn string, enabled bool) error
	deleteTree(ctx context.Context, dn string) error
}

// passwords is how passwords and what belongs to them are written.
type passwords interface {
	reset(ctx context.Context, dn, password string, reset Reset) error
	change(ctx context.Context, dn, old, password string) error
	unlock(ctx context.Context, dn string) error
	setMustChange(ctx context.Context, dn string, must bool) error
}

// policies is how the rules for passwords are kept.
type policies interface {
	policy(ctx context.Context, accountDN string) (Policy, error)
	setPolicy(ctx context.Context, p Policy) error
	createPSO(ctx context.Context, name string, p Policy, appliesTo []string) (dn string, err error)
}

// delegation is who may do what.
type delegation interface {
	delegate(ctx context.Context, accountDN, containerDN string, rights []Right) error
	revoke(ctx context.Context, accountDN, containerDN string, rights []Right) error
	rights(ctx context.Context, accountDN, targetDN string, rights []Right) (lacks []Right, err error)
	setInheritance(ctx context.Context, dn string, on bool) error
}

// speak returns the dialect of that kind.
func (d *Directory) speak(kind Kind) (dialect, error) {
	switch kind {
	case ActiveDirectory:
		return activeDirectory{d}, nil
	case OpenLDAP:
		return openLDAP{d}, nil
	}
	return nil, fmt.Errorf("%s is unknown: expected ActiveDirectory or OpenLDAP", kind)
}

// activeDirectory is the dialect of Active Directory. Its methods stand beside
// the calls that they serve.
type activeDirectory struct{ *Directory }

var _ dialect = activeDirectory{}
