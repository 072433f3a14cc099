// Package clock is the lab's one clock. Every part of a lab reads the time
// here and nowhere else, so a lab can be set to any date and moved forward,
// and lockout windows, code lifetimes and password ages follow.
//
// Modelled: a clock that runs at the speed of the machine's, from any start,
// and jumps forward. Not modelled: going back, standing still, and the clock
// of TLS and cookies, which live in real time.
package clock

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Clock tells the lab's time. The zero value shows the machine's time; use
// [New] for another start. A Clock must not be copied after first use.
type Clock struct {
	advancing sync.Mutex // one Advance at a time, so that timers fire in order

	mu     sync.Mutex
	offset time.Duration // what the lab is ahead of the machine
	timers []*Timer
	moving bool // Advance is at work: no timer fires by itself
}

// New returns a clock that shows start now and runs on from there.
func New(start time.Time) *Clock {
	return &Clock{offset: time.Until(start)}
}

// Ahead returns a clock that is ahead of the machine's by d; below zero, it is
// behind. The clocks of one lab's processes are told apart by nothing else.
func Ahead(d time.Duration) *Clock { return &Clock{offset: d} }

// Ahead returns how far the clock is ahead of the machine's.
func (c *Clock) Ahead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset
}

// Now returns the lab's time in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time { return time.Now().Add(c.offset).Round(0).UTC() }

// Since returns how long ago t was on the lab's clock.
func (c *Clock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// A Timer is a call that waits for its moment on the lab's clock.
type Timer struct {
	clock *Clock
	due   time.Time
	call  func()
	real  *time.Timer
}

// AfterFunc calls f once, d from now on the lab's clock: in a goroutine of its
// own when the time comes by itself, in the goroutine of [Clock.Advance] when
// the clock is moved past it.
func (c *Clock) AfterFunc(d time.Duration, f func()) *Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &Timer{clock: c, due: c.now().Add(d), call: f}
	c.timers = append(c.timers, t)
	t.real = time.AfterFunc(d, t.fire)
	return t
}

// fire makes the call when its time has come by itself. While the clock is
// moved, that is the business of [Clock.Advance], which sets the timers that
// are left anew.
func (t *Timer) fire() {
	if t.clock.take(t, true) {
		t.call()
	}
}

// Stop keeps the call from happening and reports whether it was in time.
func (t *Timer) Stop() bool { return t.clock.take(t, false) }

// take removes t from the waiting timers; whoever succeeds owns the call. A
// timer that fires by itself has no success while the clock is moved.
func (c *Clock) take(t *Timer, byItself bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if byItself && c.moving {
		return false
	}
	i := slices.Index(c.timers, t)
	if i < 0 {
		return false
	}
	c.timers = slices.Delete(c.timers, i, i+1)
	t.real.Stop()
	return true
}

// Advance moves the clock forward by d. Timers that fall due on the way are
// called one after the other, each at its own moment, before Advance returns;
// a timer that sets the next one (a heartbeat) therefore beats as often as it
// would have in real time. It panics if d is negative: lab time never goes
// back.
func (c *Clock) Advance(d time.Duration) {
	if d < 0 {
		panic(fmt.Sprintf("clock: advance by %s: lab time never goes back", d))
	}
	c.advancing.Lock()
	defer c.advancing.Unlock()
	target := c.Now().Add(d)
	c.setMoving(true)
	defer c.setMoving(false)
	for {
		t := c.nextBefore(target)
		if t == nil {
			return
		}
		t.call()
	}
}

// setMoving stops the timers from firing by themselves, or lets them again,
// each when it is due by then.
func (c *Clock) setMoving(moving bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moving = moving
	for _, t := range c.timers {
		if moving {
			t.real.Stop()
		} else {
			t.real.Reset(t.due.Sub(c.now()))
		}
	}
}

// nextBefore takes the next timer due by target, moves the clock to it and
// returns it; without one it moves the clock to target and returns nil.
func (c *Clock) nextBefore(target time.Time) *Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := -1
	for i, t := range c.timers {
		if !t.due.After(target) && (next < 0 || t.due.Before(c.timers[next].due)) {
			next = i
		}
	}
	to := target
	var taken *Timer
	if next >= 0 {
		taken = c.timers[next]
		to = taken.due
		c.timers = slices.Delete(c.timers, next, next+1)
		taken.real.Stop()
	}
	if step := to.Sub(c.now()); step > 0 {
		c.offset += step
	}
	return taken
}

// Set moves the clock forward to t, as [Clock.Advance] does. It returns an
// error, and moves nothing, when t is in the lab's past.
func (c *Clock) Set(t time.Time) error {
	now := c.Now()
	if t.Before(now) {
		return fmt.Errorf("set clock to %s: it already shows %s, and lab time never goes back",
			t.Format(time.RFC3339), now.Format(time.RFC3339))
	}
	c.Advance(t.Sub(now))
	return nil
}
