package container

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Progress is what the building of an image has come to.
type Progress struct {
	Image string        // its name
	Doing string        // what is done; when Done, what came of it
	Took  time.Duration // since its turn came
	Done  bool
}

// progress tells of one image, at every change and once in a second.
type progress struct {
	name   string
	report func(Progress)
	took   func() time.Duration
	over   chan struct{}

	mu  sync.Mutex
	now string
}

func follow(image string, report func(Progress)) *progress {
	if report == nil {
		report = func(Progress) {}
	}
	p := &progress{name: image, report: report, took: stopwatch(), over: make(chan struct{})}
	go p.beat()
	return p
}

func (p *progress) beat() {
	tick := every(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p.tell()
		case <-p.over:
			return
		}
	}
}

func (p *progress) tell() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now != "" {
		p.report(Progress{Image: p.name, Doing: p.now, Took: p.took()})
	}
}

func (p *progress) doing(what string) {
	p.mu.Lock()
	p.now = what
	p.mu.Unlock()
	p.tell()
}

func (p *progress) waiting() { p.doing("waiting for another build") }

// finish tells what came of it, and that it is over.
func (p *progress) finish(reference string, err error) {
	close(p.over)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = ""
	done := Progress{Image: p.name, Doing: reference, Took: p.took(), Done: true}
	if err != nil {
		done.Doing = "failed"
	}
	p.report(done)
}

// Lines returns a report that writes a line for each image: on a terminal one
// that changes while the image is built, elsewhere one for each stage.
func Lines(w io.Writer) func(Progress) {
	l := &lines{w: w, terminal: isTerminal(w), last: map[string]Progress{}}
	return l.report
}

type lines struct {
	w        io.Writer
	terminal bool

	mu    sync.Mutex
	order []string // of the images that have a line
	last  map[string]Progress
}

func (l *lines) report(p Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, known := l.last[p.Image]
	l.last[p.Image] = p
	switch {
	case l.terminal:
		l.draw(p.Image, known)
	case !known || p.Doing != before.Doing || p.Done != before.Done:
		fmt.Fprintln(l.w, p.line())
	}
}

func (p Progress) line() string {
	return fmt.Sprintf("%-9s %6.1fs  %s", p.Image, p.Took.Seconds(), p.Doing)
}

// draw writes all lines of a terminal anew, from where they begin.
func (l *lines) draw(image string, there bool) {
	up := len(l.order)
	if !there {
		l.order = append(l.order, image)
	}
	if up > 0 {
		fmt.Fprintf(l.w, "\x1b[%dA", up)
	}
	for _, name := range l.order {
		line := []rune(l.last[name].line())
		const width = 79
		if len(line) > width {
			line = append(line[:width-1], '…')
		}
		fmt.Fprintf(l.w, "\r\x1b[K%s\n", string(line))
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
