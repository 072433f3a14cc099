// Package phone is everyone's phone: an inbox of texts and calls for every
// number, and an authenticator app for every owner, behind one exchange.
//
// Modelled: texts and calls with what a person does about them, by hand or by
// standing instruction; phones and apps that are switched off; an app that is
// enrolled by the QR code or the key that a person would scan or type, shows
// codes (R-REG-46), and takes notifications with number matching (R-REG-44).
// Both kinds of QR code are read: otpauth:// gives codes only (R-REG-29),
// phonefactor:// is activated over HTTPS and gives codes and notifications
// (R-REG-28).
//
// The lab's own conventions, where the product is silent or needs more than a
// lab has: numbers are compared by their digits (R-GAP-42); only fictional
// numbers are in service; a call rings for 45 seconds; the activation call is
// JSON in place of SOAP (hand.ActivationRequest).
//
// Not modelled: replies to texts, delivery reports, push tokens of a mobile
// platform, notifications that expire, passwordless sign-in, app lock, clocks
// of phones that go wrong.
package phone

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// Config says how an [Exchange] is set up. The zero value works.
type Config struct {
	Clock  *clock.Clock // for codes, times and ringing; default the machine's time
	Seed   seed.Source  // of ids and device tokens
	Client *http.Client // for the activation of an app; default [http.DefaultClient]
	Log    *slog.Logger // default: discard. No code, key or text is ever logged

	// InService says which numbers (digits only, with country code) exist.
	// Default: the fictional ones, +1 XXX 555 01XX and +44 7700 900XXX.
	InService func(digits string) bool
}

// Exchange is a running telephone exchange with the phones behind it. [New]
// makes one; it listens nowhere until its handlers are served.
type Exchange struct {
	config Config
	log    *slog.Logger
	random *seed.Stream

	mu      sync.Mutex
	state   state
	changed chan struct{} // closed and replaced with every change
	done    bool
	closed  chan struct{}
	ringing sync.WaitGroup // timers of calls
}

// state is everything that a reset forgets.
type state struct {
	phones map[string]*handset // by digits
	apps   map[string]*app     // by owner
	calls  map[string]*call
	pushes map[string]*push
}

// handset is the phone of a number. Texts and calls are in the order they came.
type handset struct {
	texts  []hand.Text
	queued []hand.Text
	calls  []*call
	habit  hand.CallHabit
	out    hand.OutMode // "" means on
}

// app is the authenticator app of an owner.
type app struct {
	accounts []*account
	pushes   []*push
	out      hand.OutMode
}

func newState() state {
	return state{make(map[string]*handset), make(map[string]*app), make(map[string]*call), make(map[string]*push)}
}

// New returns an exchange whose phones are empty.
func New(config Config) *Exchange {
	if config.Clock == nil {
		config.Clock = new(clock.Clock)
	}
	if config.Client == nil {
		config.Client = http.DefaultClient
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.InService == nil {
		config.InService = isFictional
	}
	return &Exchange{
		config:  config,
		log:     config.Log.With("part", "phone"),
		random:  config.Seed.Stream("phone/id"),
		state:   newState(),
		changed: make(chan struct{}),
		closed:  make(chan struct{}),
	}
}

// phone returns the phone of a number for reading: an empty one, if nothing
// has happened to it yet. Call it with mu held.
func (e *Exchange) phone(digits string) *handset {
	if h := e.state.phones[digits]; h != nil {
		return h
	}
	return &handset{habit: hand.Ring}
}

// usedPhone returns the phone of a number for changing. Call it with mu held.
func (e *Exchange) usedPhone(digits string) *handset {
	h := e.phone(digits)
	e.state.phones[digits] = h
	return h
}

// app returns the app of an owner for reading: an empty one, if nothing has
// happened to it yet. Call it with mu held.
func (e *Exchange) app(owner string) *app {
	if a := e.state.apps[owner]; a != nil {
		return a
	}
	return &app{}
}

// usedApp returns the app of an owner for changing. Call it with mu held.
func (e *Exchange) usedApp(owner string) *app {
	a := e.app(owner)
	e.state.apps[owner] = a
	return a
}

// newID returns an id that starts with what it is of.
func (e *Exchange) newID(kind string) string { return kind + "-" + e.random.Token(6) }

// change does act under the lock and wakes everyone who waits.
func (e *Exchange) change(act func() error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := act(); err != nil {
		return err
	}
	e.wake()
	return nil
}

// wake ends the current round of waiting. Call it with mu held.
func (e *Exchange) wake() {
	close(e.changed)
	e.changed = make(chan struct{})
}

// errClosed ends the waits of an exchange that is closed.
var errClosed = errors.New("the exchange is closed")

// await returns nil as soon as ready, which is called under the lock, returns
// true; and an error when ctx or the exchange ends first.
func (e *Exchange) await(ctx context.Context, ready func() bool) error {
	for {
		e.mu.Lock()
		ok, changed := ready(), e.changed
		e.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-e.closed:
			return errClosed
		}
	}
}

// reset forgets everything and stops what rings. Call it with mu held.
func (e *Exchange) reset() {
	for _, c := range e.state.calls {
		e.hangUp(c)
	}
	e.state = newState()
}

// Close ends every wait and every ringing, and returns when all that the
// exchange started has ended. A second call does nothing.
func (e *Exchange) Close() error {
	e.mu.Lock()
	if !e.done {
		e.done = true
		close(e.closed)
		e.reset()
	}
	e.mu.Unlock()
	e.ringing.Wait()
	return nil
}

// ringTime is how long a call rings, and how long an answered one waits for a
// key, on the lab's clock. The product's is not documented.
const ringTime = 45 * time.Second
