package relay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
	"github.com/ssprlab/ssprlab/lab/clock"
)

// Figures of the relay.
const (
	// Expiry is how long an operation may wait, on the lab's clock (R-GAP-51).
	Expiry = 5 * time.Minute
	// staleness is when an agent counts as gone: two missed beats (R-GAP-50).
	staleness = 2 * envelope.BeatInterval
	// patience is how long the tenant waits for a verdict, in real time.
	patience = 30 * time.Second
	// probing is how long an agent that is asked for a beat has, in real time.
	probing = time.Second
)

// Caller is who a bearer token speaks for.
type Caller struct {
	User  string   // id or UPN of the user; "" for an application
	Roles []string // directory roles besides those the tenant knows of the user
}

// Verify reads the bearer token of a request.
type Verify func(*http.Request) (Caller, error)

// Relay is the tenant's way to its agents. Make it with [New].
type Relay struct {
	// Timeout is how long [Relay.Do] waits for a verdict, in real time. 0 means
	// 30 seconds. Set it before use.
	Timeout time.Duration

	tenant  *entra.Tenant
	verify  Verify
	routes  http.Handler
	numbers atomic.Uint64 // of operations
	machine clock.Clock   // the zero value shows real time, which contexts' deadlines are in

	mu      sync.Mutex
	agents  map[string]*agent
	current *agent // the last one that was installed or opened a listener (R-WB-91)
}

var _ entra.Agent = (*Relay)(nil)

// New returns the relay of a tenant. verify is what the token endpoint says of
// a bearer token.
func New(t *entra.Tenant, verify Verify) *Relay {
	r := &Relay{tenant: t, verify: verify, agents: map[string]*agent{}}
	r.routes = r.mux()
	return r
}

// State tells what the tenant knows of its agent. A listener whose beats are
// overdue is asked for one before it is called gone, because a lab's clock that
// jumps leaves no time to beat; the answer has a second.
func (r *Relay) State() entra.AgentState {
	r.mu.Lock()
	a := r.current
	r.mu.Unlock()
	if a == nil {
		return entra.AgentState{}
	}
	if l, overdue := a.overdue(r.tenant.Now()); overdue {
		a.probe(l)
	}
	return a.state(r.tenant.Now())
}

// LastSync returns when an agent last finished a cycle, on the lab's clock; the
// zero time if none did.
func (r *Relay) LastSync() time.Time {
	r.mu.Lock()
	a := r.current
	r.mu.Unlock()
	if a == nil {
		return time.Time{}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lastSync
}

// Do seals op for the agent, sends it and waits for the verdict (R-WB-02). It
// returns [entra.ErrUnreachable] at once when nobody listens, and when ctx,
// [Relay.Timeout] or the operation's expiry end first; the agent then never
// applies it (R-RST-54). What the agent has got already is waited for until it
// expires, even if ctx ends, because the agent carries it out. Only a sign-in
// is let through before writeback is enabled.
func (r *Relay) Do(ctx context.Context, op entra.Operation) (entra.Outcome, error) {
	if !utf8.ValidString(op.Password) || !utf8.ValidString(op.OldPassword) {
		return entra.Outcome{Result: entra.PolicyRefused, Event: 32003, Detail: "the password is not valid text"}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout())
	defer cancel()
	outcome, err := r.deliver(ctx, op)
	if err != nil {
		r.tenant.Log().Warn("operation not carried out", "operation", op.Kind, "tracking", op.TrackingID, "error", err)
		return entra.Outcome{}, fmt.Errorf("%s of %s: %w: %w", op.Kind, op.UPN, entra.ErrUnreachable, err)
	}
	r.tenant.Log().Debug("operation carried out", "operation", op.Kind, "tracking", op.TrackingID,
		"result", outcome.Result, "event", outcome.Event)
	return outcome, nil
}

func (r *Relay) timeout() time.Duration {
	if r.Timeout > 0 {
		return r.Timeout
	}
	return patience
}

func (r *Relay) deliver(ctx context.Context, op entra.Operation) (entra.Outcome, error) {
	if err := ctx.Err(); err != nil {
		return entra.Outcome{}, err
	}
	r.mu.Lock()
	a := r.current
	r.mu.Unlock()
	if a == nil {
		return entra.Outcome{}, errors.New("no agent is installed")
	}
	key, l, err := a.way(ctx, op.Kind)
	if err != nil {
		return entra.Outcome{}, err
	}
	o, err := r.open(ctx, l)
	if err != nil {
		return entra.Outcome{}, err
	}
	defer l.forget(o)
	defer r.tenant.Clock().AfterFunc(o.expires.Sub(r.tenant.Now()), o.expire).Stop()
	if o.line, err = o.seal(key, a.id, op); err != nil {
		return entra.Outcome{}, err
	}
	return l.exchange(ctx, o)
}

// open numbers a new operation and dates its expiry: that of R-GAP-51, or when
// nobody will wait for it any more, if that is sooner.
func (r *Relay) open(ctx context.Context, l *listener) (*errand, error) {
	lifetime := Expiry
	if deadline, ok := ctx.Deadline(); ok {
		lifetime = min(lifetime, deadline.Sub(r.machine.Now()))
	}
	o := &errand{
		id: r.numbers.Add(1), expires: r.tenant.Now().Add(lifetime),
		answer: make(chan reply, 1), settled: make(chan struct{}), expired: make(chan struct{}),
	}
	if !l.expect(o) {
		return nil, errListenerGone
	}
	return o, nil
}

// Close ends every listener. Agents that dial again are served again.
func (r *Relay) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.agents {
		a.drop()
	}
}
