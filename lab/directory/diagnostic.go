package directory

import (
	"errors"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// diagnostic is what can be read from a server's diagnostic text: the error
// number that leads it ("0000052D: …") and the one inside it ("…, data 52e, …").
type diagnostic struct {
	lead string // eight hex digits in upper case, or ""
	data string // up to eight hex digits in lower case without leading zeros, or ""
}

// parseDiagnostic reads text of any server; what it does not recognise it
// leaves empty.
func parseDiagnostic(text string) diagnostic {
	var d diagnostic
	if n := hexRun(text); n == 8 && (len(text) == 8 || text[8] == ':') {
		d.lead = strings.ToUpper(text[:8])
	}
	for rest := text; ; {
		i := strings.Index(rest, "data ")
		if i < 0 {
			return d
		}
		alone := i == 0 || rest[i-1] == ' ' || rest[i-1] == ','
		rest = rest[i+len("data "):]
		n := hexRun(rest)
		if alone && n > 0 && n <= 8 && !wordAt(rest, n) {
			d.data = strings.TrimLeft(strings.ToLower(rest[:n]), "0")
			return d
		}
	}
}

// hexRun returns how many hex digits s starts with.
func hexRun(s string) int {
	for i := range len(s) {
		if !isHex(s[i]) {
			return i
		}
	}
	return len(s)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// wordAt reports whether a word goes on at s[i].
func wordAt(s string, i int) bool {
	return i < len(s) && ('0' <= s[i] && s[i] <= '9' || 'a' <= s[i]|0x20 && s[i]|0x20 <= 'z')
}

// securityStatus leads the text of a refused bind; it only says which function
// spoke.
const securityStatus = "80090308"

// subCode is the number that explains the refusal: the inner one of a bind,
// else the leading one. (What follows "data" elsewhere is some other number.)
func (d diagnostic) subCode() string {
	if d.lead == "" || d.lead == securityStatus && d.data != "" {
		return d.data
	}
	return d.lead
}

// What is asked of a directory. The meaning of an answer may depend on it.
const (
	opRead       = "read"
	opBind       = "bind"
	opCreate     = "create"
	opModify     = "modify"
	opReset      = "reset"
	opChange     = "change"
	opUnlock     = "unlock"
	opMustChange = "set must-change of"
	opSetPolicy  = "set policy of"
	opDelegate   = "delegate"
)

// refuse makes a Refusal of what go-ldap returned for op on object, as that
// dialect reads it; nil and a Refusal stay as they are. Errors that are no
// answer of the server are Unreachable.
func refuse(speaker binder, op, object string, err error) error {
	var known *Refusal
	if err == nil || errors.As(err, &known) {
		return err
	}
	r := &Refusal{Op: op, Object: object, Err: err, Reason: Unreachable}
	var answer *ldap.Error
	if !errors.As(err, &answer) || answer.ResultCode >= ldap.ErrorNetwork && answer.ResultCode < 300 {
		return r
	}
	r.Code = answer.ResultCode
	if answer.Err != nil {
		r.Text = strings.TrimRight(answer.Err.Error(), "\x00") // Windows ends it with a NUL
	}
	r.Reason, r.SubCode = speaker.reason(op, answer, r.Text)
	return r
}

func (activeDirectory) reason(op string, answer *ldap.Error, text string) (Reason, string) {
	sub := parseDiagnostic(text).subCode()
	return reasonOf(op, answer.ResultCode, sub, text), sub
}

// reasonOf maps an answer to its reason; R-WB-38 and R-WB-97 to R-WB-110b.
// Samba answers a refused password with 19 and Windows a refused set with 53:
// both count.
func reasonOf(op string, code uint16, sub, text string) Reason {
	switch code {
	case ldap.LDAPResultInvalidCredentials:
		return bindReason(sub)
	case ldap.LDAPResultConstraintViolation, ldap.LDAPResultUnwillingToPerform:
		return constraintReason(op, code, sub, text)
	case ldap.LDAPResultOther:
		if sub == "00002095" { // Samba, of a move to a container that is not there
			return NoSuchObject
		}
	}
	return commonReason(code)
}

// commonReason reads a result that means the same everywhere.
func commonReason(code uint16) Reason {
	switch code {
	case ldap.LDAPResultStrongAuthRequired, ldap.LDAPResultConfidentialityRequired:
		return EncryptionRequired
	case ldap.LDAPResultInsufficientAccessRights:
		return NoRight
	case ldap.LDAPResultNoSuchObject:
		return NoSuchObject
	case ldap.LDAPResultEntryAlreadyExists, ldap.LDAPResultAttributeOrValueExists:
		return AlreadyExists
	case ldap.LDAPResultBusy, ldap.LDAPResultUnavailable, ldap.LDAPResultTimeLimitExceeded:
		return Unreachable
	}
	return Other
}

// bindReason reads the sub-code of result 49 (R-WB-110b). A server that gives
// none has only said that the credentials are no good.
func bindReason(sub string) Reason {
	switch sub {
	case "530", "531":
		return LogonRestricted
	case "532":
		return PasswordExpired
	case "533":
		return Disabled
	case "701":
		return AccountExpired
	case "773":
		return MustChange
	case "775":
		return Locked
	}
	return WrongPassword
}

func constraintReason(op string, code uint16, sub, text string) Reason {
	switch sub {
	case "0000052D":
		return policyReason(text)
	case "00000056":
		return WrongOldPassword
	case "00000775":
		return Locked
	case "0000001F": // unicodePwd on a plain connection, R-WB-32
		return EncryptionRequired
	case "00000524", "00002071", "000021C7", "000021C8": // name, account name or UPN is taken
		return AlreadyExists
	}
	if sub == "0000202F" && strings.Contains(text, "already in use") { // UPN, in Samba's words
		return AlreadyExists
	}
	acl := strings.Contains(text, "module acl") || sub == "00000005"
	if op == opChange && code == ldap.LDAPResultConstraintViolation && acl {
		return CannotChange // R-WB-110a
	}
	return Other
}

// policyReason tells which rule of the policy spoke, by the words that Samba
// uses; Windows does not say.
func policyReason(text string) Reason {
	text = strings.ToLower(text)
	for _, rule := range []struct {
		words  string
		reason Reason
	}{
		{"too short", TooShort},
		{"complexity", TooSimple},
		{"in history", InHistory},
		{"already used", InHistory},
		{"too young", TooYoung},
	} {
		if strings.Contains(text, rule.words) {
			return rule.reason
		}
	}
	return PolicyOther
}
