package entra

import (
	"context"
	"errors"
	"strings"
)

// SignIn is the verdict on a user name and a password, as the number of the
// AADSTS error that reports it; 0 is success (R-CHG-15).
type SignIn int

// The verdicts of section 5.2 and of the token endpoint.
const (
	SignedIn         SignIn = 0
	UnknownUserName  SignIn = 50034
	SmartLocked      SignIn = 50053 // by the cloud or, for a hybrid user, by the directory
	PasswordOutdated SignIn = 50055 // expired or to be changed now
	NoPassword       SignIn = 50056
	UserDisabled     SignIn = 50057
	WrongCredentials SignIn = 50126
	OnPremExpired    SignIn = 50144
	AgentDown        SignIn = 80001
)

// Authenticate checks a password: against the cloud's own verifier for a
// cloud-only user, through the agent against the directory for a hybrid one
// (R-AAC-41). It counts for smart lockout (R-PWD-34..38) and changes nothing
// else.
func (t *Tenant) Authenticate(ctx context.Context, userName, password string) (User, SignIn) {
	u, ok := t.User(strings.TrimSpace(userName))
	if !ok {
		return User{}, UnknownUserName
	}
	switch {
	case password == "": // a directory takes a bind without one for anonymous
		return u, WrongCredentials
	case u.smart.locked(t.Now()):
		return u, SmartLocked
	}
	verdict := t.check(ctx, u, password)
	if verdict == WrongCredentials || verdict == SignedIn || verdict == PasswordOutdated {
		u = t.noteAttempt(u, password, verdict == WrongCredentials)
	}
	return u, verdict
}

func (t *Tenant) check(ctx context.Context, u User, password string) SignIn {
	if u.Synced() {
		return t.checkOnPremises(ctx, u, password)
	}
	switch {
	case u.password.hash == nil:
		return NoPassword
	case !u.password.matches(password):
		return WrongCredentials
	case !u.Enabled:
		return UserDisabled
	case u.MustChange:
		return PasswordOutdated
	}
	return SignedIn
}

func (t *Tenant) checkOnPremises(ctx context.Context, u User, password string) SignIn {
	outcome, err := t.Agent().Do(ctx, t.operation(OpValidate, u, password))
	if err != nil {
		t.Log().Warn("validate on-premises", "user", u.UPN, "error", err)
		return AgentDown
	}
	switch outcome.Result {
	case Done:
		if !u.Enabled {
			return UserDisabled
		}
		return SignedIn
	case WrongPassword, UserNotFound:
		return WrongCredentials
	case LockedOut:
		return SmartLocked
	case AccountDisabled, AccountExpired:
		return UserDisabled
	case MustChangeFirst:
		return PasswordOutdated
	case PasswordExpired:
		return OnPremExpired
	}
	return AgentDown
}

// operation starts an operation of kind for u with the new (or only) password.
func (t *Tenant) operation(kind Kind, u User, password string) Operation {
	return Operation{
		Kind: kind, TrackingID: t.ids.GUID(), CloudAnchor: "User_" + u.ID,
		SourceAnchor: u.OnPremises.ImmutableID, UPN: u.UPN, Password: password,
	}
}

// noteAttempt keeps the smart-lockout count of u.
func (t *Tenant) noteAttempt(u User, password string, failed bool) User {
	if !failed && u.smart.failures == 0 && u.smart.locks == 0 {
		return u
	}
	u, _ = t.Update(u.ID, func(u *User) error {
		if failed {
			u.smart.fail(password, !u.Synced(), t.Now())
		} else {
			u.smart = smartLockout{}
		}
		return nil
	})
	return u
}

// SetPassword sets a cloud-only user's password without any check, as set-up
// and administrators do. It ends a smart lockout (R-PWD-39).
func (t *Tenant) SetPassword(key, password string, mustChange bool) error {
	now := t.Now()
	fresh := newCredential(password)
	_, err := t.Update(key, func(u *User) error {
		if u.Synced() {
			return errors.New("the password of " + u.UPN + " is managed on-premises")
		}
		u.setPassword(fresh, mustChange, now)
		u.smart = smartLockout{}
		return nil
	})
	return err
}
