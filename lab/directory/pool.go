package directory

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// pool keeps the connections. Whoever holds a place has one to itself, so that
// cutting it off hurts nobody else; the last one given back is the next one
// taken, so that a quiet directory needs only one.
type pool struct {
	places chan struct{} // one token per connection in use
	wait   time.Duration
	dialer dialer
	bind   func(context.Context, *link) error

	closing sync.Mutex
	mu      sync.Mutex
	idle    []*link
}

func newPool(size int, wait time.Duration, dialer dialer, bind func(context.Context, *link) error) *pool {
	return &pool{places: make(chan struct{}, size), wait: wait, dialer: dialer, bind: bind}
}

// take waits for a place, at most as long as an operation may take, and dials
// and binds where no living connection is idle. Every link taken is given back.
func (p *pool) take(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, p.wait)
	defer cancel()
	select {
	case p.places <- struct{}{}:
	case <-ctx.Done():
		return nil, lostError{fmt.Errorf("wait for one of %d connections: %w", cap(p.places), context.Cause(ctx))}
	}
	if l := p.reuse(); l != nil {
		return l, nil
	}
	l, err := p.connect(ctx)
	if err != nil {
		<-p.places
	}
	return l, err
}

// reuse returns an idle connection that lives; nil if there is none.
func (p *pool) reuse() *link {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		l := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if l.usable() {
			return l
		}
		l.close()
	}
	return nil
}

func (p *pool) connect(ctx context.Context) (*link, error) {
	l, err := p.dialer.dial(ctx)
	if err != nil {
		return nil, lostError{err}
	}
	if err := p.bind(ctx, l); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// give takes a connection back, and closes it if it is no good any more.
func (p *pool) give(l *link) {
	if l.usable() {
		p.mu.Lock()
		p.idle = append(p.idle, l)
		p.mu.Unlock()
	} else {
		l.close()
	}
	<-p.places
}

// close waits until no connection is in use and closes them all.
func (p *pool) close() {
	p.closing.Lock() // two at once would wait for each other's places
	defer p.closing.Unlock()
	for range cap(p.places) {
		p.places <- struct{}{}
	}
	p.mu.Lock()
	for _, l := range p.idle {
		l.close()
	}
	p.idle = nil
	p.mu.Unlock()
	for range cap(p.places) {
		<-p.places
	}
}
