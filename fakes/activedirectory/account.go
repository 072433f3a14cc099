package activedirectory

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Bits of userAccountControl.
const (
	controlDisabled    = 0x2
	controlLockout     = 0x10 // only in the computed form
	controlNoPassword  = 0x20 // PASSWD_NOTREQD
	controlCannot      = 0x40 // PASSWD_CANT_CHANGE: means nothing here (R-WB-110a)
	controlNormal      = 0x200
	controlDontExpire  = 0x10000
	controlSmartcard   = 0x40000
	controlExpired     = 0x800000                                            // only in the computed form
	controlNewUser     = controlNormal | controlDisabled | controlNoPassword // 546
	controlNeverStored = controlLockout | controlCannot | controlExpired
	controlOtherTypes  = 0x100 | 0x800 | 0x1000 | 0x2000 // accounts that are no person's
)

// Kinds of groups, as groupType has them: scope, and the sign for security.
const (
	groupSecurity  = -1 << 31
	groupBuiltin   = 1
	groupGlobal    = 2
	groupLocal     = 4
	groupUniversal = 8
	globalSecurity = groupSecurity | groupGlobal
)

// Kinds of accounts, as sAMAccountType has them.
const (
	typeUser              = 0x30000000
	typeGroup             = 0x10000000
	typeDistribution      = 0x10000001
	typeLocalGroup        = 0x20000000
	typeLocalDistribution = 0x20000001
)

// Well-known accounts of a domain.
const (
	ridAdministrator  = 500
	ridGuest          = 501
	ridKrbtgt         = 502
	ridDomainAdmins   = 512
	ridDomainUsers    = 513
	ridDomainGuests   = 514
	ridSchemaAdmins   = 518
	ridEnterprise     = 519
	firstRID          = 1103
	maxAccountName    = 20 // of a person; groups have the schema's 256
	forbiddenInLogins = "\"/\\[]:;|=,+*?<>"
)

// computedControl is msDS-User-Account-Control-Computed: locked and expired.
func (s *Server) computedControl(o *object, now time.Time) int64 {
	p, bits := s.policyFor(o), int64(0)
	if p.locks(o, now) {
		bits |= controlLockout
	}
	if p.expiry(o) < fileTime(now) {
		bits |= controlExpired
	}
	return bits
}

// finishAccount gives a draft of a user or group what the directory adds by
// itself, and checks what the client wrote against the rules of accounts.
// touched holds the attributes that the client wrote.
func (s *Server) finishAccount(d *draft, touched []attr) error {
	for _, a := range touched {
		if check := s.accountRule(a); check != nil {
			if err := check(d); err != nil {
				return err
			}
		}
	}
	if d.o.class == classUser && slices.Contains(touched, attrUserAccountControl) {
		return s.checkUsable(d)
	}
	return nil
}

// accountRule returns what has to be checked when an attribute is written.
func (s *Server) accountRule(a attr) func(*draft) error {
	switch a {
	case attrSAMAccountName:
		return s.checkAccountName
	case attrUserPrincipalName:
		return s.checkPrincipalName
	case attrUserAccountControl:
		return normaliseControl
	case attrPwdLastSet:
		return s.checkPwdLastSet
	case attrLockoutTime:
		return checkLockoutTime
	case attrGroupType:
		return checkGroupType
	case attrPrimaryGroupID:
		return s.checkPrimaryGroup
	}
	return nil
}

func (s *Server) checkAccountName(d *draft) error {
	name := d.values.text(attrSAMAccountName)
	if name == "" || strings.ContainsAny(name, forbiddenInLogins) || strings.HasSuffix(name, ".") {
		return refuse(constraintViolation, "0000202F: sAMAccountName contains an invalid character")
	}
	if d.o.class == classUser && utf8.RuneCountInString(name) > maxAccountName {
		return refuse(otherError, "00000523: SysErr: DSID-031A1202, problem 22 (Invalid argument), data 0")
	}
	if s.takenBy(attrSAMAccountName, name, d.o) {
		return accountNameTaken()
	}
	return nil
}

func (s *Server) checkPrincipalName(d *draft) error {
	name := d.values.text(attrUserPrincipalName)
	if name != "" && s.takenBy(attrUserPrincipalName, name, d.o) {
		return refuse(constraintViolation, "0000202F: userPrincipalName '%s' is already in use", name)
	}
	return nil
}

// takenBy reports whether an object other than o has the value.
func (s *Server) takenBy(a attr, value string, o *object) bool {
	return slices.ContainsFunc(s.tree.lookup(a, value), func(x *object) bool { return x != o })
}

// normaliseControl drops the bits that are only ever computed, and makes the
// account a person's.
func normaliseControl(d *draft) error {
	bits := d.values.number(attrUserAccountControl)
	if bits&controlOtherTypes != 0 {
		return willNotPerform("00000057")
	}
	d.put(attrUserAccountControl, decimal(bits&^controlNeverStored|controlNormal))
	return nil
}

// checkUsable refuses to enable an account that has no password, unless it may
// do without or the policy has nothing against an empty one.
func (s *Server) checkUsable(d *draft) error {
	bits := d.values.number(attrUserAccountControl)
	if d.secret.isSet || bits&(controlDisabled|controlNoPassword) != 0 {
		return nil
	}
	if p := s.policyFor(d.o); p.minLength > 0 || p.complex {
		return willNotPerform("0000052D")
	}
	return nil
}

// checkPwdLastSet takes 0 (must change) and -1 (now), and nothing else
// (R-WB-36, R-WB-106).
func (s *Server) checkPwdLastSet(d *draft) error {
	switch d.values.text(attrPwdLastSet) {
	case "0":
		return nil
	case "-1":
		d.put(attrPwdLastSet, decimal(fileTime(s.clock.Now())))
		return nil
	}
	return refuse(otherError, "00000057: pwdLastSet must be 0 or -1 only!")
}

// checkLockoutTime takes 0, which unlocks and forgets the wrong passwords
// (R-WB-36, R-WB-105), and removal, which does the same.
func checkLockoutTime(d *draft) error {
	if d.values.number(attrLockoutTime) != 0 {
		return willNotPerform("00000057")
	}
	d.put(attrBadPwdCount, "0")
	return nil
}

func checkGroupType(d *draft) error {
	scope := d.values.number(attrGroupType) &^ groupSecurity
	security := d.values.number(attrGroupType) < 0
	kind := typeGroup
	switch scope & 0xf {
	case groupGlobal, groupUniversal:
		if !security {
			kind = typeDistribution
		}
	case groupLocal:
		kind = typeLocalGroup
		if !security {
			kind = typeLocalDistribution
		}
	default:
		return willNotPerform("00002141")
	}
	d.put(attrSAMAccountType, decimal(int64(kind)))
	return nil
}

// checkPrimaryGroup leaves everyone in Domain Users: moving a person to another
// primary group is not modelled.
func (s *Server) checkPrimaryGroup(d *draft) error {
	if d.values.number(attrPrimaryGroupID) != ridDomainUsers {
		return willNotPerform("00000561")
	}
	return nil
}
