package entra_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// counted are the attempts of section 3.7: how many are let through in which
// time, and what the audit log says when one too many is made.
var counted = []struct {
	name    string
	attempt entra.Attempt
	allowed int
	window  time.Duration
	reason  string
}{
	{"mailed code, R-RST-68", entra.WrongMailCode, 5, 24 * time.Hour, "User failed to prove their identity too many times and is blocked for 24 hours"},
	{"texted code, R-RST-69", entra.WrongTextCode, 5, time.Hour, "User entered too many invalid SMS verification codes and is blocked for 24 hours"},
	{"call to the mobile, R-RST-69", entra.FailedMobileCall, 5, time.Hour, "User tried mobile phone voice verification too many times and is blocked for 24 hours"},
	{"call to the office, R-RST-69", entra.FailedOfficeCall, 5, time.Hour, "User tried office phone voice verification too many times and is blocked for 24 hours"},
	{"number, R-RST-24", entra.WrongNumber, 5, time.Hour, "User tried to verify a phone number too many times and is blocked for 24 hours"},
	{"texts sent, R-RST-69", entra.SentText, 5, time.Hour, "User tried to verify a phone number too many times and is blocked for 24 hours"},
	{"questions, R-RST-70", entra.WrongAnswer, 5, time.Hour, "User tried to answer security questions too many times and is blocked for 24 hours"},
	{"mails sent, R-RST-71", entra.SentMail, 10, 10 * time.Minute, "User requested too many e-mail codes and is blocked for 24 hours"},
	{"app, R-RST-71a", entra.WrongAppCode, 5, time.Hour, "User failed to prove their identity too many times and is blocked for 24 hours"},
}

// TestOneAttemptTooManyBlocks: so many are let through, the next one blocks for
// 24 hours from then (R-RST-68..75, R-RST-78, R-GAP-61).
func TestOneAttemptTooManyBlocks(t *testing.T) {
	for _, c := range counted {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, entra.Now, "")
			u := b.person("adele")
			for i := range c.allowed {
				if b.Count(u.ID, c.attempt) {
					t.Fatalf("attempt %d of %d blocked", i+1, c.allowed)
				}
			}
			if v := b.Decide(b.now(u)); v.Reason != entra.Eligible || len(b.trail("")) != 0 {
				t.Fatalf("before the limit: %q, %q", v.Reason, b.trail(""))
			}
			if !b.Count(u.ID, c.attempt) {
				t.Fatalf("attempt %d did not block", c.allowed+1)
			}
			e := b.lastAudit(entra.ActivityBlocked) // R-RST-74, R-AUD-01, R-AUD-27, R-AUD-34c
			if !e.Success || e.Reason != c.reason || e.Target.ID != u.ID || e.Actor != e.Target || e.Service != entra.SSPRService {
				t.Errorf("%+v", e)
			}
			for _, step := range []struct {
				after time.Duration
				want  entra.Reason
			}{{0, entra.Throttled}, {24*time.Hour - time.Minute, entra.Throttled}, {2 * time.Minute, entra.Eligible}} { // R-RST-73
				b.clock.Advance(step.after)
				if v := b.Decide(b.now(u)); v.Reason != step.want {
					t.Errorf("%s later: %q, want %q", step.after, v.Reason, step.want)
				}
			}
		})
	}
}

// TestAttemptsAreForgotten: with the window between them nobody is ever
// blocked.
func TestAttemptsAreForgotten(t *testing.T) {
	for _, c := range counted {
		b := newBench(t, entra.Now, "")
		u := b.person("adele")
		for i := range 3 * c.allowed {
			if b.Count(u.ID, c.attempt) {
				t.Errorf("%s: attempt %d blocked", c.name, i+1)
				break
			}
			b.clock.Advance(24 * time.Hour / time.Duration(c.allowed)) // the longest window, that of failed proofs
		}
	}
}

// TestEveryFailedProofCounts: whatever failed, five proofs a day are let
// through, however slowly they come.
func TestEveryFailedProofCounts(t *testing.T) { // R-RST-68
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	for _, a := range []entra.Attempt{entra.WrongTextCode, entra.WrongAnswer, entra.WrongMailCode, entra.WrongAppCode, entra.FailedMobileCall} {
		if b.Count(u.ID, a) {
			t.Error("blocked too early")
		}
		b.clock.Advance(2 * time.Hour)
	}
	if !b.Count(u.ID, entra.WrongTextCode) {
		t.Error("the sixth failed proof in a day did not block")
	}
}

// TestTheWindowSlides: it is the last hour that counts, not the hour by the
// clock.
func TestTheWindowSlides(t *testing.T) { // R-RST-69
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	b.Count(u.ID, entra.WrongNumber)
	b.clock.Advance(59 * time.Minute)
	for range 4 {
		b.Count(u.ID, entra.WrongNumber)
	}
	b.clock.Advance(2 * time.Minute) // the first is forgotten
	if b.Count(u.ID, entra.WrongNumber) {
		t.Error("five in an hour blocked")
	}
	if !b.Count(u.ID, entra.WrongNumber) {
		t.Error("six in an hour did not")
	}
}

// TestWhatSharesACounter: everything done with a phone is one counter, mails and
// other people are apart (R-RST-69, R-RST-71).
func TestWhatSharesACounter(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u, v := b.person("adele"), b.person("bo")
	for _, a := range []entra.Attempt{entra.WrongNumber, entra.SentText, entra.WrongTextCode, entra.FailedMobileCall, entra.FailedOfficeCall} {
		if b.Count(u.ID, a) {
			t.Error("blocked too early")
		}
	}
	for range 5 {
		if b.Count(u.ID, entra.SentMail) || b.Count(v.ID, entra.WrongNumber) {
			t.Error("another counter, or another person's, counted")
		}
	}
	if !b.Count(u.ID, entra.WrongTextCode) {
		t.Error("the sixth with a phone did not block")
	}
	if b.Decide(b.now(v)).Reason != entra.Eligible {
		t.Error("another person is blocked")
	}
}

func TestTheAppIsNotCountedIn2019(t *testing.T) { // R-RST-71a
	b := newBench(t, entra.Era2019, "")
	u := b.person("adele")
	for range 20 {
		if b.Count(u.ID, entra.WrongAppCode) {
			t.Fatal("blocked")
		}
	}
	for range 6 {
		b.Count(u.ID, entra.WrongTextCode)
	}
	if v := b.Decide(b.now(u)); v.Reason != entra.Throttled {
		t.Errorf("texts are: %q", v.Reason)
	}
}

// TestABlockLastsFromTheLastAttempt (R-RST-73).
func TestABlockLastsFromTheLastAttempt(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	for range 6 {
		b.Count(u.ID, entra.WrongMailCode)
	}
	b.clock.Advance(12 * time.Hour)
	b.Count(u.ID, entra.WrongMailCode)
	b.clock.Advance(13 * time.Hour)
	if v := b.Decide(b.now(u)); v.Reason != entra.Throttled {
		t.Errorf("25 hours after the first block, 13 after the last attempt: %q", v.Reason)
	}
	b.clock.Advance(12 * time.Hour)
	if v := b.Decide(b.now(u)); v.Reason != entra.Eligible {
		t.Errorf("25 hours after the last attempt: %q", v.Reason)
	}
}

// TestAResetForgetsTheAttempts (R-RST-59, R-RST-72).
func TestAResetForgetsTheAttempts(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	for range 5 {
		b.Count(u.ID, entra.WrongNumber)
		b.Count(u.ID, entra.WrongMailCode)
	}
	if r := b.Reset(t.Context(), b.now(u), newPass, "run"); r != nil {
		t.Fatal(r)
	}
	for range 5 {
		if b.Count(u.ID, entra.WrongNumber) || b.Count(u.ID, entra.WrongMailCode) {
			t.Fatal("the attempts before the reset still count")
		}
	}
	b.Count(u.ID, entra.WrongNumber)
	if r := b.Reset(t.Context(), b.now(u), thirdPass, "run"); r != nil || b.Decide(b.now(u)).Reason != entra.Eligible {
		t.Errorf("%v: the block outlives the reset", r)
	}
}

// TestThrottleAndLockoutAreApart (R-RST-76).
func TestThrottleAndLockoutAreApart(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	for range 6 {
		b.Count(u.ID, entra.WrongNumber)
	}
	if got := b.signIn(u, oldPass); got != entra.SignedIn {
		t.Errorf("blocked from self-service, the sign-in says %d", got)
	}
	v := b.person("bo")
	lockOut(b, v)
	if got := b.Decide(b.now(v)).Reason; got != entra.Eligible { // R-ELG-33
		t.Errorf("locked out, the reset says %q", got)
	}
}

func TestABlockedPersonIsToldHowLong(t *testing.T) { // R-RST-73, R-TRB-07
	if text := entra.RefusalText(); !strings.Contains(text, "24 hours after your last attempt") || !strings.Contains(text, "contact your administrator") {
		t.Error(text)
	}
}

func TestNobodyIsCounted(t *testing.T) {
	b := newBench(t, entra.Now, "")
	if b.Count("nobody", entra.WrongNumber) || len(b.trail("")) != 0 {
		t.Errorf("%q", b.trail(""))
	}
}

func TestAttemptsAtOnceAreAllCounted(t *testing.T) { // R-GAP-61
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	const attempts = 40
	blocked := make(chan bool, attempts)
	var wg sync.WaitGroup
	for range attempts {
		wg.Go(func() { blocked <- b.Count(u.ID, entra.WrongNumber) })
	}
	wg.Wait()
	close(blocked)
	through := 0
	for b := range blocked {
		if !b {
			through++
		}
	}
	if through != 5 {
		t.Errorf("%d of %d were let through", through, attempts)
	}
}
