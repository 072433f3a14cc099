package relay

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
)

// backlog is how many operations may wait for a listener to read.
const backlog = 1024

// listener is an agent's open request for operations.
type listener struct {
	queue chan *errand
	asks  chan struct{} // for a beat
	gone  chan struct{} // closed with the listener

	mu      sync.Mutex
	closed  bool
	pending map[uint64]*errand
}

// errand is one operation under way.
type errand struct {
	id      uint64
	expires time.Time
	line    []byte
	answer  chan reply    // holds one
	settled chan struct{} // closed once there is an answer
	expired chan struct{}
	fate    atomic.Uint32 // waiting, then either sent or void
}

// What becomes of an errand is decided once: it is sent, or it is void, which
// nobody waits for and nobody delivers.
const (
	waiting = iota
	sent
	void
)

// become decides o's fate and reports whether it was this one.
func (o *errand) become(fate uint32) bool { return o.fate.CompareAndSwap(waiting, fate) }

type reply struct {
	outcome entra.Outcome
	err     error
}

var errStale = errors.New("the operation reached the agent after its expiry and was not carried out")
var errExpired = errors.New("the operation expired before the agent answered")

func newListener() *listener {
	return &listener{
		queue: make(chan *errand, backlog), asks: make(chan struct{}, 1), gone: make(chan struct{}),
		pending: map[uint64]*errand{},
	}
}

func (o *errand) expire() { close(o.expired) }

// seal returns op as the line that is sent.
func (o *errand) seal(key *rsa.PublicKey, agent string, op entra.Operation) ([]byte, error) {
	m, err := envelope.Seal(key, agent, o.id, o.expires, op)
	if err != nil {
		return nil, err
	}
	return m.Line()
}

// expect notes that an answer to o will come; false if the listener is gone.
func (l *listener) expect(o *errand) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.pending[o.id] = o
	return true
}

// forget ends an errand: what was not sent yet will not be (R-RST-54).
func (l *listener) forget(o *errand) {
	o.become(void)
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pending, o.id)
}

// exchange hands o over and waits for its answer. An answer that came in time
// counts, whatever else ended meanwhile.
func (l *listener) exchange(ctx context.Context, o *errand) (entra.Outcome, error) {
	err := l.await(ctx, o)
	select {
	case r := <-o.answer:
		return r.outcome, r.err
	default:
		return entra.Outcome{}, err
	}
}

// await sends o and returns when there is an answer, or the reason why there
// will be none. Who gives up keeps it from being sent; once it is sent, only
// waiting tells what becomes of it (R-RST-54).
func (l *listener) await(ctx context.Context, o *errand) error {
	select {
	case l.queue <- o:
	case <-l.gone:
		return errListenerGone
	case <-o.expired:
		return errExpired
	case <-ctx.Done():
		return fmt.Errorf("hand the operation to the agent: %w", ctx.Err())
	}
	select {
	case <-o.settled:
		return nil
	case <-l.gone:
		return errListenerGone
	case <-o.expired:
		return errExpired
	case <-ctx.Done():
		if o.become(void) {
			return fmt.Errorf("wait for the agent's verdict: %w", ctx.Err())
		}
	}
	select {
	case <-o.settled:
		return nil
	case <-l.gone:
		return errListenerGone
	case <-o.expired:
		return errExpired
	}
}

// settle hands a verdict to who waits for it; false if nobody does.
func (l *listener) settle(v envelope.Verdict) bool {
	l.mu.Lock()
	o := l.pending[v.ID]
	delete(l.pending, v.ID)
	l.mu.Unlock()
	if o == nil {
		return false
	}
	r := reply{outcome: entra.Outcome{Result: known(v.Result), Event: v.Event, Detail: v.Detail}}
	if v.Stale {
		r = reply{err: errStale}
	}
	o.answer <- r
	close(o.settled)
	return true
}

// known returns r, or UnknownFailure for a result that the tenant has no name
// for.
func known(r entra.Result) entra.Result {
	switch r {
	case entra.Done, entra.PolicyRefused, entra.WrongPassword, entra.LockedOut, entra.AccountDisabled, entra.NoPermission,
		entra.SeveralUsers, entra.UserNotFound, entra.WrongConfig, entra.PasswordExpired, entra.MustChangeFirst,
		entra.AccountExpired, entra.CannotDecrypt, entra.AgentUnavailable:
		return r
	}
	return entra.UnknownFailure
}

// ask asks the agent for a beat.
func (l *listener) ask() {
	select {
	case l.asks <- struct{}{}:
	default: // it is asked already
	}
}

// close ends the listener and everything that waits on it.
func (l *listener) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		close(l.gone)
	}
}

// serve writes what arrives until the agent hangs up or the listener is closed.
func (l *listener) serve(ctx context.Context, w http.ResponseWriter) error {
	stream := http.NewResponseController(w)
	stream.SetReadDeadline(time.Time{}) // a listener outlives the server's deadlines; where there are none, nothing is lost
	stream.SetWriteDeadline(time.Time{})
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	if err := say(w, envelope.Ready); err != nil {
		return err
	}
	for {
		if err := stream.Flush(); err != nil {
			return err
		}
		select {
		case o := <-l.queue:
			if err := l.write(w, o); err != nil {
				return err
			}
		case <-l.asks:
			if err := say(w, envelope.Heartbeat); err != nil {
				return err
			}
		case <-l.gone:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// write sends o and what else is waiting, so that a burst is one flush.
func (l *listener) write(w http.ResponseWriter, o *errand) error {
	for {
		if o.become(sent) {
			if _, err := w.Write(o.line); err != nil {
				return err
			}
		}
		select {
		case o = <-l.queue:
		default:
			return nil
		}
	}
}

func say(w http.ResponseWriter, what envelope.Type) error {
	line, err := envelope.Message{Type: what}.Line()
	if err != nil {
		return err
	}
	_, err = w.Write(line)
	return err
}
