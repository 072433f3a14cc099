package directory

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// refusedBy is a refused request as slapd sends it, with the error of the
// policy control in the packet, where go-ldap leaves it.
func refusedBy(t *testing.T, code uint16, text string, policyErrors ...byte) error {
	t.Helper()
	result := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationModifyResponse, nil, "")
	result.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, int64(code), ""))
	result.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "", ""))
	result.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, text, ""))
	packet := ber.NewSequence("")
	packet.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, int64(1), ""))
	packet.AppendChild(result)
	if len(policyErrors) > 0 {
		controls := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
		for _, e := range policyErrors {
			c := ber.NewSequence("")
			c.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, ldap.ControlTypeBeheraPasswordPolicy, ""))
			c.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, string([]byte{0x30, 3, 0x81, 1, e}), ""))
			controls.AppendChild(c)
		}
		packet.AppendChild(controls)
	}
	decoded, err := ber.DecodePacketErr(packet.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return ldap.GetLDAPError(decoded)
}

// R-WB-111, R-WB-115 to R-WB-117.
func TestTheControlTellsTheReason(t *testing.T) {
	for _, c := range []struct {
		op     string
		code   uint16
		text   string
		policy []byte
		want   Reason
		sub    string
	}{
		{opBind, 49, "", []byte{0}, PasswordExpired, "passwordExpired"},
		{opBind, 49, "", []byte{1}, Locked, "accountLocked"},
		{opBind, 49, "", nil, WrongPassword, ""},
		{opBind, 13, "confidentiality required", nil, EncryptionRequired, ""},
		{opReset, 50, "", []byte{2}, MustChange, "changeAfterReset"},
		{opChange, 50, "", []byte{3}, CannotChange, "passwordModNotAllowed"},
		{opChange, 50, "", []byte{4}, WrongOldPassword, "mustSupplyOldPassword"},
		{opReset, 19, "", []byte{5}, TooSimple, "insufficientPasswordQuality"},
		{opReset, 19, "", []byte{6}, TooShort, "passwordTooShort"},
		{opReset, 19, "", []byte{7}, TooYoung, "passwordTooYoung"},
		{opReset, 19, "", []byte{8}, InHistory, "passwordInHistory"},
		{opReset, 19, "", []byte{9}, PolicyOther, ""}, // go-ldap cannot read it
		{opReset, 19, "Password fails quality checking policy", nil, PolicyOther, ""},
		{opModify, 19, "x", nil, Other, ""},
		{opCreate, 19, "non-unique attributes found with (|(uid=anna))", nil, AlreadyExists, ""},
		{opChange, 53, "unwilling to verify old password", nil, WrongOldPassword, ""},
		{opReset, 53, "", nil, Other, ""},
		{opReset, 50, "", nil, NoRight, ""},
		{opRead, 32, "", nil, NoSuchObject, ""},
		{opCreate, 68, "", nil, AlreadyExists, ""},
		{opModify, 20, "", nil, AlreadyExists, ""},
		{opReset, 52, "", nil, Unreachable, ""},
	} {
		var r *Refusal
		if err := refuse(openLDAP{}, c.op, "cn=x", refusedBy(t, c.code, c.text, c.policy...)); !errors.As(err, &r) {
			t.Fatalf("%s %d: %v is no refusal", c.op, c.code, err)
		}
		if r.Reason != c.want || r.SubCode != c.sub || r.Code != c.code {
			t.Errorf("%s %d %v: %s, sub-code %q, code %d; want %s, %q", c.op, c.code, c.policy, r.Reason, r.SubCode, r.Code, c.want, c.sub)
		}
	}
	if e := policyError(77); e.reason() != PolicyOther || e.String() != "policy error 77" {
		t.Errorf("an error that the draft does not have is %s, %s", e.reason(), e)
	}
}

func TestAChangeNumberOnlyGrows(t *testing.T) {
	order := []string{
		"20000101000000.000000Z#000000#000#000000",
		"20191104080000.000001Z#000000#000#000000",
		"20191104080000.000001Z#000001#000#000000",
		"20191104080000.000001Z#00000a#001#000000",
		"20191104080000.000002Z#000000#000#000000",
		"20991231235959.999999Z#0003fe#000#000000",
	}
	var last int64
	for _, text := range order {
		n := changeNumber(text)
		if n <= last {
			t.Errorf("%s is %d, after %d", text, n, last)
		}
		last = n
		back := changeText(n)
		if changeNumber(back) != n || back[:29] != text[:29] {
			t.Errorf("%s comes back as %s", text, back)
		}
		if next := changeText(n + 1); strings.Compare(next, back) <= 0 {
			t.Errorf("after %s comes %s", back, next)
		}
	}
	for _, none := range []string{"", "x", "20191104080000Z#000000#000#000000", "20191104080000.000001Z", "20191104080000.000001Z#zz#000#000000"} {
		if n := changeNumber(none); n != 0 {
			t.Errorf("%q is %d", none, n)
		}
	}
	// A count beyond the bits: what came after it is told again, not lost.
	if many := changeNumber("20191104080000.000001Z#000fff#000#000000"); changeText(many+1) != "20191104080000.000002Z#000000#000#000000" && many != changeNumber("20191104080000.000001Z#0003ff#000#000000") {
		t.Errorf("a count that is cut: %d", many)
	}
}

func TestDNsAreComparedAsDNs(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"cn=Anna,DC=example,dc=com", "CN=anna, dc=example, dc=com", true},
		{`cn=Berg\, Anna,dc=com`, `cn=Berg\2C Anna,dc=com`, true},
		{"cn=anna,dc=com", "cn=anne,dc=com", false},
		{"cn=anna", "no DN", false},
	} {
		if sameDN(c.a, c.b) != c.same {
			t.Errorf("%q and %q: same is not %v", c.a, c.b, c.same)
		}
	}
	if !within("cn=a,ou=b,dc=c", "OU=b,DC=c") || within("ou=b,dc=c", "cn=a,ou=b,dc=c") || !within("dc=c", "dc=c") {
		t.Error("within is wrong")
	}
	if depth(`cn=a\,b,ou=c,dc=d`) != 3 || depth("") != 0 {
		t.Error("depth is wrong")
	}
	for base, want := range map[string]string{"": "dc=one", "ou=x,dc=two": "dc=two", "dc=three": ""} {
		if got := contextOf(base, []string{"dc=one", "dc=two"}); got != want {
			t.Errorf("%q lies in %q, want %q", base, got, want)
		}
	}
}

func TestAnAccountIsReadFromAPerson(t *testing.T) {
	e := ldap.NewEntry("cn=Anna,ou=Staff,dc=example,dc=com", map[string][]string{
		"uid": {"anna@example.com", "anna"}, "cn": {"Anna"}, "sn": {"Anna"}, "entryUUID": {"00010203-0405-0607-0809-0a0b0c0d0e0f"},
		"pwdChangedTime": {"20191104080000Z"}, "pwdFailureTime": {"20191104080000.1Z", "20191104080001.2Z"},
		"pwdAccountLockedTime": {"20191104090000Z"}, "entryCSN": {"20191104080000.000001Z#000000#000#000000"},
	})
	a := openLDAP{}.accountOf(e)
	if a.SAM != "anna" || a.UPN != "anna@example.com" || a.Name != "Anna" || a.Surname != "" || a.BadPasswords != 2 || !a.Enabled || a.USN == 0 {
		t.Errorf("%+v", a)
	}
	if a.Anchor != "AAECAwQFBgcICQoLDA0ODw==" {
		t.Errorf("anchor %s", a.Anchor)
	}
	if f := (openLDAP{}).withAnchor([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}); f != "(entryUUID=00010203-0405-0607-0809-0a0b0c0d0e0f)" {
		t.Errorf("filter %s", f)
	}
	if f := (openLDAP{}).withAnchor([]byte("short")); f != "(!(objectClass=*))" {
		t.Errorf("an anchor of another length is looked for by %s", f)
	}
	lock := a.LockedAt
	for _, c := range []struct {
		policy          Policy
		after           time.Duration
		locked, expired bool
	}{
		{Policy{}, 1000 * time.Hour, true, false}, // without end, without age
		{Policy{LockoutDuration: time.Hour}, 59 * time.Minute, true, false},
		{Policy{LockoutDuration: time.Hour}, time.Hour, false, false},
		{Policy{LockoutDuration: time.Hour, MaxAge: 2 * time.Hour}, time.Hour, false, false},
		{Policy{LockoutDuration: time.Hour, MaxAge: 2 * time.Hour}, time.Hour + time.Second, false, true},
	} {
		if a.readAges(c.policy, lock.Add(c.after)); a.Locked != c.locked || a.PasswordExpired != c.expired {
			t.Errorf("%s after the lock under %+v: locked %v, expired %v", c.after, c.policy, a.Locked, a.PasswordExpired)
		}
	}
}

func TestADisabledAccountIsNotLocked(t *testing.T) {
	a := openLDAP{}.accountOf(ldap.NewEntry("cn=x", map[string][]string{"pwdAccountLockedTime": {lockedForGood}, "pwdReset": {"TRUE"}, "pwdChangedTime": {"20191104080000Z"}}))
	if a.Enabled || !a.LockedAt.IsZero() || !a.MustChange || !a.PasswordSet.IsZero() {
		t.Errorf("%+v", a)
	}
}

func TestAPolicyComesBackAsItWasWritten(t *testing.T) {
	for _, want := range []Policy{
		{},
		{MinLength: 12, Complexity: true, History: 24, MinAge: 24 * time.Hour, MaxAge: 42 * 24 * time.Hour,
			LockoutThreshold: 5, LockoutWindow: 10 * time.Minute, LockoutDuration: 30 * time.Minute},
	} {
		attributes := map[string][]string{}
		for _, a := range policyValues(want) {
			attributes[a[0]] = []string{a[1]}
		}
		if got := policyOf(ldap.NewEntry("cn=default", attributes)); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		attributes["description"] = []string{"precedence 7"}
		if got := policyOf(ldap.NewEntry("cn=pso", attributes)); got.PSO != "cn=pso" || got.Precedence != 7 {
			t.Errorf("%+v", got)
		}
	}
}

// R-WB-114: the lock is deleted, whether there was one or not, and a disabled
// account stays so.
func TestUnlockingDeletesTheLock(t *testing.T) {
	for disabled, want := range map[bool][]uint{
		false: {ldap.ReplaceAttribute, ldap.DeleteAttribute},
		true:  {ldap.ReplaceAttribute, ldap.DeleteAttribute, ldap.AddAttribute},
	} {
		request := ldap.NewModifyRequest("cn=x", nil)
		relock(request, disabled)
		var got []uint
		for _, c := range request.Changes {
			got = append(got, c.Operation)
		}
		if !slices.Equal(got, want) {
			t.Errorf("disabled %v: operations %v, want %v", disabled, got, want)
		}
	}
}

func TestADialectThatThereIsNotIsRefused(t *testing.T) {
	if _, err := prepare(Config{URL: "ldaps://127.0.0.1", Dialect: 9}); err == nil || !strings.Contains(err.Error(), "dialect 9") {
		t.Errorf("%v", err)
	}
	if ActiveDirectory.String() != "Active Directory" || OpenLDAP.String() != "OpenLDAP" {
		t.Errorf("%s, %s", ActiveDirectory, OpenLDAP)
	}
}
