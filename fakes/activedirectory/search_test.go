package activedirectory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
)

// ordinary matches people but for those that every domain has.
const ordinary = "(objectCategory=person)(!(isCriticalSystemObject=TRUE))"

// population is what the filters are tried on.
type population struct {
	c                        *ldap.Conn
	anna, bert, inner, outer string
	guid, sid, usn           string // of anna; the GUID escaped for filters
}

func populate(t *testing.T) population {
	d := start(t)
	p := population{c: d.admin()}
	addOU(t, p.c, staff)
	p.anna = addUser(t, p.c, "anna", "sn", "Lindqvist", "displayName", "Anna Lindqvist", "mail", "anna@example.com", "givenName", "Anna")
	p.bert = addUser(t, p.c, "bert", "sn", "Berg", "description", "likes * and (parentheses)")
	must(t, set(p.c, p.bert, "userAccountControl", "66050"))
	p.inner = addGroup(t, p.c, "Inner", p.anna)
	p.outer = addGroup(t, p.c, "Outer", p.inner, p.bert)
	must(t, set(p.c, p.anna, "manager", p.bert))
	entry := read(t, p.c, p.anna, "objectGUID", "objectSid", "uSNChanged")
	for _, b := range entry.GetRawAttributeValue("objectGUID") {
		p.guid += fmt.Sprintf(`\%02x`, b)
	}
	p.sid = sidText(t, entry.GetRawAttributeValue("objectSid"))
	p.usn = entry.GetAttributeValue("uSNChanged")
	return p
}

func (p population) try(t *testing.T, found map[string][]string) {
	t.Helper()
	for filter, want := range found {
		got := find(t, p.c, filter)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s found %v, want %v", filter, got, want)
		}
	}
}

func TestFilters(t *testing.T) {
	p := populate(t)
	p.try(t, map[string][]string{
		"(sAMAccountName=ANNA)":                         {"anna"},
		"(&(objectClass=user)(sn=lindqvist))":           {"anna"},
		"(&" + ordinary + ")":                           {"anna", "bert"},
		"(&(objectCategory=group)(cn=Inner))":           {"Inner"},
		"(|(sn=Berg)(mail=anna@EXAMPLE.com))":           {"anna", "bert"},
		"(&" + ordinary + "(!(sn=Berg)))":               {"anna"},
		"(sn=lind*)":                                    {"anna"},
		"(sn=*qvi*)":                                    {"anna"},
		"(sn=l*d*v*t)":                                  {"anna"},
		"(sn=*T*L)":                                     nil,
		`(description=likes \2a*)`:                      {"bert"},
		`(description=likes \2a and \28parentheses\29)`: {"bert"},
		"(mail=*)":                                      {"anna"},
		"(title=*)":                                     nil,
		"(&" + ordinary + "(sn>=C))":                    {"anna"},
		"(&" + ordinary + "(sn<=C))":                    {"bert"},
		"(sn~=BERG)":                                    {"bert"},
		"(shoeSize=43)":                                 nil,
		"(!(shoeSize=43))":                              nil, // neither true nor false
		"(&" + ordinary + "(|(shoeSize=43)(sn=Berg)))":  {"bert"},
		"(&(anr=anna lind)(objectClass=user))":          {"anna"},
		"(sn:caseIgnoreMatch:=Berg)":                    nil,
		"(sn:=Berg)":                                    {"bert"},
		"(&(objectClass=top)(ou=Staff))":                {""},
		"(nTSecurityDescriptor=x)":                      nil,
	})
}

func TestFiltersOnNumbersAndLinks(t *testing.T) {
	p := populate(t)
	p.try(t, map[string][]string{
		"(objectGUID=" + p.guid + ")":                                           {"anna"},
		"(objectSid=" + p.sid + ")":                                             {"anna"},
		"(userAccountControl:1.2.840.113556.1.4.803:=2)":                        {"Guest", "krbtgt", "bert"},
		"(&" + ordinary + "(userAccountControl:1.2.840.113556.1.4.803:=65538))": {"bert"},
		"(&" + ordinary + "(userAccountControl:1.2.840.113556.1.4.804:=2))":     {"bert"},
		"(&" + ordinary + "(!(userAccountControl:1.2.840.113556.1.4.803:=2)))":  {"anna"},
		"(memberOf=" + p.inner + ")":                                            {"anna"},
		"(memberOf:1.2.840.113556.1.4.1941:=" + p.outer + ")":                   {"anna", "bert", "Inner"},
		"(member:1.2.840.113556.1.4.1941:=" + p.anna + ")":                      {"Inner", "Outer"},
		"(member=" + strings.ToUpper(p.bert) + ")":                              {"Outer"},
		"(manager=" + p.bert + ")":                                              {"anna"},
		"(memberOf=" + person("nobody") + ")":                                   nil,
		"(memberOf=CN=In*)":                                                     nil,
		"(distinguishedName=" + p.anna + ")":                                    {"anna"},
		"(&" + ordinary + "(uSNChanged>=" + p.usn + ")(uSNCreated<=999999))":    {"anna"},
		"(&" + ordinary + "(uSNChanged<=100))":                                  nil,
		"(&" + ordinary + "(whenCreated>=20191104000000.0Z))":                   {"anna", "bert"},
		"(&" + ordinary + "(whenCreated<=20180101000000.0Z))":                   nil,
		"(countryCode=x)":                                                       nil,
		"(&(primaryGroupID=513)(sAMAccountType=805306368)(sn=Berg))":            {"bert"},
		"(canonicalName=corp.example.com/Users/anna)":                           {"anna"},
	})
	for _, filter := range []string{"(objectCategory=CN=Group,CN=Schema,CN=Configuration," + base + ")", "(groupType:1.2.840.113556.1.4.803:=2147483648)"} {
		if got := find(t, p.c, filter); len(got) < 8 || !slices.Contains(got, "Inner") {
			t.Errorf("%s found %v", filter, got)
		}
	}
}

func TestScopesAndBases(t *testing.T) {
	d := start(t)
	admin := d.admin()
	addOU(t, admin, staff)
	addOU(t, admin, "OU=Sub,"+staff)
	must(t, add(admin, "CN=a,OU=Sub,"+staff, "objectClass", "user"))
	guid := read(t, admin, staff, "objectGUID").GetRawAttributeValue("objectGUID")
	for _, c := range []struct {
		base  string
		scope int
		want  int
	}{
		{staff, ldap.ScopeBaseObject, 1}, {staff, ldap.ScopeSingleLevel, 1}, {staff, ldap.ScopeWholeSubtree, 3},
		{strings.ToLower(staff), ldap.ScopeWholeSubtree, 3}, {" OU = Staff , " + base, ldap.ScopeBaseObject, 1},
		{fmt.Sprintf("<GUID=%x>", guid), ldap.ScopeWholeSubtree, 3},
		{"CN=Partitions,CN=Configuration," + base, ldap.ScopeSingleLevel, 1},
	} {
		r, err := admin.Search(ldap.NewSearchRequest(c.base, c.scope, 0, 0, 0, false, "(objectClass=*)", []string{"1.1"}, nil))
		if err != nil || len(r.Entries) != c.want {
			t.Errorf("search of %s, scope %d: %v, %v, want %d entries", c.base, c.scope, r, err, c.want)
		}
	}
	for _, where := range []string{"OU=None," + staff, "DC=example,DC=org"} {
		_, err := admin.Search(ldap.NewSearchRequest(where, ldap.ScopeWholeSubtree, 0, 0, 0, false, "(objectClass=*)", nil, nil))
		wants(t, err, ldap.LDAPResultNoSuchObject, "No such Base DN")
	}
	_, err := admin.Search(ldap.NewSearchRequest("nonsense", ldap.ScopeWholeSubtree, 0, 0, 0, false, "(objectClass=*)", nil, nil))
	wants(t, err, ldap.LDAPResultInvalidDNSyntax)
	r, err := admin.Search(ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, 0, 0, 0, false, "(cn=a)", nil, nil))
	if err != nil || len(r.Referrals) != 1 || r.Referrals[0] != "ldap://corp.example.com/CN=Configuration,"+base {
		t.Errorf("referrals %v, %v", r.Referrals, err)
	}
}

func TestAttributeSelection(t *testing.T) {
	d := start(t)
	admin := d.admin()
	dn := addUser(t, admin, "anna", "sn", "Lindqvist")
	names := func(types bool, asked ...string) []string {
		r, err := admin.Search(ldap.NewSearchRequest(dn, ldap.ScopeBaseObject, 0, 0, 0, types, "(objectClass=*)", asked, nil))
		must(t, err)
		var got []string
		for _, a := range r.Entries[0].Attributes {
			got = append(got, a.Name)
			if types && len(a.Values) > 0 {
				t.Errorf("values of %s where names were asked for", a.Name)
			}
		}
		return got
	}
	if got := names(false, "SN", "samaccountname", "nonsense"); !slices.Equal(got, []string{"sn", "sAMAccountName"}) {
		t.Errorf("by name: %v", got)
	}
	if got := names(false, "1.1"); len(got) > 0 {
		t.Errorf("1.1: %v", got)
	}
	usual := names(false)
	for _, a := range []string{"objectClass", "cn", "sn", "distinguishedName", "objectGUID", "objectSid", "uSNChanged", "pwdLastSet", "objectCategory"} {
		if !slices.Contains(usual, a) {
			t.Errorf("%s is not among the usual ones: %v", a, usual)
		}
	}
	for _, a := range []string{"msDS-User-Account-Control-Computed", "canonicalName", "nTSecurityDescriptor", "unicodePwd"} {
		if slices.Contains(usual, a) {
			t.Errorf("%s is among the usual ones", a)
		}
	}
	if got := names(true, "*"); !slices.Equal(got, usual) {
		t.Errorf("* gives %v, no names give %v", got, usual)
	}
	if got := names(false, "+"); !slices.Contains(got, "msDS-User-Account-Control-Computed") || slices.Contains(got, "sn") {
		t.Errorf("+: %v", got)
	}
	both := names(false, "*", "canonicalName", "sn")
	if len(both) != len(usual)+1 || !slices.Contains(both, "canonicalName") {
		t.Errorf("* with more: %v", both)
	}
}

func TestRangesOfValues(t *testing.T) {
	d := start(t)
	admin := d.admin()
	var members []string
	for i := range 5 {
		members = append(members, addUser(t, admin, fmt.Sprintf("u%d", i)))
	}
	group := addGroup(t, admin, "Pilot", members...)
	for asked, want := range map[string]string{"member;range=0-1": "member;range=0-1", "member;range=2-*": "member;range=2-*", "member;range=3-99": "member;range=3-*"} {
		e := read(t, admin, group, asked)
		if got := e.Attributes; len(got) != 1 || got[0].Name != want {
			t.Errorf("%s gave %v", asked, got)
		}
	}
	if got := read(t, admin, group, "member;range=2-3").GetAttributeValues("member;range=2-3"); !slices.Equal(got, members[2:4]) {
		t.Errorf("members %v", got)
	}
}

func addMany(t testing.TB, c *ldap.Conn, n int) {
	t.Helper()
	addOU(t, c, staff)
	for i := range n {
		name := fmt.Sprintf("user%05d", i)
		must(t, add(c, "CN="+name+","+staff, "objectClass", "user", "sAMAccountName", name))
	}
}

// A search that finds more than 1,000 has to page.
func TestPaging(t *testing.T) {
	d := start(t)
	admin := d.admin()
	addMany(t, admin, 1100)
	q := ldap.NewSearchRequest(staff, ldap.ScopeSingleLevel, 0, 0, 0, false, "(objectClass=user)", []string{"cn"}, nil)
	r, err := admin.Search(q)
	wants(t, err, ldap.LDAPResultSizeLimitExceeded)
	if len(r.Entries) != 1000 {
		t.Errorf("%d entries without paging", len(r.Entries))
	}
	for _, size := range []uint32{100, 333, 5000} {
		q.Controls = nil
		if r, err = admin.SearchWithPaging(q, size); err != nil || len(r.Entries) != 1100 {
			t.Errorf("%d entries in pages of %d, %v", len(r.Entries), size, err)
		}
	}
	q.Controls, q.SizeLimit = nil, 7
	r, err = admin.Search(q)
	wants(t, err, ldap.LDAPResultSizeLimitExceeded)
	if len(r.Entries) != 7 {
		t.Errorf("%d entries, limit 7", len(r.Entries))
	}
}

func TestCookies(t *testing.T) {
	d := start(t)
	admin := d.admin()
	addMany(t, admin, 30)
	page := func(base string, c *ldap.ControlPaging) (*ldap.SearchResult, error) {
		return admin.Search(ldap.NewSearchRequest(base, ldap.ScopeSingleLevel, 0, 0, 0, false, "(objectClass=user)", []string{"cn"}, []ldap.Control{c}))
	}
	next := func(r *ldap.SearchResult) []byte {
		return ldap.FindControl(r.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging).Cookie
	}
	bogus := ldap.NewControlPaging(10)
	bogus.SetCookie([]byte("made up"))
	_, err := page(staff, bogus)
	wants(t, err, ldap.LDAPResultUnavailableCriticalExtension)

	first, err := page(staff, ldap.NewControlPaging(10))
	must(t, err)
	again := ldap.NewControlPaging(10)
	again.SetCookie(next(first))
	_, err = page(users, again) // another search
	wants(t, err, ldap.LDAPResultUnavailableCriticalExtension)
	must(t, admin.Del(ldap.NewDelRequest("CN=user00015,"+staff, nil)))
	second, err := page(staff, again)
	must(t, err)
	if len(first.Entries) != 10 || len(second.Entries) != 9 {
		t.Errorf("%d and %d entries, want 10 and 9: one was deleted meanwhile", len(first.Entries), len(second.Entries))
	}
	give := ldap.NewControlPaging(0)
	give.SetCookie(next(second))
	last, err := page(staff, give)
	if err != nil || len(last.Entries) != 0 || len(next(last)) != 0 {
		t.Errorf("giving up: %v, %v", last, err)
	}
	_, err = page(staff, give)
	wants(t, err, ldap.LDAPResultUnavailableCriticalExtension)
}

func TestSorting(t *testing.T) {
	d := start(t)
	admin := d.admin()
	addUser(t, admin, "c", "sn", "alpha")
	addUser(t, admin, "a", "sn", "Gamma")
	addUser(t, admin, "b", "sn", "beta")
	for _, c := range []struct {
		reverse bool
		want    string
	}{{false, "c b a"}, {true, "a b c"}} {
		control := ldap.NewControlServerSideSortingWithSortKeys([]*ldap.SortKey{{AttributeType: "sn", Reverse: c.reverse}})
		r, err := admin.Search(ldap.NewSearchRequest(users, ldap.ScopeSingleLevel, 0, 0, 0, false, "(sn=*)", []string{"cn"}, []ldap.Control{control}))
		must(t, err)
		var got []string
		for _, e := range r.Entries {
			got = append(got, e.GetAttributeValue("cn"))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("reverse %v: %v", c.reverse, got)
		}
	}
}
