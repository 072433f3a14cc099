package activedirectory_test

import (
	"fmt"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/fakes/activedirectory"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// New is on the start path of every scenario.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := activedirectory.New(activedirectory.Config{AdministratorPassword: adminPass, Seed: seed.New(1)}); err != nil {
			b.Fatal(err)
		}
	}
}

// A reset as the writeback agent does it, by an account with delegated rights
// in a domain of 1,000 people.
func BenchmarkResetAndUnlock(b *testing.B) {
	d := start(b)
	admin := d.admin()
	addMany(b, admin, 1000)
	dn := "CN=user00500," + staff
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		must(b, set(admin, dn, "unicodePwd", quoted(fmt.Sprintf("Bench-Pass-%d", n)), "lockoutTime", "0"))
	}
}

func BenchmarkBind(b *testing.B) {
	d := start(b)
	c := d.admin()
	for b.Loop() {
		must(b, c.Bind(adminDN, adminPass))
	}
}

// A look-up by an indexed attribute among 10,000 people, and a scan of them.
func BenchmarkSearch(b *testing.B) {
	d := start(b)
	admin := d.admin()
	addMany(b, admin, 10_000)
	for _, filter := range []string{"(&(objectClass=user)(sAMAccountName=user05000))", "(&(objectClass=user)(description=nobody))"} {
		b.Run(filter, func(b *testing.B) {
			q := ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, 0, 0, 0, false, filter, []string{"cn", "objectGUID"}, nil)
			for b.Loop() {
				_, err := admin.Search(q)
				must(b, err)
			}
		})
	}
}
