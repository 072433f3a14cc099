package directory

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// dialer makes connections to one server.
type dialer struct {
	host, port string
	startTLS   bool // ldap://, raised to TLS
	plain      bool // ldap://, left as it is
	tls        *tls.Config
	timeout    time.Duration
}

// link is one LDAP connection together with what go-ldap does not tell of it.
type link struct {
	conn    *ldap.Conn
	wire    *wire
	timeout time.Duration
	cut     atomic.Bool // time was up, and the connection closed for it
}

// wire counts what is handed to the network, so that a request that never left
// can be told from one that was never answered.
type wire struct {
	net.Conn
	sent atomic.Int64
}

// Write counts b before it is sent, whether or not all of it arrives.
func (w *wire) Write(b []byte) (int, error) {
	w.sent.Add(int64(len(b)))
	return w.Conn.Write(b)
}

// dial connects, with TLS unless told otherwise, and does not bind.
func (d dialer) dial(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(d.host, d.port))
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	if d.plain || d.startTLS {
		l := newLink(raw, false, d.timeout)
		if d.startTLS {
			err = l.request(ctx, func(c *ldap.Conn) error { return c.StartTLS(d.tls) })
		}
		if err != nil {
			l.close()
			return nil, fmt.Errorf("start TLS: %w", err)
		}
		return l, nil
	}
	secure := tls.Client(raw, d.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, fmt.Errorf("TLS handshake: %w", err)
	}
	return newLink(secure, true, d.timeout), nil
}

func newLink(c net.Conn, secure bool, timeout time.Duration) *link {
	w := &wire{Conn: c}
	conn := ldap.NewConn(w, secure)
	conn.SetTimeout(2 * timeout) // request ends it sooner and says why; this is for what runs outside of one
	conn.Start()
	return &link{conn: conn, wire: w, timeout: timeout}
}

// request runs one request, bounded by ctx and the timeout. When time is up it
// cuts the connection, the only way to make go-ldap let go.
func (l *link) request(ctx context.Context, send func(*ldap.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, l.cutOff)
	err := send(l.conn)
	if !stop() && err != nil && l.broken(err) {
		return fmt.Errorf("%w (%v)", ctx.Err(), err)
	}
	return err
}

func (l *link) cutOff() {
	l.cut.Store(true)
	l.wire.Conn.Close()
}

// bind binds the connection.
func (l *link) bind(ctx context.Context, user, password string) error {
	return l.request(ctx, func(c *ldap.Conn) error { return c.Bind(user, password) })
}

// broken reports whether err says that the connection is no good any more, and
// not that the server answered.
func (l *link) broken(err error) bool {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return false
	}
	var answer *ldap.Error
	if errors.As(err, &answer) {
		return answer.ResultCode == ldap.ErrorNetwork || answer.ResultCode == ldap.ErrorMalformedPacket ||
			answer.ResultCode == ldap.ErrorUnexpectedMessage || answer.ResultCode == ldap.ErrorUnexpectedResponse
	}
	return err != nil
}

// usable reports whether the connection was not closed yet, by either side.
func (l *link) usable() bool { return !l.cut.Load() && !l.conn.IsClosing() }

func (l *link) close() {
	l.wire.Conn.Close() // first, so that nobody waits for a server that reads no more
	l.conn.Close()
}
