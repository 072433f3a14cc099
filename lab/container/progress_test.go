package container

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestLinesOnATerminal proves that each image keeps its line, cut to fit.
func TestLinesOnATerminal(t *testing.T) {
	var out bytes.Buffer
	l := &lines{w: &out, terminal: true, last: map[string]Progress{}}
	l.report(Progress{Image: "samba", Doing: "pulling"})
	l.report(Progress{Image: "chrome", Doing: strings.Repeat("x", 100)})
	out.Reset()
	l.report(Progress{Image: "samba", Doing: "ssprlab/samba:1", Took: 1500 * time.Millisecond, Done: true})
	want := "\x1b[2A\r\x1b[Ksamba        1.5s  ssprlab/samba:1\n\r\x1b[Kchrome       0.0s  " + strings.Repeat("x", 59) + "…\n"
	if out.String() != want {
		t.Errorf("it writes\n%q want\n%q", out.String(), want)
	}
}

// TestLinesInALog proves one line for each stage.
func TestLinesInALog(t *testing.T) {
	var out bytes.Buffer
	report := Lines(&out)
	for _, p := range []Progress{
		{Image: "samba", Doing: "pulling"}, {Image: "parts", Doing: "ssprlab/parts:1", Done: true}, {Image: "samba", Doing: "pulling", Took: time.Second},
		{Image: "samba", Doing: "ssprlab/samba:1", Took: 61500 * time.Millisecond, Done: true},
	} {
		report(p)
	}
	want := "samba        0.0s  pulling\nparts        0.0s  ssprlab/parts:1\nsamba       61.5s  ssprlab/samba:1\n"
	if out.String() != want {
		t.Errorf("it writes\n%swant\n%s", &out, want)
	}
}
