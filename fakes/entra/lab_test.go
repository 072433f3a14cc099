package entra_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/mail"
	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// The passwords of the tests. None of them may show up anywhere but where a
// password belongs.
const (
	oldPass   = "Quiet-Meadow-17"
	newPass   = "Sunny-Harbor-42"
	thirdPass = "Amber-Canyon-93"
)

// bench is a tenant on a clock of its own, with an agent that answers as the
// test says, and all that the tenant logs.
type bench struct {
	*entra.Tenant
	t     *testing.T
	clock *clock.Clock
	agent *agent
	log   *transcript
}

var begin = time.Date(2024, 3, 4, 9, 0, 0, 0, time.UTC)

// newBench returns a tenant with a connected agent, self-service on for all and
// nobody in it. It mails to smtp; "" is nowhere.
func newBench(t *testing.T, era entra.Era, smtp string) *bench {
	t.Helper()
	b := &bench{t: t, clock: clock.New(begin), agent: newAgent(), log: new(transcript)}
	b.Tenant = entra.New(entra.Config{
		Era: era, Clock: b.clock, Seed: seed.New(7), SMTP: smtp,
		Log: slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	b.UseAgent(b.agent)
	b.policy(func(p *entra.Policy) { p.Enabled = entra.All })
	return b
}

// policy changes the policy without a trace in the audit log of the test's
// making: it is set in nobody's name before anything else happens.
func (b *bench) policy(change func(*entra.Policy)) {
	p := b.Policy()
	change(&p)
	b.SetPolicy(entra.Party{Name: "set-up"}, p)
}

// add puts u into the tenant, able to reset unless it says otherwise.
func (b *bench) add(u entra.User) entra.User {
	b.t.Helper()
	added, err := b.AddUser(u)
	if err != nil {
		b.t.Fatal(err)
	}
	return added
}

// person is a cloud-only member with a password and everything a reset needs.
func (b *bench) person(name string) entra.User {
	b.t.Helper()
	u := b.add(able(name))
	b.must(b.SetPassword(u.ID, oldPass, false))
	return b.now(u)
}

// hybrid is the same with the password on-premises.
func (b *bench) hybrid(name string) entra.User {
	b.t.Helper()
	u := able(name)
	u.OnPremises = &entra.OnPremises{ImmutableID: "anchor-" + name, SAM: name}
	return b.add(u)
}

// admin is a person with roles.
func (b *bench) admin(name string, roles ...string) entra.User {
	b.t.Helper()
	u := b.person(name)
	u, err := b.Update(u.ID, func(u *entra.User) error { u.Roles = roles; return nil })
	b.must(err)
	return u
}

// able is a member who may reset: licensed, with a phone and an address.
func able(name string) entra.User {
	return entra.User{
		UPN: name + "@alder.example.com", Name: name, Mail: name + ".mail@alder.example.com", Enabled: true,
		Licences: []string{"AAD_PREMIUM"}, UsageLocation: "GB",
		Security: entra.SecurityInfo{Phone: "+1 4255550101", Email: name + "@home.example.com"},
	}
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// now is u as the tenant has it now.
func (b *bench) now(u entra.User) entra.User {
	b.t.Helper()
	fresh, ok := b.User(u.ID)
	if !ok {
		b.t.Fatalf("%s is not in the tenant", u.UPN)
	}
	return fresh
}

// signIn returns the verdict on a password.
func (b *bench) signIn(u entra.User, password string) entra.SignIn {
	_, verdict := b.Authenticate(b.t.Context(), u.UPN, password)
	return verdict
}

// trail is what the audit log says of correlation, or of everything after the
// set-up when correlation is "": "activity/status/reason".
func (b *bench) trail(correlation string) (lines []string) {
	for _, e := range b.Audit() {
		if e.Activity == entra.ActivityPolicy || correlation != "" && e.Correlation != correlation {
			continue
		}
		status := "Failure"
		if e.Success {
			status = "Success"
		}
		lines = append(lines, e.Activity+"/"+status+"/"+e.Reason)
	}
	return lines
}

// lastAudit returns the newest entry of an activity.
func (b *bench) lastAudit(activity string) entra.AuditEntry {
	b.t.Helper()
	for _, e := range slices.Backward(b.Audit()) {
		if e.Activity == activity {
			return e
		}
	}
	b.t.Fatalf("no %q in the audit log", activity)
	return entra.AuditEntry{}
}

// agent stands in for the Connect agent. It answers every operation with
// result, or with err, and keeps what it was asked.
type agent struct {
	mu     sync.Mutex
	state  entra.AgentState
	result entra.Result
	err    error
	asked  []entra.Operation
}

func newAgent() *agent {
	return &agent{state: entra.AgentState{Installed: true, Configured: true, Connected: true}, result: entra.Done}
}

func (a *agent) State() entra.AgentState {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state
}

func (a *agent) Do(_ context.Context, op entra.Operation) (entra.Outcome, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, op)
	if a.err != nil {
		return entra.Outcome{}, a.err
	}
	return entra.Outcome{Result: a.result, Detail: "for the log: " + string(a.result)}, nil
}

func (a *agent) answer(r entra.Result, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.result, a.err = r, err
}

// operations returns what the agent was asked since the last call.
func (a *agent) operations() []entra.Operation {
	a.mu.Lock()
	defer a.mu.Unlock()
	asked := a.asked
	a.asked = nil
	return asked
}

// transcript is a log that several may write to.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *transcript) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// catcher is a mail catcher with its control.
type catcher struct {
	*mailbox.Mailbox
	smtp    string
	control *httptest.Server
}

func openMail(t *testing.T) *catcher {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := mail.New(mail.Config{})
	served := make(chan error, 1)
	go func() { served <- c.ServeSMTP(l) }()
	api, control := httptest.NewServer(c.Handler()), httptest.NewServer(c.Control())
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil && !errors.Is(err, net.ErrClosed) { // closed before it began
			t.Error(err)
		}
		api.Close()
		control.Close()
	})
	return &catcher{mailbox.New(api.URL, nil), l.Addr().String(), control}
}

// tell posts to the catcher's control port.
func (c *catcher) tell(t *testing.T, command string) {
	t.Helper()
	answer, err := c.control.Client().Post(c.control.URL+"/"+command, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
}

// recipients returns to whom mail went, sorted, one entry for each mail.
func (c *catcher) recipients(t *testing.T) []string {
	t.Helper()
	all, err := c.Messages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	to := []string{}
	for _, m := range all {
		to = append(to, strings.Join(m.Recipients, "+"))
	}
	slices.Sort(to)
	return to
}

// refusal says of r what a test compares.
func refusal(r *entra.Refusal) string {
	if r == nil {
		return "done"
	}
	return fmt.Sprintf("%s retry=%t code=%d", r.Rule, r.Retry, r.Code)
}
