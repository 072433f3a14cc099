package bench

import (
	"slices"
	"testing"
	"time"
)

// samples are durations of one thing, measured again and again.
type samples []time.Duration

// measure adds how long act takes, in real time.
func (s *samples) measure(act func()) {
	begin := time.Now()
	act()
	*s = append(*s, time.Since(begin))
}

// at returns the quantile q, 0 to 1.
func (s samples) at(q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(s))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

func (s samples) median() time.Duration { return s.at(0.5) }

// inMilliseconds reports a duration under a unit that says so.
func inMilliseconds(b *testing.B, d time.Duration, unit string) {
	b.ReportMetric(float64(d)/float64(time.Millisecond), unit)
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
