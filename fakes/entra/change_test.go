package entra_test

import (
	"slices"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

func TestAChangeInTheCloud(t *testing.T) { // R-CHG-02..08, R-CHG-11
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	b.policy(func(p *entra.Policy) { p.Enabled, p.WriteBack = entra.None, false }) // R-CHG-04, R-CHG-05: they do not matter
	for _, c := range []struct {
		name, old, new string
		want           string
		reason         string
	}{
		{"wrong old password", thirdPass, newPass, "R-CHG-07 retry=true code=0", "The current password is not right."},
		{"the same again", oldPass, oldPass, "R-CHG-08 retry=true code=0", "Choose a password that you have not just used."},
		{"a banned one", oldPass, "P@ssw0rd1", "R-PWD-23 retry=true code=0", "FuzzyPolicyViolationInvalidPassword"},
		{"a good one", oldPass, newPass, "done", ""},
	} {
		if got := refusal(b.Change(t.Context(), b.now(u), c.old, c.new)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if e := b.lastAudit(entra.ActivityChange); e.Success != (c.want == "done") || e.Reason != c.reason || e.Actor.ID != u.ID {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
	if b.signIn(u, newPass) != entra.SignedIn || b.signIn(u, oldPass) != entra.WrongCredentials {
		t.Error("the new password does not serve alone")
	}
	if r := b.Change(t.Context(), b.now(u), newPass, oldPass); r != nil { // R-PWD-05: a history of one
		t.Errorf("the password before the last: %v", r)
	}
}

func TestAForcedChangeIsOverWhenItIsMade(t *testing.T) { // R-CHG-14
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	b.must(b.SetPassword(u.ID, oldPass, true))
	if r := b.Change(t.Context(), b.now(u), oldPass, newPass); r != nil {
		t.Fatal(r)
	}
	after := b.now(u)
	if after.MustChange || b.clock.Since(after.SessionsValidFrom) > time.Minute || b.signIn(u, newPass) != entra.SignedIn {
		t.Errorf("%+v", after)
	}
}

func TestAChangeOnPremises(t *testing.T) { // R-CHG-06, R-CHG-07, R-CHG-09, R-GAP-32
	b := newBench(t, entra.Now, "")
	u := b.hybrid("adele")
	if r := b.Change(t.Context(), u, oldPass, newPass); r != nil {
		t.Fatal(r)
	}
	ops := b.agent.operations()
	if len(ops) != 1 || ops[0].Kind != entra.OpChange || ops[0].OldPassword != oldPass || ops[0].Password != newPass {
		t.Errorf("%+v", ops)
	}
	for _, c := range []struct {
		result       entra.Result
		want, reason string
	}{
		{entra.WrongPassword, "R-CHG-07 retry=true code=0", "The current password is not right."},
		{entra.LockedOut, "R-GAP-32 retry=true code=0", "Your account is locked. Unlock it or reset your password first."},
		{entra.PolicyRefused, "R-RST-52 retry=true code=0", "The password does not meet the on-premises policy."},
		{entra.NoPermission, "R-ELG-20 retry=false code=29", problem},
		{entra.AgentUnavailable, "R-ELG-20a retry=false code=30", unreachable},
	} {
		b.agent.answer(c.result, nil)
		if got := refusal(b.Change(t.Context(), u, oldPass, newPass)); got != c.want {
			t.Errorf("%s: %s, want %s", c.result, got, c.want)
		}
		if e := b.lastAudit(entra.ActivityChange); e.Success || e.Reason != c.reason {
			t.Errorf("%s: the audit log says %q, want %q", c.result, e.Reason, c.reason)
		}
	}
}

// TestAChangeNeedsWriteback and is told apart from what the cloud refuses
// (R-CHG-06, R-POL-73, R-WB-12, T-22).
func TestAChangeNeedsWriteback(t *testing.T) {
	for what, take := range map[string]func(*bench){
		"switched off": func(b *bench) { b.policy(func(p *entra.Policy) { p.WriteBack = false }) },
		"not set up":   func(b *bench) { b.agent.state.Configured = false },
	} {
		b := newBench(t, entra.Now, "")
		u := b.hybrid("adele")
		take(b)
		if got := refusal(b.Change(t.Context(), u, oldPass, newPass)); got != "R-CHG-06 retry=false code=0" {
			t.Errorf("%s: %s", what, got)
		}
		if e := b.lastAudit(entra.ActivityChange); e.Success || e.Reason != "User's password is managed on-premises." {
			t.Errorf("%s: %+v", what, e)
		}
		if n := len(b.agent.operations()); n != 0 {
			t.Errorf("%s: the agent was asked %d times", what, n)
		}
	}
	b := newBench(t, entra.Now, "")
	if r := b.Change(t.Context(), b.hybrid("adele"), oldPass, "P@ssw0rd1"); r == nil || len(b.agent.operations()) != 0 { // R-PWD-12
		t.Errorf("a banned password: %v", r)
	}
}

func TestAnAdministratorResetsACloudOnlyUser(t *testing.T) { // R-CHG-21, R-PWD-44, R-AUD-03
	b := newBench(t, entra.Now, "")
	ga, u := b.admin("ada", entra.GlobalAdministrator), b.person("adele")
	temporary, r := b.AdminReset(t.Context(), ga, u, newPass)
	if r != nil || len(temporary) < 8 || temporary == newPass {
		t.Fatalf("%q, %v", temporary, r)
	}
	if b.signIn(u, temporary) != entra.PasswordOutdated || b.signIn(u, oldPass) != entra.WrongCredentials || b.signIn(u, newPass) != entra.WrongCredentials {
		t.Error("the temporary password does not serve alone, or need not be changed")
	}
	if r := b.Change(t.Context(), b.now(u), temporary, newPass); r != nil || b.signIn(u, newPass) != entra.SignedIn {
		t.Errorf("the change at the next sign-in: %v", r)
	}
	e := b.lastAudit(entra.ActivityAdminReset)
	if !e.Success || e.Actor.ID != ga.ID || e.Target.ID != u.ID || !slices.Equal(e.Details, []entra.Detail{{Key: "OnPremisesAgent", Value: "None"}}) {
		t.Errorf("%+v", e)
	}
	second, _ := b.AdminReset(t.Context(), ga, u, "")
	if second == temporary {
		t.Error("the second temporary password is the first")
	}
}

func TestAnAdministratorResetsAHybridUser(t *testing.T) { // R-CHG-22, R-PWD-44, R-PWD-45, R-WB-18
	b := newBench(t, entra.Now, "")
	ga, u := b.admin("ada", entra.GlobalAdministrator), b.hybrid("adele")
	if temporary, r := b.AdminReset(t.Context(), ga, u, newPass); r != nil || temporary != "" {
		t.Fatalf("%q, %v", temporary, r)
	}
	ops := b.agent.operations()
	if len(ops) != 1 || ops[0].Kind != entra.OpAdminReset || !ops[0].MustChange || ops[0].Password != newPass {
		t.Errorf("%+v", ops)
	}
	if e := b.lastAudit(entra.ActivityAdminReset); !e.Success || !slices.Equal(e.Details, []entra.Detail{{Key: "OnPremisesAgent", Value: "Microsoft Entra Connect"}}) {
		t.Errorf("%+v", e)
	}
	if after := b.now(u); after.SessionsValidFrom.IsZero() {
		t.Error("sessions go on")
	}
	for _, c := range []struct {
		name, password string
		before         func()
		want, reason   string
	}{
		{"no password", "", func() {}, "R-CHG-22 retry=true code=0", "Enter a new password for this user."},
		{"a banned one", "P@ssw0rd1", func() {}, "R-PWD-23 retry=true code=0", "FuzzyPolicyViolationInvalidPassword"},
		{"the directory's policy", newPass, func() { b.agent.answer(entra.PolicyRefused, nil) }, "R-RST-52 retry=true code=0", "The password does not meet the on-premises policy."},
		{"no rights", newPass, func() { b.agent.answer(entra.NoPermission, nil) }, "R-ELG-20 retry=false code=29", problem},
		{"no agent", newPass, func() { b.agent.answer("", entra.ErrUnreachable) }, "R-ELG-20a retry=false code=30", unreachable},
		{"writeback off", newPass, func() { b.policy(func(p *entra.Policy) { p.WriteBack = false }) }, "R-PWD-45 retry=false code=0", "User's password is managed on-premises."},
	} {
		c.before()
		temporary, r := b.AdminReset(t.Context(), ga, u, c.password)
		if got := refusal(r); got != c.want || temporary != "" {
			t.Errorf("%s: %s, %q, want %s", c.name, got, temporary, c.want)
		}
		if e := b.lastAudit(entra.ActivityAdminReset); e.Success || e.Reason != c.reason {
			t.Errorf("%s: the audit log says %q, want %q", c.name, e.Reason, c.reason)
		}
	}
}
