package directory

import (
	"context"
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

// Authenticate tries a password on a connection on which nothing else is done;
// it is kept for who comes next, since another bind ends this one. The user is
// a DN, a UPN or DOMAIN\name. It returns nil or a *[Refusal] whose reason is
// that of R-WB-110b; the state of an account is told only to who knows its
// password, a lockout excepted. A bind that the connection did not survive is
// not tried again: it may have counted towards the lockout.
func (d *Directory) Authenticate(ctx context.Context, user, password string) error {
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	ctx, done := context.WithTimeout(ctx, d.config.Timeout)
	defer done()
	err := d.bindApart(ctx, user, password)
	d.config.Log.Debug("directory operation", "op", opBind, "object", user, "error", err)
	return err
}

func (d *Directory) bindApart(ctx context.Context, user, password string) error {
	if user == "" || password == "" { // LDAP takes that for an anonymous bind, and succeeds
		return &Refusal{Reason: WrongPassword, Op: opBind, Object: user, Code: ldap.LDAPResultInvalidCredentials,
			Text: "not sent: an empty name or password is an anonymous bind and proves nothing"}
	}
	l, err := d.strangers.take(ctx)
	if err != nil {
		return &Refusal{Reason: Unreachable, Op: opBind, Object: user, Err: err}
	}
	defer d.strangers.give(l)
	before := l.wire.sent.Load()
	err = d.dialect.authenticate(ctx, l, user, password)
	if err != nil && l.broken(err) {
		l.cutOff()
		return &Refusal{Reason: Unreachable, Op: opBind, Object: user, OutcomeUnknown: l.wire.sent.Load() > before,
			Err: fmt.Errorf("connection lost: %w", err)}
	}
	return refuse(d.dialect, opBind, user, err)
}

func (activeDirectory) bind(ctx context.Context, l *link, user, password string) error {
	return l.bind(ctx, user, password)
}

func (activeDirectory) authenticate(ctx context.Context, l *link, user, password string) error {
	return l.bind(ctx, user, password)
}
