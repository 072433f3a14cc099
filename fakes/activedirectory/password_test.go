package activedirectory_test

import (
	"crypto/tls"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

func clientTLS(d *domain) *tls.Config {
	c := d.tls.Clone()
	c.ServerName = "127.0.0.1"
	return c
}

func sidText(t testing.TB, b []byte) string {
	t.Helper()
	s, err := sd.SIDFromBytes(b)
	must(t, err)
	return s.String()
}

// R-WB-97, R-WB-98, R-WB-107: a set checks length and kinds of characters, and
// nothing else.
func TestSet(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "a1", "displayName", "Anna Lindqvist")
	wants(t, reset(admin, dn, "Ab1-"), ldap.LDAPResultConstraintViolation, "0000052D", "too short", "7 characters")
	wants(t, reset(admin, dn, "alllowercase"), ldap.LDAPResultConstraintViolation, "0000052D", "complexity")
	for _, p := range []string{"Second-Pass-02", "Second-Pass-02", startPass, "xa1-Testing9", "Lindqvist-9", "Passwörd12", "ÅÄÖåäö123", "日本語日本A1"} {
		must(t, reset(admin, dn, p))
		d.wantBind("a1", p, "ok")
	}
	d.wantBind("a1", startPass, "52e")
	must(t, set(admin, base, "pwdProperties", "0", "minPwdLength", "3"))
	must(t, reset(admin, dn, "abc"))
	wants(t, reset(admin, dn, "ab"), ldap.LDAPResultConstraintViolation, "0000052D", "too short", "3 characters")
}

// R-WB-32, R-WB-33: the form of the value and of the request.
func TestWhatIsNoPassword(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "a1")
	for _, v := range []string{"Plain-Pass-1", `"Quoted-Pass-1"`, quoted("x")[:3], "\"\x00", ""} {
		wants(t, set(admin, dn, "unicodePwd", v), ldap.LDAPResultUnwillingToPerform, "00002035")
	}
	only := ldap.NewModifyRequest(dn, nil)
	only.Delete("unicodePwd", []string{quoted(startPass)})
	wants(t, admin.Modify(only), ldap.LDAPResultUnwillingToPerform)
	clear := ldap.NewModifyRequest(dn, nil)
	clear.Replace("unicodePwd", nil)
	wants(t, admin.Modify(clear), ldap.LDAPResultUnwillingToPerform)
	wants(t, reset(admin, "OU=Domain Controllers,"+base, "Fine-Pass-1"), ldap.LDAPResultObjectClassViolation)
	wants(t, reset(admin, person("nobody"), "Fine-Pass-1"), ldap.LDAPResultNoSuchObject, "00002030")
	d.wantBind("a1", startPass, "ok")
}

func TestPasswordsAreNeverRead(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "a1")
	for _, a := range []string{"unicodePwd", "ntPwdHistory", "supplementalCredentials", "*", "+"} {
		for _, got := range read(t, admin, dn, a).Attributes {
			if got.Name == "unicodePwd" || got.Name == "ntPwdHistory" || got.Name == "supplementalCredentials" {
				t.Errorf("%s was returned for %s", got.Name, a)
			}
		}
	}
	if got := find(t, admin, "(unicodePwd=*)"); len(got) > 0 {
		t.Errorf("found by password: %v", got)
	}
}

// R-WB-100, R-WB-101, R-WB-106: a change checks everything.
func TestChange(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "b1")
	wants(t, change(admin, dn, startPass, "New-Pass-02"), ldap.LDAPResultConstraintViolation, "0000052D", "too young")
	d.clock.Advance(25 * time.Hour)
	must(t, change(admin, dn, startPass, "New-Pass-02")) // also when bound as somebody else
	d.wantBind("b1", "New-Pass-02", "ok")
	must(t, set(admin, base, "minPwdAge", "0"))
	own := d.as(login("b1"), "New-Pass-02")
	wants(t, change(own, dn, "New-Pass-02", startPass), ldap.LDAPResultConstraintViolation, "0000052D", "history")
	wants(t, change(own, dn, "New-Pass-02", "New-Pass-02"), ldap.LDAPResultConstraintViolation, "0000052D", "history")
	wants(t, change(own, dn, "New-Pass-02", "short"), ldap.LDAPResultConstraintViolation, "0000052D", "too short")
	wants(t, change(own, dn, "New-Pass-02", "alllowercase"), ldap.LDAPResultConstraintViolation, "0000052D", "complexity")
	must(t, set(admin, base, "pwdHistoryLength", "0"))
	must(t, change(own, dn, "New-Pass-02", startPass))
	must(t, change(own, dn, startPass, startPass))
}

// R-WB-101.
func TestWrongOldPasswordsLock(t *testing.T) {
	d := start(t)
	admin := d.admin()
	must(t, set(admin, base, "lockoutThreshold", "3", "minPwdAge", "0"))
	dn := addUser(t, admin, "b1")
	for _, count := range []string{"1", "2", "3"} {
		wants(t, change(admin, dn, "Wrong-0", "Third-Pass-03"), ldap.LDAPResultConstraintViolation, "00000056")
		expect(t, admin, dn, "badPwdCount", count)
	}
	wants(t, change(admin, dn, startPass, "Third-Pass-03"), ldap.LDAPResultConstraintViolation, "00000775", "locked")
	expect(t, admin, dn, "msDS-User-Account-Control-Computed", "16")
}

// R-WB-105: a reset leaves the lock; both can go in one request.
func TestResetAndUnlock(t *testing.T) {
	d := start(t)
	admin := d.admin()
	must(t, set(admin, base, "lockoutThreshold", "3"))
	dn := addUser(t, admin, "b4")
	lock := func() {
		t.Helper()
		for range 3 {
			d.wantBind("b4", "Wrong-Pass-1", "52e")
		}
	}
	lock()
	must(t, reset(admin, dn, "Sixth-Pass-06"))
	expect(t, admin, dn, "badPwdCount", "3", "msDS-User-Account-Control-Computed", "16")
	d.wantBind("b4", "Sixth-Pass-06", "775")
	must(t, set(admin, dn, "unicodePwd", quoted("Tre-Pass-003"), "lockoutTime", "0"))
	expect(t, admin, dn, "badPwdCount", "0", "lockoutTime", "0")
	d.wantBind("b4", "Tre-Pass-003", "ok")
	must(t, set(admin, dn, "unicodePwd", quoted("Four-Pass-04"), "lockoutTime", "0", "pwdLastSet", "0"))
	d.wantBind("b4", "Four-Pass-04", "773")
}

// R-WB-104: disabled, yet reset and changed.
func TestDisabledAccounts(t *testing.T) {
	d := start(t)
	admin := d.admin()
	must(t, set(admin, base, "minPwdAge", "0"))
	dn := addUser(t, admin, "a3")
	must(t, set(admin, dn, "userAccountControl", "514"))
	must(t, reset(admin, dn, "Dis-Pass-033"))
	must(t, change(admin, dn, "Dis-Pass-033", "Dis-Pass-034"))
	d.wantBind("a3", "Dis-Pass-034", "533")
	d.wantBind("a3", startPass, "52e")
}

// R-WB-106: who must change may, in spite of the minimum age.
func TestMustChange(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "b3")
	must(t, set(admin, dn, "pwdLastSet", "0"))
	expect(t, admin, dn, "msDS-User-Account-Control-Computed", "8388608")
	must(t, change(admin, dn, startPass, "New-Pass-02"))
	d.wantBind("b3", "New-Pass-02", "ok")
	wants(t, set(admin, dn, "pwdLastSet", "132173856000000000"), ldap.LDAPResultOther)
}

// R-WB-110, with an "old password allowed period" of nothing: the old password
// is refused at once and is not counted.
func TestTheOldPasswordIsNotCounted(t *testing.T) {
	d := start(t)
	admin := d.admin()
	must(t, set(admin, base, "lockoutThreshold", "3"))
	dn := addUser(t, admin, "b5")
	must(t, reset(admin, dn, "Fresh-Pass-07"))
	must(t, reset(admin, dn, "Fresh-Pass-08"))
	for range 4 {
		d.wantBind("b5", "Fresh-Pass-07", "52e")
		d.wantBind("b5", startPass, "52e")
	}
	expect(t, admin, dn, "badPwdCount", "0")
	must(t, reset(admin, dn, "Fresh-Pass-09"))
	d.wantBind("b5", startPass, "52e") // by now the third last
	expect(t, admin, dn, "badPwdCount", "1")
	d.wantBind("b5", "Fresh-Pass-09", "ok")
}

// R-WB-103: without the right to unexpire, pwdLastSet is still now.
func TestResetSetsPwdLastSet(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "a1")
	before := value(t, admin, dn, "pwdLastSet")
	d.clock.Advance(time.Hour)
	must(t, reset(admin, dn, "Second-Pass-02"))
	if after := value(t, admin, dn, "pwdLastSet"); after <= before {
		t.Errorf("pwdLastSet was %s and is %s", before, after)
	}
}

// R-WB-108.
func TestFineGrainedPolicy(t *testing.T) {
	d := start(t)
	admin := d.admin()
	a4, a5 := addUser(t, admin, "a4"), addUser(t, admin, "a5")
	group := addGroup(t, admin, "Strict", a5)
	addSettings(t, admin, "long", "10", "14", a4)
	addSettings(t, admin, "longer", "5", "16", group)
	addSettings(t, admin, "longest", "20", "20", group)
	expect(t, admin, a4, "msDS-ResultantPSO", settingsDN("long"), "msDS-PSOApplied", settingsDN("long"))
	expect(t, admin, a5, "msDS-ResultantPSO", settingsDN("longer"), "msDS-PSOApplied", "")
	wants(t, reset(admin, a4, "Short-Pass-1"), ldap.LDAPResultConstraintViolation, "0000052D", "14 characters")
	must(t, reset(admin, a4, "Long-Enough-Pass"))
	wants(t, reset(admin, a5, "Long-Enough-P-1"), ldap.LDAPResultConstraintViolation, "0000052D", "16 characters")
	wants(t, change(admin, a4, "Long-Enough-Pass", "short"), ldap.LDAPResultConstraintViolation, "too short")
	for range 2 { // its own threshold
		d.wantBind("a4", "Wrong-Pass-1", "52e")
	}
	d.wantBind("a4", "Long-Enough-Pass", "775")
	must(t, admin.Del(ldap.NewDelRequest(settingsDN("long"), nil)))
	expect(t, admin, a4, "msDS-ResultantPSO", "")
	must(t, reset(admin, a4, "Short-Pass-1"))
}

func settingsDN(name string) string {
	return "CN=" + name + ",CN=Password Settings Container,CN=System," + base
}

func addSettings(t testing.TB, c *ldap.Conn, name, precedence, length, appliesTo string) {
	t.Helper()
	q := ldap.NewAddRequest(settingsDN(name), nil)
	for _, pair := range [][2]string{
		{"objectClass", "msDS-PasswordSettings"}, {"msDS-PasswordSettingsPrecedence", precedence},
		{"msDS-PasswordReversibleEncryptionEnabled", "FALSE"}, {"msDS-PasswordHistoryLength", "5"},
		{"msDS-PasswordComplexityEnabled", "TRUE"}, {"msDS-MinimumPasswordLength", length},
		{"msDS-MinimumPasswordAge", "0"}, {"msDS-MaximumPasswordAge", "-9223372036854775808"},
		{"msDS-LockoutThreshold", "2"}, {"msDS-LockoutObservationWindow", "-18000000000"},
		{"msDS-LockoutDuration", "-18000000000"}, {"msDS-PSOAppliesTo", appliesTo},
	} {
		q.Attribute(pair[0], []string{pair[1]})
	}
	must(t, c.Add(q))
}

// A new user has no password and is disabled; enabling takes a password, or the
// leave to do without.
func TestNewUsers(t *testing.T) {
	d := start(t)
	admin := d.admin()
	q := ldap.NewAddRequest(person("bare"), nil)
	q.Attribute("objectClass", []string{"top", "person", "organizationalPerson", "user"})
	must(t, admin.Add(q))
	expect(t, admin, person("bare"), "userAccountControl", "546", "pwdLastSet", "0", "primaryGroupID", "513",
		"sAMAccountType", "805306368", "accountExpires", "9223372036854775807", "badPwdCount", "0")
	wants(t, set(admin, person("bare"), "userAccountControl", "512"), ldap.LDAPResultUnwillingToPerform, "0000052D")
	must(t, set(admin, person("bare"), "userAccountControl", "544"))
	must(t, set(admin, person("bare"), "userAccountControl", "512", "unicodePwd", quoted("Now-It-Has-1")))

	enabled := ldap.NewAddRequest(person("enabled"), nil)
	enabled.Attribute("objectClass", []string{"user"})
	enabled.Attribute("userAccountControl", []string{"512"})
	wants(t, admin.Add(enabled), ldap.LDAPResultUnwillingToPerform, "0000052D")
	enabled.Attribute("unicodePwd", []string{quoted("short")})
	wants(t, admin.Add(enabled), ldap.LDAPResultConstraintViolation, "0000052D", "too short")
}
