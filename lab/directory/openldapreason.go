package directory

import (
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// policyError is an error of the password policy control, as the draft
// draft-behera-ldap-password-policy numbers them.
type policyError int8

const policyErrorNone policyError = -1

// policyErrors are the draft's names, and what they mean here (R-WB-111,
// R-WB-115, R-WB-116).
var policyErrors = [...]struct {
	name   string
	reason Reason
}{
	{"passwordExpired", PasswordExpired},
	{"accountLocked", Locked},
	{"changeAfterReset", MustChange},
	{"passwordModNotAllowed", CannotChange},
	{"mustSupplyOldPassword", WrongOldPassword},
	{"insufficientPasswordQuality", TooSimple},
	{"passwordTooShort", TooShort},
	{"passwordTooYoung", TooYoung},
	{"passwordInHistory", InHistory},
	{"passwordTooLong", PolicyOther},
}

func (e policyError) known() bool { return e >= 0 && int(e) < len(policyErrors) }

func (e policyError) reason() Reason {
	if !e.known() {
		return PolicyOther
	}
	return policyErrors[e].reason
}

// String is the error's name in the draft.
func (e policyError) String() string {
	if !e.known() {
		return fmt.Sprintf("policy error %d", int8(e))
	}
	return policyErrors[e].name
}

// policyErrorIn returns the error that a response control tells of.
func policyErrorIn(controls []ldap.Control) policyError {
	if c, ok := ldap.FindControl(controls, ldap.ControlTypeBeheraPasswordPolicy).(*ldap.ControlBeheraPasswordPolicy); ok {
		return policyError(c.Error)
	}
	return policyErrorNone
}

// controlsOf reads the controls of a refused request, which go-ldap leaves in
// the packet. What cannot be read is passed over.
func controlsOf(answer *ldap.Error) (controls []ldap.Control) {
	if answer.Packet == nil || len(answer.Packet.Children) < 3 {
		return nil
	}
	for _, packet := range answer.Packet.Children[2].Children {
		if c, err := ldap.DecodeControl(packet); err == nil {
			controls = append(controls, c)
		}
	}
	return controls
}

// reason reads the policy's error first; it is the refusal's sub-code.
func (openLDAP) reason(op string, answer *ldap.Error, text string) (Reason, string) {
	if e := policyErrorIn(controlsOf(answer)); e != policyErrorNone {
		return e.reason(), e.String()
	}
	switch answer.ResultCode {
	case ldap.LDAPResultInvalidCredentials:
		return WrongPassword, ""
	case ldap.LDAPResultUnwillingToPerform:
		if op == opChange { // "unwilling to verify old password", R-WB-117
			return WrongOldPassword, ""
		}
	case ldap.LDAPResultConstraintViolation:
		if strings.Contains(text, "unique") { // the overlay of that name
			return AlreadyExists, ""
		}
		if op == opReset || op == opChange { // an error beyond those that go-ldap reads
			return PolicyOther, ""
		}
	}
	return commonReason(answer.ResultCode), ""
}

// underPolicy is the control that asks for the policy's errors.
func underPolicy() []ldap.Control { return []ldap.Control{ldap.NewControlBeheraPasswordPolicy()} }
