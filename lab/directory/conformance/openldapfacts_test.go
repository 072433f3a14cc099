package conformance_test

import (
	"crypto/tls"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/directory/conformance"
)

// TestOpenLDAPIsAsMeasured proves what is known of ppolicy by the protocol
// alone, and that the dialect says the same (R-WB-111 to R-WB-117).
func TestOpenLDAPIsAsMeasured(t *testing.T) {
	s := contained(t, container.OpenLDAP, directory.OpenLDAP, fieldNotes())
	admin, err := directory.Open(t.Context(), s.Config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	ou, err := admin.CreateOU(t.Context(), admin.Base(), "facts")
	if err != nil {
		t.Fatal(err)
	}
	for _, fact := range []struct {
		name string // with the rule
		run  func(*facts)
	}{
		{"R-WB-111 who may write is held to age, length and history", (*facts).writeIsHeld},
		{"R-WB-112 nobody of the lab is above the policy", (*facts).nobodyIsAbove},
		{"R-WB-113 a reset unlocks and does not force a change", (*facts).resetUnlocks},
		{"R-WB-114 deleting the lock drops the failures", (*facts).deletingUnlocks},
		{"R-WB-115 the control tells that an account is locked", (*facts).controlTellsLock},
		{"R-WB-116 who must change binds and can do nothing else", (*facts).mustChange},
		{"R-WB-117 Password Modify does not verify a wrong old one", (*facts).wrongOld},
		{"R-WB-40 Password Modify changes a password", (*facts).passwordModify},
	} {
		t.Run(fact.name, func(t *testing.T) {
			fact.run(&facts{T: t, s: s, admin: admin, ou: ou})
		})
	}
}

// facts is where one fact is looked at.
type facts struct {
	*testing.T
	s     conformance.Subject
	admin *directory.Directory
	ou    string
}

const first, next = "Start-Password-01", "Second-Password-02"

// must ends the test on an error.
func (f *facts) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// refusal expects a refusal with that result and that error of the control.
func (f *facts) refusal(err error, code uint16, policyError string) {
	f.Helper()
	var r *directory.Refusal
	if !errors.As(err, &r) || r.Code != code || r.SubCode != policyError {
		f.Fatalf("expected a refusal with result %d and the control's %q, got %v", code, policyError, err)
	}
}

// person makes an account under a policy with nothing but a length.
func (f *facts) person(name string, policy directory.Policy) directory.Account {
	f.Helper()
	policy.MinLength = 7
	f.must(f.admin.SetPolicy(f.Context(), policy))
	a, err := f.admin.CreateAccount(f.Context(), directory.NewAccount{Parent: f.ou, Name: name, SAM: name, UPN: name + "@" + f.s.Suffix, Password: first})
	f.must(err)
	return a
}

// as opens the directory as an account.
func (f *facts) as(a directory.Account, password string) *directory.Directory {
	f.Helper()
	config := f.s.Config
	config.User, config.Password = a.DN, password
	d, err := directory.Open(f.Context(), config)
	f.must(err)
	f.Cleanup(func() { d.Close() })
	return d
}

// dial returns a connection on which nobody has bound.
func (f *facts) dial() *ldap.Conn {
	f.Helper()
	c, err := ldap.DialURL(f.s.Config.URL, ldap.DialWithTLSConfig(&tls.Config{RootCAs: f.s.Config.RootCAs}))
	f.must(err)
	f.Cleanup(func() { c.Close() })
	return c
}

// bind binds with the password policy control, and returns its error, -1 for
// none.
func (f *facts) bind(c *ldap.Conn, dn, password string) (policyError int8, err error) {
	f.Helper()
	result, err := c.SimpleBind(ldap.NewSimpleBindRequest(dn, password, []ldap.Control{ldap.NewControlBeheraPasswordPolicy()}))
	if result == nil {
		f.Fatal(err)
	}
	control, ok := ldap.FindControl(result.Controls, ldap.ControlTypeBeheraPasswordPolicy).(*ldap.ControlBeheraPasswordPolicy)
	if !ok {
		return -1, err
	}
	return control.Error, err
}

// states reads what ppolicy keeps of an account.
func (f *facts) states(dn string) map[string][]string {
	f.Helper()
	values, err := f.admin.Attributes(f.Context(), dn, "pwdAccountLockedTime", "pwdFailureTime", "pwdReset")
	f.must(err)
	return values
}

func (f *facts) lock(a directory.Account) {
	f.Helper()
	for range 3 {
		if err := f.admin.Authenticate(f.Context(), a.DN, "Wrong-Password-99"); err == nil {
			f.Fatal("a wrong password let somebody in")
		}
	}
	if len(f.states(a.DN)["pwdAccountLockedTime"]) != 1 {
		f.Fatal("three wrong passwords did not lock")
	}
}

func threeAndNoEnd() directory.Policy { return directory.Policy{LockoutThreshold: 3} }

func (f *facts) writeIsHeld() {
	a := f.person("held", directory.Policy{History: 5, MinAge: time.Hour})
	connector := f.person("writer", directory.Policy{History: 5, MinAge: time.Hour})
	f.must(f.admin.Delegate(f.Context(), connector.DN, f.ou, directory.ResetPassword))
	d := f.as(connector, first)
	f.refusal(d.Reset(f.Context(), a.DN, next, directory.Reset{}), 19, "passwordTooYoung")
	f.must(f.admin.SetPolicy(f.Context(), directory.Policy{MinLength: 7, History: 5}))
	f.refusal(d.Reset(f.Context(), a.DN, "short", directory.Reset{}), 19, "passwordTooShort")
	f.refusal(d.Reset(f.Context(), a.DN, first, directory.Reset{}), 19, "passwordInHistory")
	f.must(d.Reset(f.Context(), a.DN, next, directory.Reset{}))
	f.refusal(d.Reset(f.Context(), a.DN, first, directory.Reset{}), 19, "passwordInHistory")
}

// nobodyIsAbove asks the strongest account there is.
func (f *facts) nobodyIsAbove() {
	a := f.person("below", directory.Policy{History: 5})
	f.refusal(f.admin.Reset(f.Context(), a.DN, "short", directory.Reset{}), 19, "passwordTooShort")
	f.refusal(f.admin.Reset(f.Context(), a.DN, first, directory.Reset{}), 19, "passwordInHistory")
	f.must(f.admin.Reset(f.Context(), a.DN, next, directory.Reset{}))
	if reset := f.states(a.DN)["pwdReset"]; reset != nil {
		f.Errorf("after the administrator's reset pwdReset is %v, which it is after one with manage access", reset)
	}
	if _, err := f.bind(f.dial(), "cn=root,"+f.admin.Base(), f.s.Config.Password); err == nil {
		f.Error("somebody can bind as rootdn")
	}
}

func (f *facts) resetUnlocks() {
	a := f.person("reset", threeAndNoEnd())
	f.lock(a)
	f.must(f.admin.Reset(f.Context(), a.DN, next, directory.Reset{}))
	if left := f.states(a.DN); len(left) > 0 {
		f.Errorf("a reset left %v", left)
	}
}

func (f *facts) deletingUnlocks() {
	a := f.person("unlock", threeAndNoEnd())
	f.lock(a)
	f.must(f.admin.Modify(f.Context(), a.DN, directory.Remove("pwdAccountLockedTime")))
	if left := f.states(a.DN); len(left) > 0 {
		f.Errorf("deleting the lock left %v", left)
	}
	f.lock(a)
	f.must(f.admin.Unlock(f.Context(), a.DN))
	if left := f.states(a.DN); len(left) > 0 {
		f.Errorf("unlocking left %v", left)
	}
}

func (f *facts) controlTellsLock() {
	a := f.person("locked", threeAndNoEnd())
	f.lock(a)
	const accountLocked = 1
	if e, err := f.bind(f.dial(), a.DN, first); e != accountLocked || !ldap.IsErrorWithCode(err, 49) {
		f.Errorf("the control says %d with %v, expected 1 with result 49", e, err)
	}
	if err := f.dial().Bind(a.DN, first); !ldap.IsErrorWithCode(err, 49) {
		f.Errorf("without the control: %v, expected result 49 alone", err)
	}
	f.refusal(f.admin.Authenticate(f.Context(), a.DN, first), 49, "accountLocked")
}

func (f *facts) mustChange() {
	a := f.person("forced", directory.Policy{})
	f.must(f.admin.SetMustChange(f.Context(), a.DN, true))
	c := f.dial()
	const changeAfterReset = 2
	if e, err := f.bind(c, a.DN, first); e != changeAfterReset || err != nil {
		f.Fatalf("the control says %d with %v, expected 2 with success", e, err)
	}
	_, err := c.Search(ldap.NewSearchRequest(f.ou, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", nil, nil))
	if !ldap.IsErrorWithCode(err, 50) {
		f.Errorf("who must change reads: %v, expected result 50", err)
	}
	if _, err := c.PasswordModify(ldap.NewPasswordModifyRequest(a.DN, first, next)); err != nil {
		f.Errorf("who must change cannot: %v", err)
	}
	f.must(f.admin.Authenticate(f.Context(), a.DN, next))
}

// wrongOld also sees that the dialect, which binds as the owner where it can,
// finds the same by the bind.
func (f *facts) wrongOld() {
	a := f.person("mistaken", directory.Policy{})
	c := f.dial()
	f.must(c.Bind("cn=Administrator,cn=Users,"+f.admin.Base(), f.s.Config.Password))
	_, err := c.PasswordModify(ldap.NewPasswordModifyRequest(a.DN, "Wrong-Password-99", next))
	if !ldap.IsErrorWithCode(err, 53) || !strings.Contains(err.Error(), "unwilling to verify old password") {
		f.Errorf("a wrong old password: %v, expected result 53", err)
	}
	var r *directory.Refusal
	if err := f.admin.Change(f.Context(), a.DN, "Wrong-Password-99", next); !errors.As(err, &r) || r.Reason != directory.WrongOldPassword {
		f.Errorf("a wrong old password: %v", err)
	}
}

func (f *facts) passwordModify() {
	a := f.person("changer", directory.Policy{History: 5})
	c := f.dial()
	f.must(c.Bind(a.DN, first))
	_, err := c.PasswordModify(ldap.NewPasswordModifyRequest(a.DN, first, "short"))
	if !ldap.IsErrorWithCode(err, 19) {
		f.Errorf("to a short one: %v, expected result 19", err)
	}
	_, err = c.PasswordModify(ldap.NewPasswordModifyRequest(a.DN, first, next))
	f.must(err)
	f.must(f.admin.Authenticate(f.Context(), a.DN, next))
}

// TestOpenLDAPOfAnotherDomain provisions a domain that is not the image's.
func TestOpenLDAPOfAnotherDomain(t *testing.T) {
	s := containedDomain(t, container.OpenLDAP, directory.OpenLDAP, fieldNotes(), "hq.cedar.example.net")
	d, err := directory.Open(t.Context(), s.Config)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if want := "dc=hq,dc=cedar,dc=example,dc=net"; d.Base() != want {
		t.Errorf("the base is %s, want %s", d.Base(), want)
	}
	accounts, err := d.Accounts(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(accounts, func(a directory.Account) bool { return a.UPN == "Administrator@hq.cedar.example.net" }); i < 0 || !accounts[i].Critical || !accounts[i].Protected {
		t.Errorf("the administrator alone, critical and protected, got %+v", accounts)
	}
}
