package directory

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
)

const bindText = "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data "

// Texts are those of R-WB-38 and R-WB-96 to R-WB-117, seen on Samba, and what
// Windows is known to answer instead.
func TestAnAnswerHasAReason(t *testing.T) {
	const policy = "0000052D: Constraint violation - check_password_restrictions: "
	for _, c := range []struct {
		op   string
		code uint16
		text string
		want Reason
		sub  string
	}{
		{opBind, 49, bindText + "52e, v1db1", WrongPassword, "52e"},
		{opBind, 49, bindText + "525, v1db1", WrongPassword, "525"},
		{opBind, 49, bindText + "530, v1db1", LogonRestricted, "530"},
		{opBind, 49, bindText + "531, v1db1", LogonRestricted, "531"},
		{opBind, 49, bindText + "532, v1db1", PasswordExpired, "532"},
		{opBind, 49, bindText + "533, v1db1", Disabled, "533"},
		{opBind, 49, bindText + "701, v1db1", AccountExpired, "701"},
		{opBind, 49, bindText + "773, v1db1", MustChange, "773"},
		{opBind, 49, bindText + "775, v1db1\x00", Locked, "775"},
		{opBind, 49, "", WrongPassword, ""},
		{opBind, 8, "BindSimple: Transport encryption required.", EncryptionRequired, ""},
		{opBind, 13, "confidentiality required", EncryptionRequired, ""},

		{opReset, 19, policy + "the password is too short. It should be equal or longer than 7 characters!", TooShort, "0000052D"},
		{opReset, 19, policy + "the password does not meet the complexity criteria!", TooSimple, "0000052D"},
		{opChange, 19, policy + "password is too young to change!", TooYoung, "0000052D"},
		{opChange, 19, policy + "the password was already used (in history)!", InHistory, "0000052D"},
		{opReset, 53, policy + "the password is too short.", TooShort, "0000052D"},
		{opReset, 53, "0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0", PolicyOther, "0000052D"},
		{opChange, 19, "0000052d: AtrErr: DSID-03191083, #1:", PolicyOther, "0000052D"},
		{opChange, 19, "00000056: Constraint violation - check_password_restrictions: The old password specified doesn't match!", WrongOldPassword, "00000056"},
		{opChange, 53, "00000056: x", WrongOldPassword, "00000056"},
		{opChange, 19, "00000775: Password change not permitted, account locked out!", Locked, "00000775"},
		{opChange, 19, "error in module acl: Constraint violation during LDB_MODIFY (19)", CannotChange, ""},
		{opReset, 19, "error in module acl: Constraint violation during LDB_MODIFY (19)", Other, ""},
		{opReset, 53, "0000001F: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0", EncryptionRequired, "0000001F"},

		{opReset, 50, "00000005: SecErr: DSID-031A1190, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0", NoRight, "00000005"},
		{opModify, 50, "", NoRight, ""},
		{"move", 80, "00002095: objectclass: Cannot rename CN=a,DC=b, parent does not exist!", NoSuchObject, "00002095"},
		{"create", 19, "0000202F: samldb: userPrincipalName 'a@example.test' is already in use ", AlreadyExists, "0000202F"},
		{opRead, 32, "00002030: NameErr: DSID-03100245, problem 2001 (NO_OBJECT), data 0", NoSuchObject, "00002030"},
		{opRead, 34, "0000208F: NameErr: DSID-03100233, problem 2006 (BAD_NAME), data 8350", Other, "0000208F"},
		{"create", 68, "00000524: UpdErr: DSID-031A11E2, problem 6005 (ENTRY_EXISTS), data 0", AlreadyExists, "00000524"},
		{"create", 19, "000021C8: AtrErr: DSID-03200BBA, #1:", AlreadyExists, "000021C8"},
		{opModify, 20, "attribute 'member': value already exists", AlreadyExists, ""},
		{opReset, 51, "busy", Unreachable, ""},
		{opReset, 12, "", Other, ""},
		{opReset, 200, "connection closed", Unreachable, ""},
	} {
		err := refuse(activeDirectory{}, c.op, "CN=x", ldap.NewError(c.code, errors.New(c.text)))
		var r *Refusal
		if !errors.As(err, &r) {
			t.Fatalf("%s %d %q: %v is no refusal", c.op, c.code, c.text, err)
		}
		if r.Reason != c.want || r.SubCode != c.sub {
			t.Errorf("%s %d %q: %s, sub-code %q; want %s, %q", c.op, c.code, c.text, r.Reason, r.SubCode, c.want, c.sub)
		}
		if c.want != Unreachable && r.Code != c.code {
			t.Errorf("%s %d %q: code %d", c.op, c.code, c.text, r.Code)
		}
	}
}

func TestNoErrorIsNoRefusal(t *testing.T) {
	if err := refuse(activeDirectory{}, opBind, "x", nil); err != nil {
		t.Error(err)
	}
}

func TestAnErrorOfTheNetworkIsUnreachable(t *testing.T) {
	var r *Refusal
	err := refuse(activeDirectory{}, opReset, "CN=x", errors.New("connection reset"))
	if !errors.As(err, &r) || r.Reason != Unreachable || r.Code != 0 {
		t.Errorf("%#v", err)
	}
}

func TestTheErrorSaysWhatWhereAndWhy(t *testing.T) {
	err := refuse(activeDirectory{}, opReset, "CN=anna", ldap.NewError(19, errors.New("0000052D: too short")))
	for _, part := range []string{"reset", "CN=anna", "password too short", "19", "0000052D"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	lost := &Refusal{Op: opReset, Object: "CN=anna", Reason: Unreachable, Err: errors.New("cut"), OutcomeUnknown: true}
	for _, part := range []string{"unreachable", "cut", "outcome is unknown"} {
		if !strings.Contains(lost.Error(), part) {
			t.Errorf("%q does not say %q", lost, part)
		}
	}
	if !errors.Is(lost, lost.Err) {
		t.Error("the cause is not reachable")
	}
}

func TestEveryReasonHasAName(t *testing.T) {
	seen := map[string]Reason{}
	for r := Other; r <= Unreachable; r++ {
		if twin, double := seen[r.String()]; double || r.String() == "" {
			t.Errorf("reasons %d and %d are both called %q", twin, r, r)
		}
		seen[r.String()] = r
	}
	if got := Reason(200).String(); got != "reason 200" {
		t.Error(got)
	}
}

func TestParseDiagnostic(t *testing.T) {
	for text, want := range map[string]diagnostic{
		"":                           {},
		"0000052D":                   {lead: "0000052D"},
		"0000052D: x":                {lead: "0000052D"},
		"0000052D x":                 {},
		"0000052D1: x":               {},
		"000052D: x":                 {},
		"80090308: y, data 52E, v1":  {lead: "80090308", data: "52e"},
		"00000005: z, data 0":        {lead: "00000005"},
		"00000005: z, data 00000775": {lead: "00000005", data: "775"},
		"metadata 52e":               {},
		"data 52eg":                  {},
		"data ":                      {},
		"no data here, data 775":     {data: "775"},
		"data 123456789":             {},
	} {
		if got := parseDiagnostic(text); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

func FuzzParseDiagnostic(f *testing.F) {
	f.Add(bindText + "52e, v1db1")
	f.Add("0000052D: Constraint violation")
	f.Add("data data data 775")
	f.Fuzz(func(t *testing.T, text string) {
		d := parseDiagnostic(text)
		if d.lead != "" && (len(d.lead) != 8 || !strings.EqualFold(d.lead, text[:8])) {
			t.Errorf("lead %q of %q", d.lead, text)
		}
		if len(d.data) > 8 || !strings.Contains(strings.ToLower(text), d.data) || strings.HasPrefix(d.data, "0") {
			t.Errorf("data %q of %q", d.data, text)
		}
		for _, r := range []Reason{reasonOf(opBind, 49, d.subCode(), text), reasonOf(opChange, 19, d.subCode(), text)} {
			if r == Other && strings.HasPrefix(text, "00000775:") {
				t.Errorf("%q has no reason", text)
			}
		}
	})
}
