package connect

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"sync"

	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
)

// newKey makes a key. It takes about 100 ms of one processor, hence the ring.
func newKey() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, envelope.KeyBits) }

// keyring makes the agent's keys in the background. It remembers the one
// before, because operations sealed for it may still be on their way.
type keyring struct {
	source func() (*rsa.PrivateKey, error)
	crew   *crew

	mu     sync.Mutex
	next   *promise
	before *rsa.PrivateKey
}

// promise is a key in the making.
type promise struct {
	made chan struct{}
	key  *rsa.PrivateKey
	err  error
}

// prepare starts to make a key that replaces the present one.
func (r *keyring) prepare() {
	p := &promise{made: make(chan struct{}), err: errors.New("the agent was closed")}
	r.mu.Lock()
	if r.next != nil {
		select {
		case <-r.next.made:
			r.before = r.next.key
		default:
		}
	}
	r.next = p
	r.mu.Unlock()
	if !r.crew.begin() {
		close(p.made)
		return
	}
	go func() {
		defer r.crew.done()
		defer close(p.made)
		p.key, p.err = r.source()
	}()
}

// key returns the present key, once it is made.
func (r *keyring) key(ctx context.Context) (*rsa.PrivateKey, error) {
	r.mu.Lock()
	p := r.next
	r.mu.Unlock()
	select {
	case <-p.made:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the agent's key: %w", ctx.Err())
	}
	if p.err != nil {
		return nil, fmt.Errorf("make the agent's key: %w", p.err)
	}
	return p.key, nil
}

// candidates returns the keys that an operation may be sealed for, the likely
// one first.
func (r *keyring) candidates() (keys []*rsa.PrivateKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.next.made:
		if r.next.key != nil {
			keys = append(keys, r.next.key)
		}
	default:
	}
	if r.before != nil {
		keys = append(keys, r.before)
	}
	return keys
}
