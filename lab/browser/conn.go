package browser

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// errWindowClosed ends the calls of a window that is gone.
var errWindowClosed = errors.New("browser: the window is closed")

// conn carries commands to Chrome and hands answers and events to whom they
// concern.
type conn struct {
	pipe *chromedp.PipeConn
	out  chan *cdproto.Message
	dead chan struct{} // closed when Chrome is gone; err is set then

	mu      sync.Mutex
	next    int64
	waiting map[int64]call
	events  map[target.SessionID]func(*cdproto.Message)
	err     error
}

// call waits for an answer.
type call struct {
	session target.SessionID
	answer  chan answer // takes one
}

type answer struct {
	msg *cdproto.Message
	err error
}

func newConn(pipe *chromedp.PipeConn) *conn {
	return &conn{pipe: pipe, out: make(chan *cdproto.Message), dead: make(chan struct{}), waiting: make(map[int64]call),
		events: make(map[target.SessionID]func(*cdproto.Message))}
}

// read hands out messages until the pipe ends; obituary then says why.
func (c *conn) read(obituary func() error) {
	for {
		msg := new(cdproto.Message)
		if err := c.pipe.Read(context.Background(), msg); err != nil {
			break
		}
		c.handOut(msg)
	}
	err := obituary()
	c.pipe.Close()
	c.mu.Lock()
	c.err = err
	c.mu.Unlock()
	close(c.dead)
}

// write sends what start queues, until Chrome is gone. A Chrome that does not
// read blocks it, and nobody else.
func (c *conn) write() {
	for {
		select {
		case msg := <-c.out:
			if c.pipe.Write(context.Background(), msg) != nil {
				c.pipe.Close() // read says why
				return
			}
		case <-c.dead:
			return
		}
	}
}

func (c *conn) handOut(msg *cdproto.Message) {
	c.mu.Lock()
	if msg.ID != 0 {
		if w, ok := c.waiting[msg.ID]; ok {
			delete(c.waiting, msg.ID)
			w.answer <- answer{msg: msg}
		}
		c.mu.Unlock()
		return
	}
	if string(msg.Method) == target.DetachedFromTarget.Method {
		c.detached(msg)
	}
	event := c.events[msg.SessionID]
	c.mu.Unlock()
	if event != nil {
		event(msg)
	}
}

// detached ends the calls of a session that is over. c.mu is held.
func (c *conn) detached(msg *cdproto.Message) {
	var ev target.EventDetachedFromTarget
	if jsonv2.Unmarshal(msg.Params, &ev, chromedp.DefaultUnmarshalOptions) != nil {
		return
	}
	for id, w := range c.waiting {
		if w.session == ev.SessionID {
			delete(c.waiting, id)
			w.answer <- answer{err: errWindowClosed}
		}
	}
	delete(c.events, ev.SessionID)
}

// listen hands the events of a session to f, which must not block.
func (c *conn) listen(session target.SessionID, f func(*cdproto.Message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events[session] = f
}

func (c *conn) forget(session target.SessionID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.events, session)
}

// start sends a command; its answer arrives on the channel.
func (c *conn) start(ctx context.Context, session target.SessionID, method string, params any) (int64, <-chan answer, error) {
	var raw []byte
	if params != nil {
		var err error
		if raw, err = jsonv2.Marshal(params, chromedp.DefaultMarshalOptions); err != nil {
			return 0, nil, fmt.Errorf("browser: encode %s: %w", method, err)
		}
	}
	w := call{session: session, answer: make(chan answer, 1)}
	c.mu.Lock()
	c.next++
	id := c.next
	c.waiting[id] = w
	c.mu.Unlock()
	msg := &cdproto.Message{ID: id, SessionID: session, Method: cdproto.MethodType(method), Params: raw}
	select {
	case c.out <- msg:
		return id, w.answer, nil
	case <-c.dead:
		c.abandon(id)
		return 0, nil, c.err
	case <-ctx.Done():
		c.abandon(id)
		return 0, nil, fmt.Errorf("browser: send %s: %w", method, context.Cause(ctx))
	}
}

func (c *conn) abandon(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiting, id)
}

// send sends a command of the browser itself and waits for no answer.
func (c *conn) send(ctx context.Context, method string) {
	if id, _, err := c.start(ctx, "", method, nil); err == nil {
		c.abandon(id)
	}
}

// await waits for the answer to a command.
func (c *conn) await(ctx context.Context, method string, id int64, answers <-chan answer, result any) error {
	select {
	case a := <-answers:
		return decode(method, a, result)
	case <-ctx.Done():
		c.abandon(id)
		return fmt.Errorf("browser: waited for the answer to %s: %w", method, context.Cause(ctx))
	case <-c.dead:
		c.abandon(id)
		select {
		case a := <-answers: // it came just before the end
			return decode(method, a, result)
		default:
			return c.err
		}
	}
}

func decode(method string, a answer, result any) error {
	switch {
	case a.err != nil:
		return a.err
	case a.msg.Error != nil:
		return fmt.Errorf("browser: %s: %w", method, a.msg.Error)
	case result == nil:
		return nil
	}
	if err := jsonv2.Unmarshal(a.msg.Result, result, chromedp.DefaultUnmarshalOptions); err != nil {
		return fmt.Errorf("browser: decode the answer to %s: %w", method, err)
	}
	return nil
}

// session is one target's end of the connection; it is a cdp.Session.
type session struct {
	conn *conn
	id   target.SessionID
}

// browser returns the session of the browser itself.
func (c *conn) browser() session { return session{conn: c} }

// Call sends a command and waits for its answer.
func (s session) Call(ctx context.Context, method string, params, result any) error {
	id, answers, err := s.conn.start(ctx, s.id, method, params)
	if err != nil {
		return err
	}
	return s.conn.await(ctx, method, id, answers, result)
}

// Subscribe satisfies cdp.Session. Windows take their events from conn.listen,
// in order; a subscription is empty.
func (s session) Subscribe(string) (<-chan jsonv2.Value, func()) {
	none := make(chan jsonv2.Value)
	close(none)
	return none, func() {}
}
