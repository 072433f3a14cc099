package run

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
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

// expectMail looks at the mails that came since the step began. A mail is sent
// before the page that caused it is answered, so what is not there by now does
// not come, unless the catcher was away.
func (w *world) expectMail(ctx context.Context, e *script.Expect) error {
	if len(e.Mail) == 0 && len(e.NoMail) == 0 && !e.NoMore {
		return nil
	}
	mails, err := w.newMails(ctx, w.since)
	if err != nil {
		return err
	}
	matched := map[string]bool{}
	for _, want := range e.Mail {
		if err := w.mailCame(ctx, want, mails, matched); err != nil {
			return err
		}
	}
	for _, r := range e.NoMail {
		addresses, err := w.addresses(ctx, r)
		if err != nil {
			return err
		}
		for _, m := range mails {
			if to := recipientAmong(m, addresses); to != "" {
				return &mismatch{r.At, "mail", "none to " + to, fmt.Sprintf("%q", m.Subject)}
			}
		}
	}
	for _, m := range mails {
		if e.NoMore && !matched[m.ID] {
			return &mismatch{e.At, "mail", "none to anyone else", fmt.Sprintf("%q to %s", m.Subject, strings.Join(m.Recipients, ", "))}
		}
	}
	return nil
}

func recipientAmong(m mailbox.Message, addresses []string) string {
	for _, to := range m.Recipients {
		for _, a := range addresses {
			if strings.EqualFold(to, a) {
				return a
			}
		}
	}
	return ""
}

func (w *world) mailCame(ctx context.Context, want script.MailExpected, mails []mailbox.Message, matched map[string]bool) error {
	addresses, err := w.addresses(ctx, want.To)
	if err != nil {
		return err
	}
	subject, from := "", ""
	if want.Subject != nil {
		if subject, err = w.resolve(ctx, *want.Subject); err != nil {
			return err
		}
	}
	if want.From != nil {
		if from, err = w.resolve(ctx, *want.From); err != nil {
			return err
		}
	}
	n := 0
	var seen []string
	for _, m := range mails {
		if recipientAmong(m, addresses) == "" {
			continue
		}
		seen = append(seen, fmt.Sprintf("%q from %s", m.Subject, m.From.String()))
		if subject != "" && !equal(m.Subject, subject) || !contains(m.From.String(), from) {
			continue
		}
		if err := w.mailSays(ctx, want, m); err != nil {
			return err
		}
		matched[m.ID] = true
		n++
	}
	if n != want.Count {
		return &mismatch{want.At, "mail to " + strings.Join(addresses, ", "), fmt.Sprintf("%d of subject %q", want.Count, subject), fmt.Sprintf("%d; there came %s", n, orNone(seen))}
	}
	return nil
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, "; ")
}

func (w *world) mailSays(ctx context.Context, want script.MailExpected, m mailbox.Message) error {
	whole := m.Subject + "\n" + m.Text + "\n" + m.HTML
	for _, side := range []struct {
		values []script.Value
		is     bool
	}{{want.Contains, true}, {want.Lacks, false}} {
		for _, v := range side.values {
			s, err := w.resolve(ctx, v)
			if err != nil {
				return err
			}
			if contains(whole, s) != side.is {
				return &mismatch{v.At, fmt.Sprintf("mail %q", m.Subject), state("holding", side.is) + " " + v.String(), m.Text}
			}
		}
	}
	return nil
}

func (w *world) expectPhones(ctx context.Context, e *script.Expect) error {
	for _, want := range e.Phone {
		a := w.actors[want.Person]
		now, err := w.phoneMark(ctx, a)
		if err != nil {
			return err
		}
		before := w.since.phones[want.Person]
		for _, count := range []struct {
			what string
			want *int
			got  int
		}{{"texts", want.Texts, now.texts - before.texts}, {"calls", want.Calls, now.calls - before.calls}, {"notifications", want.Notifications, now.pushes - before.pushes}} {
			if count.want != nil && *count.want != count.got {
				return &mismatch{want.At, count.what + " to " + want.Person, fmt.Sprint(*count.want), fmt.Sprint(count.got)}
			}
		}
		if err := w.textsSay(ctx, a, want, now.texts-before.texts); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) textsSay(ctx context.Context, a *actor, want script.PhoneExpected, n int) error {
	if len(want.Contains) == 0 {
		return nil
	}
	texts, err := w.phone.Texts(ctx, a.number())
	if err != nil {
		return err
	}
	all := ""
	for _, t := range texts[:min(n, len(texts))] {
		all += t.Text + "\n"
	}
	for _, v := range want.Contains {
		s, err := w.resolve(ctx, v)
		if err != nil {
			return err
		}
		if !contains(all, s) {
			return &mismatch{v.At, "texts to " + want.Person, fmt.Sprintf("%q", v), fmt.Sprintf("%q", all)}
		}
	}
	return nil
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

func (w *world) expectAudit(ctx context.Context, e *script.Expect) error {
	if len(e.Audit)+len(e.NoAudit) == 0 {
		return nil
	}
	entries, err := w.newAudit(ctx, w.since)
	if err != nil {
		return err
	}
	for _, want := range e.Audit {
		n, err := w.auditCount(ctx, want, entries)
		if err != nil {
			return err
		}
		switch {
		case want.Count != nil && n != *want.Count:
			return &mismatch{want.At, "audit entries " + describeAudit(want), fmt.Sprint(*want.Count), fmt.Sprintf("%d among %s", n, listAudit(entries))}
		case want.Count == nil && n == 0:
			return &mismatch{want.At, "audit log", describeAudit(want), listAudit(entries)}
		}
	}
	for _, want := range e.NoAudit {
		n, err := w.auditCount(ctx, want, entries)
		if err != nil {
			return err
		}
		if n > 0 {
			return &mismatch{want.At, "audit log", "no " + describeAudit(want), listAudit(entries)}
		}
	}
	return nil
}

func describeAudit(a script.AuditExpected) string {
	s := fmt.Sprintf("%q", a.Activity)
	if a.Success != nil {
		s += map[bool]string{true: ", success", false: ", failure"}[*a.Success]
	}
	if a.Reason != nil {
		s += ", reason " + a.Reason.String()
	}
	if a.Person != "" {
		s += ", about " + a.Person
	}
	if a.By != "" {
		s += ", by " + a.By
	}
	return s
}

func listAudit(entries []graphAudit) string {
	var all []string
	for _, e := range entries {
		all = append(all, fmt.Sprintf("%q %s (%s)", e.Activity, e.Result, e.Reason))
	}
	return orNone(all)
}

func (w *world) auditCount(ctx context.Context, want script.AuditExpected, entries []graphAudit) (n int, err error) {
	reason := ""
	if want.Reason != nil {
		if reason, err = w.resolve(ctx, *want.Reason); err != nil {
			return 0, err
		}
	}
	for _, e := range entries {
		switch {
		case e.Activity != want.Activity, want.Success != nil && *want.Success != (e.Result == "success"), !contains(e.Reason, reason):
		case want.Person != "" && !slices.ContainsFunc(e.Targets, func(p graphParty) bool { return strings.EqualFold(p.UPN, w.actors[want.Person].person.UPN) }):
		case want.By != "" && (e.Initiated.User == nil || !strings.EqualFold(e.Initiated.User.UPN, w.actors[want.By].person.UPN)):
		default:
			n++
		}
	}
	return n, nil
}

// expectAgent looks at the agent's event log since the step began.
func (w *world) expectAgent(ctx context.Context, e *script.Expect) error {
	if e.Agent == nil {
		return nil
	}
	events, err := w.newEvents(ctx, w.since)
	if err != nil {
		return err
	}
	var got []int
	for _, x := range events {
		got = append(got, x.ID)
	}
	rest := got
	for _, id := range e.Agent.Events {
		i := slices.Index(rest, id)
		if i < 0 {
			return &mismatch{e.Agent.At, "agent's events", fmt.Sprintf("%v in this order", e.Agent.Events), fmt.Sprint(got)}
		}
		rest = rest[i+1:]
	}
	for _, id := range e.Agent.NoEvents {
		if slices.Contains(got, id) {
			return &mismatch{e.Agent.At, "agent's events", fmt.Sprintf("no %d", id), fmt.Sprint(got)}
		}
	}
	return nil
}
