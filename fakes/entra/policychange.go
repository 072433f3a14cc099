package entra

import (
	"context"
	"fmt"
	"reflect"
)

// SetPolicy saves the Password reset policy in actor's name, a person's or an
// application's, and audits every
// setting that changed with its old and new value (R-POL-09), the writeback
// switch also as what it is (R-POL-77). Whether it may be saved is for
// [Policy.Problems] to say.
func (t *Tenant) SetPolicy(actor Party, next Policy) {
	t.mu.Lock()
	old := t.policy
	t.policy = next.clone()
	t.mu.Unlock()
	changes := policyChanges(old, next)
	if len(changes) == 0 {
		return
	}
	target := Party{Name: "Password reset policy", Type: "Policy"}
	t.Record(AuditEntry{Service: SSPRService, Category: "Policy", Activity: ActivityPolicy, Success: true, Actor: actor, Target: target, Changes: changes})
	if old.WriteBack != next.WriteBack {
		activity := ActivityDisableWB
		if next.WriteBack {
			activity = ActivityEnableWB
		}
		t.Record(AuditEntry{Service: SSPRService, Category: "DirectoryManagement", Activity: activity, Success: true, Actor: actor, Target: Party{Name: t.Organisation(), Type: "Directory"}})
	}
}

func policyChanges(old, next Policy) (changes []Change) {
	a, b := reflect.ValueOf(old), reflect.ValueOf(next)
	for i := range a.NumField() {
		was, is := a.Field(i).Interface(), b.Field(i).Interface()
		if !reflect.DeepEqual(was, is) {
			changes = append(changes, Change{a.Type().Field(i).Name, settingText(was), settingText(is)})
		}
	}
	return changes
}

func settingText(v any) string {
	if s, ok := v.(MethodSet); ok {
		return fmt.Sprint(s.List())
	}
	return fmt.Sprint(v)
}

// AdminReset resets target's password in actor's name: a temporary one, drawn
// here and returned, for a cloud-only user (R-CHG-21); the given one, written
// back, for a hybrid user (R-CHG-22). The user must change it at the next
// sign-in. Nobody is mailed (R-NOT-06).
func (t *Tenant) AdminReset(ctx context.Context, actor, target User, password string) (temporary string, refused *Refusal) {
	detail := "None"
	if target.Synced() {
		detail = t.agentDetail(target)
		refused = t.adminWriteback(ctx, target, password)
	} else {
		temporary = "Lab-" + t.codes.Text(8, "abcdefghkmnpqrstuvwxyz") + t.codes.Digits(2)
		if err := t.SetPassword(target.ID, temporary, true); err != nil {
			refused = &Refusal{Text: err.Error(), Rule: "R-PWD-44"}
		}
	}
	t.Record(AuditEntry{Service: SSPRService, Activity: ActivityAdminReset, Success: refused == nil, Reason: auditReason(refused),
		Actor: actor.By(), Target: target.By(), Details: []Detail{{"OnPremisesAgent", detail}}})
	if refused != nil {
		return "", refused
	}
	return temporary, nil
}

func (t *Tenant) adminWriteback(ctx context.Context, target User, password string) *Refusal {
	switch {
	case !t.Policy().WriteBack || !t.Agent().State().Configured: // R-PWD-45
		return &Refusal{Text: "This user's password is managed on-premises and writeback is not enabled.", Rule: "R-PWD-45", audit: reasonManaged}
	case password == "":
		return &Refusal{Text: "Enter a new password for this user.", Rule: "R-CHG-22", Retry: true}
	}
	if r := t.checkPassword(target, password); r != nil {
		return r
	}
	op := t.operation(OpAdminReset, target, password)
	op.MustChange = true
	outcome, err := t.Agent().Do(ctx, op)
	if r := refusalOf(outcome, err); r != nil {
		return r
	}
	now := t.Now()
	t.Update(target.ID, func(u *User) error { u.passwordChanged(now); u.smart = smartLockout{}; return nil })
	return nil
}
