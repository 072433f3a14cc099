package relay

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// agent is what the relay knows of one installed agent.
type agent struct {
	id string

	mu         sync.Mutex
	version    string
	secret     [sha256.Size]byte // hash of the listener's random password
	key        *rsa.PublicKey
	keyed      chan struct{} // closed once there is a key
	configured bool          // writeback was enabled
	lastSync   time.Time
	listener   *listener
	lastBeat   time.Time
	beaten     chan struct{} // closed and replaced with each beat
	silent     *listener     // was asked for a beat and gave none
}

func newAgent(id, version string) *agent {
	return &agent{id: id, version: version, keyed: make(chan struct{}), beaten: make(chan struct{})}
}

// roll gives the agent a new random password and returns it (R-WB-04).
func (a *agent) roll() string {
	raw := make([]byte, 32)
	rand.Read(raw) // never fails
	secret := hex.EncodeToString(raw)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.secret = sha256.Sum256([]byte(secret))
	return secret
}

func (a *agent) knows(secret string) bool {
	sum := sha256.Sum256([]byte(secret))
	a.mu.Lock()
	defer a.mu.Unlock()
	return subtle.ConstantTimeCompare(sum[:], a.secret[:]) == 1
}

// setKey replaces the key that operations are sealed for.
func (a *agent) setKey(key *rsa.PublicKey) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.key == nil {
		close(a.keyed)
	}
	a.key = key
}

func (a *agent) configure(on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.configured = on
}

// beat notes a sign of life.
func (a *agent) beat(version string, now, lastSync time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if version != "" {
		a.version = version
	}
	if lastSync.After(a.lastSync) {
		a.lastSync = lastSync
	}
	a.lastBeat, a.silent = now, nil
	close(a.beaten)
	a.beaten = make(chan struct{})
}

// overdue returns the listener if it is open, its beats are missing, and it has
// not been asked in vain already.
func (a *agent) overdue(now time.Time) (*listener, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.listener
	return l, l != nil && a.silent != l && now.Sub(a.lastBeat) > staleness
}

// probe asks for a beat now and waits for it. Who gives none counts as gone
// until the next beat arrives.
func (a *agent) probe(l *listener) {
	a.mu.Lock()
	beaten := a.beaten
	a.mu.Unlock()
	l.ask()
	ctx, cancel := context.WithTimeout(context.Background(), probing)
	defer cancel()
	select {
	case <-beaten:
	case <-l.gone:
	case <-ctx.Done():
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.beaten == beaten {
			a.silent = l
		}
	}
}

func (a *agent) state(now time.Time) entra.AgentState {
	a.mu.Lock()
	defer a.mu.Unlock()
	return entra.AgentState{
		Installed:  !a.lastSync.IsZero(),
		Configured: a.configured,
		Connected:  a.listener != nil && a.silent != a.listener && now.Sub(a.lastBeat) <= staleness,
		Version:    a.version,
	}
}

// Errors of the way to an agent.
var (
	errNobodyListens = errors.New("no agent listens on the relay")
	errListenerGone  = errors.New("the agent's listener was lost")
	errNotConfigured = errors.New("password writeback is not enabled in the agent's wizard")
	errNoKey         = errors.New("the agent has posted no key yet")
)

// way returns the key and the listener that an operation of that kind takes.
// An agent that was just installed may still be making its key; the way then
// waits for it as long as ctx allows.
func (a *agent) way(ctx context.Context, kind entra.Kind) (*rsa.PublicKey, *listener, error) {
	a.mu.Lock()
	l, configured, silent := a.listener, a.configured, a.listener == a.silent
	a.mu.Unlock()
	switch {
	case l == nil || silent:
		return nil, nil, errNobodyListens
	case !configured && kind != entra.OpValidate:
		return nil, nil, errNotConfigured
	}
	select {
	case <-a.keyed:
	case <-l.gone:
		return nil, nil, errListenerGone
	case <-ctx.Done():
		return nil, nil, errors.Join(errNoKey, ctx.Err())
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.key, l, nil
}

// listen makes l the agent's listener; the one before it is closed. It is
// refused when the secret was rolled since the request was let in.
func (a *agent) listen(l *listener, secret string, now time.Time) bool {
	sum := sha256.Sum256([]byte(secret))
	a.mu.Lock()
	defer a.mu.Unlock()
	if subtle.ConstantTimeCompare(sum[:], a.secret[:]) != 1 {
		return false
	}
	if a.listener != nil {
		a.listener.close()
	}
	a.listener, a.lastBeat = l, now
	return true
}

// leave takes l away if it is still the agent's listener.
func (a *agent) leave(l *listener) {
	l.close()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.listener == l {
		a.listener = nil
	}
}

// drop closes the agent's listener, if there is one.
func (a *agent) drop() {
	a.mu.Lock()
	l := a.listener
	a.listener = nil
	a.mu.Unlock()
	if l != nil {
		l.close()
	}
}
