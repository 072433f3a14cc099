package entra

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra/password"
)

// Refusal says why the tenant did not do what was asked with a password.
type Refusal struct {
	Text string // for the person
	Rule string
	// Retry: another password may do; the gates are not repeated (R-RST-51).
	Retry bool
	// Code is the page to show when no retry helps; 0 for none.
	Code Code

	audit string // reason in the audit log; "" = Text
}

func (r *Refusal) Error() string { return r.Text + " (" + r.Rule + ")" }

// checkPassword is what the cloud says of a new password before anybody else
// is asked: length and classes for cloud-only users alone (R-PWD-13), the
// banned check for all (R-PWD-12).
func (t *Tenant) checkPassword(u User, candidate string) *Refusal {
	if !u.Synced() {
		limits := password.Today
		if t.Era() == Era2019 {
			limits = password.Era2019
		}
		if r := password.Form(candidate, limits); r != nil {
			return &Refusal{Text: r.Text, Rule: r.Rule, Retry: true, audit: reasonFuzzy}
		}
	}
	names := []string{u.GivenName, u.Surname, t.Organisation()}
	if r := password.Banned(candidate, t.Banned(), names); r != nil {
		return &Refusal{Text: r.Text, Rule: r.Rule, Retry: true, audit: reasonFuzzy}
	}
	return nil
}

// The reasons that the audit log gives for a refusal (R-AUD-02, R-AUD-04,
// R-AUD-30, R-AUD-34e).
const (
	reasonFuzzy       = "FuzzyPolicyViolationInvalidPassword" // by the cloud
	reasonManaged     = "User's password is managed on-premises."
	reasonUnreachable = "We could not reach your on-premises password reset service."
	reasonProblem     = "We encountered a problem while resetting the user's on-premises password."
	reasonPolicy      = "The password does not meet the on-premises policy." // the lab's words
)

// Reset gives u a new password after the gates were passed: the cloud's check,
// then on-premises for a hybrid user (R-RST-49, R-RST-50). On success it ends
// sessions, clears locks and counters (R-RST-58, R-RST-59), writes the audit
// trail of R-WB-43 and notifies. correlation ties the audit entries together.
func (t *Tenant) Reset(ctx context.Context, u User, candidate, correlation string) *Refusal {
	t.Progress(u, correlation, "User submitted a new password", true)
	r := t.checkPassword(u, candidate)
	if r == nil {
		r = t.writeReset(ctx, u, candidate)
	}
	if r != nil {
		t.Record(AuditEntry{Service: SSPRService, Activity: ActivityReset, Reason: auditReason(r), Target: u.By(), Correlation: correlation})
		return r
	}
	u = t.settle(u, true)
	for _, activity := range []string{ActivityCoreReset, ActivityTokensValidFrom} {
		t.Record(AuditEntry{Service: CoreDirectory, Activity: activity, Success: true, Target: u.By(), Correlation: correlation})
	}
	t.Record(AuditEntry{Service: SSPRService, Activity: ActivityReset, Success: true, Reason: "Successfully completed reset.", Target: u.By(),
		Correlation: correlation, Details: []Detail{{"OnPremisesAgent", t.agentDetail(u)}}})
	t.Progress(u, correlation, "User successfully reset password", true)
	t.NotifyReset(ctx, u)
	return nil
}

// writeReset puts the password where it belongs (R-WB-10).
func (t *Tenant) writeReset(ctx context.Context, u User, candidate string) *Refusal {
	if u.Synced() {
		outcome, err := t.Agent().Do(ctx, t.operation(OpReset, u, candidate))
		return refusalOf(outcome, err)
	}
	fresh := newCredential(candidate)
	now := t.Now()
	if _, err := t.Update(u.ID, func(u *User) error { u.setPassword(fresh, false, now); return nil }); err != nil {
		return vanished()
	}
	return nil
}

// vanished refuses to touch a user who is deleted meanwhile.
func vanished() *Refusal {
	return &Refusal{Text: "Your account does not exist any more. Contact your administrator.", Rule: "R-ELG-03"}
}

// settle is what a new password does beside itself; a reset clears the
// self-service counters too (R-RST-59, R-RST-72).
func (t *Tenant) settle(u User, reset bool) User {
	now := t.Now()
	settled, err := t.Update(u.ID, func(u *User) error {
		u.passwordChanged(now)
		u.MustChange = false
		u.smart = smartLockout{}
		if reset {
			u.throttles, u.blocked = nil, time.Time{}
		}
		return nil
	})
	if err != nil { // deleted meanwhile
		return u
	}
	return settled
}

func (t *Tenant) agentDetail(u User) string {
	if !u.Synced() {
		return "None"
	}
	return "Microsoft Entra Connect" // an identifier of the log (R-AUD-03)
}

// refusalOf turns the agent's answer into what the person is told.
func refusalOf(o Outcome, err error) *Refusal {
	if err != nil {
		o.Result = AgentUnavailable
	}
	switch o.Result {
	case Done:
		return nil
	case PolicyRefused:
		return &Refusal{Text: "This password does not meet your organisation's requirements for length, complexity, age or history. Choose a different one.",
			Rule: "R-RST-52", Retry: true, audit: reasonPolicy}
	case WrongPassword:
		return wrongCurrent()
	case LockedOut:
		return &Refusal{Text: "Your account is locked. Unlock it or reset your password first.", Rule: "R-GAP-32", Retry: true}
	case AgentUnavailable:
		return &Refusal{Text: "Your organisation's password service cannot be reached right now. Try again later, or contact your administrator.",
			Rule: "R-ELG-20a", Code: OnPremisesConnectivityError, audit: reasonUnreachable}
	}
	return &Refusal{Text: "Your organisation's configuration of password reset has a problem. Ask your administrator to look into it.",
		Rule: "R-ELG-20", Code: OnPremisesAdminActionRequired, audit: reasonProblem}
}

// wrongCurrent refuses a change whose old password is wrong.
func wrongCurrent() *Refusal {
	return &Refusal{Text: "The current password is not right.", Rule: "R-CHG-07", Retry: true}
}

// auditReason is the reason of r in the audit log, "" for none.
func auditReason(r *Refusal) string {
	if r == nil {
		return ""
	}
	return cmp.Or(r.audit, r.Text)
}

// Unlock removes the lock of a hybrid user without a new password (R-RST-85,
// R-RST-86). Smart lockout goes on (R-RST-87), nobody is mailed (R-RST-89).
func (t *Tenant) Unlock(ctx context.Context, u User, correlation string) *Refusal {
	r := vanished() // or not of the directory any more
	if u.Synced() {
		r = refusalOf(t.Agent().Do(ctx, t.operation(OpUnlock, u, "")))
	}
	t.Record(AuditEntry{Service: SSPRService, Activity: ActivityUnlock, Success: r == nil, Reason: auditReason(r), Target: u.By(), Correlation: correlation})
	return r
}

// Change replaces a known password (R-CHG-02..11). For a hybrid user the
// directory makes a real change, with history and minimum age (R-CHG-09); a
// cloud-only user may not keep the last password (R-CHG-08).
func (t *Tenant) Change(ctx context.Context, u User, old, candidate string) *Refusal {
	r := t.checkPassword(u, candidate)
	if r == nil {
		r = t.change(ctx, u, old, candidate)
	}
	t.Record(AuditEntry{Service: SSPRService, Activity: ActivityChange, Success: r == nil, Reason: auditReason(r), Target: u.By()})
	if r == nil {
		t.settle(u, false)
	}
	return r
}

func (t *Tenant) change(ctx context.Context, u User, old, candidate string) *Refusal {
	if u.Synced() {
		return t.changeOnPremises(ctx, u, old, candidate)
	}
	fresh, now := newCredential(candidate), t.Now()
	refused := vanished()
	t.Update(u.ID, func(u *User) error {
		switch {
		case !u.password.matches(old):
			refused = wrongCurrent()
		case old == candidate:
			refused = &Refusal{Text: "Choose a password that you have not just used.", Rule: "R-CHG-08", Retry: true}
		default:
			u.setPassword(fresh, false, now)
			refused = nil
			return nil
		}
		return errors.New("refused")
	})
	return refused
}

func (t *Tenant) changeOnPremises(ctx context.Context, u User, old, candidate string) *Refusal {
	if !t.Policy().WriteBack || !t.Agent().State().Configured {
		return &Refusal{Text: "Your organisation manages your password elsewhere. It cannot be changed here.", Rule: "R-CHG-06", audit: reasonManaged}
	}
	op := t.operation(OpChange, u, candidate)
	op.OldPassword = old
	outcome, err := t.Agent().Do(ctx, op)
	return refusalOf(outcome, err)
}

// Progress writes one step of a reset into the audit log, with a text of
// R-AUD-12..21.
func (t *Tenant) Progress(u User, correlation, text string, success bool) {
	t.Record(AuditEntry{Service: SSPRService, Activity: ActivityProgress, Success: success, Reason: text, Target: u.By(), Correlation: correlation})
}
