package connect

import (
	"crypto/rsa"
	"sync"
	"sync/atomic"
)

// KeyStock keeps agents' keys, so that many short-lived agents of one process
// need not make one each: a key costs more than the rest of a lab's start. The
// first key of every agent is the stock's first, its second the stock's second,
// so an agent never gets a key again that it has thrown away (R-WB-06). Agents
// of one stock could read each other's operations; they must trust each other.
// The zero value is ready; keys are made when first asked for, and kept.
type KeyStock struct {
	mu   sync.Mutex
	keys []*stocked
}

type stocked struct {
	once sync.Once
	key  *rsa.PrivateKey
	err  error
}

// Supply returns the keys of one agent, one after the other, for [Config.Keys].
func (s *KeyStock) Supply() func() (*rsa.PrivateKey, error) {
	var next atomic.Int64
	return func() (*rsa.PrivateKey, error) { return s.nth(int(next.Add(1))) }
}

// nth returns the n-th key, counted from 1.
func (s *KeyStock) nth(n int) (*rsa.PrivateKey, error) {
	s.mu.Lock()
	for len(s.keys) < n {
		s.keys = append(s.keys, new(stocked))
	}
	k := s.keys[n-1]
	s.mu.Unlock()
	k.once.Do(func() { k.key, k.err = newKey() })
	return k.key, k.err
}
