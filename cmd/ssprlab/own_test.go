package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/enginetest"
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
	s := &theirs{lab: l, admin: d, address: l.Directory().URL, env: []string{"THEIR_PASSWORD=" + theirPassword, "ADMIN_PASSWORD=" + l.Directory().Password}}
	s.furnish(t)
	dialect, setUp := "active directory", "{user: set-up@corp.example.com, password from environment: THEIR_PASSWORD}"
	if config.Directory == lab.OpenLDAP { // where a group gives no right
		dialect, setUp = "openldap", "{user: "+l.Directory().User+", password from environment: ADMIN_PASSWORD}"
	}
	dir := t.TempDir()
	s.file = filepath.Join(dir, "own.yaml")
	for name, text := range map[string]string{"ca.pem": string(authority.PEM()), "own.yaml": fmt.Sprintf(`address: %s
dialect: %s
ca: ca.pem
server name: %s
unit: %s
connector: {user: connector@corp.example.com, password from environment: THEIR_PASSWORD}
set-up: %s
`, s.address, dialect, l.Directory().ServerName, s.unit, setUp)} {
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

// TestOwnRun rehearses three scenarios in a directory of the user's: one runs,
// two need what it does not have.
func TestOwnRun(t *testing.T) {
	t.Parallel()
	s := newTheirs(t, lab.Config{Seed: 3})
	bystander, err := s.admin.CreateAccount(t.Context(), directory.NewAccount{Parent: s.unit, Name: "adele", SAM: "adele", UPN: "adele@alder.example.com", Password: theirPassword})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := call(t, s.env, "run", "--driver", "http", "--report", dir, "--directory", s.address, "--directory-config", s.file, "--yes", "--workers", "2",
		"reset/directory-group.yaml", "reset/missing-right.yaml", "reset/minimum-age.yaml")
	if r.status != 0 || !strings.Contains(r.out, "1 passed, 0 failed, 2 not run") {
		t.Fatalf("status %d:\n%s%s", r.status, r.err, r.out)
	}
	for _, want := range []string{"needs:    a connector account that lacks Reset Password; the directory's lacks no right",
		"needs:    time to pass (after: 24h0m0s), and the directory keeps its own"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("it does not say %q:\n%s", want, r.out)
		}
	}
	for _, want := range []string{s.address, "connector@corp.example.com", "set-up@corp.example.com", s.unit, "the unit is removed when its lab ends"} {
		if !strings.Contains(r.err, want) {
			t.Errorf("it does not announce %q:\n%s", want, r.err)
		}
	}
	results, err := os.ReadFile(filepath.Join(dir, "results.json"))
	if err != nil || !strings.Contains(string(results), "not run: a connector account that lacks Reset Password") || strings.Contains(string(results)+r.err+r.out, theirPassword) {
		t.Errorf("results: %v\n%s", err, results)
	}
	if left := s.trees(t); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if now, err := s.admin.AccountByDN(t.Context(), bystander.DN); err != nil || now.USN != bystander.USN {
		t.Errorf("somebody who was in the unit before was touched: %+v, %v", now, err)
	}
}

// TestOwnOpenLDAP rehearses what sets a password right after another in an
// OpenLDAP server of the user's: it dates them by the second, and nobody may
// move its clock.
func TestOwnOpenLDAP(t *testing.T) {
	t.Parallel()
	enginetest.Open(t)
	s := newTheirs(t, lab.Config{Seed: 3, Directory: lab.OpenLDAP})
	r := call(t, s.env, "run", "--driver", "http", "--report", t.TempDir(), "--directory", s.address, "--directory-config", s.file, "--yes", "--workers", "2",
		"reset/agent-stopped.yaml", "reset/banned-password.yaml", "reset/methods-raised.yaml", "unlock/offered.yaml")
	if r.status != 0 || !strings.Contains(r.out, "4 passed, 0 failed") {
		t.Errorf("status %d:\n%s%s", r.status, r.err, r.out)
	}
	if left := s.trees(t); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestOwnRefuses has the command line not agree with itself, or nobody agree.
func TestOwnRefuses(t *testing.T) {
	t.Parallel()
	s := newTheirs(t, lab.Config{Seed: 3})
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"no file":         {[]string{"--directory", s.address, "--yes"}, "--directory-config is missing"},
		"another address": {[]string{"--directory", "ldaps://127.0.0.1:1", "--directory-config", s.file, "--yes"}, "must be the same"},
		"no TLS":          {[]string{"--directory", "ldap://127.0.0.1:1", "--directory-config", s.file, "--yes"}, "use one of them"},
		"two directories": {[]string{"--directory", "samba", "--directory-config", s.file, "--yes"}, "use one of them"},
		"nobody to ask":   {[]string{"--directory", s.address, "--directory-config", s.file}, "--yes agrees"},
	} {
		t.Run(name, func(t *testing.T) {
			r := call(t, s.env, append([]string{"run", "--driver", "http", "--report", t.TempDir(), "house.yaml"}, c.args...)...)
			if r.status != 2 || !strings.Contains(r.err, c.says) {
				t.Errorf("status %d, want 2 with %q:\n%s%s", r.status, c.says, r.err, r.out)
			}
		})
	}
	if left := s.trees(t); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// up starts a house in the directory and waits until it is up.
func (s *theirs) up(t *testing.T) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Getenv(binaryVariable), "up", "--json", "--port", "0", "--directory", s.address, "--directory-config", s.file, "--yes")
	c.Env = append(os.Environ(), append(s.env, "TMPDIR="+t.TempDir())...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait() // has been waited for, as a rule
	})
	var announced struct {
		DirectoryAdministrator map[string]string
	}
	if err := json.NewDecoder(out).Decode(&announced); err != nil {
		t.Fatalf("it does not come up: %v", err)
	}
	if announced.DirectoryAdministrator != nil {
		t.Errorf("an account of the user's is announced: %v", announced)
	}
	return c
}

// TestOwnIsLeftClean ends a lab in a directory of the user's in three ways.
func TestOwnIsLeftClean(t *testing.T) {
	t.Parallel()
	s := newTheirs(t, lab.Config{Seed: 3})
	interrupted := s.up(t)
	if n := len(s.trees(t)); n != 1 {
		t.Errorf("%d trees while a lab is up, want 1", n)
	}
	if err := interrupted.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := interrupted.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v", err)
	}
	if left := s.trees(t); len(left) > 0 {
		t.Errorf("left behind after Ctrl-C: %v", left)
	}

	s.kill(t, s.up(t))
	left := s.trees(t)
	living := s.up(t) // cleans up as it starts
	now := s.trees(t)
	if len(left) != 1 || len(now) != 1 || now[0] == left[0] {
		t.Errorf("after a kill there is %v, after the next start %v", left, now)
	}

	s.kill(t, s.up(t))
	r := call(t, s.env, "clean", "--directory-config", s.file)
	if r.status != 0 || strings.Count(r.out, "removed OU=ssprlab-") != 1 {
		t.Errorf("clean: status %d:\n%s%s", r.status, r.out, r.err)
	}
	if after := s.trees(t); len(after) != 1 || after[0] != now[0] {
		t.Errorf("after clean there is %v, want that of the lab that is up, %v", after, now)
	}
	if r := call(t, s.env, "clean", "--directory-config", s.file); r.status != 0 || !strings.Contains(r.out, "Nothing to clean.") {
		t.Errorf("clean once more: status %d:\n%s%s", r.status, r.out, r.err)
	}
	s.kill(t, living)
}

// kill ends a lab as the kernel does when memory is short.
func (s *theirs) kill(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.Wait() // killed
}

// TestOwnSamba rehearses the walkthrough, and what is beside it, on a domain
// controller of Samba's that is not the lab's.
func TestOwnSamba(t *testing.T) {
	t.Parallel()
	enginetest.Open(t)
	s := newTheirs(t, lab.Config{Seed: 3, Directory: lab.Samba})
	r := call(t, s.env, "run", "--driver", "http", "--report", t.TempDir(), "--directory", s.address, "--directory-config", s.file, "--yes", "--workers", "2",
		"walkthrough.yaml", "unlock/keeps-locking.yaml", "reset/directory-group.yaml", "reset/disabled-on-premises.yaml", "change/minimum-age.yaml")
	if r.status != 0 || !strings.Contains(r.out, "5 passed, 0 failed, 1 not run") {
		t.Errorf("status %d:\n%s%s", r.status, r.err, r.out)
	}
	if left := s.trees(t); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
