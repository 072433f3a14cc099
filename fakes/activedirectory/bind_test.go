package activedirectory_test

import (
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// R-WB-110b: by every form of name, and the sub-codes.
func TestBindByEveryFormOfName(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "anna")
	sid := read(t, admin, dn, "objectSid").GetRawAttributeValue("objectSid")
	for _, name := range []string{dn, "cn=ANNA,cn=users,dc=corp,dc=example,dc=com", "anna@corp.example.com", "ANNA@CORP.EXAMPLE.COM",
		"anna@CORP", `CORP\anna`, `corp.example.com\ANNA`, sidText(t, sid)} {
		if got := d.tryBind(name, startPass); got != "ok" {
			t.Errorf("bind as %s: %s", name, got)
		}
	}
	for _, name := range []string{"anna", `OTHER\anna`, "nobody@corp.example.com", person("nobody"), "CN=Users," + base, "=,=", "Domain Admins@corp.example.com"} {
		if got := d.tryBind(name, startPass); got != "52e" {
			t.Errorf("bind as %s: %s, want 52e", name, got)
		}
	}
}

// R-WB-96.
func TestNoPasswordWithoutEncryption(t *testing.T) {
	d := start(t)
	c, err := ldap.DialURL("ldap://" + d.plain)
	must(t, err)
	defer c.Close()
	wants(t, c.Bind(adminDN, adminPass), ldap.LDAPResultStrongAuthRequired, "Transport encryption required")
	must(t, c.UnauthenticatedBind(""))
	must(t, c.StartTLS(clientTLS(d)))
	must(t, c.Bind(adminDN, adminPass))
	_, err = c.Extended(ldap.NewExtendedRequest("1.3.6.1.4.1.1466.20037", nil))
	wants(t, err, ldap.LDAPResultOperationsError, "already in effect")
}

// Without a bind there is the rootDSE and nothing else, and a bind without a
// password signs nobody in.
func TestAnonymousSeesTheRootAlone(t *testing.T) {
	d := start(t)
	c := d.dial()
	root := read(t, c, "", "defaultNamingContext", "SUPPORTEDLDAPVERSION")
	if root.GetAttributeValue("defaultNamingContext") != base || root.GetEqualFoldAttributeValue("supportedLDAPVersion") != "3" {
		t.Errorf("rootDSE: %v", root.Attributes)
	}
	for range 2 {
		_, err := c.Search(ldap.NewSearchRequest(base, ldap.ScopeBaseObject, 0, 0, 0, false, "(objectClass=*)", nil, nil))
		wants(t, err, ldap.LDAPResultOperationsError, "000004DC")
		wants(t, set(c, adminDN, "description", "x"), ldap.LDAPResultOperationsError, "000004DC")
		wants(t, c.Del(ldap.NewDelRequest(adminDN, nil)), ldap.LDAPResultOperationsError, "000004DC")
		_, err = c.Compare(adminDN, "cn", "Administrator")
		wants(t, err, ldap.LDAPResultOperationsError, "000004DC")
		must(t, c.UnauthenticatedBind(adminDN))
	}
	must(t, c.Bind(adminDN, adminPass))
	wants(t, c.Bind(adminDN, "wrong"), ldap.LDAPResultInvalidCredentials)
	_, err := c.Search(ldap.NewSearchRequest(base, ldap.ScopeBaseObject, 0, 0, 0, false, "(objectClass=*)", nil, nil))
	wants(t, err, ldap.LDAPResultOperationsError, "000004DC")
}

// The state of an account is told to who knows the password alone
// (R-WB-104, R-WB-106, R-WB-110b).
func TestSubCodes(t *testing.T) {
	d := start(t)
	admin := d.admin()
	for name, c := range map[string]struct {
		data  string
		pairs []string
	}{
		"disabled": {"533", []string{"userAccountControl", "514"}},
		"expired":  {"701", []string{"accountExpires", "132172992000000000"}}, // 2019-11-04 00:00
		"must":     {"773", []string{"pwdLastSet", "0"}},
		"fine":     {"ok", []string{"accountExpires", "0"}},
	} {
		dn := addUser(t, admin, name)
		must(t, set(admin, dn, c.pairs...))
		d.wantBind(name, startPass, c.data)
		d.wantBind(name, "Wrong-Pass-1", "52e")
	}
	must(t, set(admin, person("must"), "pwdLastSet", "-1"))
	d.wantBind("must", startPass, "ok")
	d.clock.Advance(42*24*time.Hour + time.Minute)
	d.wantBind("must", startPass, "532")
	expect(t, admin, person("must"), "msDS-User-Account-Control-Computed", "8388608")
	must(t, set(admin, person("must"), "userAccountControl", "66048"))
	d.wantBind("must", startPass, "ok")
}

// R-WB-101, R-WB-105, R-WB-110b.
func TestLockout(t *testing.T) {
	d := start(t)
	admin := d.admin()
	must(t, set(admin, base, "lockoutThreshold", "3"))
	dn := addUser(t, admin, "a1")
	wrong := func(n int) {
		t.Helper()
		for range n {
			d.wantBind("a1", "Wrong-Pass-1", "52e")
		}
	}
	wrong(2)
	expect(t, admin, dn, "badPwdCount", "2", "lockoutTime", "")
	d.wantBind("a1", startPass, "ok")
	expect(t, admin, dn, "badPwdCount", "0")
	wrong(2)
	d.clock.Advance(31 * time.Minute) // the window is over
	wrong(2)
	expect(t, admin, dn, "badPwdCount", "2", "msDS-User-Account-Control-Computed", "0")
	wrong(1)
	expect(t, admin, dn, "badPwdCount", "3", "msDS-User-Account-Control-Computed", "16")
	d.wantBind("a1", startPass, "775")
	d.wantBind("a1", "Wrong-Pass-1", "775")
	expect(t, admin, dn, "badPwdCount", "3")
	must(t, set(admin, dn, "lockoutTime", "0"))
	expect(t, admin, dn, "badPwdCount", "0", "lockoutTime", "0")
	d.wantBind("a1", startPass, "ok")
	wrong(3)
	d.clock.Advance(29 * time.Minute)
	d.wantBind("a1", startPass, "775")
	d.clock.Advance(2 * time.Minute)
	d.wantBind("a1", startPass, "ok")
	expect(t, admin, dn, "badPwdCount", "0", "lockoutTime", "0")
	wants(t, set(admin, dn, "lockoutTime", "5"), ldap.LDAPResultUnwillingToPerform)
}

// A lockout without a duration stays until somebody unlocks.
func TestLockoutForEver(t *testing.T) {
	d := start(t)
	admin := d.admin()
	must(t, set(admin, base, "lockoutThreshold", "1", "lockoutDuration", "-9223372036854775808"))
	dn := addUser(t, admin, "a1")
	d.wantBind("a1", "Wrong-Pass-1", "52e")
	d.clock.Advance(1000 * time.Hour)
	d.wantBind("a1", startPass, "775")
	must(t, set(admin, dn, "lockoutTime", "0"))
	d.wantBind("a1", startPass, "ok")
}

// The built-in Administrator is counted but never locked.
func TestAdministratorIsNeverLocked(t *testing.T) {
	d := start(t)
	admin := d.admin()
	must(t, set(admin, base, "lockoutThreshold", "2"))
	for range 3 {
		d.wantBind("Administrator", "Wrong-Pass-1", "52e")
	}
	expect(t, admin, adminDN, "badPwdCount", "3", "lockoutTime", "")
	d.wantBind("Administrator", adminPass, "ok")
}

func TestWhoAmI(t *testing.T) {
	d := start(t)
	c := d.dial()
	r, err := c.WhoAmI(nil)
	must(t, err)
	if r.AuthzID != "" {
		t.Errorf("before the bind I am %q", r.AuthzID)
	}
	must(t, c.Bind(adminDN, adminPass))
	if r, err = c.WhoAmI(nil); err != nil || r.AuthzID != `u:CORP\Administrator` {
		t.Errorf("I am %+v, %v", r, err)
	}
	_, err = c.PasswordModify(ldap.NewPasswordModifyRequest(adminDN, adminPass, "Other-Pass-1"))
	wants(t, err, ldap.LDAPResultProtocolError, "1.3.6.1.4.1.4203.1.11.1", "not supported")
}
