package relay

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
)

// R-WB-02, R-WB-04, R-WB-06: the verdict comes back while the tenant waits, and
// no password is on the wire or in the log.
func TestAnOperationGoesThereAndItsVerdictComesBack(t *testing.T) {
	c := newCloud(t, entra.Now)
	s := c.install()
	s.enable()
	got := make(chan entra.Operation, 1)
	var lines lockedBuffer
	s.listen(func(m envelope.Message) {
		line, _ := m.Line()
		lines.Write(line)
		s.obey(func(op entra.Operation) envelope.Verdict {
			got <- op
			return envelope.Verdict{Result: entra.PolicyRefused, Event: 33008, Detail: "0000052D"}
		})(m)
	})
	want := reset("Sunny-Harbor-43")
	outcome, err := c.relay.Do(t.Context(), want)
	if err != nil || outcome != (entra.Outcome{Result: entra.PolicyRefused, Event: 33008, Detail: "0000052D"}) {
		t.Errorf("outcome %+v, %v", outcome, err)
	}
	if op := <-got; op != want {
		t.Errorf("the agent got %+v, want %+v", op, want)
	}
	for name, text := range map[string]string{"wire": lines.String(), "log": c.log.String()} {
		if text == "" || strings.Contains(text, "Sunny") {
			t.Errorf("the %s is empty or shows the password: %s", name, text)
		}
	}
}

// R-WB-45, R-WB-46, R-WB-49, R-GAP-50.
func TestTheStateFollowsTheAgent(t *testing.T) {
	c := newCloud(t, entra.Now)
	expect := func(when string, want entra.AgentState) {
		t.Helper()
		if got := c.relay.State(); got != want {
			t.Errorf("%s: state %+v, want %+v", when, got, want)
		}
	}
	expect("before", entra.AgentState{})
	s := c.install()
	expect("installed", entra.AgentState{Version: "1.3.20.0"})
	c.relay.Synchronised(s.creds.Agent)
	s.enable()
	expect("enabled", entra.AgentState{Installed: true, Configured: true, Version: "1.3.20.0"})
	s.listen(s.obey(done))
	up := entra.AgentState{Installed: true, Configured: true, Connected: true, Version: "1.3.20.0"}
	expect("listening", up)
	c.clock.Advance(6 * time.Minute)
	expect("one beat missed", up)
	c.clock.Advance(24 * time.Hour)
	expect("the clock jumped and the agent answers when asked", up)
	if status, _ := c.call("DELETE", s.path("/operations"), s.auth(), nil, nil); status != 204 {
		t.Errorf("leave: %d", status)
	}
	up.Connected = false
	expect("left", up)
}

// R-GAP-50: two missed beats, and no answer to the question.
func TestAnAgentThatDoesNotBeatIsGoneUntilItDoes(t *testing.T) {
	c := newCloud(t, entra.Now)
	s := c.install()
	s.enable()
	s.listen(func(envelope.Message) {})
	c.clock.Advance(10*time.Minute + time.Second)
	if c.relay.State().Connected {
		t.Error("connected in spite of two missed beats")
	}
	if _, err := c.relay.Do(t.Context(), reset("x")); !errors.Is(err, entra.ErrUnreachable) {
		t.Errorf("error %v, want ErrUnreachable", err)
	}
	s.beat()
	if !c.relay.State().Connected {
		t.Error("not connected in spite of a beat")
	}
}

// R-ELG-09: at once, not after the patience of a person.
func TestWithoutAListenerTheAnswerComesAtOnce(t *testing.T) {
	c := newCloud(t, entra.Now)
	try := func(when string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, err := c.relay.Do(ctx, reset("x")); !errors.Is(err, entra.ErrUnreachable) || ctx.Err() != nil {
			t.Errorf("%s: error %v", when, err)
		}
	}
	try("no agent")
	s := c.install()
	try("installed only")
	s.listen(s.obey(done))
	try("writeback not enabled")
	s.enable()
	try("the listener was closed by the new secret")
}

// R-AAC-41: sign-in passes through before writeback is enabled, and waits for
// an agent that is still making its key.
func TestSignInPassesBeforeWritebackIsEnabled(t *testing.T) {
	c := newCloud(t, entra.Now)
	s := c.install()
	s.listen(s.obey(func(op entra.Operation) envelope.Verdict { return envelope.Verdict{Result: entra.WrongPassword} }))
	type end struct {
		entra.Outcome
		err error
	}
	ended := make(chan end, 1)
	go func() {
		o, err := c.relay.Do(t.Context(), entra.Operation{Kind: entra.OpValidate, Password: "x"})
		ended <- end{o, err}
	}()
	der, _ := envelope.PublicKey(testKey())
	if status, code := c.call("PUT", s.path("/key"), s.auth(), envelope.Key{PublicKey: der}, nil); status != 204 {
		t.Fatalf("key: %d %s", status, code)
	}
	if e := <-ended; e.err != nil || e.Result != entra.WrongPassword {
		t.Errorf("outcome %+v, %v", e.Outcome, e.err)
	}
}

// R-RST-54, R-GAP-51: what has expired is given up.
func TestWhatExpiredIsNeverDelivered(t *testing.T) {
	c := newCloud(t, entra.Now)
	c.relay.Timeout = time.Hour
	s := c.install()
	s.enable()
	taken := make(chan envelope.Message, 1)
	s.listen(func(m envelope.Message) { taken <- m })
	ended := make(chan error, 1)
	go func() { _, err := c.relay.Do(t.Context(), reset("x")); ended <- err }()
	m := <-taken
	c.clock.Advance(Expiry + time.Second)
	if err := <-ended; !errors.Is(err, entra.ErrUnreachable) {
		t.Errorf("error %v, want ErrUnreachable", err)
	}
	if m.Expires.Sub(c.clock.Now()) > Expiry {
		t.Errorf("the operation expires at %s, which is later than in %s", m.Expires, Expiry)
	}
	s.hangUp()
	fresh := make(chan envelope.Message, 1)
	s.listen(s.obey(func(op entra.Operation) envelope.Verdict {
		if op.Password != "second" {
			t.Errorf("the agent that came back was given %q", op.TrackingID)
		}
		return done(op)
	}))
	s.settle(envelope.Verdict{ID: m.ID, Result: entra.Done}) // too late, and of no effect
	if o, err := c.relay.Do(t.Context(), reset("second")); err != nil || o.Result != entra.Done {
		t.Errorf("outcome %+v, %v", o, err)
	}
	if len(fresh) != 0 {
		t.Error("the operation was delivered after it was given up")
	}
}

// R-RST-54: who leaves before the operation is sent has changed nothing.
func TestWhoLeavesInTimeChangesNothing(t *testing.T) {
	c := newCloud(t, entra.Now)
	s := c.install()
	s.enable()
	s.listen(s.obey(func(op entra.Operation) envelope.Verdict {
		if op.Password != "second" {
			t.Errorf("the agent was given %q", op.TrackingID)
		}
		return done(op)
	}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.relay.Do(ctx, reset("first")); !errors.Is(err, entra.ErrUnreachable) {
		t.Errorf("error %v, want ErrUnreachable", err)
	}
	if o, err := c.relay.Do(t.Context(), reset("second")); err != nil || o.Result != entra.Done {
		t.Errorf("outcome %+v, %v", o, err)
	}
}

// R-RST-54: what the agent has got, it carries out; the tenant must not say
// otherwise because the person did not wait.
func TestWhoLeavesTooLateHasChangedIt(t *testing.T) {
	c := newCloud(t, entra.Now)
	s := c.install()
	s.enable()
	taken := make(chan envelope.Message, 1)
	s.listen(func(m envelope.Message) { taken <- m })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { _, err := c.relay.Do(ctx, reset("x")); ended <- err }()
	m := <-taken
	cancel()
	s.settle(envelope.Verdict{ID: m.ID, Result: entra.Done})
	if err := <-ended; err != nil {
		t.Errorf("error %v, though the agent says that it is done", err)
	}
}

// R-RST-54: the listener is lost while somebody waits.
func TestALostListenerEndsTheWait(t *testing.T) {
	c := newCloud(t, entra.Now)
	s := c.install()
	s.enable()
	taken := make(chan struct{})
	s.listen(func(envelope.Message) { close(taken) })
	ended := make(chan error, 1)
	go func() { _, err := c.relay.Do(t.Context(), reset("x")); ended <- err }()
	<-taken
	s.hangUp()
	if err := <-ended; !errors.Is(err, entra.ErrUnreachable) {
		t.Errorf("error %v, want ErrUnreachable", err)
	}
	await(t, "the relay knows that the listener is gone", func() bool { return !c.relay.State().Connected })
}

// An agent whose clock says that the operation is too old says so.
func TestAStaleVerdictIsUnreachable(t *testing.T) {
	c := newCloud(t, entra.Now)
	s := c.install()
	s.enable()
	s.listen(s.obey(func(entra.Operation) envelope.Verdict { return envelope.Verdict{Stale: true} }))
	if _, err := c.relay.Do(t.Context(), reset("x")); !errors.Is(err, entra.ErrUnreachable) {
		t.Errorf("error %v, want ErrUnreachable", err)
	}
}

// R-AAC-04, R-AAC-13, R-LIC-09, R-GAP-26.
func TestWhoMayEnableWriteback(t *testing.T) {
	der, _ := envelope.PublicKey(testKey())
	for _, tc := range []struct {
		name, who string
		era       entra.Era
		spoil     func(*cloud, *envelope.Onboarding)
		status    int
		code      string
	}{
		{name: "a Global Administrator", who: admin, status: 200},
		{name: "a Hybrid Identity Administrator today", who: "hal@alder.example.com", status: 200},
		{name: "a Hybrid Identity Administrator in 2019", who: "hal@alder.example.com", era: entra.Era2019, status: 403, code: envelope.Forbidden},
		{name: "anybody", who: "bob@alder.example.com", status: 403, code: envelope.Forbidden},
		{name: "the synchronisation account", who: "sync@alder.example.com", status: 403, code: envelope.Forbidden},
		{name: "nobody", status: 401, code: envelope.Unauthorized},
		{name: "a user who is gone", who: "gone@alder.example.com", status: 401, code: envelope.Unauthorized},
		{name: "without a licence in the tenant", who: admin, status: 403, code: envelope.NotLicensed, spoil: func(c *cloud, _ *envelope.Onboarding) {
			c.tenant.Update(admin, func(u *entra.User) error { u.Licences = []string{"ENTERPRISEPACK"}; return nil })
		}},
		{name: "with a wrong secret", who: admin, status: 404, code: envelope.NoSuchAgent, spoil: func(_ *cloud, o *envelope.Onboarding) { o.Secret = "x" }},
		{name: "without a key", who: admin, status: 400, code: envelope.BadRequest, spoil: func(_ *cloud, o *envelope.Onboarding) { o.PublicKey = nil }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCloud(t, tc.era)
			s := c.install()
			o := envelope.Onboarding{Secret: s.creds.Secret, Version: "1", PublicKey: der}
			if tc.spoil != nil {
				tc.spoil(c, &o)
			}
			status, code := c.call("POST", s.path("/onboarding"), tc.who, o, nil)
			if status != tc.status || code != tc.code {
				t.Errorf("answer %d %s, want %d %s", status, code, tc.status, tc.code)
			}
			if got := c.relay.State().Configured; got != (tc.status == 200) {
				t.Errorf("configured: %v", got)
			}
		})
	}
}

// R-WB-04: the random password rolls; R-AUD-09: both ways are audited.
func TestEnablingAndDisablingRollTheSecret(t *testing.T) {
	c := newCloud(t, entra.Now)
	s := c.install()
	first := s.creds.Secret
	s.enable()
	if s.creds.Secret == first {
		t.Error("the secret did not roll")
	}
	if status, _ := c.call("POST", s.path("/heartbeat"), s.creds.Agent+":"+first, envelope.Beat{}, nil); status != 401 {
		t.Errorf("the old secret is answered with %d", status)
	}
	if status, _ := c.call("POST", s.path("/offboarding"), admin, envelope.Onboarding{Secret: s.creds.Secret}, &s.creds); status != 200 {
		t.Errorf("offboarding: %d", status)
	}
	if c.relay.State().Configured {
		t.Error("configured after offboarding")
	}
	var activities []string
	for _, e := range c.tenant.Audit() {
		activities = append(activities, e.Activity)
	}
	if want := []string{entra.ActivityEnableWB, entra.ActivityDisableWB}; !slices.Equal(activities, want) {
		t.Errorf("audited %v, want %v", activities, want)
	}
}

func TestTheAccountTellsWhatTheWizardNeeds(t *testing.T) {
	c := newCloud(t, entra.Now)
	var a envelope.Account
	if status, _ := c.call("GET", "/v1/account", "bob@alder.example.com", nil, &a); status != 200 {
		t.Fatalf("status %d", status)
	}
	if a.MayConfigure || !a.Licensed || a.UPN != "bob@alder.example.com" || a.Organisation != "Alder Works" || len(a.Domains) != 1 {
		t.Errorf("account %+v", a)
	}
}

// R-WB-91: the last listener has the tenant.
func TestASecondAgentTakesOver(t *testing.T) {
	c := newCloud(t, entra.Now)
	for i := range 2 {
		s := c.install()
		s.enable()
		s.listen(s.obey(func(entra.Operation) envelope.Verdict { return envelope.Verdict{Result: entra.Done, Event: i} }))
	}
	if o, err := c.relay.Do(t.Context(), reset("x")); err != nil || o.Event != 1 {
		t.Errorf("outcome %+v, %v", o, err)
	}
}

func TestBadRequestsAreAnsweredAsSuch(t *testing.T) {
	c := newCloud(t, entra.Now)
	s := c.install()
	for _, tc := range []struct {
		name, method, path, who string
		body                    any
		status                  int
	}{
		{"an unknown route", "GET", "/v2/agents", "", nil, 501},
		{"another method", "PATCH", "/v1/account", admin, nil, 501},
		{"no credentials", "GET", s.path("/operations"), "", nil, 401},
		{"another agent's", "GET", "/v1/agents/other/operations", s.auth(), nil, 401},
		{"rubbish", "POST", s.path("/heartbeat"), s.auth(), "{", 400},
		{"an unknown field", "POST", s.path("/heartbeat"), s.auth(), `{"version":"1","x":1}`, 400},
		{"two values", "POST", s.path("/heartbeat"), s.auth(), `{}{}`, 400},
		{"a huge body", "POST", s.path("/heartbeat"), s.auth(), `{"version":"` + strings.Repeat("x", maxBody) + `"}`, 413},
		{"too many verdicts", "POST", s.path("/verdicts"), s.auth(), make([]envelope.Verdict, maxVerdicts+1), 400},
		{"no key", "PUT", s.path("/key"), s.auth(), envelope.Key{}, 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if status, _ := c.call(tc.method, tc.path, tc.who, tc.body, nil); status != tc.status {
				t.Errorf("status %d, want %d", status, tc.status)
			}
		})
	}
	if len(c.tenant.UnhandledRequests()) != 2 {
		t.Errorf("noted as unhandled: %v", c.tenant.UnhandledRequests())
	}
}

func TestUnknownResultsAndBrokenTextsAreNotTakenForSuccess(t *testing.T) {
	c := newCloud(t, entra.Now)
	s := c.install()
	s.enable()
	s.listen(s.obey(func(entra.Operation) envelope.Verdict { return envelope.Verdict{Result: "great"} }))
	if o, err := c.relay.Do(t.Context(), reset("x")); err != nil || o.Result != entra.UnknownFailure {
		t.Errorf("outcome %+v, %v", o, err)
	}
	if o, err := c.relay.Do(t.Context(), reset("x\xff")); err != nil || o.Result != entra.PolicyRefused {
		t.Errorf("outcome %+v, %v", o, err)
	}
}

// At least 1,000 operations a second go through the relay. The agent's half of
// RSA is left out: it answers unopened, all that has come in one request.
func BenchmarkDo(b *testing.B) {
	c := newCloud(b, entra.Now)
	s := c.install()
	s.enable()
	ids := make(chan uint64, backlog)
	b.Cleanup(func() { close(ids) })
	go func() {
		for id := range ids {
			batch := []envelope.Verdict{{ID: id, Result: entra.Done}}
			for len(ids) > 0 {
				batch = append(batch, envelope.Verdict{ID: <-ids, Result: entra.Done})
			}
			s.settle(batch...)
		}
	}()
	s.listen(func(m envelope.Message) { ids <- m.ID })
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if o, err := c.relay.Do(b.Context(), reset("Sunny-Harbor-43")); err != nil || o.Result != entra.Done {
				b.Errorf("outcome %+v, %v", o, err)
			}
		}
	})
}
