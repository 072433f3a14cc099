package directory

import (
	"fmt"
	"strings"
)

// Reason says why the directory refused, in the words of the product and apart
// from the server's.
type Reason uint8

// The reasons. Other is the zero value: refused, and the server's text is all
// that is known.
const (
	Other              Reason = iota
	WrongPassword             // bind: wrong password or unknown user (52e, 525)
	Disabled                  // bind: account disabled (533)
	MustChange                // bind: right password, must be changed first (773)
	Locked                    // bind or change: account locked out (775)
	AccountExpired            // bind: account past its date (701)
	PasswordExpired           // bind: right password, too old (532)
	LogonRestricted           // bind: not at this hour or from this machine (530, 531)
	TooShort                  // set or change: below the minimum length
	TooSimple                 // set or change: complexity not met
	InHistory                 // set or change: used before
	TooYoung                  // change: minimum age not reached
	PolicyOther               // set or change: policy, the server does not say which rule
	WrongOldPassword          // change: the old password does not match
	CannotChange              // change: "user cannot change password" (R-WB-110a)
	NoRight                   // the bound account lacks the right (result 50)
	NoSuchObject              // nothing is there (result 32), or no such user
	AlreadyExists             // the name or the member is there already (result 68)
	NotUnique                 // several objects answer to one key (R-WB-68)
	PolicyHintsMissing        // the server has no policy-hints control (R-WB-34, R-WB-99)
	EncryptionRequired        // refused on a plain connection (R-WB-96, R-WB-32)
	Unreachable               // no connection, or none that answers in time
)

var reasonNames = [...]string{
	Other:              "other",
	WrongPassword:      "wrong password",
	Disabled:           "account disabled",
	MustChange:         "password must be changed",
	Locked:             "account locked",
	AccountExpired:     "account expired",
	PasswordExpired:    "password expired",
	LogonRestricted:    "logon restricted",
	TooShort:           "password too short",
	TooSimple:          "password too simple",
	InHistory:          "password used before",
	TooYoung:           "password too young to change",
	PolicyOther:        "password policy",
	WrongOldPassword:   "wrong old password",
	CannotChange:       "user cannot change password",
	NoRight:            "no right",
	NoSuchObject:       "no such object",
	AlreadyExists:      "already exists",
	NotUnique:          "not unique",
	PolicyHintsMissing: "no policy-hints control",
	EncryptionRequired: "encryption required",
	Unreachable:        "unreachable",
}

// String names the reason in a few words, for logs and reports.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return fmt.Sprintf("reason %d", uint8(r))
}

// Refusal is the error of every operation that the directory, or the way to
// it, did not let happen. Find it with errors.As.
type Refusal struct {
	Reason  Reason
	Code    uint16 // LDAP result code; 0 when no answer came
	SubCode string // "52e" of a bind, "0000052D" of a write, "passwordTooShort" in OpenLDAP; "" if there is none
	Text    string // the server's diagnostic text, unchanged
	Op      string // what was asked: "bind", "reset", "change", "read", …
	Object  string // of what: a DN, a bind name or a search base

	// OutcomeUnknown tells that a write was sent and its answer never came: it
	// may have happened. Look before you write again.
	OutcomeUnknown bool

	Err error // what lies under it: the LDAP or network error, may be nil
}

// Error says what was refused, why, and in which words of the server's.
func (r *Refusal) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s", r.Op, r.Object, r.Reason)
	if r.Code != 0 {
		fmt.Fprintf(&b, " (result %d", r.Code)
		if r.SubCode != "" {
			fmt.Fprintf(&b, ", %s", r.SubCode)
		}
		b.WriteString(")")
	}
	switch {
	case r.Text != "":
		fmt.Fprintf(&b, ": %s", r.Text)
	case r.Err != nil:
		fmt.Fprintf(&b, ": %v", r.Err)
	}
	if r.OutcomeUnknown {
		b.WriteString("; the request was sent and not answered, so the outcome is unknown: read the object before writing again")
	}
	return b.String()
}

// Unwrap returns the error underneath.
func (r *Refusal) Unwrap() error { return r.Err }
