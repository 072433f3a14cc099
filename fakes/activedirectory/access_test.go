package activedirectory_test

import (
	"slices"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// parts is the SD flags control.
func parts(flags byte) ldap.Control {
	return ldap.NewControlString("1.2.840.113556.1.4.801", true, string([]byte{0x30, 0x03, 0x02, 0x01, flags}))
}

const (
	daclOnly  = 4
	allOfThem = 15
)

func readSD(t testing.TB, c *ldap.Conn, dn string, flags byte) *sd.Descriptor {
	t.Helper()
	r, err := c.Search(ldap.NewSearchRequest(dn, ldap.ScopeBaseObject, 0, 0, 0, false, "(objectClass=*)",
		[]string{"nTSecurityDescriptor"}, []ldap.Control{parts(flags)}))
	must(t, err)
	raw := r.Entries[0].GetRawAttributeValue("nTSecurityDescriptor")
	if len(raw) == 0 {
		return nil
	}
	d, err := sd.Parse(raw)
	must(t, err)
	return d
}

func writeSD(t testing.TB, c *ldap.Conn, dn string, d *sd.Descriptor) error {
	t.Helper()
	b, err := d.Marshal()
	must(t, err)
	q := ldap.NewModifyRequest(dn, []ldap.Control{parts(daclOnly)})
	q.Replace("nTSecurityDescriptor", []string{string(b)})
	return c.Modify(q)
}

// grant adds entries to an object's list, as a delegation tool does.
func grant(t testing.TB, c *ldap.Conn, dn string, entries ...sd.ACE) {
	t.Helper()
	d := readSD(t, c, dn, daclOnly)
	d.Append(entries...)
	must(t, writeSD(t, c, dn, d))
}

func sidOf(t testing.TB, c *ldap.Conn, dn string) sd.SID {
	t.Helper()
	s, err := sd.SIDFromBytes(read(t, c, dn, "objectSid").GetRawAttributeValue("objectSid"))
	must(t, err)
	return s
}

// R-WB-25, R-WB-102: each of the three rights separately.
func TestDelegation(t *testing.T) {
	d := start(t)
	admin := d.admin()
	must(t, set(admin, base, "lockoutThreshold", "3"))
	dn := addUser(t, admin, "a1")
	sid := sidOf(t, admin, addUser(t, admin, "msol"))
	msol := d.as(login("msol"), startPass)
	try := []struct {
		what  string
		call  func() error
		grant sd.ACE
	}{
		{"reset", func() error { return reset(msol, dn, "Fifth-Pass-05") }, sd.AllowRight(sid, sd.ResetPassword(), sd.UserClass())},
		{"unlock", func() error { return set(msol, dn, "lockoutTime", "0") }, sd.AllowWrite(sid, sd.LockoutTime(), sd.UserClass())},
		{"must change", func() error { return set(msol, dn, "pwdLastSet", "0") }, sd.AllowWrite(sid, sd.PwdLastSet(), sd.UserClass())},
	}
	for i := range try {
		for _, c := range try[i:] {
			wants(t, c.call(), ldap.LDAPResultInsufficientAccessRights)
		}
		grant(t, admin, users, try[i].grant)
		if err := try[i].call(); err != nil {
			t.Errorf("%s after its grant: %v", try[i].what, err)
		}
	}
	must(t, set(msol, dn, "unicodePwd", quoted("Sixth-Pass-06"), "lockoutTime", "0"))
	wants(t, set(msol, dn, "unicodePwd", quoted("Seventh-Pass-07"), "title", "x"), ldap.LDAPResultInsufficientAccessRights)
	d.wantBind("a1", "Sixth-Pass-06", "ok")
	wants(t, reset(msol, adminGroup(), "Fifth-Pass-05"), ldap.LDAPResultInsufficientAccessRights)
}

func adminGroup() string { return person("Domain Admins") }

// R-WB-27: an object whose list is protected takes no delegation over.
func TestProtectedObjects(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "boss")
	sid := sidOf(t, admin, addUser(t, admin, "msol"))
	msol := d.as(login("msol"), startPass)
	grant(t, admin, base, sd.AllowRight(sid, sd.ResetPassword(), sd.UserClass()))
	must(t, reset(msol, dn, "Fifth-Pass-05"))
	own := readSD(t, admin, dn, daclOnly)
	own.DACL.Entries = slices.DeleteFunc(own.DACL.Entries, func(e sd.ACE) bool { return e.Flags&sd.Inherited != 0 })
	own.Control |= sd.DACLProtected
	must(t, writeSD(t, admin, dn, own))
	wants(t, reset(msol, dn, "Sixth-Pass-06"), ldap.LDAPResultInsufficientAccessRights)
	must(t, reset(admin, dn, "Sixth-Pass-06"))
	if got := readSD(t, admin, dn, daclOnly); got.Control&sd.DACLProtected == 0 || len(got.DACL.Entries) != len(own.DACL.Entries) {
		t.Errorf("protected list came back as %+v", got)
	}
}

// R-WB-110a, R-WB-30: change refused by denial, or for want of the right; a
// reset is another right.
func TestCannotChangePassword(t *testing.T) {
	d := start(t)
	admin := d.admin()
	must(t, set(admin, base, "minPwdAge", "0"))
	denied, lacking := addUser(t, admin, "b5"), addUser(t, admin, "b6")
	for _, who := range []sd.SID{sd.Self(), sd.Everyone()} {
		grant(t, admin, denied, sd.ACE{Type: sd.DenyObject, Mask: sd.ControlAccess, Object: sd.ChangePassword(), SID: who})
	}
	list := readSD(t, admin, lacking, daclOnly)
	list.DACL.Entries = slices.DeleteFunc(list.DACL.Entries, func(e sd.ACE) bool { return e.Object == sd.ChangePassword() })
	must(t, writeSD(t, admin, lacking, list))
	for _, name := range []string{"b5", "b6"} {
		own := d.as(login(name), startPass)
		wants(t, change(own, person(name), startPass, "New-Pass-02"), ldap.LDAPResultConstraintViolation, "error in module acl")
		must(t, reset(admin, person(name), "Fresh-Pass-07"))
		d.wantBind(name, "Fresh-Pass-07", "ok")
	}
}

// What people may do with themselves and with others by birth.
func TestOrdinaryPeople(t *testing.T) {
	d := start(t)
	admin := d.admin()
	must(t, set(admin, base, "minPwdAge", "0"))
	anna := addUser(t, admin, "anna")
	bert := addUser(t, admin, "bert")
	own := d.as(login("anna"), startPass)
	must(t, change(own, anna, startPass, "New-Pass-02"))
	must(t, set(own, anna, "telephoneNumber", "+1 425 555 0101", "mobile", "+1 425 555 0102"))
	for name, err := range map[string]error{
		"own title":          set(own, anna, "title", "Queen"),
		"own reset":          reset(own, anna, "Third-Pass-03"),
		"own unlock":         set(own, anna, "lockoutTime", "0"),
		"other's phone":      set(own, bert, "mobile", "+1 425 555 0102"),
		"other's reset":      reset(own, bert, "Third-Pass-03"),
		"group":              set(own, adminGroup(), "member", anna),
		"domain policy":      set(own, base, "minPwdLength", "1"),
		"rename":             own.ModifyDN(ldap.NewModifyDNRequest(anna, "CN=x", true, "")),
		"move":               own.ModifyDN(ldap.NewModifyDNRequest(anna, "CN=anna", true, "OU=Domain Controllers,"+base)),
		"delete":             own.Del(ldap.NewDelRequest(bert, nil)),
		"delete a tree":      own.Del(ldap.NewDelRequest(bert, []ldap.Control{ldap.NewControlSubtreeDelete()})),
		"add":                add(own, person("x"), "objectClass", "user"),
		"security of itself": writeSD(t, own, anna, readSD(t, own, anna, daclOnly)),
	} {
		var e *ldap.Error
		if e, _ = err.(*ldap.Error); e == nil || e.ResultCode != ldap.LDAPResultInsufficientAccessRights {
			t.Errorf("%s: %v, want result 50", name, err)
		}
	}
	must(t, change(own, bert, startPass, "New-Pass-02")) // Everyone may, with the old password
}

func TestDescriptors(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "anna")
	sid := sidOf(t, admin, dn)
	entry := sd.AllowRight(sid, sd.ResetPassword(), sd.UserClass())
	grant(t, admin, users, entry)
	inherited := entry
	inherited.Flags = sd.ContainerInherit | sd.Inherited
	if got := readSD(t, admin, dn, daclOnly); !slices.ContainsFunc(got.DACL.Entries, func(e sd.ACE) bool {
		return e.Flags == inherited.Flags && e.Object == inherited.Object && e.SID == sid
	}) {
		t.Errorf("the entry from above is not seen as inherited: %+v", got.DACL.Entries)
	}
	if got := readSD(t, admin, adminGroup(), daclOnly); !slices.ContainsFunc(got.DACL.Entries, func(e sd.ACE) bool {
		return e.Flags == inherited.Flags|sd.InheritOnly && e.SID == sid
	}) {
		t.Error("an entry for people is not passed through a group as inherit-only")
	}
	before := len(readSD(t, admin, dn, daclOnly).DACL.Entries)
	must(t, writeSD(t, admin, dn, readSD(t, admin, dn, daclOnly))) // inherited ones come back, and do not stay
	if after := len(readSD(t, admin, dn, daclOnly).DACL.Entries); after != before {
		t.Errorf("%d entries became %d", before, after)
	}
	all := readSD(t, admin, dn, allOfThem)
	if all.Owner != sidOf(t, admin, adminGroup()) || all.Group.IsZero() {
		t.Errorf("owner %s, group %s", all.Owner, all.Group)
	}
	own := d.as(login("anna"), startPass)
	if got := readSD(t, own, dn, allOfThem); got != nil {
		t.Error("the system list was shown to somebody without the privilege")
	}
	if readSD(t, own, dn, daclOnly) == nil {
		t.Error("the list is not shown to who may read")
	}
	wants(t, set(admin, dn, "nTSecurityDescriptor", "garbage"), ldap.LDAPResultInvalidAttributeSyntax)
}

// Rights by way of a group; they come with the bind.
func TestRightsOfGroups(t *testing.T) {
	d := start(t)
	admin := d.admin()
	addOU(t, admin, staff)
	helper := addUser(t, admin, "helper")
	inner := addGroup(t, admin, "Inner")
	outer := addGroup(t, admin, "Outer", inner)
	sid := sidOf(t, admin, outer)
	class := sd.UserClass()
	grant(t, admin, staff,
		sd.ACE{Type: sd.AllowObject, Flags: sd.ContainerInherit, Mask: sd.CreateChild | sd.DeleteChild, Object: class, SID: sid},
		sd.ACE{Type: sd.AllowObject, Flags: sd.ContainerInherit | sd.InheritOnly, Mask: sd.GenericAll, InheritedObject: class, SID: sid})
	before := d.as(login("helper"), startPass)
	must(t, set(admin, inner, "member", helper))
	wants(t, add(before, "CN=x,"+staff, "objectClass", "user"), ldap.LDAPResultInsufficientAccessRights)
	after := d.as(login("helper"), startPass)
	must(t, add(after, "CN=x,"+staff, "objectClass", "user", "title", "Clerk"))
	must(t, set(after, "CN=x,"+staff, "title", "Chief"))
	must(t, after.ModifyDN(ldap.NewModifyDNRequest("CN=x,"+staff, "CN=y", true, "")))
	must(t, reset(after, "CN=y,"+staff, "Fifth-Pass-05"))
	wants(t, add(after, "OU=Sub,"+staff, "objectClass", "organizationalUnit"), ldap.LDAPResultInsufficientAccessRights)
	wants(t, after.ModifyDN(ldap.NewModifyDNRequest("CN=y,"+staff, "CN=y", true, users)), ldap.LDAPResultInsufficientAccessRights)
	must(t, after.Del(ldap.NewDelRequest("CN=y,"+staff, nil)))
	tokens := read(t, admin, helper, "tokenGroups").GetRawAttributeValues("tokenGroups")
	if len(tokens) != 4 { // Inner, Outer, Domain Users, Users
		t.Errorf("%d groups in the token", len(tokens))
	}
}

// What is denied to read is not seen, nor found by.
func TestDeniedReading(t *testing.T) {
	d := start(t)
	admin := d.admin()
	addOU(t, admin, staff)
	hidden := "CN=hidden," + staff
	must(t, add(admin, hidden, "objectClass", "user", "title", "Spy"))
	anna := addUser(t, admin, "anna", "title", "Clerk")
	sid := sidOf(t, admin, anna)
	grant(t, admin, staff, sd.ACE{Type: sd.Deny, Flags: sd.ContainerInherit, Mask: sd.GenericRead, SID: sid})
	secretive := addUser(t, admin, "bert", "title", "Clerk", "info", "private")
	titleGUID, err := sd.ParseGUID("bf967a55-0de6-11d0-a285-00aa003049e2")
	must(t, err)
	grant(t, admin, secretive, sd.ACE{Type: sd.DenyObject, Mask: sd.ReadProperty, Object: titleGUID, SID: sid})
	own := d.as(login("anna"), startPass)
	if got := find(t, own, "(title=*)"); !slices.Equal(got, []string{"anna"}) {
		t.Errorf("anna finds %v", got)
	}
	if got := find(t, own, "(!(title=Queen))"); slices.Contains(got, "bert") {
		t.Error("a negation tells of an attribute that is not readable")
	}
	_, err = own.Search(ldap.NewSearchRequest(hidden, ldap.ScopeBaseObject, 0, 0, 0, false, "(objectClass=*)", nil, nil))
	wants(t, err, ldap.LDAPResultNoSuchObject)
	expect(t, own, secretive, "title", "", "info", "private")
	for _, a := range read(t, own, secretive).Attributes {
		if a.Name == "title" {
			t.Error("title is among the usual attributes of bert")
		}
	}
	expect(t, admin, secretive, "title", "Clerk")
}
