package bench

import (
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/browser"
)

// atOnce is how many journeys are under way in the browser.
const atOnce = 4

// byBrowser sets journeys through the browser driver against two yardsticks in
// the same rounds, each with a browser context of its own for each journey:
//
//   - "of-bare": bare chromedp makes the same journey on the same lab. It knows
//     the pages' ids, sends each form with one evaluation and waits for the load
//     of the next page; it reads nothing but the picture's name and the last text.
//   - "of-loads": bare chromedp navigates to copies of the six pages, which a
//     static server has. Nothing is posted, redirected, mailed or reset.
func (h *house) byBrowser(b *testing.B) {
	path, err := browser.Find()
	if err != nil {
		b.Skip(err)
	}
	ours, err := browser.Launch(b.Context(), browser.Config{Path: path, KeyPins: []string{h.authority.KeyPin()}, Hosts: hosts()})
	if err != nil {
		b.Fatal(err)
	}
	defer ours.Close()
	theirs := h.bareChrome(b, path)
	copies := h.copies(b)
	var driven, bare, loads time.Duration
	rounds := 0
	for b.Loop() {
		driven += timed(b, 2*atOnce, func() error { return h.one(b.Context(), ours) })
		bare += timed(b, 2*atOnce, func() error { return h.oneBare(theirs) })
		loads += timed(b, 2*atOnce, func() error { return load(theirs, copies) })
		rounds++
	}
	b.ReportMetric(ratio(driven, bare), "of-bare")
	b.ReportMetric(ratio(driven, loads), "of-loads")
	b.ReportMetric(float64(rounds)/driven.Seconds(), "journeys/s")
	b.ReportMetric(float64(rounds)/bare.Seconds(), "bare/s")
	b.ReportMetric(float64(rounds)/loads.Seconds(), "loads/s")
}

// timed runs n journeys, four at a time, and returns how long one takes.
func timed(b *testing.B, n int, journey func() error) time.Duration {
	b.Helper()
	begin := time.Now()
	var all sync.WaitGroup
	places := make(chan struct{}, atOnce)
	for range n {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			if err := journey(); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	return time.Since(begin) / time.Duration(n)
}
