package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/scenarios/report"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// marks is where the logs and boxes of the lab stood when a step began, and
// how the people were.
type marks struct {
	mails       int
	audit       int
	events      int
	phones      map[string]phoneMark
	passwordSet map[string]time.Time
	directory   map[string]map[string]string // by person, attribute
	tenant      tenantState
}

// phoneMark is how much a person's phone has got.
type phoneMark struct{ texts, calls, pushes int }

// tenantState is what Graph tells of the users, by lower-case UPN.
type tenantState struct {
	users     map[string]graphUser
	standings map[string]graphStanding
}

// before notes where everything stands. A step that only expects looks back to
// where the step before it began.
func (w *world) before(ctx context.Context, step *script.Step) marks {
	m := w.mark(ctx)
	w.previous = w.since
	w.since = m
	if step.Expect != nil && len(step.Do) == 0 && len(step.Lab) == 0 && step.After == 0 {
		w.since = w.previous
	}
	return m
}

// mark reads where everything stands. What cannot be read (a part is down, and
// may be so on purpose) counts as empty.
func (w *world) mark(ctx context.Context) marks {
	m := marks{phones: map[string]phoneMark{}, passwordSet: map[string]time.Time{}, directory: map[string]map[string]string{}}
	var parts sync.WaitGroup // read at the same time
	parts.Go(func() {
		if mails, err := w.mail.Messages(ctx); err == nil {
			m.mails = len(mails)
		}
		if events, err := w.connect.events(ctx); err == nil {
			m.events = len(events)
		}
	})
	parts.Go(func() {
		if entries, err := w.readAudit(ctx); err == nil {
			m.audit = len(entries)
		}
		m.tenant, _ = w.readTenant(ctx)
	})
	parts.Go(func() {
		for _, a := range w.people() {
			if p, err := w.phoneMark(ctx, a); err == nil {
				m.phones[a.person.Key] = p
			}
		}
	})
	for _, a := range w.people() {
		if account, err := w.account(ctx, a); err == nil {
			m.passwordSet[a.person.Key] = account.PasswordSet
			m.directory[a.person.Key] = attributesOf(account)
		}
	}
	parts.Wait()
	return m
}

func (w *world) account(ctx context.Context, a *actor) (directory.Account, error) {
	if a.dn == "" {
		return directory.Account{}, errors.New("not on-premises")
	}
	return w.directory.AccountByUPN(ctx, a.person.UPN)
}

// attributesOf is what the report shows of an account when it changes.
func attributesOf(a directory.Account) map[string]string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return "0"
		}
		return t.Format(time.DateTime)
	}
	return map[string]string{
		"lockoutTime": at(a.LockedAt), "badPwdCount": fmt.Sprint(a.BadPasswords), "pwdLastSet": at(a.PasswordSet), "enabled": fmt.Sprint(a.Enabled),
		"locked": fmt.Sprint(a.Locked), "must change": fmt.Sprint(a.MustChange), "uSNChanged": fmt.Sprint(a.USN), "distinguishedName": a.DN,
	}
}

func (w *world) phoneMark(ctx context.Context, a *actor) (m phoneMark, err error) {
	if number := a.number(); number != "" {
		texts, err := w.phone.Texts(ctx, number)
		if err != nil {
			return m, err
		}
		calls, err := w.phone.Calls(ctx, number)
		if err != nil {
			return m, err
		}
		m.texts, m.calls = len(texts), len(calls)
	}
	pushes, err := w.phone.Pushes(ctx, a.person.Key)
	m.pushes = len(pushes)
	return m, err
}

func (w *world) readTenant(ctx context.Context) (tenantState, error) {
	t := tenantState{users: map[string]graphUser{}, standings: map[string]graphStanding{}}
	users, err := list[graphUser](ctx, w.graph, "/users?$select=id,userPrincipalName,accountEnabled,onPremisesSyncEnabled,assignedLicenses,mail,mobilePhone,lastPasswordChangeDateTime,signInSessionsValidFromDateTime")
	if err != nil {
		return t, err
	}
	standings, err := list[graphStanding](ctx, w.graph, "/reports/authenticationMethods/userRegistrationDetails")
	if err != nil {
		return t, err
	}
	for _, u := range users {
		t.users[strings.ToLower(u.UPN)] = u
	}
	for _, s := range standings {
		t.standings[strings.ToLower(s.UPN)] = s
	}
	return t, nil
}

// readAudit reads the audit log, oldest first.
func (w *world) readAudit(ctx context.Context) ([]graphAudit, error) {
	entries, err := list[graphAudit](ctx, w.graph, "/auditLogs/directoryAudits?$top=1000")
	slices.Reverse(entries)
	return entries, err
}

func (w *world) newAudit(ctx context.Context, since marks) ([]graphAudit, error) {
	entries, err := w.readAudit(ctx)
	return entries[min(since.audit, len(entries)):], err
}

func (w *world) newEvents(ctx context.Context, since marks) ([]agentEvent, error) {
	events, err := w.connect.events(ctx)
	return events[min(since.events, len(events)):], err
}

// newMails are the mails since a mark, oldest first.
func (w *world) newMails(ctx context.Context, since marks) ([]mailbox.Message, error) {
	mails, err := w.mail.Messages(ctx)
	slices.Reverse(mails)
	return mails[min(since.mails, len(mails)):], err
}

// picture keeps the page in front of a person.
func (w *world) picture(ctx context.Context, a *actor) {
	if w.options.NoEvidence || w.evidence == nil || a.window == nil {
		return
	}
	v := a.window.View()
	if v == nil {
		return
	}
	p := report.Page{URL: v.URL, Title: v.Title, Heading: v.Heading, Note: a.person.Key}
	png, err := a.window.Screenshot(ctx)
	switch {
	case err == nil:
		p.PNG = png
	case errors.Is(err, web.ErrNoPicture):
		p.HTML, err = a.window.HTML(ctx)
	}
	if err != nil {
		p.Note += ": no picture: " + err.Error()
	}
	w.evidence.Pages = append(w.evidence.Pages, p)
}

// pictureAll keeps what everybody has in front, when a step has failed.
func (w *world) pictureAll(ctx context.Context) {
	if w.options.NoEvidence {
		return
	}
	for _, a := range w.people() {
		if a.window != nil && a.window.View() != nil && a.person.Key != w.evidence.Actor {
			w.picture(ctx, a)
		}
	}
}

// after gathers what a step has caused.
func (w *world) after(ctx context.Context, before marks, e *report.Step) {
	if w.options.NoEvidence {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	now := w.mark(ctx)
	if mails, err := w.newMails(ctx, before); err == nil {
		for _, m := range mails {
			e.Mails = append(e.Mails, report.Mail{From: m.From.String(), To: strings.Join(m.Recipients, ", "), Subject: m.Subject, Text: m.Text, HTML: m.SelfContained(), At: m.Received})
			w.hideCodes(m.Text)
		}
	}
	if entries, err := w.newAudit(ctx, before); err == nil {
		for _, a := range entries {
			e.Audit = append(e.Audit, auditEvidence(a))
		}
	}
	if events, err := w.newEvents(ctx, before); err == nil {
		for _, x := range events {
			e.Agent = append(e.Agent, report.AgentEvent{ID: x.ID, Name: x.Name, Text: x.Text})
		}
	}
	for _, a := range w.people() {
		w.textEvidence(ctx, a, before, e)
		e.Directory = append(e.Directory, differences(a.person.Key, before.directory[a.person.Key], now.directory[a.person.Key])...)
		upn := strings.ToLower(a.person.UPN)
		e.Tenant = append(e.Tenant, differences(a.person.Key, before.tenant.attributes(upn), now.tenant.attributes(upn))...)
	}
}

// hideCodes keeps codes of a mail or a text out of the report.
func (w *world) hideCodes(text string) {
	for _, code := range sixDigits.FindAllString(text, -1) {
		w.secret("code", code)
	}
}

func (w *world) textEvidence(ctx context.Context, a *actor, before marks, e *report.Step) {
	number := a.number()
	if number == "" {
		return
	}
	was := before.phones[a.person.Key]
	if texts, err := w.phone.Texts(ctx, number); err == nil {
		for _, t := range texts[:max(len(texts)-was.texts, 0)] {
			w.hideCodes(t.Text)
			e.Texts = append(e.Texts, report.Text{Number: number, Kind: "text", Body: t.Text})
		}
	}
	if calls, err := w.phone.Calls(ctx, number); err == nil {
		for _, c := range calls[:max(len(calls)-was.calls, 0)] {
			e.Texts = append(e.Texts, report.Text{Number: number, Kind: "call", Body: c.Speech})
		}
	}
}

// attributes is what the report shows of a user when it changes.
func (t tenantState) attributes(upn string) map[string]string {
	u, known := t.users[upn]
	if !known {
		return nil
	}
	s := t.standings[upn]
	return map[string]string{
		"enabled": fmt.Sprint(u.Enabled), "licences": fmt.Sprint(len(u.Licences)), "mail": u.Mail, "mobile phone": u.MobilePhone,
		"password changed": u.LastPasswordAt, "sessions valid from": u.SessionsValidFrom,
		"registered": strings.Join(methodsOf(s.Methods), ", "), "enough methods": fmt.Sprint(s.Registered), "in scope": fmt.Sprint(s.Enabled), "capable": fmt.Sprint(s.Capable),
	}
}

// differences lists what is not as it was, by attribute.
func differences(object string, before, now map[string]string) (changes []report.Change) {
	for name, is := range now {
		if was := before[name]; was != is {
			changes = append(changes, report.Change{Object: object, Attribute: name, Old: was, New: is})
		}
	}
	slices.SortFunc(changes, func(a, b report.Change) int { return strings.Compare(a.Attribute, b.Attribute) })
	return changes
}

func auditEvidence(a graphAudit) report.AuditEntry {
	entry := report.AuditEntry{Activity: a.Activity, Status: a.Result, Reason: a.Reason, Service: a.Service}
	entry.At, _ = time.Parse(time.RFC3339, a.At)
	if a.Initiated.User != nil {
		entry.Actor = a.Initiated.User.Name
	}
	if len(a.Targets) > 0 {
		entry.Target = a.Targets[0].Name
	}
	return entry
}
