package connect

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/lab/directory"
)

// notBegun is the agent's own result: time was up, or the listener lost, before
// anything was written. It is never sent.
const notBegun entra.Result = "notBegun"

// ruling is what became of an operation, with the code of the ADSync event that
// goes with it.
type ruling struct {
	entra.Outcome
	code string // of event 6329; "" for none
}

// The codes of 6329 and what they stand for (R-WB-75, R-WB-81/82).
const (
	codeRestriction = "0x80230619" // a restriction prevents the password
	codeProtected   = "80231367"   // protected account
	codeAmbiguous   = "80230402"   // duplicate anchor
	codeAccess      = "0x80070005" // access denied
	codeSealing     = "8023062C"   // signing or sealing mismatch (R-WB-41)
)

func rule(result entra.Result, event int, code, format string, args ...any) *ruling {
	return &ruling{entra.Outcome{Result: result, Event: event, Detail: fmt.Sprintf(format, args...)}, code}
}

// trail are the events of an operation's kind: start, success, failure
// (R-WB-55..58). An unlock goes under those of a reset.
func trail(kind entra.Kind) (start, success, fail int) {
	switch kind {
	case entra.OpChange:
		return changeStart, changeSuccess, changeFail
	case entra.OpAdminReset:
		return adminResetStart, adminResetSuccess, adminResetFail
	}
	return resetStart, resetSuccess, resetFail
}

// carryOut carries an operation out and writes its trail: R-WB-43, all under
// its tracking id (R-WB-44).
func (a *Agent) carryOut(ctx context.Context, op entra.Operation) entra.Outcome {
	if op.Kind == entra.OpValidate {
		return a.validate(ctx, op)
	}
	start, success, fail := trail(op.Kind)
	note := func(source string, id int, format string, args ...any) {
		a.events.write(source, id, op.TrackingID, format, args...)
	}
	note(SourceWriteback, start, "TrackingId: %s, a %s of %s begins.", op.TrackingID, op.Kind, op.UPN)
	r := a.perform(ctx, op)
	if r.Result == notBegun {
		note(SourceWriteback, fail, "TrackingId: %s, the %s was given up before anything was written: %s", op.TrackingID, op.Kind, r.Detail)
		return r.Outcome
	}
	if r.Result == entra.Done {
		note(SourceSync, connectorBind, "Bound to the directory as %s.", a.config.Directory.User)
		note(SourceSync, connectorCall, "The directory was called for %s.", op.UPN)
		note(SourceSync, connectorBind, "Bound to the directory as %s.", a.config.Directory.User)
		note(SourceWriteback, success, "TrackingId: %s, the %s succeeded. CloudAnchor: %s, SourceAnchorValue: %s, UserPrincipalName: %s, unblockUser: %s",
			op.TrackingID, op.Kind, op.CloudAnchor, op.SourceAnchor, op.UPN, unblocks(op.Kind))
		r.Event = success
		return r.Outcome
	}
	if r.code != "" {
		note(SourceSync, passwordSetFailed, "hr=%s: %s", r.code, r.Detail)
	}
	note(SourceWriteback, r.Event, "TrackingId: %s, %s", op.TrackingID, r.Detail)
	note(SourceWriteback, fail, "TrackingId: %s, the %s failed. CloudAnchor: %s, UserPrincipalName: %s, reason: %s",
		op.TrackingID, op.Kind, op.CloudAnchor, op.UPN, eventNames[r.Event])
	return r.Outcome
}

func unblocks(kind entra.Kind) string {
	if kind == entra.OpChange {
		return "False"
	}
	return "True"
}

// perform finds the user, checks what the directory leaves to the agent, and
// writes.
func (a *Agent) perform(ctx context.Context, op entra.Operation) *ruling {
	dir, err := a.corp.use(ctx)
	if err != nil {
		return a.refused(ctx, op, err)
	}
	user, r := a.find(ctx, dir, op)
	if r != nil {
		return r
	}
	if r := forbid(user, op.Kind); r != nil {
		return r
	}
	switch op.Kind {
	case entra.OpReset, entra.OpAdminReset:
		return a.reset(ctx, dir, user, op)
	case entra.OpChange:
		return a.change(ctx, dir, user, op)
	case entra.OpUnlock:
		return a.write(ctx, op, func(ctx context.Context) error { return dir.Unlock(ctx, user.DN) })
	}
	return rule(entra.UnknownFailure, unknownError, "", "operation %q is unknown to this version", op.Kind)
}

// find goes from the cloud's anchor by the connector space to the directory
// (R-WB-05), so that a changed user name does not matter (R-AAC-26).
func (a *Agent) find(ctx context.Context, dir *directory.Directory, op entra.Operation) (directory.Account, *ruling) {
	o, ok := a.space.byCloud(op.CloudAnchor)
	switch {
	case !ok:
		return directory.Account{}, rule(entra.UserNotFound, userNotFound, "", "no object of the directory is connected to %s", op.CloudAnchor)
	case o.twice:
		return directory.Account{}, rule(entra.SeveralUsers, multipleMatch, codeAmbiguous, "several objects of the directory have the source anchor %s", o.anchor)
	}
	user, err := dir.AccountByDN(ctx, o.dn)
	if reasonOf(err) == directory.NoSuchObject || err == nil && user.Anchor != o.anchor { // it was moved since the last cycle
		user, err = dir.AccountByAnchor(ctx, o.anchor)
	}
	if err != nil {
		return user, a.refused(ctx, op, err)
	}
	return user, nil
}

// forbid is what the product refuses and a controller may not: disabled
// accounts (R-WB-94, R-WB-104), protected ones unless the password is known
// (R-WB-87, R-WB-88, R-WB-109), who may not change the password (R-ELG-36,
// R-WB-110a), and units that the product cannot address (R-WB-83).
func forbid(user directory.Account, kind entra.Kind) *ruling {
	switch {
	case reservedUnit(user.DN):
		return rule(entra.UnknownFailure, unknownError, "", "the name of an organisational unit above %s has reserved characters", user.DN)
	case !user.Enabled:
		return rule(entra.AccountDisabled, accountDisabled, "", "the account %s is disabled", user.DN)
	case user.Protected && kind != entra.OpChange:
		return rule(entra.NoPermission, permissionError, codeProtected, "the account %s is protected (adminCount, or a protected group)", user.DN)
	case user.CannotChange && kind != entra.OpUnlock:
		return rule(entra.NoPermission, permissionError, codeAccess, "the user at %s may not change the password", user.DN)
	}
	return nil
}

// reservedUnit reports whether a unit's name has characters of R-WB-83.
func reservedUnit(dn string) bool {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return true
	}
	for _, rdn := range parsed.RDNs {
		for _, part := range rdn.Attributes {
			v := part.Value
			if strings.EqualFold(part.Type, "OU") && (strings.ContainsAny(v, ",+\"\\<>;=/\n\r") ||
				strings.HasPrefix(v, " ") || strings.HasPrefix(v, "#") || strings.HasSuffix(v, " ")) {
				return true
			}
		}
	}
	return false
}

// hints are the controls by which a controller checks a set against its own
// history (R-WB-34, R-WB-35).
func hints(dir *directory.Directory) bool {
	return dir.Supports("1.2.840.113556.1.4.2239") || dir.Supports("1.2.840.113556.1.4.2066")
}

// reset sets a password and always unlocks, in one modify (R-POL-75, R-WB-105).
func (a *Agent) reset(ctx context.Context, dir *directory.Directory, user directory.Account, op entra.Operation) *ruling {
	policy, err := dir.Policy(ctx, user.DN)
	switch reason := reasonOf(err); {
	case err == nil:
	case reason == directory.NoSuchObject || reason == directory.NoRight:
		a.log.Debug("the policy cannot be read, the directory alone decides", "user", user.DN, "error", err)
	default:
		return a.refused(ctx, op, err)
	}
	hinted := hints(dir)
	if r := a.tooSoon(user, policy, op, hinted); r != nil {
		return r
	}
	with := directory.Reset{Unlock: true, PolicyHints: hinted, MustChange: op.MustChange && !user.NeverExpires} // R-CHG-23
	if !with.MustChange && !user.NeverExpires {
		with.MustChange = a.corp.leavesExpired(ctx, dir)
	}
	r := a.write(ctx, op, func(ctx context.Context) error { return dir.Reset(ctx, user.DN, op.Password, with) })
	if r.Result == entra.Done {
		a.past.remember(user.Anchor, op.Password)
	}
	return r
}

// tooSoon is what no controller checks on a set: the minimum age, from which
// who must change is exempt (R-WB-106), and without hints the history (R-WB-98,
// R-GAP-29).
func (a *Agent) tooSoon(user directory.Account, policy directory.Policy, op entra.Operation, hinted bool) *ruling {
	age := a.config.Clock.Since(user.PasswordSet)
	switch {
	case !user.MustChange && !user.PasswordSet.IsZero() && age < policy.MinAge:
		return rule(entra.PolicyRefused, policyError, codeRestriction, "the password is younger than the minimum age of %s", policy.MinAge)
	case !hinted && a.past.repeats(user.Anchor, op.Password, policy.History):
		return rule(entra.PolicyRefused, policyError, codeRestriction, "the password is among the last %d", policy.History)
	}
	return nil
}

// change replaces a known password; the directory checks everything (R-CHG-09,
// R-WB-100).
func (a *Agent) change(ctx context.Context, dir *directory.Directory, user directory.Account, op entra.Operation) *ruling {
	r := a.write(ctx, op, func(ctx context.Context) error { return dir.Change(ctx, user.DN, op.OldPassword, op.Password) })
	if r.Result == entra.Done {
		a.past.remember(user.Anchor, op.OldPassword)
		a.past.remember(user.Anchor, op.Password)
	}
	return r
}

// write runs the one modify of an operation, unless time is up. Once sent, it
// is not cut short when the listener is lost: half a password is worse.
func (a *Agent) write(ctx context.Context, op entra.Operation, modify func(context.Context) error) *ruling {
	if err := context.Cause(ctx); err != nil {
		return &ruling{entra.Outcome{Result: notBegun, Detail: err.Error()}, ""}
	}
	if err := modify(context.WithoutCancel(ctx)); err != nil {
		return a.refused(ctx, op, err)
	}
	return &ruling{Outcome: entra.Outcome{Result: entra.Done}}
}

// refused turns the directory's refusal into a ruling (R-WB-39).
func (a *Agent) refused(ctx context.Context, op entra.Operation, err error) *ruling {
	var r *directory.Refusal
	if !errors.As(err, &r) {
		return rule(entra.UnknownFailure, unknownError, "", "%v", err)
	}
	if r.Reason == directory.Unreachable && ctx.Err() != nil && !r.OutcomeUnknown {
		return &ruling{entra.Outcome{Result: notBegun, Detail: err.Error()}, ""}
	}
	switch r.Reason {
	case directory.TooShort, directory.TooSimple, directory.InHistory, directory.TooYoung, directory.PolicyOther:
		return rule(entra.PolicyRefused, policyError, codeRestriction, "%v", r)
	case directory.WrongOldPassword:
		return rule(entra.WrongPassword, wrongPassword, "", "%v", r)
	case directory.Locked:
		return rule(entra.LockedOut, accountLocked, "", "%v", r)
	case directory.NoRight:
		return rule(entra.NoPermission, permissionError, codeAccess, "%v", r)
	case directory.CannotChange:
		return rule(entra.NoPermission, permissionError, codeAccess, "%v", r)
	case directory.NoSuchObject:
		return rule(entra.UserNotFound, userNotFound, "", "%v", r)
	case directory.NotUnique:
		return rule(entra.SeveralUsers, multipleMatch, codeAmbiguous, "%v", r)
	case directory.EncryptionRequired:
		return rule(entra.WrongConfig, configurationError, codeSealing, "%v", r)
	case directory.Unreachable:
		return rule(entra.AgentUnavailable, unknownError, "", "%v", r)
	}
	if r.Op == "bind" { // the connector account's own
		return rule(entra.WrongConfig, configurationError, "", "%v", r)
	}
	return rule(entra.UnknownFailure, unknownError, "", "%v", r)
}
