package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/pki"
)

// theirs is a directory that stands in for one of the user's, with the file
// that names it.
type theirs struct {
	lab       *lab.Lab
	admin     *directory.Directory // may write everywhere
	unit      string
	connector directory.Account
	address   string
	file      string
	env       []string
}

const theirPassword = "Their-Password-01"

// writeback are the rights that a connector account needs.
func writeback() []directory.Right {
	return []directory.Right{directory.ResetPassword, directory.WriteLockoutTime, directory.WritePwdLastSet, directory.UnexpirePassword}
}

func newTheirs(t *testing.T, config lab.Config) *theirs {
	t.Helper()
	authority, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	config.Authority, config.DirectoryDomain, config.NoDelegation = authority, "corp.example.com", true
	l, err := lab.Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Stop(); err != nil {
			t.Error(err)
		}
	})
	d, err := directory.Open(t.Context(), l.Directory())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	s := &theirs{lab: l, admin: d, address: l.Directory().URL, env: []string{"THEIR_PASSWORD=" + theirPassword}}
	s.furnish(t)
	dir := t.TempDir()
	s.file = filepath.Join(dir, "own.yaml")
	for name, text := range map[string]string{"ca.pem": string(authority.PEM()), "own.yaml": fmt.Sprintf(`address: %s
ca: ca.pem
server name: %s
unit: %s
connector: {user: connector@corp.example.com, password from environment: THEIR_PASSWORD}
set-up: {user: set-up@corp.example.com, password from environment: THEIR_PASSWORD}
`, s.address, l.Directory().ServerName, s.unit)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// furnish makes the unit for the lab, the accounts, and a policy of the
// organisation's.
func (s *theirs) furnish(t *testing.T) {
	t.Helper()
	ctx, d := t.Context(), s.admin
	err := d.SetPolicy(ctx, directory.Policy{MinLength: 7, Complexity: true, History: 24, MaxAge: 42 * 24 * time.Hour,
		LockoutThreshold: 5, LockoutWindow: 30 * time.Minute, LockoutDuration: 30 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if s.unit, err = d.CreateOU(ctx, d.Base(), "For the lab"); err != nil {
		t.Fatal(err)
	}
	account := func(name string) directory.Account {
		a, err := d.CreateAccount(ctx, directory.NewAccount{Parent: d.Base(), Name: name, SAM: name, UPN: name + "@corp.example.com",
			Password: theirPassword, NeverExpires: true})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	s.connector = account("connector")
	if err := d.AddMember(ctx, "CN=Domain Admins,CN=Users,"+d.Base(), account("set-up").DN); err != nil {
		t.Fatal(err)
	}
	s.delegate(t, writeback()...)
}

func (s *theirs) delegate(t *testing.T, rights ...directory.Right) {
	t.Helper()
	if err := s.admin.Delegate(t.Context(), s.connector.DN, s.unit, rights...); err != nil {
		t.Fatal(err)
	}
}

// trees are the units of labs that are in the directory now.
func (s *theirs) trees(t *testing.T) (dns []string) {
	t.Helper()
	units, err := s.admin.Units(t.Context(), s.admin.Base())
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range units {
		if strings.HasPrefix(u.Name, "ssprlab-") {
			dns = append(dns, u.DN)
		}
	}
	return dns
}
