package directory

import (
	"context"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// Account is a person's account as the directory shows it.
type Account struct {
	DN   string
	SAM  string // sAMAccountName
	UPN  string // userPrincipalName
	Name string // displayName, or else cn

	GivenName, Surname string
	Mail, Mobile       string
	OfficePhone        string // telephoneNumber

	Anchor string // source anchor: mS-DS-ConsistencyGuid, or else objectGUID, in base64
	SID    string // objectSid as S-1-5-…

	Enabled      bool // userAccountControl bit 2 is clear
	Locked       bool // now, by the directory's clock
	MustChange   bool // at next logon: pwdLastSet is 0 and the password may expire (R-CHG-23)
	NeverExpires bool // password never expires
	Protected    bool // adminCount is 1, or in a protected group, however deep (R-WB-87, R-WB-109)
	Critical     bool // every domain has it, such as its administrator: not a person to be synchronised
	// PasswordExpired tells that the password is older than the policy allows.
	PasswordExpired bool
	// CannotChange is "user cannot change password", which lives in the
	// security descriptor (R-WB-110a). [Directory.Account] and its kin read it;
	// listings leave it false.
	CannotChange bool

	PasswordSet  time.Time // pwdLastSet; zero if it must be changed or was never set
	LockedAt     time.Time // lockoutTime; zero if not locked since the last unlock
	Expires      time.Time // of the account, by the directory's clock; zero is never
	Created      time.Time
	Changed      time.Time
	BadPasswords int // badPwdCount
	USN          int64
	Groups       []string // memberOf: DNs, direct, without the primary group
}

// Bits of userAccountControl and of its computed sister.
const (
	uacDisabled        = 0x2
	uacLocked          = 0x10 // computed
	uacNormal          = 0x200
	uacNeverExpires    = 0x10000
	uacPasswordExpired = 0x800000 // computed
)

// accountFilter selects people: computers are users too, and are not meant.
const accountFilter = "(&(objectClass=user)(!(objectClass=computer)))"

const securityDescriptor = "nTSecurityDescriptor"

// accountAttributes are what an Account is read from, the security descriptor
// excepted. A function, so that nobody can change the list.
func accountAttributes() []string {
	return []string{
		"sAMAccountName", "userPrincipalName", "displayName", "cn", "givenName", "sn", "mail", "mobile",
		"telephoneNumber", "objectGUID", "mS-DS-ConsistencyGuid", "objectSid", "userAccountControl",
		"msDS-User-Account-Control-Computed", "pwdLastSet", "lockoutTime", "badPwdCount", "accountExpires",
		"whenCreated", "whenChanged", "uSNChanged", "memberOf", "primaryGroupID", "adminCount",
	}
}

func (activeDirectory) accountQuery(detailed bool) query {
	q := query{filter: accountFilter, attributes: accountAttributes()}
	if detailed {
		q.attributes = append(q.attributes, securityDescriptor)
		q.controls = []ldap.Control{sdFlags()}
	}
	return q
}

func (ad activeDirectory) accountsOf(ctx context.Context, entries []*ldap.Entry) ([]Account, error) {
	guard := ad.newGuard(protectedEntry)
	accounts := make([]Account, len(entries))
	for i, e := range entries {
		accounts[i] = ad.accountOf(e)
		accounts[i].Protected = protectedEntry(e) || protectedRID(uint32(number(e, "primaryGroupID")))
		accounts[i].CannotChange = cannotChange(e.GetEqualFoldRawAttributeValue(securityDescriptor))
		if err := guard.look(ctx, &accounts[i]); err != nil {
			return nil, err
		}
	}
	return accounts, nil
}

// accountOf reads an entry.
func (ad activeDirectory) accountOf(e *ldap.Entry) Account {
	text := e.GetEqualFoldAttributeValue
	a := Account{
		DN: e.DN, SAM: text("sAMAccountName"), UPN: text("userPrincipalName"), Name: text("displayName"),
		GivenName: text("givenName"), Surname: text("sn"), Mail: text("mail"), Mobile: text("mobile"),
		OfficePhone: text("telephoneNumber"), Anchor: ad.anchorOf(e),
		PasswordSet:  fileTime(number(e, "pwdLastSet")),
		LockedAt:     fileTime(number(e, "lockoutTime")),
		Expires:      fileTime(number(e, "accountExpires")),
		Created:      generalizedTime(text("whenCreated")),
		Changed:      generalizedTime(text("whenChanged")),
		BadPasswords: int(number(e, "badPwdCount")),
		USN:          number(e, "uSNChanged"),
		Groups:       e.GetEqualFoldAttributeValues("memberOf"),
	}
	if a.Name == "" {
		a.Name = text("cn")
	}
	if sid, err := sd.SIDFromBytes(e.GetEqualFoldRawAttributeValue("objectSid")); err == nil {
		a.SID, a.Critical = sid.String(), critical(sid)
	}
	a.readState(e)
	return a
}

func (a *Account) readState(e *ldap.Entry) {
	control := number(e, "userAccountControl")
	a.Enabled = control&uacDisabled == 0
	a.NeverExpires = control&uacNeverExpires != 0
	a.MustChange = e.GetEqualFoldAttributeValue("pwdLastSet") == "0" && !a.NeverExpires
	a.Locked = !a.LockedAt.IsZero()
	if e.GetEqualFoldAttributeValue("msDS-User-Account-Control-Computed") != "" {
		computed := number(e, "msDS-User-Account-Control-Computed")
		a.Locked = computed&uacLocked != 0
		a.PasswordExpired = computed&uacPasswordExpired != 0 && !a.MustChange
	}
}

// cannotChange tells whether a security descriptor denies its user the change
// of the password: it denies the right Change Password to Self or Everyone.
func cannotChange(descriptor []byte) bool {
	d, err := sd.Parse(descriptor)
	if err != nil || d.DACL == nil {
		return false
	}
	for _, e := range d.DACL.Entries {
		if e.Type == sd.DenyObject && e.Object == sd.ChangePassword() && e.Mask&sd.ControlAccess != 0 &&
			e.Flags&sd.InheritOnly == 0 && (e.SID == sd.Self() || e.SID == sd.Everyone()) {
			return true
		}
	}
	return false
}
