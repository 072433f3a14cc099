package directory

import (
	"context"

	"github.com/go-ldap/ldap/v3"
)

// Reset says what goes with the setting of a password, in the same modify.
type Reset struct {
	// Unlock clears the lockout, which a set alone does not (R-WB-105).
	Unlock bool
	// MustChange makes the person change it at next logon; also what a reset
	// without the right Unexpire Password leaves behind (R-WB-28, R-WB-36).
	MustChange bool
	// PolicyHints makes the controller check the history as well, by the
	// control that the real product sends (R-WB-34, R-WB-35). A controller that
	// does not have it is refused with PolicyHintsMissing before anything is
	// sent.
	PolicyHints bool
}

// Reset sets the password of dn without knowing the old one. The directory
// checks length and complexity; history and minimum age it checks only under
// policy hints (R-WB-97, R-WB-98). It neither enables a disabled account nor
// tells that it is disabled (R-WB-104).
func (d *Directory) Reset(ctx context.Context, dn, password string, reset Reset) error {
	return d.dialect.reset(ctx, dn, password, reset)
}

func (ad activeDirectory) reset(ctx context.Context, dn, password string, reset Reset) error {
	request := ldap.NewModifyRequest(dn, nil)
	request.Replace("unicodePwd", []string{quoted(password)})
	if reset.Unlock {
		request.Replace("lockoutTime", []string{"0"})
	}
	if reset.MustChange {
		request.Replace("pwdLastSet", []string{"0"})
	}
	if reset.PolicyHints {
		oid := ad.policyHints()
		if oid == "" {
			return &Refusal{Reason: PolicyHintsMissing, Op: opReset, Object: dn,
				Text: "the rootDSE lists neither " + oidPolicyHints + " nor " + oidPolicyHintsOld}
		}
		request.Controls = append(request.Controls, integerControl(oid, 1))
	}
	return ad.modify(ctx, opReset, request)
}

// policyHints returns the control that the controller knows; "" if none.
func (d *Directory) policyHints() string {
	for _, oid := range []string{oidPolicyHints, oidPolicyHintsOld} {
		if d.Supports(oid) {
			return oid
		}
	}
	return ""
}

// Change replaces a known password, as its owner would: the directory checks
// the old one, minimum age and history too (R-WB-33, R-WB-100). A wrong old
// password counts towards the lockout (R-WB-101).
func (d *Directory) Change(ctx context.Context, dn, old, password string) error {
	return d.dialect.change(ctx, dn, old, password)
}

func (ad activeDirectory) change(ctx context.Context, dn, old, password string) error {
	request := ldap.NewModifyRequest(dn, nil)
	request.Delete("unicodePwd", []string{quoted(old)})
	request.Add("unicodePwd", []string{quoted(password)})
	return ad.modify(ctx, opChange, request)
}

// Unlock clears the lockout of dn and its count of bad passwords (R-WB-36,
// R-WB-105).
func (d *Directory) Unlock(ctx context.Context, dn string) error { return d.dialect.unlock(ctx, dn) }

func (ad activeDirectory) unlock(ctx context.Context, dn string) error {
	request := ldap.NewModifyRequest(dn, nil)
	request.Replace("lockoutTime", []string{"0"})
	return ad.modify(ctx, opUnlock, request)
}

// SetMustChange makes the person at dn change the password at next logon, or
// takes that back, which dates the password to now (R-WB-36, R-WB-106).
func (d *Directory) SetMustChange(ctx context.Context, dn string, must bool) error {
	return d.dialect.setMustChange(ctx, dn, must)
}

func (ad activeDirectory) setMustChange(ctx context.Context, dn string, must bool) error {
	value := "-1"
	if must {
		value = "0"
	}
	request := ldap.NewModifyRequest(dn, nil)
	request.Replace("pwdLastSet", []string{value})
	return ad.modify(ctx, opMustChange, request)
}

func (d *Directory) modify(ctx context.Context, op string, request *ldap.ModifyRequest) error {
	return d.write(ctx, op, request.DN, func(c *ldap.Conn) error { return c.Modify(request) })
}
