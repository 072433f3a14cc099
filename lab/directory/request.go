package directory

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

// job is one operation on a pooled connection.
type job struct {
	op, object string
	read       bool // may be repeated, whatever became of the first try
	send       func(ctx context.Context, l *link) error
}

// do runs j on a free connection. A connection that died is replaced; j is
// then run once more if it is a read or if nothing of it was sent.
func (d *Directory) do(ctx context.Context, j job) error {
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	var sent bool
	var err error
	for range 2 {
		sent, err = d.try(ctx, j)
		var lost lostError
		if !errors.As(err, &lost) {
			break
		}
		d.config.Log.Warn("connection to the directory lost", "op", j.op, "object", j.object, "error", err)
		if ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) || sent && !j.read {
			break
		}
	}
	err = d.outcome(j, sent, err)
	d.config.Log.Debug("directory operation", "op", j.op, "object", j.object, "error", err)
	return err
}

// bounded ends ctx also when the directory is closed.
func (d *Directory) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(d.life, func() { cancel(closedError{}) })
	return ctx, func() { stop(); cancel(context.Canceled) }
}

// closedError is why an operation of a closed directory fails.
type closedError struct{}

// Error says it.
func (closedError) Error() string { return "the directory was closed" }

// lostError marks an error of the connection; everything else is an answer.
type lostError struct{ err error }

// Error is that of the network.
func (e lostError) Error() string { return e.err.Error() }

// Unwrap returns the network's error.
func (e lostError) Unwrap() error { return e.err }

// try runs j once and reports whether any of it was sent. The connection goes
// back to the pool only if it is still good.
func (d *Directory) try(ctx context.Context, j job) (sent bool, err error) {
	l, err := d.take(ctx)
	if err != nil {
		return false, err
	}
	before := l.wire.sent.Load()
	err = j.send(ctx, l)
	sent = l.wire.sent.Load() > before
	if err != nil && l.broken(err) {
		err = lostError{err}
	}
	if ctx.Err() != nil || !l.usable() || errors.As(err, new(lostError)) {
		l.close()
		l = nil
	}
	d.free <- l
	return sent, err
}

// take waits for a free place, at most for the timeout, and dials where there
// is no living connection. A failure to bind is final, a failure to dial is
// the connection's.
func (d *Directory) take(ctx context.Context) (*link, error) {
	wait, cancel := context.WithTimeout(ctx, d.config.Timeout)
	defer cancel()
	var l *link
	select {
	case l = <-d.free:
	case <-wait.Done():
		return nil, lostError{fmt.Errorf("wait for one of %d connections: %w", d.config.Connections, wait.Err())}
	}
	if l != nil && l.usable() && ctx.Err() == nil {
		return l, nil
	}
	if l != nil {
		l.close()
	}
	l, err := d.connect(wait)
	if err != nil {
		d.free <- nil
		return nil, err
	}
	return l, nil
}

// connect dials and binds as the configured user.
func (d *Directory) connect(ctx context.Context) (*link, error) {
	l, err := d.dialer.dial(ctx)
	if err != nil {
		return nil, lostError{err}
	}
	if d.config.User == "" {
		return l, nil
	}
	if err := l.bind(ctx, d.config.User, d.config.Password); err != nil {
		defer l.close()
		if l.broken(err) {
			return nil, lostError{fmt.Errorf("bind: %w", err)}
		}
		return nil, refuse(opBind, d.config.User, err)
	}
	return l, nil
}

// outcome turns the error of the last try into what the caller sees.
func (d *Directory) outcome(j job, sent bool, err error) error {
	var refusal *Refusal
	if err == nil || errors.As(err, &refusal) {
		return err
	}
	var lost lostError
	if !errors.As(err, &lost) {
		return refuse(j.op, j.object, err)
	}
	cause := lost.err
	if d.life.Err() != nil {
		cause = fmt.Errorf("%w: %w", closedError{}, cause)
	}
	return &Refusal{Reason: Unreachable, Op: j.op, Object: j.object, OutcomeUnknown: sent && !j.read, Err: cause}
}

// write runs one request that changes something.
func (d *Directory) write(ctx context.Context, op, object string, send func(*ldap.Conn) error) error {
	return d.do(ctx, job{op: op, object: object, send: func(ctx context.Context, l *link) error {
		return l.request(ctx, send)
	}})
}
