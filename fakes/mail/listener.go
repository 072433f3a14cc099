package mail

import (
	"net"
	"sync"
	"time"
)

// listener counts the connections it hands out, refuses those above its limit,
// and can cut all of them off.
type listener struct {
	net.Listener
	limit int

	mu   sync.Mutex
	open map[*conn]struct{}
	done bool
}

func newListener(l net.Listener, limit int) *listener {
	return &listener{Listener: l, limit: limit, open: make(map[*conn]struct{})}
}

// Accept returns the next connection within the limit; one above it is told so
// with 421 and closed.
func (l *listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c, ok := l.admit(raw); ok {
			return c, nil
		}
		refuse(raw)
	}
}

func (l *listener) admit(raw net.Conn) (*conn, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done || len(l.open) >= l.limit {
		return nil, false
	}
	c := &conn{Conn: raw, listener: l}
	l.open[c] = struct{}{}
	return c, true
}

func refuse(raw net.Conn) {
	raw.SetWriteDeadline(realTime().Add(time.Second))
	raw.Write([]byte("421 4.3.2 Too many connections, try again later\r\n"))
	raw.Close()
}

// realTime is the machine's time: the deadline of a connection is set in it.
func realTime() time.Time { return time.Now() }

// shut stops accepting and closes every connection.
func (l *listener) shut() {
	l.mu.Lock()
	l.done = true
	open := l.open
	l.open = make(map[*conn]struct{})
	l.mu.Unlock()
	l.Listener.Close()
	for c := range open {
		c.Conn.Close()
	}
}

func (l *listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
}

// conn leaves its listener's count when it is closed.
type conn struct {
	net.Conn
	listener *listener
}

func (c *conn) Close() error {
	c.listener.forget(c)
	return c.Conn.Close()
}
