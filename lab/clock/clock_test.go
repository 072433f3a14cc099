package clock

import (
	"slices"
	"testing"
	"time"
)

var start = time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC)

func TestNewShowsItsStart(t *testing.T) {
	if got := New(start).Now().Sub(start); got < 0 || got > time.Minute {
		t.Errorf("clock is %s past its start", got)
	}
}

func TestZeroClockShowsTheMachinesTime(t *testing.T) {
	var c Clock
	if d := time.Since(c.Now()); d < 0 || d > time.Minute {
		t.Errorf("zero clock is %s off", d)
	}
}

func TestAdvanceCallsTimersInOrderAtTheirMoment(t *testing.T) {
	c := New(start)
	var at []time.Duration
	note := func() { at = append(at, c.Now().Sub(start).Round(time.Minute)) }
	c.AfterFunc(20*time.Minute, note)
	c.AfterFunc(10*time.Minute, note)
	c.AfterFunc(50*time.Minute, note)
	c.Advance(30 * time.Minute)
	if want := []time.Duration{10 * time.Minute, 20 * time.Minute}; !slices.Equal(at, want) {
		t.Errorf("timers called at %v, want %v", at, want)
	}
	if got := c.Since(start).Round(time.Minute); got != 30*time.Minute {
		t.Errorf("clock moved by %s, want 30m", got)
	}
}

func TestAHeartbeatBeatsAllTheWay(t *testing.T) {
	c := New(start)
	beats := 0
	var beat func()
	beat = func() { beats++; c.AfterFunc(5*time.Minute, beat) }
	c.AfterFunc(5*time.Minute, beat)
	c.Advance(31 * time.Minute)
	if beats != 6 {
		t.Errorf("%d beats in 31 minutes, want 6", beats)
	}
}

func TestAdvanceMakesEveryDueCallItself(t *testing.T) {
	c := New(start)
	calls := 0 // written by Advance's goroutine alone, or the race detector tells
	for range 1000 {
		c.AfterFunc(time.Minute, func() { calls++ })
	}
	c.Advance(time.Minute)
	if calls != 1000 {
		t.Errorf("Advance returned after %d of 1000 calls", calls)
	}
}

func TestATimerLeftByAdvanceStillFires(t *testing.T) {
	c := New(start)
	done := make(chan struct{})
	c.AfterFunc(time.Minute+50*time.Millisecond, func() { close(done) })
	c.Advance(time.Minute)
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the timer was lost")
	}
}

func TestStoppedTimerIsNotCalled(t *testing.T) {
	c := New(start)
	timer := c.AfterFunc(time.Minute, func() { t.Error("stopped timer was called") })
	if !timer.Stop() {
		t.Error("Stop reports that it came too late")
	}
	c.Advance(time.Hour)
	if timer.Stop() {
		t.Error("second Stop reports that it was in time")
	}
}

func TestTimerFiresByItself(t *testing.T) {
	done := make(chan struct{})
	New(start).AfterFunc(time.Millisecond, func() { close(done) })
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("timer of 1ms did not fire in 10s")
	}
}

func TestSetRefusesThePast(t *testing.T) {
	c := New(start)
	if err := c.Set(start.Add(-time.Hour)); err == nil {
		t.Error("clock went back")
	}
	if err := c.Set(start.Add(48 * time.Hour)); err != nil {
		t.Error(err)
	}
}

// TestAhead carries a clock over to another process, by what it is ahead.
func TestAhead(t *testing.T) {
	t.Parallel()
	first := New(time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC))
	first.Advance(31 * time.Minute)
	second := Ahead(first.Ahead())
	if d := second.Since(first.Now()); d < 0 || d > time.Second {
		t.Errorf("the second clock is %s off the first", d)
	}
}
