package entra

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/emersion/go-message/mail"
)

// senderAddress is the tenant's own; the display name carries the
// organisation (R-NOT-12), and "ssprlab" where the product has its maker.
const senderAddress = "no-reply@ssprlab.example.com"

// Mail is a message of the tenant: a heading and paragraphs, rendered as text
// and as HTML in the organisation's name (R-NOT-14).
type Mail struct {
	To         string
	Subject    string
	Heading    string
	Paragraphs []string
	Code       string // shown large, when it carries one
}

// mailRetry is how long after a failed delivery the next try is made, and
// mailTries how many there are: the lab's own figures.
const (
	mailRetry = time.Minute
	mailTries = 5
)

// Send mails m. The first try is made before Send returns, so that what a
// person waits for is there or is known to be late; when it fails, others
// follow on the lab's clock, and Send returns why.
func (t *Tenant) Send(ctx context.Context, m Mail) error {
	body, err := t.compose(m)
	if err != nil {
		return fmt.Errorf("write mail %q to %s: %w", m.Subject, m.To, err)
	}
	return t.deliver(ctx, m, body, 1)
}

func (t *Tenant) deliver(ctx context.Context, m Mail, body []byte, try int) error {
	err := t.courier.hand(ctx, m.To, body)
	if err == nil {
		return nil
	}
	t.Log().Warn("mail is late", "to", m.To, "subject", m.Subject, "try", try, "error", err)
	if try < mailTries {
		t.Clock().AfterFunc(mailRetry, func() { t.deliver(context.Background(), m, body, try+1) })
	}
	return fmt.Errorf("mail %q to %s: %w", m.Subject, m.To, err)
}

var mailText = texttemplate.Must(texttemplate.New("text").Parse(`{{.Heading}}
{{range .Paragraphs}}
{{.}}
{{end}}{{with .Code}}
    {{.}}
{{end}}
{{.Organisation}}
`))

var mailHTML = template.Must(template.New("html").Parse(`<!doctype html>
<html lang="en"><body style="margin:0;background:#eef2f6;font:16px/1.5 system-ui,'DejaVu Sans',sans-serif;color:#1c2430">
<div style="max-width:36rem;margin:0 auto;padding:1.5rem">
<p style="background:#14293d;color:#fff;padding:.6rem 1rem;margin:0;font-weight:700;border-radius:6px 6px 0 0">{{.Organisation}}</p>
<div style="background:#fff;padding:1.5rem;border:1px solid #dde3ea;border-radius:0 0 6px 6px">
<h1 style="font-size:1.3rem;margin:0 0 1rem">{{.Heading}}</h1>
{{range .Paragraphs}}<p>{{.}}</p>
{{end}}{{with .Code}}<p style="font-size:1.8rem;letter-spacing:.2em;font-weight:700">{{.}}</p>
{{end}}</div></div></body></html>
`))

func (t *Tenant) compose(m Mail) ([]byte, error) {
	data := struct {
		Mail
		Organisation string
	}{m, t.Organisation()}
	var h mail.Header
	h.SetDate(t.Now())
	h.SetSubject(m.Subject)
	h.SetAddressList("From", []*mail.Address{{Name: "ssprlab on behalf of " + t.Organisation(), Address: senderAddress}})
	h.SetAddressList("To", []*mail.Address{{Address: m.To}})
	h.SetMessageID(t.ids.Token(12) + "@ssprlab.example.com")
	var out bytes.Buffer
	w, err := mail.CreateInlineWriter(&out, h)
	if err != nil {
		return nil, err
	}
	parts := []struct {
		kind   string
		render func(io.Writer) error
	}{
		{"text/plain", func(w io.Writer) error { return mailText.Execute(w, data) }},
		{"text/html", func(w io.Writer) error { return mailHTML.Execute(w, data) }},
	}
	for _, p := range parts {
		var ph mail.InlineHeader
		ph.SetContentType(p.kind, map[string]string{"charset": "utf-8"})
		pw, err := w.CreatePart(ph)
		if err != nil {
			return nil, err
		}
		if err := p.render(pw); err != nil {
			return nil, err
		}
		if err := pw.Close(); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// NotifyReset mails who is to know that u reset the own password: u, by the
// policy, at the primary and the alternate address (R-NOT-01..03), and, when u
// is an administrator, the other Global Administrators (R-NOT-05..07).
func (t *Tenant) NotifyReset(ctx context.Context, u User) {
	p := t.Policy()
	when := t.Now().Format("2 January 2006, 15:04 MST")
	if p.NotifyUsers {
		for _, to := range u.NotificationAddresses() {
			t.Send(ctx, Mail{To: to, Subject: t.Organisation() + ": your password was reset", Heading: "Your password was reset", Paragraphs: []string{
				"The password of " + u.UPN + " was reset by self-service on " + when + ".",
				"If it was you, there is nothing to do. If it was not, contact your administrator at once.",
			}})
		}
	}
	if !p.NotifyAdmins || !u.Admin() {
		return
	}
	for _, admin := range t.Users() {
		if admin.ID == u.ID || !admin.GlobalAdmin() || admin.Mail == "" {
			continue
		}
		t.Send(ctx, Mail{To: admin.Mail, Subject: t.Organisation() + ": an administrator's password was reset", Heading: "An administrator reset a password", Paragraphs: []string{
			"The administrator " + u.Name + " (" + u.UPN + ") reset the own password by self-service on " + when + ".",
			"You get this message because you are a " + GlobalAdministrator + ".",
		}})
	}
}

// adminTiers are the roles that a request for help goes to: the first one that
// somebody holds (R-RST-63).
func (t *Tenant) adminTiers() [][]string {
	first := []string{"Password Administrator"}
	if t.Era() == Now {
		first = []string{"Helpdesk Administrator", "Password Administrator"}
	}
	return [][]string{first, {"User Administrator"}, {GlobalAdministrator}}
}

// maxHelpMails is the most administrators that one request reaches (R-RST-64).
const maxHelpMails = 100

// AskAdministrators mails the administrators that a person, known by the typed
// user ID alone, cannot reset the password (R-RST-63, R-NOT-08). It returns how
// many were asked; none are when the help desk link is customised (R-RST-65),
// nor when the reset is scoped to an empty group (R-POL-18, R-RST-66).
func (t *Tenant) AskAdministrators(ctx context.Context, userID string) int {
	p := t.Policy()
	if _, _, custom := p.HelpdeskLink(); custom || p.Enabled == Selected && t.nobodyIn(p.Group) {
		return 0
	}
	asked := 0
	for _, admin := range t.helpers() {
		if asked == maxHelpMails {
			break
		}
		asked++
		t.Send(ctx, Mail{To: admin.Mail, Subject: t.Organisation() + ": somebody asks for a password reset", Heading: "A password reset was asked for", Paragraphs: []string{
			"Somebody who gave the user ID " + strings.TrimSpace(userID) + " could not reset the password by self-service and asks for help.",
			"Make sure who it is before you reset anything.",
		}})
	}
	return asked
}

// nobodyIn reports whether no user is in the group, nested groups included.
func (t *Tenant) nobodyIn(group string) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for id := range t.users {
		if t.member(group, id, map[string]bool{}) {
			return false
		}
	}
	return true
}

func (t *Tenant) helpers() (list []User) {
	users := t.Users()
	for _, tier := range t.adminTiers() {
		for _, u := range users {
			if u.Mail != "" && holdsOne(u, tier) {
				list = append(list, u)
			}
		}
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

func holdsOne(u User, names []string) bool {
	for _, r := range u.Roles {
		for _, n := range names {
			if r == n {
				return true
			}
		}
	}
	return false
}
