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

// try runs j once and reports whether any of it was sent.
func (d *Directory) try(ctx context.Context, j job) (sent bool, err error) {
	l, err := d.pool.take(ctx)
	if err != nil {
		return false, err
	}
	defer d.pool.give(l)
	before := l.wire.sent.Load()
	err = j.send(ctx, l)
	sent = l.wire.sent.Load() > before
	if err != nil && l.broken(err) {
		l.cutOff()
		err = lostError{err}
	}
	return sent, err
}

// bind binds a fresh connection as the configured user. That the directory
// refuses it is final; that the connection breaks is the connection's.
func (d *Directory) bind(ctx context.Context, l *link) error {
	if d.config.User == "" {
		return nil
	}
	err := d.dialect.bind(ctx, l, d.config.User, d.config.Password)
	if err != nil && l.broken(err) {
		return lostError{fmt.Errorf("bind: %w", err)}
	}
	return refuse(d.dialect, opBind, d.config.User, err)
}

// outcome turns the error of the last try into what the caller sees.
func (d *Directory) outcome(j job, sent bool, err error) error {
	var refusal *Refusal
	if err == nil || errors.As(err, &refusal) {
		return err
	}
	var lost lostError
	if !errors.As(err, &lost) {
		return refuse(d.dialect, j.op, j.object, err)
	}
	cause := lost.err
	if d.life.Err() != nil {
		cause = fmt.Errorf("%w: %w", closedError{}, cause)
	}
	return &Refusal{Reason: Unreachable, Op: j.op, Object: j.object, OutcomeUnknown: sent && !j.read, Err: cause}
}

// write runs one request that changes something.
func (d *Directory) write(ctx context.Context, op, object string, send func(*ldap.Conn) error) error {
	if err := d.fence.admits(op, object); err != nil {
		return err
	}
	return d.do(ctx, job{op: op, object: object, send: func(ctx context.Context, l *link) error {
		return l.request(ctx, send)
	}})
}
