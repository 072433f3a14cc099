package main

import (
	"fmt"
	"strings"
)

// target is a figure to reach.
type target struct {
	what      string // the row's first cell; "" for one more target of the row above
	benchmark string
	unit      string
	limit     float64
	atLeast   bool    // the figure must reach the limit; otherwise it must not exceed it
	scale     float64 // from the reported unit to that of the cell; 0 for 1
	reads     string  // how the limit is worded
	format    string  // of the figure
	// beside are other figures of the same benchmark that tell how it came about.
	beside []figure
}

// figure is one reported value, and how it is worded.
type figure struct {
	unit   string
	scale  float64
	format string
}

// processors is how many the promise of journeys is made for.
const processors = 2

// targets are what the lab promises, in the order of the table.
func targets() []target {
	return []target{
		{what: "`lab.Start` of the whole embedded lab, p50", benchmark: "Start", unit: "of-slapd", limit: 3, reads: "at most 3 times slapd from exec to its first bind", format: "%.2f times",
			beside: []figure{{unit: "start-ms", format: "%.1f ms"}, {unit: "start-p90-ms", format: "p90 %.1f ms"}, {unit: "slapd-ms", format: "slapd %.1f ms"}}},
		{benchmark: "Start", unit: "of-launch", limit: 0.1, reads: "under 1/10 of the browser's launch", format: "%.3f of it",
			beside: []figure{{unit: "launch-ms", format: "launch %.0f ms"}}},
		{what: "a fresh tenant and directory for the next scenario", benchmark: "Fresh", unit: "fresh-ms", limit: 5, reads: "at most 5 ms", format: "%.1f ms",
			beside: []figure{{unit: "fresh-p90-ms", format: "p90 %.1f ms"}, {unit: "stop-ms", format: "of it stop %.1f ms"}, {unit: "cpu-ms", format: "%.1f ms of processor time"}}},
		{what: "reset journeys, http driver, with the real LDAP writeback", benchmark: "Reset/http", unit: "journeys/s", limit: 300, atLeast: true, reads: "at least 300 a second on 2 processors", format: "%.0f a second by the clock",
			beside: []figure{{unit: "processors", format: "%.1f processors were free for it"}}},
		{benchmark: "Reset/http", unit: "per-cpu-s", scale: processors, limit: 300, atLeast: true, reads: "the same by processor time", format: "%.0f a second in 2 processors' time",
			beside: []figure{{unit: "cpu-ms", format: "%.2f ms each"}, {unit: "of-rsa", format: "%.1f times an RSA-2048 private operation"}, {unit: "rsa-ms", format: "which took %.2f ms"}}},
		{what: "the same in the browser, own context each, 4 at a time", benchmark: "Reset/browser", unit: "of-bare", limit: 1.5, reads: "within 1.5 times of the same page loads by bare chromedp", format: "%.2f times",
			beside: []figure{{unit: "journeys/s", format: "%.1f journeys a second"}, {unit: "bare/s", format: "bare %.1f"}}},
		{benchmark: "Reset/browser", unit: "of-loads", limit: 1.5, reads: "within 1.5 times of bare navigations to static copies of the six pages, with nothing posted", format: "%.2f times",
			beside: []figure{{unit: "loads/s", format: "%.1f times six loads a second"}}},
		{what: "memory of the embedded lab at rest (`ssprlab up`)", benchmark: "Rest", unit: "rss-MiB", limit: 64, reads: "under 64 MiB without the browser", format: "%.1f MiB",
			beside: []figure{{unit: "peak-MiB", format: "peak %.1f MiB"}}},
		{what: "warm start of the whole Samba lab, images built", benchmark: "SambaStart", unit: "start-ms", scale: 1e-3, limit: 3, reads: "at most 3 s", format: "%.2f s"},
		{benchmark: "SambaStart", unit: "of-bare", limit: 3, reads: "at most 3 times the bare start of the Samba container to its first bind", format: "%.2f times",
			beside: []figure{{unit: "bare-ms", scale: 1e-3, format: "bare %.2f s"}}},
		{what: "pristine Samba directory for the next scenario", benchmark: "SambaStart", unit: "fresh-ms", scale: 1e-3, limit: 0.5, reads: "at most 0.5 s", format: "%.2f s"},
		{what: "walkthrough on Samba, http driver, both eras", benchmark: "SambaWalkthrough", unit: "of-embedded", limit: 2, reads: "at most 2 times the embedded one", format: "%.2f times",
			beside: []figure{{unit: "samba-ms", scale: 1e-3, format: "%.2f s"}, {unit: "embedded-ms", scale: 1e-3, format: "embedded %.2f s"}}},
		{what: "memory of the whole Samba lab, without the browser", benchmark: "SambaStart", unit: "lab-MiB", limit: 200, reads: "under 200 MiB", format: "%.0f MiB"},
		{what: "build of all images from nothing", benchmark: "BuildFromNothing", unit: "ns/op", scale: 1e-9 / 60, limit: 3, reads: "under 3 minutes", format: "%.1f minutes",
			beside: []figure{{unit: "s-base", format: "base %.0f s"}, {unit: "s-samba", format: "Samba %.0f s"}, {unit: "s-openldap", format: "OpenLDAP %.0f s"}, {unit: "s-chrome", format: "browser %.0f s"}}},
	}
}

// row is a target with what was measured.
type row struct {
	target
	measured string
	verdict  string
	reached  bool
}

func judge(t target, f figures) row {
	v, ok := f.median(t.benchmark, t.unit)
	if !ok {
		return row{target: t, measured: "not measured on this machine", verdict: "unknown"}
	}
	v *= or1(t.scale)
	r := row{target: t, reached: v <= t.limit}
	if t.atLeast {
		r.reached = v >= t.limit
	}
	r.measured = "**" + fmt.Sprintf(t.format, v) + "**"
	for _, b := range t.beside {
		if w, ok := f.median(t.benchmark, b.unit); ok {
			r.measured += "; " + fmt.Sprintf(b.format, w*or1(b.scale))
		}
	}
	r.verdict = "reached"
	if !r.reached {
		r.verdict = fmt.Sprintf("**not reached**: %.2f of the target", v/t.limit)
	}
	return r
}

func or1(scale float64) float64 {
	if scale == 0 {
		return 1
	}
	return scale
}

// table writes rows as Markdown.
func table(rows []row) string {
	var b strings.Builder
	b.WriteString("| what | to reach | measured | |\n| --- | --- | --- | --- |\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.what, r.reads, r.measured, r.verdict)
	}
	return b.String()
}
