package connect

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
	"github.com/ssprlab/ssprlab/lab/clock"
)

// service is one run of the agent's service, from start to stop.
type service struct {
	agent *Agent
	ctx   context.Context // ends with the run
	end   context.CancelFunc
	crew  crew
	beats chan struct{} // asks for a beat now

	gate  sync.Mutex // held while the credentials change
	quiet bool       // the next loss of the listener is expected; under gate

	mu    sync.Mutex
	open  bool          // a listener is open
	moved chan struct{} // closed and replaced when open changes
	drop  context.CancelFunc
	retry chan struct{} // asks to dial again at once
	pulse *clock.Timer
}

var errNotInstalled = errors.New("the agent is not installed: run the wizard, or POST /install")

// startService starts the service: the listener, the beat and the scheduler.
// It returns without waiting for them; see [service.await].
func (a *Agent) startService() (*service, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.life.Err() != nil:
		return nil, errors.New("start the service: the agent was closed")
	case a.creds == nil:
		return nil, fmt.Errorf("start the service: %w", errNotInstalled)
	case a.service != nil:
		return a.service, nil
	}
	s := &service{agent: a, beats: make(chan struct{}, 1), moved: make(chan struct{}), retry: make(chan struct{}, 1)}
	s.ctx, s.end = context.WithCancel(a.life)
	a.service = s
	if a.configured {
		a.events.write(SourceWriteback, serviceStarted, "", "The password writeback service has started.")
	}
	if !a.staging {
		s.crew.start(s.listen)
		s.crew.start(s.beat)
		s.crew.start(s.postKey)
	}
	a.schedule()
	return s, nil
}

// stopService stops the service and waits for it. The relay is told first, so
// that it knows when this returns.
func (a *Agent) stopService(ctx context.Context) {
	a.mu.Lock()
	s, configured := a.service, a.configured
	a.service = nil
	if a.timer != nil {
		a.timer.Stop()
	}
	a.mu.Unlock()
	if s == nil {
		return
	}
	s.leave(ctx)
	s.stop()
	if configured {
		a.events.write(SourceWriteback, serviceStopped, "", "The password writeback service has stopped.")
	}
}

// leave tells the relay, if it can, that the listener ends.
func (s *service) leave(ctx context.Context) {
	a := s.agent
	a.mu.Lock()
	creds := a.creds
	a.mu.Unlock()
	if !s.listening() {
		return
	}
	s.end() // no new listener after the leave
	if err := a.cloud.leave(ctx, *creds); err != nil {
		a.log.Info("take leave of the relay", "error", err)
	}
}

// stop ends the run and waits for everything in it.
func (s *service) stop() {
	s.end()
	s.mu.Lock()
	if s.pulse != nil {
		s.pulse.Stop()
	}
	s.mu.Unlock()
	s.crew.close()
}

func (s *service) listening() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

// setOpen notes whether a listener is open.
func (s *service) setOpen(open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = open
	close(s.moved)
	s.moved = make(chan struct{})
}

// await waits until a listener is open.
func (s *service) await(ctx context.Context) error {
	for {
		s.mu.Lock()
		open, moved := s.open, s.moved
		s.mu.Unlock()
		if open {
			return nil
		}
		select {
		case <-moved:
		case <-s.ctx.Done():
			return errors.New("wait for the listener on the relay: the service was stopped")
		case <-ctx.Done():
			return fmt.Errorf("wait for the listener on the relay: %w", ctx.Err())
		}
	}
}

// hangUp ends the open listener, if there is one; redial makes the next try
// come at once.
func (s *service) hangUp() {
	s.mu.Lock()
	drop := s.drop
	s.mu.Unlock()
	if drop != nil {
		drop()
	}
}

func (s *service) redial() {
	select {
	case s.retry <- struct{}{}:
	default:
	}
}

// Backoff of the listener, in real time.
const (
	firstPause = 50 * time.Millisecond
	longPause  = 5 * time.Second
)

// listen keeps a listener open. A pause between two tries doubles, and a
// listener that was open starts from the shortest again.
func (s *service) listen() {
	pause := firstPause
	for {
		opened, err := s.session()
		if s.ctx.Err() != nil {
			return
		}
		if s.expected() {
			continue
		}
		s.agent.listenerLost(err)
		if opened {
			pause = firstPause
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
			pause = min(2*pause, longPause)
		case <-s.retry:
			timer.Stop()
			pause = firstPause
		case <-s.ctx.Done():
			timer.Stop()
			return
		}
	}
}

// expected reports whether the listener was lost because the credentials
// changed; it waits until they have.
func (s *service) expected() bool {
	s.gate.Lock()
	defer s.gate.Unlock()
	quiet := s.quiet
	s.quiet = false
	return quiet
}

// reconnect lets change replace the credentials, and opens a listener with the
// new ones.
func (s *service) reconnect(change func() error) error {
	s.gate.Lock()
	defer s.gate.Unlock()
	open := s.listening()
	if err := change(); err != nil {
		return err
	}
	s.quiet = open
	s.setOpen(false) // who waits for a listener waits for the next one
	s.hangUp()
	s.redial()
	return nil
}

// shown makes a request that shows the credentials. If they were replaced while
// it was under way, it is made again: its refusal says nothing then.
func (s *service) shown(request func(envelope.Credentials) error) error {
	for creds := s.agent.credentials(); ; {
		err := request(creds)
		if err == nil || s.ctx.Err() != nil {
			return err
		}
		s.gate.Lock()
		now := s.agent.credentials()
		s.gate.Unlock()
		if now == creds {
			return err
		}
		creds = now
	}
}

// credentials returns what the installed agent shows to the relay.
func (a *Agent) credentials() envelope.Credentials {
	a.mu.Lock()
	defer a.mu.Unlock()
	return *a.creds
}

// listenerLost writes the event of R-WB-63, which the era of the field notes
// did not have.
func (a *Agent) listenerLost(err error) {
	id := listenerError
	if a.config.Era == entra.Era2019 {
		id = serviceBusError
	}
	a.events.write(SourceWriteback, id, "", "The connection to the relay was lost or could not be opened: %v", err)
}

// postKey gives the relay the agent's key as soon as it is made, so that
// sign-ins can pass before writeback is enabled.
func (s *service) postKey() {
	a := s.agent
	err := s.shown(func(creds envelope.Credentials) error {
		key, err := a.keys.key(s.ctx)
		if err != nil {
			return err
		}
		return s.putKey(creds, key)
	})
	if err != nil && s.ctx.Err() == nil {
		a.events.write(SourceWriteback, cryptoError, "", "The agent's key could not be made or posted: %v", err)
	}
}

// beat reports that the agent lives: when the listener opens, every 5 minutes
// on the lab's clock, and whenever it is asked (R-WB-07).
func (s *service) beat() {
	a := s.agent
	for {
		select {
		case <-s.beats:
		case <-s.ctx.Done():
			return
		}
		err := s.shown(func(creds envelope.Credentials) error {
			a.mu.Lock()
			lastSync := a.lastSync
			a.mu.Unlock()
			return a.cloud.beat(s.ctx, creds, lastSync)
		})
		switch {
		case s.ctx.Err() != nil:
			return
		case err != nil:
			a.events.write(SourceWriteback, healthError, "", "The heartbeat could not be sent: %v", err)
		case a.config.Era == entra.Now:
			a.events.write(SourceWriteback, heartBeat, "", "A heartbeat was sent to the relay.")
		}
		s.armPulse()
	}
}

// armPulse sets the next beat. It is set after the last one was sent, so that a
// clock that jumps costs one beat and not one for every five minutes.
func (s *service) armPulse() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pulse != nil {
		s.pulse.Stop()
	}
	if s.ctx.Err() == nil {
		s.pulse = s.agent.config.Clock.AfterFunc(envelope.BeatInterval, s.askBeat)
	}
}

func (s *service) askBeat() {
	select {
	case s.beats <- struct{}{}:
	default: // one is due already
	}
}
