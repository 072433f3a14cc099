package entra_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// TestWhatAnEntryIsGiven: id, time, and what is obvious (R-AUD-58).
func TestWhatAnEntryIsGiven(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	b.Record(entra.AuditEntry{Activity: "first", Target: u.By()})
	b.clock.Advance(time.Hour)
	b.Record(entra.AuditEntry{Activity: "second", Category: "DirectoryManagement", Correlation: "run", Actor: entra.Party{Name: "Ada"}, Target: u.By()})
	all := b.Audit()
	first, second := all[len(all)-2], all[len(all)-1]
	if first.Category != "UserManagement" || first.Actor != u.By() || first.Correlation == "" || first.ID == "" || first.ID == second.ID {
		t.Errorf("%+v", first)
	}
	if second.Category != "DirectoryManagement" || second.Actor.Name != "Ada" || second.Correlation != "run" {
		t.Errorf("%+v", second)
	}
	if gap := second.Time.Sub(first.Time); gap < time.Hour || gap > time.Hour+time.Minute || first.Time.Before(begin) {
		t.Errorf("%s and %s", first.Time, second.Time)
	}
	all[0].Activity = "rewritten"
	if b.Audit()[0].Activity == "rewritten" {
		t.Error("the log can be rewritten")
	}
}

// TestNoSecretLeaves: whatever is done with passwords, codes and answers, none
// of them is in the audit log, in the log or in a refusal (DESIGN 8, R-NOT-20).
func TestNoSecretLeaves(t *testing.T) {
	box := openMail(t)
	b := newBench(t, entra.Now, box.smtp)
	b.SetBanned([]string{"contoso"})
	ctx := t.Context()
	ga, cloud, hybrid := b.admin("ada", entra.GlobalAdministrator), b.person("adele"), b.hybrid("bo")
	secrets := []string{oldPass, newPass, thirdPass, "C0ntoso1", "Zw3!x", "wrong 7", "first pet's name"}
	var said []string
	hear := func(r *entra.Refusal) {
		if r != nil {
			said = append(said, r.Error())
		}
	}
	for _, result := range []entra.Result{entra.Done, entra.PolicyRefused, entra.WrongPassword, entra.NoPermission, entra.AgentUnavailable} {
		b.agent.answer(result, nil)
		for _, u := range []entra.User{cloud, hybrid} {
			for _, password := range []string{newPass, "C0ntoso1", "Zw3!x"} {
				hear(b.Reset(ctx, u, password, "run"))
				hear(b.Change(ctx, u, oldPass, password))
				temporary, r := b.AdminReset(ctx, ga, u, password)
				hear(r)
				if temporary != "" {
					secrets = append(secrets, temporary)
				}
			}
			b.signIn(u, "wrong 7")
		}
		hear(b.Unlock(ctx, hybrid, "run"))
	}
	b.agent.answer("", entra.ErrUnreachable)
	hear(b.Reset(ctx, hybrid, thirdPass, "run"))
	b.signIn(hybrid, thirdPass)
	_, err := b.Update(cloud.ID, func(u *entra.User) error {
		u.Security.Questions = []entra.Question{entra.NewQuestion("Which?", "first pet's name")}
		return nil
	})
	b.must(err)
	code := b.NewCode()
	secrets = append(secrets, code)
	box.tell(t, "pause") // what is late is logged
	if err := b.Send(ctx, entra.Mail{To: "a@home.example.com", Subject: "Alder Works account email verification code", Code: code}); err == nil || strings.Contains(err.Error(), code) {
		t.Errorf("%v", err)
	}
	box.tell(t, "resume")

	record := strings.Join(said, "\n") + b.log.String() + fmt.Sprintf("%+v", b.Audit())
	if len(said) < 20 || !strings.Contains(record, "mail is late") {
		t.Fatalf("the test does not hear what it should: %d refusals\n%s", len(said), b.log)
	}
	mails, err := box.Messages(ctx)
	b.must(err)
	for _, m := range mails {
		record += m.Subject + m.Text + m.HTML
	}
	for _, secret := range secrets {
		if strings.Contains(record, secret) {
			t.Errorf("%q can be read:\n%s", secret, record)
		}
	}
	for _, u := range b.Users() {
		if text := fmt.Sprintf("%+v", u); strings.Contains(text, newPass) || strings.Contains(text, "pet's") {
			t.Errorf("the tenant keeps a secret in clear: %s", text)
		}
	}
}
