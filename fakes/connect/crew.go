package connect

import "sync"

// crew counts what the agent has started, so that Close can wait for it.
type crew struct {
	mu     sync.Mutex
	closed bool
	wg     sync.WaitGroup
}

// begin reports whether work may still begin; who begins must call done.
func (c *crew) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.wg.Add(1)
	return true
}

func (c *crew) done() { c.wg.Done() }

// start runs f in the background, unless the crew is closed.
func (c *crew) start(f func()) {
	if c.begin() {
		go func() {
			defer c.done()
			f()
		}()
	}
}

// close lets nothing more begin and waits for what has.
func (c *crew) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.wg.Wait()
}
