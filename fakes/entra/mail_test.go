package entra_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
)

// newest waits for the newest mail to an address.
func (c *catcher) newest(t *testing.T, to string) mailbox.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	m, err := c.Wait(ctx, mailbox.Query{To: to})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestAMailOfTheTenant (R-NOT-12, R-NOT-14, R-RST-27).
func TestAMailOfTheTenant(t *testing.T) {
	box := openMail(t)
	b := newBench(t, entra.Now, box.smtp)
	b.must(b.Send(t.Context(), entra.Mail{
		To: "adele@home.example.com", Subject: "Alder Works account email verification code", Heading: "Verify <you> & yours",
		Paragraphs: []string{"One & two.", "<script>alert(1)</script>"}, Code: "123456",
	}))
	m := box.newest(t, "adele@home.example.com")
	if m.From.Name != "ssprlab on behalf of Alder Works" || m.Subject != "Alder Works account email verification code" || m.Date.Sub(begin) > time.Minute || m.Date.Before(begin.Add(-time.Second)) {
		t.Errorf("%q, %q, %s", m.From.Name, m.Subject, m.Date)
	}
	for _, want := range []string{"Verify <you> & yours", "One & two.", "123456", "Alder Works"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, m.Text)
		}
	}
	for _, want := range []string{"Verify &lt;you&gt; &amp; yours", "&lt;script&gt;", "123456", "Alder Works", `lang="en"`} {
		if !strings.Contains(m.HTML, want) {
			t.Errorf("the HTML lacks %q:\n%s", want, m.HTML)
		}
	}
}

// TestWhoIsMailedAboutAReset (R-NOT-01..07, R-NOT-20, R-GAP-05, T-11).
func TestWhoIsMailedAboutAReset(t *testing.T) {
	reset := func(b *bench, u entra.User) { b.Reset(t.Context(), u, newPass, "run") }
	const second = "grace.mail@alder.example.com" // the other Global Administrator
	for _, c := range []struct {
		name   string
		policy func(*entra.Policy)
		who    string
		act    func(*bench, entra.User)
		want   []string
	}{
		{"a person", both, "adele", reset, []string{"adele.mail@alder.example.com", "adele@home.example.com"}},
		{"a hybrid person", both, "bo", reset, []string{"bo.mail@alder.example.com", "bo@home.example.com"}},
		{"a person, nobody is to be told", neither, "adele", reset, nil},
		{"a person, administrators alone are", adminsOnly, "adele", reset, nil}, // R-NOT-06
		{"an administrator", both, "ada", reset, []string{"ada.mail@alder.example.com", "ada@home.example.com", second}},
		{"an administrator, people alone are told", usersOnly, "ada", reset, []string{"ada.mail@alder.example.com", "ada@home.example.com"}},
		{"an administrator, administrators alone are", adminsOnly, "ada", reset, []string{second}},
		{"another administrator: only the Global ones are told", adminsOnly, "helen", reset, []string{"ada.mail@alder.example.com", second}},
		{"a reader is no administrator", adminsOnly, "rita", reset, nil},
		{"a refused reset", both, "adele", func(b *bench, u entra.User) { b.Reset(t.Context(), u, "P@ssw0rd1", "run") }, nil}, // R-NOT-04
		{"a reset that fails on-premises", both, "bo", func(b *bench, u entra.User) {
			b.agent.answer(entra.PolicyRefused, nil)
			b.Reset(t.Context(), u, newPass, "run")
		}, nil},
		{"a change", both, "adele", func(b *bench, u entra.User) { b.Change(t.Context(), u, oldPass, newPass) }, nil},
		{"an unlock", both, "bo", func(b *bench, u entra.User) { b.Unlock(t.Context(), u, "run") }, nil}, // R-RST-89
		{"a reset by an administrator", both, "adele", func(b *bench, u entra.User) { b.AdminReset(t.Context(), entra.User{}, u, "") }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			box := openMail(t)
			b := newBench(t, entra.Now, box.smtp)
			b.person("adele")
			b.hybrid("bo")
			b.admin("ada", entra.GlobalAdministrator)
			b.admin("grace", entra.GlobalAdministrator)
			b.admin("helen", "Helpdesk Administrator")
			b.admin("rita", "Reports Reader")
			unreachable := b.admin("nomail", entra.GlobalAdministrator)
			_, err := b.Update(unreachable.ID, func(u *entra.User) error { u.Mail = ""; return nil })
			b.must(err)
			b.policy(c.policy)
			u, _ := b.User(c.who + "@alder.example.com")
			c.act(b, u)
			got := box.recipients(t)
			if !slices.Equal(got, append([]string{}, c.want...)) {
				t.Errorf("mailed to %q, want %q", got, c.want)
			}
		})
	}
}

func both(p *entra.Policy)       { p.NotifyUsers, p.NotifyAdmins = true, true }
func neither(p *entra.Policy)    { p.NotifyUsers, p.NotifyAdmins = false, false }
func usersOnly(p *entra.Policy)  { p.NotifyUsers, p.NotifyAdmins = true, false }
func adminsOnly(p *entra.Policy) { p.NotifyUsers, p.NotifyAdmins = false, true }

// TestWhatTheNotificationSays (R-NOT-16, R-NOT-20, R-NOT-14).
func TestWhatTheNotificationSays(t *testing.T) {
	box := openMail(t)
	b := newBench(t, entra.Now, box.smtp)
	b.policy(both)
	b.admin("grace", entra.GlobalAdministrator)
	u := b.admin("ada", entra.GlobalAdministrator)
	b.must(errorOf(b.Reset(t.Context(), u, newPass, "run")))
	own := box.newest(t, "ada.mail@alder.example.com")
	if !strings.Contains(own.Subject, "your password was reset") || !strings.Contains(own.Text, u.UPN) || !strings.Contains(own.Text, "contact your administrator at once") {
		t.Errorf("%q\n%s", own.Subject, own.Text)
	}
	other := box.newest(t, "grace.mail@alder.example.com")
	if !strings.Contains(other.Text, u.UPN) || !strings.Contains(other.Subject, "administrator") {
		t.Errorf("%q\n%s", other.Subject, other.Text)
	}
	for _, m := range []mailbox.Message{own, other} {
		if all := m.Subject + m.Text + m.HTML; strings.Contains(all, newPass) || strings.Contains(all, oldPass) || !strings.Contains(all, "Alder Works") {
			t.Errorf("%s", all)
		}
	}
}

func errorOf(r *entra.Refusal) error {
	if r == nil {
		return nil
	}
	return r
}

// TestALateMailIsTriedAgain on the lab's clock, five times in all, and the
// reset does not wait for it.
func TestALateMailIsTriedAgain(t *testing.T) {
	box := openMail(t)
	b := newBench(t, entra.Now, box.smtp)
	u := b.person("adele")
	box.tell(t, "pause")
	if r := b.Reset(t.Context(), u, newPass, "run"); r != nil {
		t.Fatal(r)
	}
	b.clock.Advance(2*time.Minute + time.Second)
	if got := box.recipients(t); len(got) != 0 {
		t.Fatalf("%q", got)
	}
	box.tell(t, "resume")
	b.clock.Advance(time.Minute)
	if got := box.recipients(t); !slices.Equal(got, []string{"adele.mail@alder.example.com", "adele@home.example.com"}) {
		t.Errorf("%q", got)
	}
	box.tell(t, "pause")
	before := strings.Count(b.log.String(), "mail is late")
	if err := b.Send(t.Context(), entra.Mail{To: "adele@home.example.com", Subject: "late"}); err == nil {
		t.Error("nothing is said of a mail that is late")
	}
	b.clock.Advance(time.Hour)
	if n := strings.Count(b.log.String(), "mail is late") - before; n != 5 {
		t.Errorf("%d tries", n)
	}
	box.tell(t, "resume")
	b.clock.Advance(time.Hour)
	if got := box.recipients(t); len(got) != 2 {
		t.Errorf("a sixth try was made: %q", got)
	}
}

func TestATenantWithoutMailGoesOn(t *testing.T) {
	b := newBench(t, entra.Now, "")
	b.policy(both)
	if r := b.Reset(t.Context(), b.person("adele"), newPass, "run"); r != nil {
		t.Error(r)
	}
	if !strings.Contains(b.log.String(), "mail is late") {
		t.Error("nothing is said of it")
	}
}

// TestWhoIsAskedForHelp: the first tier that somebody with a mailbox holds
// (R-RST-63, R-NOT-08, R-GAP-07).
func TestWhoIsAskedForHelp(t *testing.T) {
	const helpdesk, password, user, global = "Helpdesk Administrator", "Password Administrator", "User Administrator", entra.GlobalAdministrator
	for _, c := range []struct {
		era   entra.Era
		roles []string // one administrator each
		want  []string
	}{
		{entra.Now, []string{helpdesk, password, user, global}, []string{helpdesk, password}},
		{entra.Era2019, []string{helpdesk, password, user, global}, []string{password}},
		{entra.Era2019, []string{helpdesk, user, global}, []string{user}},
		{entra.Now, []string{user, global}, []string{user}},
		{entra.Now, []string{global, "Security Administrator"}, []string{global}},
		{entra.Now, []string{"Security Administrator"}, nil},
	} {
		box := openMail(t)
		b := newBench(t, c.era, box.smtp)
		b.policy(func(p *entra.Policy) { p.Enabled = entra.None }) // R-RST-66
		for _, role := range c.roles {
			b.admin(slug(role), role)
		}
		asked := b.AskAdministrators(t.Context(), " adele@alder.example.com\n")
		want := []string{}
		for _, role := range c.want {
			want = append(want, slug(role)+".mail@alder.example.com")
		}
		slices.Sort(want)
		if got := box.recipients(t); asked != len(c.want) || !slices.Equal(got, want) {
			t.Errorf("%s, %q: %d asked, %q", c.era, c.roles, asked, got)
		}
		for _, to := range want {
			if m := box.newest(t, to); !strings.Contains(m.Text, "user ID adele@alder.example.com could") {
				t.Error(m.Text)
			}
		}
	}
}

func slug(role string) string { return strings.ReplaceAll(strings.ToLower(role), " ", "-") }

// TestWhenNobodyIsAsked: the help desk link is customised (R-RST-65), the
// service is silenced by an empty group (R-POL-18, R-RST-66), nobody has a
// mailbox.
func TestWhenNobodyIsAsked(t *testing.T) {
	box := openMail(t)
	b := newBench(t, entra.Now, box.smtp)
	ga := b.admin("ada", entra.GlobalAdministrator)
	empty, err := b.AddGroup(entra.Group{Name: "Nobody"})
	b.must(err)
	outer, err := b.AddGroup(entra.Group{Name: "Outer", Members: []string{empty.ID}})
	b.must(err)
	for _, c := range []struct {
		name  string
		set   func(*entra.Policy)
		asked int
	}{
		{"a customised link", func(p *entra.Policy) { p.CustomHelpdesk, p.Helpdesk = true, "desk@alder.example.com" }, 0},
		{"an empty group", func(p *entra.Policy) { p.Enabled, p.Group = entra.Selected, empty.ID }, 0},
		{"an empty group in a group", func(p *entra.Policy) { p.Enabled, p.Group = entra.Selected, outer.ID }, 0},
		{"an empty group that is not selected", func(p *entra.Policy) { p.Enabled, p.Group = entra.None, empty.ID }, 1},
		{"off for the tenant", func(p *entra.Policy) { p.Enabled, p.Group = entra.None, "" }, 1},
	} {
		p := entra.DefaultPolicy()
		c.set(&p)
		b.SetPolicy(ga.By(), p)
		before := len(box.recipients(t))
		asked := b.AskAdministrators(t.Context(), "adele@alder.example.com")
		if sent := len(box.recipients(t)) - before; asked != c.asked || sent != c.asked {
			t.Errorf("%s: %d asked, %d mails, want %d", c.name, asked, sent, c.asked)
		}
	}
	b.policy(func(p *entra.Policy) { p.Enabled = entra.Selected; p.Group = empty.ID })
	adele := b.person("adele")
	_, err = b.UpdateGroup(empty.ID, func(g *entra.Group) error { g.Members = []string{adele.ID}; return nil })
	b.must(err)
	if asked := b.AskAdministrators(t.Context(), "bo@alder.example.com"); asked != 1 {
		t.Errorf("the group has a member, and %d were asked", asked)
	}
	_, err = b.Update(ga.ID, func(u *entra.User) error { u.Mail = ""; return nil })
	b.must(err)
	if asked := b.AskAdministrators(t.Context(), "bo@alder.example.com"); asked != 0 {
		t.Errorf("%d were asked without a mailbox", asked)
	}
}

func TestAtMostAHundredAreAsked(t *testing.T) { // R-RST-64
	b := newBench(t, entra.Now, "")
	for i := range 130 {
		name := "ada" + strings.Repeat("x", i)
		b.add(entra.User{UPN: name + "@alder.example.com", Mail: name + "@alder.example.com", Roles: []string{"Helpdesk Administrator"}})
	}
	if asked := b.AskAdministrators(t.Context(), "adele@alder.example.com"); asked != 100 {
		t.Errorf("%d were asked", asked)
	}
}
