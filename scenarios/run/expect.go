package run

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// expect holds what is expected against what the parts tell.
func (w *world) expect(ctx context.Context, e *script.Expect) error {
	for _, check := range []func(context.Context, *script.Expect) error{w.expectMail, w.expectPhones, w.expectAccounts, w.expectUsers, w.expectAudit, w.expectAgent} {
		if err := check(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// resolve fills in a value that belongs to nobody in particular.
func (w *world) resolve(ctx context.Context, v script.Value) (string, error) {
	return v.Resolve(func(r script.Ref) (string, error) { return w.value(ctx, r, nil) })
}

// expectAccounts reads the accounts by LDAP. The password is tried by binding,
// which may lock an account: it is tried last.
func (w *world) expectAccounts(ctx context.Context, e *script.Expect) error {
	for _, want := range e.Directory {
		a := w.actors[want.Person]
		account, err := w.directory.AccountByUPN(ctx, a.person.UPN)
		if err != nil {
			return err
		}
		for _, is := range []struct {
			word string
			want *bool
			got  bool
		}{{"locked", want.Locked, account.Locked}, {"enabled", want.Enabled, account.Enabled}, {"told to change the password", want.MustChange, account.MustChange}} {
			if is.want != nil && *is.want != is.got {
				return &mismatch{want.At, want.Person + " in the directory", state(is.word, *is.want), state(is.word, is.got)}
			}
		}
		if want.BadPasswords != nil && *want.BadPasswords != account.BadPasswords {
			return &mismatch{want.At, "wrong passwords of " + want.Person, fmt.Sprint(*want.BadPasswords), fmt.Sprint(account.BadPasswords)}
		}
		if err := w.passwordSet(want, account); err != nil {
			return err
		}
		if err := w.passwordsAre(ctx, want, a); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) passwordSet(want script.AccountExpected, account directory.Account) error {
	before := w.since.passwordSet[want.Person]
	changed := !account.PasswordSet.Equal(before)
	if want.PasswordSet == script.SetUnchanged && changed || want.PasswordSet == script.SetNow && !changed {
		return &mismatch{want.At, "password of " + want.Person, string(want.PasswordSet), fmt.Sprintf("set %s, and %s before the step", account.PasswordSet.Format(time.DateTime), before.Format(time.DateTime))}
	}
	return nil
}

func (w *world) passwordsAre(ctx context.Context, want script.AccountExpected, a *actor) error {
	for _, p := range want.Passwords {
		password, err := p.Value.Resolve(func(r script.Ref) (string, error) { return w.value(ctx, r, a) })
		if err != nil {
			return err
		}
		result, err := w.bindResult(ctx, a.person.UPN, password)
		if err != nil {
			return err
		}
		// A password of an account that must change it is right all the same.
		right := result == script.BindOK || result == script.BindMustChange
		if right != p.Is {
			return &mismatch{p.Value.At, "password of " + want.Person + " in the directory", state("being", p.Is) + " " + p.Value.String(), "a bind with it is " + string(result)}
		}
	}
	return nil
}

func (w *world) expectUsers(ctx context.Context, e *script.Expect) error {
	if len(e.Tenant) == 0 {
		return nil
	}
	t, err := w.readTenant(ctx)
	if err != nil {
		return err
	}
	for _, want := range e.Tenant {
		if err := w.userIs(ctx, want, t); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) userIs(ctx context.Context, want script.UserExpected, t tenantState) error {
	upn := w.actors[want.Person].person.UPN
	u, known := t.users[strings.ToLower(upn)]
	if !known {
		return &mismatch{want.At, want.Person + " in the tenant", "a user " + upn, "none"}
	}
	s := t.standings[strings.ToLower(upn)]
	for _, is := range []struct {
		word string
		want *bool
		got  bool
	}{{"with enough methods", want.EnoughMethods, s.Registered}, {"in scope", want.InScope, s.Enabled}, {"capable", want.Capable, s.Capable},
		{"licensed", want.Licensed, len(u.Licences) > 0}, {"enabled", want.Enabled, u.Enabled}, {"synchronised", want.Synchronised, u.Synced != nil && *u.Synced}} {
		if is.want != nil && *is.want != is.got {
			return &mismatch{want.At, want.Person + " in the tenant", state(is.word, *is.want), state(is.word, is.got)}
		}
	}
	if want.Registered != nil {
		if got, expected := methodsOf(s.Methods), methodNames(*want.Registered); !slices.Equal(got, expected) {
			return &mismatch{want.At, "methods of " + want.Person, orNone(expected), orNone(got)}
		}
	}
	return w.membershipIs(ctx, want, u)
}

func (w *world) membershipIs(ctx context.Context, want script.UserExpected, u graphUser) error {
	if len(want.MemberOf)+len(want.NotMemberOf) == 0 {
		return nil
	}
	groups, err := list[graphGroup](ctx, w.graph, "/users/"+u.ID+"/memberOf")
	if err != nil {
		return err
	}
	in := func(name string) bool {
		return slices.ContainsFunc(groups, func(g graphGroup) bool { return equal(g.Name, name) })
	}
	for _, g := range want.MemberOf {
		if !in(g) {
			return &mismatch{want.At, want.Person + " in the tenant", "a member of " + g, fmt.Sprint(groups)}
		}
	}
	for _, g := range want.NotMemberOf {
		if in(g) {
			return &mismatch{want.At, want.Person + " in the tenant", "no member of " + g, "a member"}
		}
	}
	return nil
}

// reported are the names of the report for the words of the language
// (R-AUD-52).
var reported = map[string]script.Method{
	"mobilePhone": script.MobilePhone, "email": script.Email, "microsoftAuthenticatorPush": script.AppNotification,
	"softwareOneTimePasscode": script.AppCode, "officePhone": script.OfficePhone, "securityQuestion": script.SecurityQuestions,
}

func methodsOf(names []string) (list []string) {
	for _, n := range names {
		if m, ok := reported[n]; ok {
			list = append(list, string(m))
		} else {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	return list
}

func methodNames(methods []script.Method) (list []string) {
	for _, m := range methods {
		list = append(list, string(m))
	}
	slices.Sort(list)
	return list
}
