package connect

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
)

// atOnce is how many operations are carried out at the same time; further ones
// wait at the relay.
const atOnce = 64

// session is one open listener.
type session struct {
	service  *service
	ctx      context.Context // ends with the listener
	creds    envelope.Credentials
	verdicts chan envelope.Verdict
	places   chan struct{}
	wg       sync.WaitGroup
}

// session opens a listener and serves it until it is lost. It reports whether
// it was open.
func (s *service) session() (opened bool, err error) {
	a := s.agent
	creds := a.credentials()
	ctx, drop := context.WithCancel(s.ctx)
	defer drop()
	body, err := a.cloud.listen(ctx, creds)
	if err != nil {
		return false, err
	}
	defer body.Close()
	in := envelope.NewReader(body)
	if m, err := in.Next(); err != nil || m.Type != envelope.Ready {
		return false, fmt.Errorf("open the listener: the relay does not say that it is ready: %w", err)
	}
	x := &session{service: s, ctx: ctx, creds: creds, verdicts: make(chan envelope.Verdict, atOnce), places: make(chan struct{}, atOnce)}
	defer x.wg.Wait() // after drop, which ends what waits
	defer drop()
	x.wg.Add(1)
	go x.post()
	s.mu.Lock()
	s.drop = drop
	s.mu.Unlock()
	s.setOpen(true)
	defer s.setOpen(false)
	s.askBeat()
	return true, x.read(in)
}

// read takes what arrives until the listener is lost.
func (x *session) read(in *envelope.Reader) error {
	for {
		m, err := in.Next()
		switch {
		case errors.Is(err, io.EOF):
			return errors.New("the relay closed the listener")
		case err != nil:
			return err
		case m.Type == envelope.Heartbeat:
			x.service.askBeat()
		case m.Type == envelope.Operate:
			x.take(m)
		}
	}
}

// take carries an operation out in the background, as soon as there is a place.
func (x *session) take(m envelope.Message) {
	select {
	case x.places <- struct{}{}:
	case <-x.ctx.Done():
		return
	}
	x.wg.Add(1)
	go func() {
		defer x.wg.Done()
		v, ok := x.carry(m)
		<-x.places
		if !ok {
			return
		}
		v.ID = m.ID
		select {
		case x.verdicts <- v:
		case <-x.ctx.Done():
		}
	}()
}

// carry opens a message and carries its operation out, unless it is stale
// (R-RST-54). It is not ok when the listener was lost before anything was done:
// the tenant has been told then.
func (x *session) carry(m envelope.Message) (v envelope.Verdict, ok bool) {
	a := x.service.agent
	left := m.Expires.Sub(a.config.Clock.Now())
	if left <= 0 {
		return envelope.Verdict{Stale: true}, true
	}
	op, err := open(m, a.keys.candidates(), x.creds.Agent)
	if err != nil {
		a.events.write(SourceWriteback, decryptionError, "", "Operation %d could not be decrypted: %v. Disable and enable password writeback.", m.ID, err)
		return envelope.Verdict{Result: entra.CannotDecrypt, Event: decryptionError}, true
	}
	ctx, cancel := context.WithTimeout(x.ctx, left) // the network's share of the time that is left
	defer cancel()
	o := a.carryOut(ctx, op)
	if o.Result == notBegun {
		return envelope.Verdict{Stale: true}, x.ctx.Err() == nil
	}
	return envelope.Verdict{Result: o.Result, Event: o.Event, Detail: o.Detail}, true
}

// open tries the agent's keys one after the other.
func open(m envelope.Message, keys []*rsa.PrivateKey, agent string) (op entra.Operation, err error) {
	err = envelope.ErrSealed
	for _, key := range keys {
		if op, err = m.Open(key, agent); err == nil {
			return op, nil
		}
	}
	return op, err
}

// post sends verdicts, all that are there in one request.
func (x *session) post() {
	defer x.wg.Done()
	a := x.service.agent
	for {
		var batch []envelope.Verdict
		select {
		case v := <-x.verdicts:
			batch = append(batch, v)
		case <-x.ctx.Done():
			return
		}
		for more := true; more; {
			select {
			case v := <-x.verdicts:
				batch = append(batch, v)
			default:
				more = false
			}
		}
		if err := a.cloud.settle(x.ctx, x.creds, batch); err != nil && x.ctx.Err() == nil {
			a.events.write(SourceWriteback, serviceBusError, "", "%d verdicts could not be sent: %v", len(batch), err)
		}
	}
}

// putKey posts a public key.
func (s *service) putKey(creds envelope.Credentials, key *rsa.PrivateKey) error {
	public, err := envelope.PublicKey(key)
	if err != nil {
		return err
	}
	return s.agent.cloud.putKey(s.ctx, creds, public)
}
