package directory

import (
	"context"
	"errors"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// reset replaces userPassword and what goes with it in one modify, which is why
// it is no Password Modify operation. ppolicy checks the minimum age, the
// length and the history (R-WB-111), and clears lock and failures of its own
// accord, whether it is asked to or not (R-WB-113). A disabled account would be
// enabled by that: it is locked for good again in the same modify.
func (ol openLDAP) reset(ctx context.Context, dn, password string, reset Reset) error {
	if reset.PolicyHints {
		return &Refusal{Reason: PolicyHintsMissing, Op: opReset, Object: dn, Text: "OpenLDAP has no such control; it checks the history anyway"}
	}
	disabled, err := ol.disabled(ctx, dn)
	if err != nil {
		return err
	}
	request := ldap.NewModifyRequest(dn, underPolicy())
	request.Replace("userPassword", []string{password})
	if disabled || reset.Unlock {
		relock(request, disabled)
	}
	if reset.MustChange {
		request.Replace("pwdReset", []string{"TRUE"})
	}
	return ol.modify(ctx, opReset, request)
}

// relock ends a lock and drops the failures that led to it; a disabled account
// stays so. ppolicy drops them where the lock is deleted, and to delete it, it
// has to be there (R-WB-114).
func relock(request *ldap.ModifyRequest, disabled bool) {
	request.Replace("pwdAccountLockedTime", []string{lockedForGood})
	request.Delete("pwdAccountLockedTime", nil)
	if disabled {
		request.Add("pwdAccountLockedTime", []string{lockedForGood})
	}
}

func (ol openLDAP) unlock(ctx context.Context, dn string) error {
	disabled, err := ol.disabled(ctx, dn)
	if err != nil {
		return err
	}
	request := ldap.NewModifyRequest(dn, underPolicy())
	relock(request, disabled)
	return ol.modify(ctx, opUnlock, request)
}

// setMustChange leaves the date of the password as it is.
func (ol openLDAP) setMustChange(ctx context.Context, dn string, must bool) error {
	request := ldap.NewModifyRequest(dn, underPolicy())
	if must {
		request.Replace("pwdReset", []string{"TRUE"})
	} else {
		request.Replace("pwdReset", nil)
	}
	return ol.modify(ctx, opMustChange, request)
}

// change signs in as the owner and uses the Password Modify operation
// (R-WB-40), so that it needs no right, a wrong old password counts towards the
// lockout, and who may not change the password cannot. One that has expired
// does not let its owner in any more; then the configured account changes it,
// which needs the right to set it.
func (ol openLDAP) change(ctx context.Context, dn, old, password string) error {
	if _, err := ol.readEntry(ctx, dn, "1.1"); err != nil {
		return err
	}
	err := ol.changeAsOwner(ctx, dn, old, password)
	if !reasonIs(err, PasswordExpired) {
		return err
	}
	return ol.write(ctx, opChange, dn, func(c *ldap.Conn) error { return modifyPassword(c, dn, old, password) })
}

func (ol openLDAP) changeAsOwner(ctx context.Context, dn, old, password string) error {
	if err := ol.fence.admits(opChange, dn); err != nil {
		return err
	}
	if old == "" { // LDAP takes that for an anonymous bind
		return &Refusal{Reason: WrongOldPassword, Op: opChange, Object: dn, Code: ldap.LDAPResultInvalidCredentials, Text: "not sent: it is empty"}
	}
	ctx, cancel := ol.bounded(ctx)
	defer cancel()
	l, err := ol.pool.dialer.dial(ctx)
	if err != nil {
		return &Refusal{Reason: Unreachable, Op: opChange, Object: dn, Err: err}
	}
	defer l.close()
	err = ol.authenticate(ctx, l, dn, old)
	if err != nil && !reasonIs(err, MustChange) {
		return ol.changeRefused(dn, false, l, err)
	}
	before := l.wire.sent.Load()
	err = l.request(ctx, func(c *ldap.Conn) error { return modifyPassword(c, dn, old, password) })
	return ol.changeRefused(dn, l.wire.sent.Load() > before, l, err)
}

// changeRefused puts what went wrong into the words of a change.
func (ol openLDAP) changeRefused(dn string, sent bool, l *link, err error) error {
	if err == nil {
		return nil
	}
	if l.broken(err) {
		return &Refusal{Reason: Unreachable, Op: opChange, Object: dn, OutcomeUnknown: sent, Err: err}
	}
	var r *Refusal
	if !errors.As(refuse(ol, opChange, dn, err), &r) {
		return err
	}
	r.Op, r.Object = opChange, dn
	switch r.Reason {
	case WrongPassword:
		r.Reason = WrongOldPassword
	case NoRight: // of the owner
		r.Reason = CannotChange
	}
	return r
}

// modifyPassword is the operation of RFC 3062, under the policy.
func modifyPassword(c *ldap.Conn, dn, old, password string) error {
	value := ber.NewSequence("PasswdModifyRequestValue")
	for tag, text := range []string{dn, old, password} {
		value.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, ber.Tag(tag), text, "field"))
	}
	request := ldap.NewExtendedRequest("1.3.6.1.4.1.4203.1.11.1", value)
	request.Controls = underPolicy()
	_, err := c.Extended(request)
	return err
}
