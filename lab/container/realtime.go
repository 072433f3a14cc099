package container

import "time"

// deadline is a moment of real time, in which connections live.
func deadline(d time.Duration) time.Time { return time.Now().Add(d) }

// stopwatch starts to measure how long something takes in real time.
func stopwatch() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}

// alarm calls f once, after a while of real time, unless it is stopped.
func alarm(d time.Duration, f func()) (stop func() bool) { return time.AfterFunc(d, f).Stop }

// every ticks in real time until it is stopped.
func every(d time.Duration) *time.Ticker { return time.NewTicker(d) }
