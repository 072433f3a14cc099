package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

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
