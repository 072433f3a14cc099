package connect

import (
	"context"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/lab/directory"
)

// validate answers a pass-through sign-in: the directory says what it thinks of
// the password (R-AAC-41, R-WB-110b). It writes no event of writeback.
func (a *Agent) validate(ctx context.Context, op entra.Operation) entra.Outcome {
	dir, err := a.corp.use(ctx)
	if err != nil {
		return a.refused(ctx, op, err).Outcome
	}
	name := op.UPN
	o, known := a.space.byCloud(op.CloudAnchor)
	if known {
		name = o.dn
	}
	err = dir.Authenticate(ctx, name, op.Password)
	if known && reasonOf(err) == directory.WrongPassword { // or it is not there any more
		user, r := a.find(ctx, dir, op)
		switch {
		case r != nil:
			return r.Outcome
		case !strings.EqualFold(user.DN, o.dn):
			err = dir.Authenticate(ctx, user.DN, op.Password)
		}
	}
	outcome := bindOutcome(err)
	if known && provesPassword(outcome.Result) {
		a.past.remember(o.anchor, op.Password)
	}
	a.log.Debug("sign-in validated", "user", op.UPN, "tracking", op.TrackingID, "result", outcome.Result)
	return outcome
}

// bindOutcome turns the verdict of a bind into the tenant's words.
func bindOutcome(err error) entra.Outcome {
	if err == nil {
		return entra.Outcome{Result: entra.Done}
	}
	result := entra.UnknownFailure
	switch reasonOf(err) {
	case directory.WrongPassword, directory.NoSuchObject:
		result = entra.WrongPassword
	case directory.Disabled:
		result = entra.AccountDisabled
	case directory.Locked:
		result = entra.LockedOut
	case directory.MustChange:
		result = entra.MustChangeFirst
	case directory.PasswordExpired:
		result = entra.PasswordExpired
	case directory.AccountExpired:
		result = entra.AccountExpired
	case directory.EncryptionRequired:
		result = entra.WrongConfig
	case directory.Unreachable:
		result = entra.AgentUnavailable
	}
	return entra.Outcome{Result: result, Detail: err.Error()}
}

// provesPassword reports whether a verdict is given only for the right
// password.
func provesPassword(r entra.Result) bool {
	switch r {
	case entra.Done, entra.MustChangeFirst, entra.PasswordExpired, entra.AccountExpired:
		return true
	}
	return false
}
