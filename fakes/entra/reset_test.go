package entra_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// clean is the audit trail of a reset that went well (R-WB-43, R-AUD-22).
var clean = []string{
	entra.ActivityProgress + "/Success/User submitted a new password",
	entra.ActivityCoreReset + "/Success/",
	entra.ActivityTokensValidFrom + "/Success/",
	entra.ActivityReset + "/Success/Successfully completed reset.",
	entra.ActivityProgress + "/Success/User successfully reset password",
}

func TestACloudOnlyReset(t *testing.T) { // R-RST-50, R-RST-56, R-RST-58, R-WB-10
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	b.must(b.SetPassword(u.ID, oldPass, true))
	b.clock.Advance(time.Hour)
	if r := b.Reset(t.Context(), b.now(u), newPass, "run-1"); r != nil {
		t.Fatal(r)
	}
	if b.signIn(u, newPass) != entra.SignedIn || b.signIn(u, oldPass) != entra.WrongCredentials {
		t.Error("the new password does not serve alone")
	}
	after := b.now(u)
	if after.MustChange || b.clock.Since(after.SessionsValidFrom) > time.Minute || b.clock.Since(after.PasswordSet) > time.Minute {
		t.Errorf("%+v", after)
	}
	if got := b.trail("run-1"); !slices.Equal(got, clean) {
		t.Errorf("%q", got)
	}
	e := b.lastAudit(entra.ActivityReset)
	if e.Actor.ID != u.ID || e.Target.UPN != u.UPN || e.Category != "UserManagement" || e.Service != entra.SSPRService || !slices.Equal(e.Details, []entra.Detail{{Key: "OnPremisesAgent", Value: "None"}}) {
		t.Errorf("%+v", e)
	}
	if core := b.lastAudit(entra.ActivityCoreReset); core.Service != entra.CoreDirectory {
		t.Errorf("%+v", core)
	}
	if n := len(b.agent.operations()); n != 0 {
		t.Errorf("the agent was asked %d times", n)
	}
	if r := b.Reset(t.Context(), b.now(u), newPass, "run-2"); r != nil { // R-PWD-05
		t.Errorf("the last password may be used again in a reset: %v", r)
	}
}

func TestAHybridReset(t *testing.T) { // R-RST-49, R-WB-10, R-WB-44, R-AAC-26
	b := newBench(t, entra.Now, "")
	u := b.hybrid("adele")
	if r := b.Reset(t.Context(), u, newPass, "run-1"); r != nil {
		t.Fatal(r)
	}
	ops := b.agent.operations()
	if len(ops) != 1 {
		t.Fatalf("the agent was asked %d times", len(ops))
	}
	op := ops[0]
	if op.Kind != entra.OpReset || op.Password != newPass || op.OldPassword != "" || op.MustChange || op.CloudAnchor != "User_"+u.ID || op.SourceAnchor != "anchor-adele" || op.TrackingID == "" {
		t.Errorf("%+v", op)
	}
	if got := b.trail("run-1"); !slices.Equal(got, clean) {
		t.Errorf("%q", got)
	}
	if e := b.lastAudit(entra.ActivityReset); !slices.Equal(e.Details, []entra.Detail{{Key: "OnPremisesAgent", Value: "Microsoft Entra Connect"}}) {
		t.Errorf("%+v", e.Details)
	}
	if after := b.now(u); after.SessionsValidFrom.IsZero() || after.PasswordSet.IsZero() {
		t.Errorf("%+v", after)
	}
}

// TestTheCloudIsAskedFirst: what the cloud refuses never reaches the agent, and
// nothing else happens (R-RST-49, R-RST-50, R-PWD-12, R-PWD-13).
func TestTheCloudIsAskedFirst(t *testing.T) {
	for _, c := range []struct {
		name, password string
		hybrid         bool
		rule           string // "" = accepted
	}{
		{"on everybody's list", "P@ssw0rd1", true, "R-PWD-23"},
		{"on everybody's list, cloud-only", "P@ssw0rd1", false, "R-PWD-23"},
		{"on the organisation's list", "C0ntoso1", true, "R-PWD-30"},
		{"the person's name", "Lindqvist-2024", true, "R-PWD-24"},
		{"the organisation's name", "Alder Works 2024!", false, "R-PWD-24"},
		{"too short for the cloud", "Zw3!x", false, "R-PWD-01"},
		{"too short for the cloud, hybrid", "Zw3!x", true, ""},
		{"too few kinds", "quietmeadow", false, "R-PWD-02"},
		{"too few kinds, hybrid", "quietmeadow", true, ""},
		{"letters of other scripts", "Stille-Wäse-17", false, "R-PWD-04"},
		{"letters of other scripts, hybrid", "Stille-Wäse-17", true, ""},
	} {
		b := newBench(t, entra.Now, "")
		b.SetBanned([]string{"contoso"})
		u := b.person("adele")
		if c.hybrid {
			u = b.hybrid("bo")
		}
		u, _ = b.Update(u.ID, func(u *entra.User) error { u.GivenName, u.Surname = "Anna", "Lindqvist"; return nil })
		r := b.Reset(t.Context(), u, c.password, "run-1")
		asked := len(b.agent.operations())
		if c.rule == "" {
			if r != nil || asked != 1 {
				t.Errorf("%s: %v, the agent was asked %d times", c.name, r, asked)
			}
			continue
		}
		if r == nil || r.Rule != c.rule || !r.Retry || r.Code != 0 || r.Text == "" || strings.Contains(r.Error(), c.password) {
			t.Errorf("%s: %v, want %s", c.name, r, c.rule)
		}
		want := []string{clean[0], entra.ActivityReset + "/Failure/FuzzyPolicyViolationInvalidPassword"} // R-AUD-04
		if got := b.trail("run-1"); asked != 0 || !slices.Equal(got, want) {
			t.Errorf("%s: the agent was asked %d times, %q", c.name, asked, got)
		}
		if after := b.now(u); !after.SessionsValidFrom.Equal(u.SessionsValidFrom) || !after.PasswordSet.Equal(u.PasswordSet) {
			t.Errorf("%s: a refused password left its mark: %+v", c.name, after)
		}
	}
}

func TestTheCloudsLimitsFollowTheEra(t *testing.T) { // R-PWD-01, R-PWD-03, R-GAP-03
	for era, want := range map[entra.Era]string{entra.Now: "done", entra.Era2019: "R-PWD-01 retry=true code=0"} {
		b := newBench(t, era, "")
		if got := refusal(b.Reset(t.Context(), b.person("adele"), "Sunny-Harbor-42-Sunny", "run")); got != want {
			t.Errorf("%s: %s", era, got)
		}
	}
}

// onPremises are the agent's answers, what the person is told and what the
// audit log says of them (R-RST-51..54, R-ELG-20, R-ELG-20a, R-ELG-31,
// R-ELG-37, R-ELG-38, R-AUD-30).
var onPremises = []struct {
	result entra.Result
	err    error
	want   string // refusal
	reason string // of the audit entry
}{
	{entra.PolicyRefused, nil, "R-RST-52 retry=true code=0", "The password does not meet the on-premises policy."},
	{entra.NoPermission, nil, "R-ELG-20 retry=false code=29", problem},
	{entra.AccountDisabled, nil, "R-ELG-20 retry=false code=29", problem},
	{entra.UserNotFound, nil, "R-ELG-20 retry=false code=29", problem},
	{entra.SeveralUsers, nil, "R-ELG-20 retry=false code=29", problem},
	{entra.UnknownFailure, nil, "R-ELG-20 retry=false code=29", problem},
	{entra.WrongConfig, nil, "R-ELG-20 retry=false code=29", problem},
	{entra.CannotDecrypt, nil, "R-ELG-20 retry=false code=29", problem},
	{"", nil, "R-ELG-20 retry=false code=29", problem},
	{entra.AgentUnavailable, nil, "R-ELG-20a retry=false code=30", unreachable},
	{"", entra.ErrUnreachable, "R-ELG-20a retry=false code=30", unreachable},
	{"", errors.New("broken pipe"), "R-ELG-20a retry=false code=30", unreachable},
}

const (
	problem     = "We encountered a problem while resetting the user's on-premises password."
	unreachable = "We could not reach your on-premises password reset service."
)

func TestWhatTheDirectorySaysOfAReset(t *testing.T) {
	for _, c := range onPremises {
		b := newBench(t, entra.Now, "")
		u := b.hybrid("adele")
		b.Count(u.ID, entra.WrongNumber)
		b.agent.answer(c.result, c.err)
		r := b.Reset(t.Context(), b.now(u), newPass, "run-1")
		if got := refusal(r); got != c.want {
			t.Errorf("%q, %v: %s, want %s", c.result, c.err, got, c.want)
		}
		if want := []string{clean[0], entra.ActivityReset + "/Failure/" + c.reason}; !slices.Equal(b.trail("run-1"), want) {
			t.Errorf("%q, %v: %q", c.result, c.err, b.trail("run-1"))
		}
		if strings.Contains(r.Error(), "for the log") {
			t.Errorf("%q: the person reads the agent's detail", c.result)
		}
		for range 4 {
			b.Count(u.ID, entra.WrongNumber)
		}
		if after := b.now(u); !after.SessionsValidFrom.IsZero() || !b.Count(u.ID, entra.WrongNumber) {
			t.Errorf("%q, %v: a failed reset ended sessions or cleared counters: %+v", c.result, c.err, after)
		}
	}
}

// TestARefusedPasswordMayBeFollowedByAnother (R-RST-51, R-RST-52, T-23).
func TestARefusedPasswordMayBeFollowedByAnother(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.hybrid("adele")
	b.agent.answer(entra.PolicyRefused, nil)
	first := b.Reset(t.Context(), u, newPass, "run-1")
	b.agent.answer(entra.Done, nil)
	second := b.Reset(t.Context(), u, thirdPass, "run-1")
	if first == nil || !first.Retry || second != nil || len(b.agent.operations()) != 2 {
		t.Errorf("%v, %v", first, second)
	}
}

// TestSomebodyIsDeletedMeanwhile: nothing is reported that did not happen.
func TestSomebodyIsDeletedMeanwhile(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	b.must(b.RemoveUser(u.ID))
	if r := b.Reset(t.Context(), u, newPass, "run-1"); r == nil || r.Retry {
		t.Errorf("%v", r)
	}
	if r := b.Change(t.Context(), u, oldPass, newPass); r == nil || r.Retry {
		t.Errorf("%v", r)
	}
	if got := b.trail("run-1"); slices.Contains(got, clean[3]) || slices.Contains(got, clean[1]) {
		t.Errorf("%q", got)
	}
}

// TestUnlock leaves everything but the lock as it is (R-RST-85..88, R-POL-74).
func TestUnlock(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.hybrid("adele")
	before := b.now(u)
	if r := b.Unlock(t.Context(), u, "run-1"); r != nil {
		t.Fatal(r)
	}
	ops := b.agent.operations()
	if len(ops) != 1 || ops[0].Kind != entra.OpUnlock || ops[0].Password != "" || ops[0].OldPassword != "" {
		t.Errorf("%+v", ops)
	}
	if got := b.trail("run-1"); !slices.Equal(got, []string{entra.ActivityUnlock + "/Success/"}) {
		t.Errorf("%q", got)
	}
	if after := b.now(u); after.SessionsValidFrom != before.SessionsValidFrom || after.PasswordSet != before.PasswordSet {
		t.Errorf("%+v", after)
	}
	for _, c := range onPremises[1:] {
		b.agent.answer(c.result, c.err)
		if got := refusal(b.Unlock(t.Context(), u, "run-2")); got != c.want {
			t.Errorf("%q, %v: %s, want %s", c.result, c.err, got, c.want)
		}
		if e := b.lastAudit(entra.ActivityUnlock); e.Success || e.Reason != c.reason {
			t.Errorf("%q, %v: %+v", c.result, c.err, e)
		}
	}
}
