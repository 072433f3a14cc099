package bench

import (
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/pki"
)

// startsPerLaunch is how many labs are started for one launch of the browser,
// which takes longer than all of them.
const startsPerLaunch = 5

// BenchmarkStart is lab.Start of a whole lab with nothing prepared, its
// authority included, between slapd's start and the browser's.
func BenchmarkStart(b *testing.B) {
	slapd := findSlapd(b)
	chrome, noChrome := browser.Find()
	var ours, theirs, launches samples
	for i := 0; b.Loop(); i++ {
		start(b, lab.Config{}, &ours)
		slapd.firstBind(b, &theirs)
		if noChrome == nil && i%startsPerLaunch == 0 {
			launch(b, chrome, &launches)
		}
	}
	inMilliseconds(b, ours.median(), "start-ms")
	inMilliseconds(b, ours.at(0.9), "start-p90-ms")
	inMilliseconds(b, theirs.median(), "slapd-ms")
	b.ReportMetric(ratio(ours.median(), theirs.median()), "of-slapd")
	if noChrome == nil {
		inMilliseconds(b, launches.median(), "launch-ms")
		b.ReportMetric(ratio(ours.median(), launches.median()), "of-launch")
	}
}

// start starts a lab, and stops it outside of the measure.
func start(b *testing.B, c lab.Config, into *samples) {
	var l *lab.Lab
	var err error
	into.measure(func() { l, err = lab.Start(b.Context(), c) })
	if err != nil {
		b.Fatal(err)
	}
	if err := l.Stop(); err != nil {
		b.Fatal(err)
	}
}

func launch(b *testing.B, path string, into *samples) {
	var chrome *browser.Browser
	var err error
	into.measure(func() { chrome, err = browser.Launch(b.Context(), browser.Config{Path: path}) })
	if err != nil {
		b.Fatal(err)
	}
	if err := chrome.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFresh is what a scenario waits for before its own set-up: the lab of
// the one before it is stopped, and another is started. What does not depend on
// the scenario is shared, as package run shares it: authority and signing keys.
func BenchmarkFresh(b *testing.B) {
	authority, err := pki.NewAuthority()
	if err != nil {
		b.Fatal(err)
	}
	config := lab.Config{Authority: authority, Keys: new(lab.KeyRing)}
	l, err := lab.Start(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	var stops, starts, both samples
	before := processorTime(b)
	for b.Loop() {
		both.measure(func() {
			stops.measure(func() { err = l.Stop() })
			if err != nil {
				b.Fatal(err)
			}
			starts.measure(func() { l, err = lab.Start(b.Context(), config) })
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	spent := processorTime(b) - before
	l.Stop()
	inMilliseconds(b, spent/time.Duration(len(both)), "cpu-ms")
	inMilliseconds(b, both.median(), "fresh-ms")
	inMilliseconds(b, both.at(0.9), "fresh-p90-ms")
	inMilliseconds(b, stops.median(), "stop-ms")
	inMilliseconds(b, starts.median(), "start-ms")
}
