package run

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/scenarios/script"
)

func (w *world) expectAudit(ctx context.Context, e *script.Expect) error {
	if len(e.Audit)+len(e.NoAudit) == 0 {
		return nil
	}
	entries, err := w.newAudit(ctx, w.since)
	if err != nil {
		return err
	}
	for _, want := range e.Audit {
		n, err := w.auditCount(ctx, want, entries)
		if err != nil {
			return err
		}
		switch {
		case want.Count != nil && n != *want.Count:
			return &mismatch{want.At, "audit entries " + describeAudit(want), fmt.Sprint(*want.Count), fmt.Sprintf("%d among %s", n, listAudit(entries))}
		case want.Count == nil && n == 0:
			return &mismatch{want.At, "audit log", describeAudit(want), listAudit(entries)}
		}
	}
	for _, want := range e.NoAudit {
		n, err := w.auditCount(ctx, want, entries)
		if err != nil {
			return err
		}
		if n > 0 {
			return &mismatch{want.At, "audit log", "no " + describeAudit(want), listAudit(entries)}
		}
	}
	return nil
}

func describeAudit(a script.AuditExpected) string {
	s := fmt.Sprintf("%q", a.Activity)
	if a.Success != nil {
		s += map[bool]string{true: ", success", false: ", failure"}[*a.Success]
	}
	if a.Reason != nil {
		s += ", reason " + a.Reason.String()
	}
	if a.Person != "" {
		s += ", about " + a.Person
	}
	if a.By != "" {
		s += ", by " + a.By
	}
	return s
}

func listAudit(entries []graphAudit) string {
	var all []string
	for _, e := range entries {
		all = append(all, fmt.Sprintf("%q %s (%s)", e.Activity, e.Result, e.Reason))
	}
	return orNone(all)
}

func (w *world) auditCount(ctx context.Context, want script.AuditExpected, entries []graphAudit) (n int, err error) {
	reason := ""
	if want.Reason != nil {
		if reason, err = w.resolve(ctx, *want.Reason); err != nil {
			return 0, err
		}
	}
	for _, e := range entries {
		switch {
		case e.Activity != want.Activity, want.Success != nil && *want.Success != (e.Result == "success"), !contains(e.Reason, reason):
		case want.Person != "" && !slices.ContainsFunc(e.Targets, func(p graphParty) bool { return strings.EqualFold(p.UPN, w.actors[want.Person].person.UPN) }):
		case want.By != "" && (e.Initiated.User == nil || !strings.EqualFold(e.Initiated.User.UPN, w.actors[want.By].person.UPN)):
		default:
			n++
		}
	}
	return n, nil
}

// expectAgent looks at the agent's event log since the step began.
func (w *world) expectAgent(ctx context.Context, e *script.Expect) error {
	if e.Agent == nil {
		return nil
	}
	events, err := w.newEvents(ctx, w.since)
	if err != nil {
		return err
	}
	var got []int
	for _, x := range events {
		got = append(got, x.ID)
	}
	rest := got
	for _, id := range e.Agent.Events {
		i := slices.Index(rest, id)
		if i < 0 {
			return &mismatch{e.Agent.At, "agent's events", fmt.Sprintf("%v in this order", e.Agent.Events), fmt.Sprint(got)}
		}
		rest = rest[i+1:]
	}
	for _, id := range e.Agent.NoEvents {
		if slices.Contains(got, id) {
			return &mismatch{e.Agent.At, "agent's events", fmt.Sprintf("no %d", id), fmt.Sprint(got)}
		}
	}
	return nil
}
