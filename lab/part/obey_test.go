package part

import (
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/clock"
)

// TestTheSameMoveTwice proves that an order that is repeated while the first is
// carried out moves the clock no further: it says where to, not how far.
func TestTheSameMoveTwice(t *testing.T) {
	t.Parallel()
	c := clock.Ahead(0)
	due, release := make(chan struct{}), make(chan struct{})
	c.AfterFunc(30*time.Minute, func() { close(due); <-release })
	p := &Process{Kind: KindConnect, current: &tenure{clock: c}}
	moved := make(chan error, 2)
	move := func() { moved <- p.move(time.Hour) }
	go move()
	<-due
	go move()
	time.AfterFunc(100*time.Millisecond, func() { close(release) }) // the other sees the clock half-way till then
	for range 2 {
		if err := <-moved; err != nil {
			t.Error(err)
		}
	}
	if off := (c.Ahead() - time.Hour).Abs(); off > time.Minute {
		t.Errorf("the clock is %s ahead, want an hour", c.Ahead())
	}
}
