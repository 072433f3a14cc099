package activedirectory_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

const staff = "OU=Staff," + base

func add(c *ldap.Conn, dn string, pairs ...string) error {
	q := ldap.NewAddRequest(dn, nil)
	for i := 0; i < len(pairs); i += 2 {
		q.Attribute(pairs[i], []string{pairs[i+1]})
	}
	return c.Add(q)
}

func TestRootDSE(t *testing.T) {
	d := start(t)
	root := read(t, d.dial(), "")
	for name, want := range map[string]string{
		"defaultNamingContext": base, "dnsHostName": "dc1.corp.example.com", "supportedLDAPVersion": "3",
		"configurationNamingContext": "CN=Configuration," + base, "domainFunctionality": "7",
	} {
		if got := root.GetAttributeValue(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := root.GetAttributeValue("currentTime"); !regexp.MustCompile(`^2019110408\d{4}\.0Z$`).MatchString(got) {
		t.Errorf("currentTime is %s: not the lab's clock", got)
	}
	if root.GetAttributeValue("highestCommittedUSN") == "" {
		t.Error("no highestCommittedUSN")
	}
	for _, oid := range root.GetAttributeValues("supportedControl") {
		if oid == "1.2.840.113556.1.4.2239" || oid == "1.2.840.113556.1.4.2066" {
			t.Errorf("policy hints %s are offered: R-WB-99 says they are not", oid)
		}
	}
}

// R-WB-99: policy hints sent critical refuse the operation, with the response
// that belongs to it; sent uncritical they do nothing.
func TestUnknownControls(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "a1")
	hints := func(critical bool) []ldap.Control {
		return []ldap.Control{ldap.NewControlString("1.2.840.113556.1.4.2239", critical, "\x30\x03\x02\x01\x01")}
	}
	q := ldap.NewModifyRequest(dn, hints(true))
	q.Replace("unicodePwd", []string{quoted(startPass)})
	wants(t, admin.Modify(q), ldap.LDAPResultUnavailableCriticalExtension)
	q.Controls = hints(false)
	must(t, admin.Modify(q))
	wants(t, admin.Del(ldap.NewDelRequest(dn, hints(true))), ldap.LDAPResultUnavailableCriticalExtension)
	_, err := admin.Search(ldap.NewSearchRequest(base, 2, 0, 0, 0, false, "(cn=a1)", nil, hints(true)))
	wants(t, err, ldap.LDAPResultUnavailableCriticalExtension)
	wants(t, admin.Add(&ldap.AddRequest{DN: person("x"), Controls: hints(true)}), ldap.LDAPResultUnavailableCriticalExtension)
}

func TestRefusedAdds(t *testing.T) {
	d := start(t)
	admin := d.admin()
	addOU(t, admin, staff)
	addUser(t, admin, "anna")
	for _, c := range []struct {
		name, dn string
		pairs    []string
		code     uint16
		words    string
	}{
		{"name taken", person("ANNA"), []string{"objectClass", "user"}, ldap.LDAPResultEntryAlreadyExists, "already exists"},
		{"account taken", person("b"), []string{"objectClass", "user", "sAMAccountName", "Anna"}, ldap.LDAPResultEntryAlreadyExists, "00002071"},
		{"UPN taken", person("b"), []string{"objectClass", "user", "userPrincipalName", "ANNA@corp.example.com"}, ldap.LDAPResultConstraintViolation, "0000202F"},
		{"no parent", "CN=b,OU=None," + staff, []string{"objectClass", "user"}, ldap.LDAPResultNoSuchObject, "00002030"},
		{"no class", person("b"), []string{"sn", "x"}, ldap.LDAPResultObjectClassViolation, "0000207D"},
		{"abstract class", person("b"), []string{"objectClass", "person"}, ldap.LDAPResultObjectClassViolation, "0000207D"},
		{"unknown class", person("b"), []string{"objectClass", "wizard"}, ldap.LDAPResultNoSuchAttribute, "00000057"},
		{"unknown attribute", person("b"), []string{"objectClass", "user", "shoeSize", "43"}, ldap.LDAPResultNoSuchAttribute, "not found in the schema"},
		{"attribute of another class", person("b"), []string{"objectClass", "group", "givenName", "x"}, ldap.LDAPResultObjectClassViolation, "00002014"},
		{"missing attribute", settingsDN("x"), []string{"objectClass", "msDS-PasswordSettings"}, ldap.LDAPResultObjectClassViolation, "0000207D"},
		{"wrong first step", "OU=b," + users, []string{"objectClass", "user"}, ldap.LDAPResultNamingViolation, "00002099"},
		{"unit in a container", "OU=b," + users, []string{"objectClass", "organizationalUnit"}, ldap.LDAPResultNamingViolation, "00002037"},
		{"system attribute", person("b"), []string{"objectClass", "user", "objectGUID", "0123456789abcdef"}, ldap.LDAPResultConstraintViolation, "0000202F"},
		{"owned by SAM", person("b"), []string{"objectClass", "user", "badPwdCount", "1"}, ldap.LDAPResultUnwillingToPerform, "0000209A"},
		{"empty value", person("b"), []string{"objectClass", "user", "sn", ""}, ldap.LDAPResultInvalidAttributeSyntax, "empty"},
		{"no number", person("b"), []string{"objectClass", "user", "countryCode", "x"}, ldap.LDAPResultInvalidAttributeSyntax, "0000200B"},
		{"too long", person("b"), []string{"objectClass", "user", "sn", strings.Repeat("x", 65)}, ldap.LDAPResultInvalidAttributeSyntax, "0000200B"},
		{"long account", person("b"), []string{"objectClass", "user", "sAMAccountName", strings.Repeat("x", 21)}, ldap.LDAPResultOther, "00000523"},
		{"forbidden account", person("b"), []string{"objectClass", "user", "sAMAccountName", "a/b"}, ldap.LDAPResultConstraintViolation, "0000202F"},
		{"no group type", person("b"), []string{"objectClass", "group", "groupType", "5"}, ldap.LDAPResultUnwillingToPerform, "00002141"},
		{"unknown member", person("b"), []string{"objectClass", "group", "member", person("nobody")}, ldap.LDAPResultNoSuchObject, "00000525"},
		{"no name", "b", []string{"objectClass", "user"}, ldap.LDAPResultInvalidDNSyntax, "00002032"},
		{"two values in a name", "CN=a+CN=b," + users, []string{"objectClass", "user"}, ldap.LDAPResultInvalidDNSyntax, "00002032"},
	} {
		t.Run(c.name, func(t *testing.T) { wants(t, add(admin, c.dn, c.pairs...), c.code, c.words) })
	}
	if got := find(t, admin, "(cn=b)"); len(got) > 0 {
		t.Errorf("a refused add left %v", got)
	}
}

func TestRefusedModifies(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "anna", "sn", "Lindqvist", "description", "first")
	addUser(t, admin, "bert")
	group := addGroup(t, admin, "Pilot", dn)
	mod := func(dn string, change func(*ldap.ModifyRequest)) error {
		q := ldap.NewModifyRequest(dn, nil)
		q.Replace("title", []string{"never seen"})
		change(q)
		return admin.Modify(q)
	}
	for _, c := range []struct {
		name, dn string
		change   func(*ldap.ModifyRequest)
		code     uint16
		words    string
	}{
		{"nobody", person("nobody"), func(q *ldap.ModifyRequest) {}, ldap.LDAPResultNoSuchObject, "00002030"},
		{"no name", "nonsense", func(q *ldap.ModifyRequest) {}, ldap.LDAPResultInvalidDNSyntax, "00002032"},
		{"unknown attribute", dn, func(q *ldap.ModifyRequest) { q.Replace("shoeSize", []string{"43"}) }, ldap.LDAPResultNoSuchAttribute, "not found in the schema"},
		{"absent attribute", dn, func(q *ldap.ModifyRequest) { q.Delete("mail", nil) }, ldap.LDAPResultNoSuchAttribute, "no such attribute"},
		{"absent value", dn, func(q *ldap.ModifyRequest) { q.Delete("sn", []string{"x"}) }, ldap.LDAPResultNoSuchAttribute, "no such attribute"},
		{"second value", dn, func(q *ldap.ModifyRequest) { q.Add("sn", []string{"x"}) }, ldap.LDAPResultAttributeOrValueExists, "0000200D"},
		{"two values", dn, func(q *ldap.ModifyRequest) { q.Replace("sn", []string{"x", "y"}) }, ldap.LDAPResultAttributeOrValueExists, "0000200D"},
		{"name", dn, func(q *ldap.ModifyRequest) { q.Replace("cn", []string{"x"}) }, ldap.LDAPResultNotAllowedOnRDN, "00002016"},
		{"class", dn, func(q *ldap.ModifyRequest) { q.Replace("objectClass", []string{"group"}) }, ldap.LDAPResultObjectClassViolation, "00002014"},
		{"SID", dn, func(q *ldap.ModifyRequest) { q.Replace("objectSid", []string{"S-1-5-21-1-2-3-4"}) }, ldap.LDAPResultUnwillingToPerform, "00002035"},
		{"back link", dn, func(q *ldap.ModifyRequest) { q.Add("memberOf", []string{group}) }, ldap.LDAPResultUnwillingToPerform, "00002035"},
		{"account taken", dn, func(q *ldap.ModifyRequest) { q.Replace("sAMAccountName", []string{"BERT"}) }, ldap.LDAPResultEntryAlreadyExists, "00002071"},
		{"UPN taken", dn, func(q *ldap.ModifyRequest) { q.Replace("userPrincipalName", []string{login("bert")}) }, ldap.LDAPResultConstraintViolation, "0000202F"},
		{"a computer's account", dn, func(q *ldap.ModifyRequest) { q.Replace("userAccountControl", []string{"4096"}) }, ldap.LDAPResultUnwillingToPerform, "00000057"},
		{"attribute of another class", base, func(q *ldap.ModifyRequest) { q.Replace("sn", []string{"x"}) }, ldap.LDAPResultObjectClassViolation, "00002014"},
	} {
		t.Run(c.name, func(t *testing.T) { wants(t, mod(c.dn, c.change), c.code, c.words) })
	}
	expect(t, admin, dn, "title", "", "sn", "Lindqvist", "cn", "anna") // all or nothing
	member := func(op func(q *ldap.ModifyRequest, name string, v []string), who string) error {
		q := ldap.NewModifyRequest(group, nil)
		op(q, "member", []string{who})
		return admin.Modify(q)
	}
	wants(t, member((*ldap.ModifyRequest).Add, dn), ldap.LDAPResultEntryAlreadyExists, "member already exists")
	wants(t, member((*ldap.ModifyRequest).Delete, person("bert")), ldap.LDAPResultNoSuchAttribute)
	wants(t, member((*ldap.ModifyRequest).Add, person("nobody")), ldap.LDAPResultNoSuchObject, "00000525")
	primary := ldap.NewModifyRequest(person("Domain Users"), nil)
	primary.Add("member", []string{dn})
	wants(t, admin.Modify(primary), ldap.LDAPResultEntryAlreadyExists, "member already exists")
}

func TestModifyInAllWays(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "anna")
	q := ldap.NewModifyRequest(dn, nil)
	q.Add("otherMobile", []string{"+1 425 555 0101", "+1 425 555 0102"})
	q.Replace("mail", []string{"anna@example.com"})
	q.Add("proxyAddresses", []string{"SMTP:anna@example.com"})
	must(t, admin.Modify(q))
	q = ldap.NewModifyRequest(dn, nil)
	q.Delete("otherMobile", []string{"+1 425 555 0101"})
	q.Replace("mail", nil)
	q.Replace("title", nil) // not there: no error, as LDAP says
	must(t, admin.Modify(q))
	expect(t, admin, dn, "otherMobile", "+1 425 555 0102", "mail", "")
	if got := find(t, admin, "(mail=anna@example.com)"); len(got) > 0 {
		t.Errorf("the index still knows %v", got)
	}
	permissive := ldap.NewModifyRequest(dn, []ldap.Control{ldap.NewControlString("1.2.840.113556.1.4.1413", true, "")})
	permissive.Add("otherMobile", []string{"+1 425 555 0102"})
	permissive.Delete("title", nil)
	must(t, admin.Modify(permissive))
}

// Links follow their objects through renames, moves and deletion.
func TestMembership(t *testing.T) {
	d := start(t)
	admin := d.admin()
	addOU(t, admin, staff)
	anna, bert := addUser(t, admin, "anna"), addUser(t, admin, "bert")
	must(t, set(admin, anna, "manager", bert))
	group := addGroup(t, admin, "Pilot", anna, bert)
	must(t, admin.ModifyDN(ldap.NewModifyDNRequest(anna, "CN=Anna Berg", true, staff)))
	moved := "CN=Anna Berg," + staff
	expect(t, admin, moved, "memberOf", group, "cn", "Anna Berg", "name", "Anna Berg", "distinguishedName", moved, "sAMAccountName", "anna",
		"canonicalName", "corp.example.com/Staff/Anna Berg")
	expect(t, admin, bert, "directReports", moved)
	if got := read(t, admin, group, "member").GetAttributeValues("member"); len(got) != 2 || got[0] != moved {
		t.Errorf("members %v", got)
	}
	must(t, admin.ModifyDN(ldap.NewModifyDNRequest(staff, "OU=People", true, "")))
	moved = "CN=Anna Berg,OU=People," + base
	if got := read(t, admin, group, "member").GetAttributeValue("member"); got != moved {
		t.Errorf("after the unit's rename the member is %s", got)
	}
	must(t, admin.Del(ldap.NewDelRequest(moved, nil)))
	if got := read(t, admin, group, "member").GetAttributeValues("member"); len(got) != 1 || got[0] != bert {
		t.Errorf("after the deletion the members are %v", got)
	}
	expect(t, admin, bert, "directReports", "")
	must(t, admin.Del(ldap.NewDelRequest(group, nil)))
	expect(t, admin, bert, "memberOf", "")
}

func TestRenameRefused(t *testing.T) {
	d := start(t)
	admin := d.admin()
	addOU(t, admin, staff)
	addOU(t, admin, "OU=Sub,"+staff)
	anna := addUser(t, admin, "anna")
	addUser(t, admin, "bert")
	for _, c := range []struct {
		dn, step, parent string
		deleteOld        bool
		code             uint16
	}{
		{person("nobody"), "CN=x", "", true, ldap.LDAPResultNoSuchObject},
		{anna, "CN=Bert", "", true, ldap.LDAPResultEntryAlreadyExists},
		{anna, "OU=x", "", true, ldap.LDAPResultNamingViolation},
		{anna, "x", "", true, ldap.LDAPResultInvalidDNSyntax},
		{anna, "CN=x", "OU=None," + base, true, ldap.LDAPResultNoSuchObject},
		{anna, "CN=x", person("bert"), true, ldap.LDAPResultNamingViolation},
		{anna, "CN=x", "", false, ldap.LDAPResultUnwillingToPerform},
		{staff, "OU=x", "OU=Sub," + staff, true, ldap.LDAPResultUnwillingToPerform},
		{users, "CN=x", "", true, ldap.LDAPResultUnwillingToPerform},
		{base, "DC=x", "", true, ldap.LDAPResultUnwillingToPerform},
	} {
		wants(t, admin.ModifyDN(ldap.NewModifyDNRequest(c.dn, c.step, c.deleteOld, c.parent)), c.code)
	}
	must(t, admin.ModifyDN(ldap.NewModifyDNRequest(anna, "CN=ANNA", true, "")))
	expect(t, admin, anna, "cn", "ANNA")
}

func TestDelete(t *testing.T) {
	d := start(t)
	admin := d.admin()
	addOU(t, admin, staff)
	addOU(t, admin, "OU=Sub,"+staff)
	must(t, add(admin, "CN=a,OU=Sub,"+staff, "objectClass", "user", "sAMAccountName", "a"))
	wants(t, admin.Del(ldap.NewDelRequest(staff, nil)), ldap.LDAPResultNotAllowedOnNonLeaf, "00002015")
	wants(t, admin.Del(ldap.NewDelRequest(adminDN, nil)), ldap.LDAPResultUnwillingToPerform)
	wants(t, admin.Del(ldap.NewDelRequest(base, []ldap.Control{ldap.NewControlSubtreeDelete()})), ldap.LDAPResultUnwillingToPerform)
	wants(t, admin.Del(ldap.NewDelRequest(person("nobody"), nil)), ldap.LDAPResultNoSuchObject, "00002030")
	must(t, admin.Del(ldap.NewDelRequest(staff, []ldap.Control{ldap.NewControlSubtreeDelete()})))
	if got := find(t, admin, "(|(ou=Sub)(sAMAccountName=a))"); len(got) > 0 {
		t.Errorf("left over: %v", got)
	}
	addUser(t, admin, "a") // the name is free again
}

// uSNChanged and whenChanged follow what is replicated, and only that.
func TestChangesAreNumbered(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "anna")
	usn := func() string { return value(t, admin, dn, "uSNChanged") }
	first := usn()
	d.wantBind("anna", "Wrong-Pass-1", "52e")
	if got := usn(); got != first {
		t.Errorf("a wrong password moved uSNChanged from %s to %s", first, got)
	}
	for _, change := range []func() error{
		func() error { return set(admin, dn, "title", "Clerk") },
		func() error { return reset(admin, dn, "Second-Pass-02") },
		func() error { return set(admin, dn, "lockoutTime", "0") },
		func() error { return admin.ModifyDN(ldap.NewModifyDNRequest(dn, "CN=anna", true, "")) },
	} {
		before := usn()
		must(t, change())
		if got := usn(); got <= before {
			t.Errorf("uSNChanged was %s and is %s", before, got)
		}
	}
	root := value(t, admin, "", "highestCommittedUSN")
	if root < usn() {
		t.Errorf("highestCommittedUSN %s is behind %s", root, usn())
	}
}

func TestCompare(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "anna", "sn", "Lindqvist")
	for value, want := range map[string]bool{"LINDQVIST": true, "Berg": false} {
		if got, err := admin.Compare(dn, "sn", value); err != nil || got != want {
			t.Errorf("compare with %s: %v, %v", value, got, err)
		}
	}
	_, err := admin.Compare(dn, "title", "x")
	wants(t, err, ldap.LDAPResultNoSuchAttribute)
	_, err = admin.Compare(dn, "unicodePwd", "x")
	wants(t, err, ldap.LDAPResultNoSuchAttribute)
	_, err = admin.Compare(person("nobody"), "sn", "x")
	wants(t, err, ldap.LDAPResultNoSuchObject)
}

// Names with every character that has to be escaped.
func TestAwkwardNames(t *testing.T) {
	d := start(t)
	admin := d.admin()
	for i, name := range []string{`Berg, Anna`, `a+b`, `a"b`, `a\b`, `a<b>c`, `a;b`, `#first`, ` led`, `trail `, `a=b`, "new\nline", `Åsa Ö`, `a/b`} {
		dn := "CN=" + ldap.EscapeDN(name) + "," + users
		must(t, add(admin, dn, "objectClass", "contact"))
		got := read(t, admin, dn, "cn", "distinguishedName")
		if got.GetAttributeValue("cn") != name {
			t.Errorf("cn %q, want %q", got.GetAttributeValue("cn"), name)
		}
		if again := read(t, admin, got.DN, "cn"); again.GetAttributeValue("cn") != name {
			t.Errorf("by the name it returned itself: %q", again.GetAttributeValue("cn"))
		}
		if r := find(t, admin, "(distinguishedName="+ldap.EscapeFilter(got.DN)+")"); len(r) != 1 {
			t.Errorf("%d: found %v by name", i, r)
		}
	}
}

// R-PWD-18: what a new domain asks of passwords, before anybody sets it.
func TestTheFactoryPolicy(t *testing.T) {
	d := start(t)
	domain := read(t, d.admin(), base)
	day := -int64(24 * time.Hour / 100)
	for name, want := range map[string]int64{"minPwdLength": 7, "pwdHistoryLength": 24, "pwdProperties": 1, "minPwdAge": day, "maxPwdAge": 42 * day} {
		if got := domain.GetAttributeValue(name); got != strconv.FormatInt(want, 10) {
			t.Errorf("%s is %s, want %d", name, got, want)
		}
	}
}
