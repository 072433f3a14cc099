package phone

import (
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/lab/clock"
)

// call is a call with the timer that ends it. All functions of this file want
// mu held.
type call struct {
	hand.Call
	timer *clock.Timer
}

// ring lets the phone ring, or do at once what it has been told to.
func (e *Exchange) ring(phone *handset, c *call) {
	phone.calls = append(phone.calls, c)
	e.state.calls[c.ID] = c
	switch {
	case phone.out != "":
		c.end(hand.Unanswered)
	case phone.habit == hand.Confirm:
		c.end(hand.Confirmed)
	case phone.habit == hand.Decline:
		c.end(hand.Declined)
	default:
		e.startTimer(c)
	}
}

// startTimer ends c after [ringTime]: unanswered if nobody took it, and with
// nothing pressed if somebody did.
func (e *Exchange) startTimer(c *call) {
	if e.done {
		return
	}
	e.ringing.Add(1)
	c.timer = e.config.Clock.AfterFunc(ringTime, func() {
		defer e.ringing.Done()
		e.mu.Lock()
		defer e.mu.Unlock()
		if !c.Over {
			c.timeOut()
			e.wake()
		}
	})
}

func (c *call) timeOut() {
	if c.State == hand.Ringing {
		c.State = hand.Unanswered
	}
	c.Over = true
}

func (c *call) end(state hand.CallState) { c.State, c.Over = state, true }

// hangUp ends c, whatever it is doing, and its timer.
func (e *Exchange) hangUp(c *call) {
	if !c.Over {
		c.timeOut()
	}
	if c.timer != nil && c.timer.Stop() {
		e.ringing.Done()
	}
	c.timer = nil
}

// answer takes c and presses a key. An answered call may be answered again, to
// press another key. # confirms (R-RST-34).
func (e *Exchange) answer(c *call, press string) error {
	if c.Over {
		return conflict("callOver", "call "+c.ID+" is over, it was "+string(c.State))
	}
	c.State = hand.Answered
	if press == "#" {
		c.State = hand.Confirmed
		e.hangUp(c)
	}
	return nil
}

func (e *Exchange) decline(c *call) error {
	if c.Over {
		return conflict("callOver", "call "+c.ID+" is over, it was "+string(c.State))
	}
	c.State = hand.Declined
	e.hangUp(c)
	return nil
}

// shown is the call as the person at the phone knows it: what it says is heard
// only once it is answered.
func (c *call) shown() hand.Call {
	shown := c.Call
	if c.State != hand.Answered && c.State != hand.Confirmed {
		shown.Speech = ""
	}
	return shown
}
