package mail

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/mailhog/data"
)

// store holds the mails in the order of their arrival and wakes who waits for
// one. A mail does not change once it is in.
type store struct {
	mu       sync.Mutex
	messages []*data.Message
	changed  chan struct{} // closed and replaced with every new mail
	closed   chan struct{}
}

// errClosed ends the waits of a catcher that is closed.
var errClosed = errors.New("the mail catcher is closed")

func newStore() *store {
	return &store{changed: make(chan struct{}), closed: make(chan struct{})}
}

func (s *store) add(m *data.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, m)
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *store) close() { close(s.closed) }

// snapshot returns the mails, oldest first, and a channel that is closed when
// another one arrives.
func (s *store) snapshot() ([]*data.Message, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.messages[:len(s.messages):len(s.messages)], s.changed
}

// list returns the mails that match, newest first.
func (s *store) list(match func(*data.Message) bool) []*data.Message {
	messages, _ := s.snapshot()
	var found []*data.Message
	for _, m := range slices.Backward(messages) {
		if match(m) {
			found = append(found, m)
		}
	}
	return found
}

// await returns the newest mail that matches as soon as there is one.
func (s *store) await(ctx context.Context, match func(*data.Message) bool) (*data.Message, error) {
	for {
		messages, changed := s.snapshot()
		for _, m := range slices.Backward(messages) {
			if match(m) {
				return m, nil
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.closed:
			return nil, errClosed
		}
	}
}

// index returns where the mail of that id is, or -1. Call it with mu held.
func (s *store) index(id string) int {
	return slices.IndexFunc(s.messages, func(m *data.Message) bool { return string(m.ID) == id })
}

func (s *store) get(id string) (*data.Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(id)
	if i < 0 {
		return nil, false
	}
	return s.messages[i], true
}

// delete copies what remains, since snapshots share the old slice.
func (s *store) delete(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(id)
	if i < 0 {
		return false
	}
	s.messages = slices.Concat(s.messages[:i], s.messages[i+1:])
	return true
}

func (s *store) deleteAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = nil
}

// The three kinds of MailHog's search; each ignores case and finds substrings.

func isFrom(m *data.Message, query string) bool {
	return holds(m.From.Mailbox+"@"+m.From.Domain, query) || anyHolds(m.Content.Headers["From"], query)
}

func isTo(m *data.Message, query string) bool {
	for _, p := range m.To {
		if holds(p.Mailbox+"@"+p.Domain, query) {
			return true
		}
	}
	return anyHolds(m.Content.Headers["To"], query)
}

func contains(m *data.Message, query string) bool {
	if holds(m.Content.Body, query) {
		return true
	}
	for _, values := range m.Content.Headers {
		if anyHolds(values, query) {
			return true
		}
	}
	return false
}

func holds(text, lower string) bool { return strings.Contains(strings.ToLower(text), lower) }

func anyHolds(texts []string, lower string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return holds(text, lower) })
}
