package entra

import (
	"fmt"
	"time"
)

// counter is one of the throttling counters of section 3.7.
type counter uint8

const (
	countReset counter = iota // failed proofs of identity, resets [19]
	countPhone                // numbers validated, codes of texts and calls
	countQuestions
	countMail
	countApp
)

// limit is how many attempts in what window are let through. The next one
// blocks (R-GAP-61).
type limit struct {
	attempts int
	window   time.Duration
}

var limits = map[counter]limit{
	countReset:     {5, 24 * time.Hour},    // R-RST-68
	countPhone:     {5, time.Hour},         // R-RST-69
	countQuestions: {5, time.Hour},         // R-RST-70
	countMail:      {10, 10 * time.Minute}, // R-RST-71
	countApp:       {5, time.Hour},         // R-RST-71a, [now] only
}

// blockFor is how long a person is locked out of self-service after the last
// attempt (R-RST-73).
const blockFor = 24 * time.Hour

// Attempt is something that the throttle counts.
type Attempt struct {
	counter counter
	failed  bool   // to prove an identity, which counts by itself too (R-RST-68)
	blocked string // detail of the audit entry when it blocks (R-AUD-34c)
}

// The counted attempts (R-RST-68..75).
var (
	WrongMailCode    = Attempt{countReset, true, "User failed to prove their identity too many times and is blocked for 24 hours"}
	WrongTextCode    = Attempt{countPhone, true, "User entered too many invalid SMS verification codes and is blocked for 24 hours"}
	FailedMobileCall = Attempt{countPhone, true, "User tried mobile phone voice verification too many times and is blocked for 24 hours"}
	FailedOfficeCall = Attempt{countPhone, true, "User tried office phone voice verification too many times and is blocked for 24 hours"}
	WrongNumber      = Attempt{countPhone, false, "User tried to verify a phone number too many times and is blocked for 24 hours"}
	WrongAnswer      = Attempt{countQuestions, true, "User tried to answer security questions too many times and is blocked for 24 hours"}
	WrongAppCode     = Attempt{countApp, true, "User failed to prove their identity too many times and is blocked for 24 hours"}
	SentText         = Attempt{countPhone, false, "User tried to verify a phone number too many times and is blocked for 24 hours"}
	SentMail         = Attempt{countMail, false, "User requested too many e-mail codes and is blocked for 24 hours"}
)

// Count counts an attempt of the user and reports whether it went over the
// limit, in which case the user is blocked for 24 hours and the audit log says
// so, with status Success (R-RST-74).
func (t *Tenant) Count(id string, a Attempt) (blocked bool) {
	if a.counter == countApp && t.Era() == Era2019 {
		return false
	}
	now := t.Clock().Now()
	u, err := t.Update(id, func(u *User) error {
		blocked = u.count(a.counter, now)
		if a.failed && a.counter != countReset && u.count(countReset, now) {
			blocked = true
		}
		if blocked {
			u.blocked = now.Add(blockFor)
		}
		return nil
	})
	if err == nil && blocked {
		t.Record(AuditEntry{Service: SSPRService, Activity: ActivityBlocked, Success: true, Reason: a.blocked, Target: u.By()})
	}
	return blocked
}

// count adds to one counter and reports whether that went over its limit.
func (u *User) count(c counter, now time.Time) (over bool) {
	l := limits[c]
	var recent []time.Time
	for _, at := range u.throttles[c] {
		if now.Sub(at) < l.window {
			recent = append(recent, at)
		}
	}
	if u.throttles == nil {
		u.throttles = map[counter][]time.Time{}
	}
	u.throttles[c] = append(recent, now)
	return len(recent) >= l.attempts
}

// smartLockout is the cloud's own lock after wrong passwords (R-PWD-34..37).
type smartLockout struct {
	failures int
	bad      [3]credential // the last ones are not counted again (R-PWD-35)
	next     int
	locks    int
	until    time.Time
}

// Defaults of R-PWD-34; the growth is the lab's convention (R-GAP-56).
const (
	smartThreshold = 10
	smartDuration  = time.Minute
)

func (s *smartLockout) locked(now time.Time) bool { return now.Before(s.until) }

// fail counts a wrong password, unless it is one of the last three and the
// password is known to the cloud (R-PWD-35).
func (s *smartLockout) fail(password string, remember bool, now time.Time) {
	if remember {
		for _, b := range s.bad {
			if b.matches(password) {
				return
			}
		}
		s.bad[s.next] = newCredential(password)
		s.next = (s.next + 1) % len(s.bad)
	}
	s.failures++
	if s.failures >= smartThreshold {
		s.until = now.Add(smartDuration << min(s.locks, 10))
		s.locks++
	}
}

// RefusalText is the text of a throttled person's page (R-RST-73).
func RefusalText() string {
	return fmt.Sprintf("You have tried too many times. Wait %d hours after your last attempt and try again, or contact your administrator.", int(blockFor.Hours()))
}
