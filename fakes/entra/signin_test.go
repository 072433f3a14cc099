package entra_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// lockOut makes ten failed sign-ins, each with another password.
func lockOut(b *bench, u entra.User) {
	b.t.Helper()
	for i := range 10 {
		if got := b.signIn(u, fmt.Sprint("wrong ", i)); got != entra.WrongCredentials {
			b.t.Fatalf("wrong password %d: %d", i+1, got)
		}
	}
}

// TestVerdictsOfTheCloud (R-CHG-15).
func TestVerdictsOfTheCloud(t *testing.T) {
	b := newBench(t, entra.Now, "")
	ok := b.person("adele")
	disabled := b.person("dis")
	_, err := b.Update(disabled.ID, func(u *entra.User) error { u.Enabled = false; return nil })
	b.must(err)
	must := b.person("must")
	b.must(b.SetPassword(must.ID, oldPass, true))
	none := b.add(able("none"))
	for _, c := range []struct {
		name, user, password string
		want                 entra.SignIn
	}{
		{"right", ok.UPN, oldPass, entra.SignedIn},
		{"right, typed with blanks and capitals", "  ADELE@alder.example.com ", oldPass, entra.SignedIn},
		{"wrong", ok.UPN, newPass, entra.WrongCredentials},
		{"empty", ok.UPN, "", entra.WrongCredentials},
		{"blanks are part of a password", ok.UPN, oldPass + " ", entra.WrongCredentials},
		{"unknown", "nobody@alder.example.com", oldPass, entra.UnknownUserName},
		{"nothing", "", "", entra.UnknownUserName},
		{"disabled, right", disabled.UPN, oldPass, entra.UserDisabled},
		{"disabled, wrong: nothing is told", disabled.UPN, newPass, entra.WrongCredentials},
		{"must change", must.UPN, oldPass, entra.PasswordOutdated},
		{"must change, wrong", must.UPN, newPass, entra.WrongCredentials},
		{"has none", none.UPN, oldPass, entra.NoPassword},
	} {
		if _, got := b.Authenticate(t.Context(), c.user, c.password); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if n := len(b.agent.operations()); n != 0 {
		t.Errorf("the agent was asked %d times for cloud-only people", n)
	}
}

// TestVerdictsOfTheDirectory: a hybrid user's password is validated
// on-premises, whatever the cloud thinks (R-AAC-41, R-CHG-15, R-WB-110b).
func TestVerdictsOfTheDirectory(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.hybrid("adele")
	for result, want := range map[entra.Result]entra.SignIn{
		entra.Done: entra.SignedIn, entra.WrongPassword: entra.WrongCredentials, entra.UserNotFound: entra.WrongCredentials,
		entra.LockedOut: entra.SmartLocked, entra.AccountDisabled: entra.UserDisabled, entra.AccountExpired: entra.UserDisabled,
		entra.MustChangeFirst: entra.PasswordOutdated, entra.PasswordExpired: entra.OnPremExpired,
		entra.AgentUnavailable: entra.AgentDown, entra.CannotDecrypt: entra.AgentDown, entra.UnknownFailure: entra.AgentDown,
	} {
		b.agent.answer(result, nil)
		if got := b.signIn(u, oldPass); got != want {
			t.Errorf("%s: %d, want %d", result, got, want)
		}
		ops := b.agent.operations()
		if len(ops) != 1 || ops[0].Kind != entra.OpValidate || ops[0].Password != oldPass || ops[0].SourceAnchor != "anchor-adele" ||
			ops[0].CloudAnchor != "User_"+u.ID || ops[0].UPN != u.UPN || ops[0].TrackingID == "" { // R-AAC-26, R-WB-44
			t.Errorf("%s: the agent was asked %+v", result, ops)
		}
	}
	b.agent.answer("", entra.ErrUnreachable)
	if got := b.signIn(u, oldPass); got != entra.AgentDown {
		t.Errorf("no agent: %d", got)
	}
	b.agent.answer(entra.Done, nil)
	_, err := b.Update(u.ID, func(u *entra.User) error { u.Enabled = false; return nil })
	b.must(err)
	if got := b.signIn(u, oldPass); got != entra.UserDisabled {
		t.Errorf("blocked in the cloud: %d", got)
	}
}

// TestSmartLockout: ten failures lock for a minute, each one after that for
// longer; a right password in between does not help, one after it forgets all
// (R-PWD-34, R-PWD-38, R-GAP-56).
func TestSmartLockout(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u, other := b.person("adele"), b.person("bo")
	lockOut(b, u)
	if got := b.signIn(u, oldPass); got != entra.SmartLocked {
		t.Fatalf("after ten failures: %d", got)
	}
	if got := b.signIn(other, oldPass); got != entra.SignedIn {
		t.Errorf("somebody else: %d", got)
	}
	for i, lock := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		b.clock.Advance(lock - 5*time.Second)
		if got := b.signIn(u, oldPass); got != entra.SmartLocked {
			t.Errorf("lock %d, shortly before its end: %d", i+1, got)
		}
		b.clock.Advance(6 * time.Second)
		if got := b.signIn(u, fmt.Sprint("wrong again ", i)); got != entra.WrongCredentials {
			t.Errorf("lock %d, after its end: %d", i+1, got)
		}
	}
	b.clock.Advance(8*time.Minute + time.Second)
	if got := b.signIn(u, oldPass); got != entra.SignedIn {
		t.Errorf("the right password after the last lock: %d", got)
	}
	lockOut(b, u) // it takes ten again
	b.clock.Advance(time.Minute + time.Second)
	if got := b.signIn(u, oldPass); got != entra.SignedIn {
		t.Errorf("the first lock after a success lasts longer than a minute: %d", got)
	}
}

// TestTheSameWrongPasswordCountsOnce: the last three are remembered, in the
// cloud alone (R-PWD-35).
func TestTheSameWrongPasswordCountsOnce(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	for i := range 60 {
		b.signIn(u, fmt.Sprint("wrong ", i%3))
	}
	if got := b.signIn(u, oldPass); got != entra.SignedIn {
		t.Errorf("three wrong passwords over and over: %d", got)
	}
	for i := range 10 {
		b.signIn(u, fmt.Sprint("wrong ", i%4))
	}
	if got := b.signIn(u, oldPass); got != entra.SmartLocked {
		t.Errorf("four wrong passwords over and over, ten times: %d", got)
	}
	hybrid := b.hybrid("bo")
	b.agent.answer(entra.WrongPassword, nil)
	for range 10 {
		b.signIn(hybrid, "always the same")
	}
	b.agent.answer(entra.Done, nil)
	b.agent.operations()
	if got := b.signIn(hybrid, oldPass); got != entra.SmartLocked {
		t.Errorf("a hybrid user, the same ten times: %d", got)
	}
	if n := len(b.agent.operations()); n != 0 { // R-PWD-41: the cloud's lock shields the directory
		t.Errorf("the agent was asked %d times for somebody who is locked out", n)
	}
}

// TestWhatDoesNotCountForLockout: only a wrong password does.
func TestWhatDoesNotCountForLockout(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.hybrid("adele")
	for _, result := range []entra.Result{entra.LockedOut, entra.AccountDisabled, entra.PasswordExpired, entra.AgentUnavailable} {
		b.agent.answer(result, nil)
		for range 10 {
			b.signIn(u, oldPass)
		}
	}
	b.agent.answer(entra.Done, nil)
	if got := b.signIn(u, oldPass); got != entra.SignedIn {
		t.Errorf("%d", got)
	}
}

// TestHowALockoutEnds (R-PWD-37, R-PWD-39, R-RST-59, R-RST-87).
func TestHowALockoutEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*bench, entra.User) *entra.Refusal
		ends bool
	}{
		{"a reset", func(b *bench, u entra.User) *entra.Refusal { return b.Reset(t.Context(), u, newPass, "run") }, true},
		{"a change", func(b *bench, u entra.User) *entra.Refusal { return b.Change(t.Context(), u, oldPass, newPass) }, true},
		{"a reset by an administrator", func(b *bench, u entra.User) *entra.Refusal {
			_, r := b.AdminReset(t.Context(), entra.User{}, u, newPass)
			return r
		}, true},
		{"an unlock", func(b *bench, u entra.User) *entra.Refusal { return b.Unlock(t.Context(), u, "run") }, false},
	} {
		b := newBench(t, entra.Now, "")
		u := b.hybrid("adele")
		b.agent.answer(entra.WrongPassword, nil)
		lockOut(b, u)
		b.agent.answer(entra.Done, nil)
		if r := c.do(b, b.now(u)); r != nil {
			t.Errorf("%s: %v", c.name, r)
		}
		if got := b.signIn(u, newPass); (got == entra.SignedIn) != c.ends {
			t.Errorf("after %s: %d", c.name, got)
		}
	}
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	lockOut(b, u)
	temporary, r := b.AdminReset(t.Context(), entra.User{}, b.now(u), "")
	if got := b.signIn(u, temporary); r != nil || got != entra.PasswordOutdated {
		t.Errorf("a cloud-only user after a reset by an administrator: %v, %d", r, got)
	}
}

func TestSignInsAtOnceAreAllCounted(t *testing.T) { // R-PWD-34
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() { b.signIn(u, fmt.Sprint("wrong ", i)) })
	}
	wg.Wait()
	if got := b.signIn(u, oldPass); got != entra.SmartLocked {
		t.Errorf("%d", got)
	}
}

// TestAHybridUsersPasswordIsNotTheClouds (R-WB-10).
func TestAHybridUsersPasswordIsNotTheClouds(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.hybrid("adele")
	if err := b.SetPassword(u.ID, newPass, false); err == nil {
		t.Error("the cloud set it")
	}
	if got := b.now(u); !got.PasswordSet.IsZero() {
		t.Errorf("%+v", got)
	}
}
