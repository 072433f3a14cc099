package lab_test

import (
	"crypto/tls"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/own"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/tree"
)

// theirs is a directory that stands in for one of the user's: it has a unit
// that is the lab's, a connector account, and people whom nobody may touch.
type theirs struct {
	lab    *lab.Lab
	admin  *directory.Directory
	config own.Config
}

func newTheirs(t *testing.T, kind lab.DirectoryKind) theirs {
	t.Helper()
	ctx := t.Context()
	authority, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	l, err := lab.Start(ctx, lab.Config{Seed: 7, Directory: kind, Authority: authority, DirectoryDomain: "corp.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Stop(); err != nil {
			t.Error(err)
		}
	})
	d, err := directory.Open(ctx, l.Directory())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	s := theirs{lab: l, admin: d}
	unit, err := d.CreateOU(ctx, d.Base(), "For the lab")
	if err != nil {
		t.Fatal(err)
	}
	s.person(t, "OU="+lab.People+","+d.Base(), "cora")
	s.person(t, unit, "dora")
	if _, err := d.CreateOU(ctx, unit, "ssprlab-theirs"); err != nil { // called like a tree, and is none
		t.Fatal(err)
	}
	connector, setUp := s.person(t, d.Base(), "connector"), s.person(t, d.Base(), "set-up")
	if err := d.Delegate(ctx, connector.DN, unit, directory.ResetPassword, directory.WriteLockoutTime, directory.WritePwdLastSet, directory.UnexpirePassword); err != nil {
		t.Fatal(err)
	}
	if err := d.AddMember(ctx, "CN=Domain Admins,CN=Users,"+d.Base(), setUp.DN); err != nil {
		t.Fatal(err)
	}
	s.config = own.Config{URL: l.Directory().URL, ServerName: l.Directory().ServerName, CA: string(authority.PEM()), Unit: unit,
		Connector: own.Account{User: connector.UPN, Password: password}, SetUp: own.Account{User: setUp.UPN, Password: password}}
	return s
}

const password = "Lab-Password-01"

func (s theirs) person(t *testing.T, parent, name string) directory.Account {
	t.Helper()
	a, err := s.admin.CreateAccount(t.Context(), directory.NewAccount{Parent: parent, Name: name, SAM: name, UPN: name + "@corp.example.com", Password: password, NeverExpires: true})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// everything is every object of the directory with the number of its last
// change.
func (s theirs) everything(t *testing.T) map[string]string {
	t.Helper()
	c := s.lab.Directory()
	conn, err := ldap.DialURL(c.URL, ldap.DialWithTLSConfig(&tls.Config{RootCAs: c.RootCAs, ServerName: c.ServerName}))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Bind(c.User, c.Password); err != nil {
		t.Fatal(err)
	}
	found, err := conn.SearchWithPaging(ldap.NewSearchRequest(s.admin.Base(), ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false,
		"(objectClass=*)", []string{"uSNChanged"}, nil), 500)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range found.Entries {
		all[e.DN] = e.GetAttributeValue("uSNChanged")
	}
	return all
}

// TestOwn starts a lab on a directory of the user's, has it write, and stops
// it: nothing of the directory is changed.
func TestOwn(t *testing.T) {
	t.Parallel()
	s := newTheirs(t, lab.Embedded)
	before := s.everything(t)
	ctx := t.Context()
	l, err := lab.Start(ctx, lab.Config{Seed: 1, Own: &s.config, Tree: "s1abcde"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Stop()
	d, err := directory.Open(ctx, l.Directory())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	home := "OU=ssprlab-s1abcde," + s.config.Unit
	if !directory.Same(d.Base(), home) {
		t.Errorf("the lab reads below %s, want %s", d.Base(), home)
	}
	label := tree.Label("s1abcde")
	adele, err := d.CreateAccount(ctx, directory.NewAccount{Parent: "OU=" + lab.People + "," + d.Base(), Name: "Adele Birch", SAM: label.Account("adele"),
		UPN: "adele@" + label.Domain("alder.example.com"), Password: password})
	if err != nil {
		t.Fatal(err)
	}
	if all, err := d.Accounts(ctx, ""); err != nil || len(all) != 1 {
		t.Errorf("the lab sees %v, %v; want its own person alone", all, err)
	}
	connector, err := directory.Open(ctx, s.config.As(s.config.Connector))
	if err != nil {
		t.Fatal(err)
	}
	defer connector.Close()
	if err := connector.Reset(ctx, adele.DN, "Second-Password-02", directory.Reset{Unlock: true}); err != nil {
		t.Error(err)
	}
	if s.config.Domain() != "corp.example.com" {
		t.Errorf("domain %q", s.config.Domain())
	}
	if err := l.Stop(); err != nil {
		t.Fatal(err)
	}
	s.unchanged(t, before)
}

func (s theirs) unchanged(t *testing.T, before map[string]string) {
	t.Helper()
	after := s.everything(t)
	if maps.Equal(before, after) {
		return
	}
	for dn := range after {
		if after[dn] != before[dn] {
			t.Errorf("%s was made or changed", dn)
		}
	}
	for dn := range before {
		if _, there := after[dn]; !there {
			t.Errorf("%s was removed", dn)
		}
	}
}

// TestOwnStartThatFails names what is wrong with the directory, and leaves it
// as it was.
func TestOwnStartThatFails(t *testing.T) {
	t.Parallel()
	s := newTheirs(t, lab.Embedded)
	before := s.everything(t)
	for name, c := range map[string]struct {
		change func(*own.Config)
		says   string
	}{
		"no such unit":               {func(c *own.Config) { c.Unit = "OU=None,DC=corp,DC=example,DC=com" }, "OU=None"},
		"the connector's password":   {func(c *own.Config) { c.Connector.Password = "Wrong-Password-01" }, "as the connector account"},
		"set-up account may do less": {func(c *own.Config) { c.SetUp = c.Connector }, "no right"},
	} {
		config := s.config
		c.change(&config)
		if _, err := lab.Start(t.Context(), lab.Config{Own: &config}); err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "Password-01") {
			t.Errorf("%s: %v", name, err)
		}
	}
	after := s.everything(t)
	connector := "CN=connector,DC=corp,DC=example,DC=com" // a wrong password is counted
	delete(before, connector)
	delete(after, connector)
	if !maps.Equal(before, after) {
		t.Errorf("the directory was %v, and is %v", before, after)
	}
}

func TestOwnNeedsAUnit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]lab.Config{
		"no file": {Directory: lab.Own}, "no unit": {Own: &own.Config{URL: "ldaps://127.0.0.1:1"}},
	} {
		if _, err := lab.Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), "the unit in which the lab may write") && !strings.Contains(err.Error(), "no unit in which the lab may write") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTrees has two labs share one directory: each has a connector account and
// sees its own people alone.
func TestTrees(t *testing.T) {
	t.Parallel()
	s := newTheirs(t, lab.Embedded)
	var trees []string
	for i := range 2 {
		l, err := lab.Start(t.Context(), lab.Config{Seed: uint64(i), Own: &s.config})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Stop()
		trees = append(trees, l.Directory().Base)
	}
	if slices.Compact(slices.Sorted(slices.Values(trees)))[0] == "" || trees[0] == trees[1] {
		t.Errorf("trees %v", trees)
	}
	if dead, err := tree.Dead(t.Context(), s.admin, s.config.Unit); err != nil || len(dead) != 0 {
		t.Errorf("trees of the living are taken for dead ones: %v, %v", dead, err)
	}
	units, err := s.admin.Units(t.Context(), s.config.Unit)
	if err != nil || len(units) != 1+1+2*2 { // the unit, what is theirs, and two trees with a unit of people each
		t.Errorf("%v, %v", units, err)
	}
}

// TestTreeOfOurs keeps a lab to a tree in a directory of the lab's: its
// connector account is made there, and has no rights elsewhere.
func TestTreeOfOurs(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	l, err := lab.Start(ctx, lab.Config{Seed: 1, Tree: "sours01", DirectoryDomain: "corp.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Stop()
	c := l.Directory()
	c.Base, c.Within = "", ""
	d, err := directory.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	home := "OU=ssprlab-sours01," + d.Base()
	connector, err := d.AccountBySAM(ctx, "MSOL_sours01")
	if err != nil || !directory.Below(connector.DN, home) {
		t.Fatalf("connector account %q, %v; want one below %s", connector.DN, err, home)
	}
	for parent, want := range map[string]int{"OU=" + lab.People + "," + home: 0, d.Base(): 3} { // everybody may unexpire
		name := strings.ToLower(parent[3:6])
		a, err := d.CreateAccount(ctx, directory.NewAccount{Parent: parent, Name: name, SAM: name, Password: password})
		if err != nil {
			t.Fatal(err)
		}
		if lacks, err := d.Rights(ctx, connector.DN, a.DN); err != nil || len(lacks) != want {
			t.Errorf("below %s the connector account lacks %v, %v; want %d rights", parent, lacks, err, want)
		}
	}
	if _, err := lab.Start(ctx, lab.Config{Tree: "sours02", Delegation: []directory.Right{directory.ResetPassword}}); err == nil || !strings.Contains(err.Error(), "cannot be withheld") {
		t.Errorf("a right of the root withheld in a tree: %v", err)
	}
}
