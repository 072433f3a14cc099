package supervise

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/directory"
)

// Supervisor holds one directory server. Make it with [New], end it with
// [Supervisor.Close].
type Supervisor struct {
	kind    Kind
	layout  Layout
	out     io.Writer   // takes the servers' logs
	machine clock.Clock // shows the machine's time
	died    chan error  // how the server ended, if it did so by itself

	mu      sync.Mutex // one order at a time
	server  *process
	reader  *directory.Directory // asks the server for its clock
	status  Status
	stopped chan struct{} // closed when the server is about to be stopped
}

// New returns a supervisor that has started nothing yet. The server's log goes
// to log.
func New(kind Kind, layout Layout, log io.Writer) *Supervisor {
	return &Supervisor{kind: kind, layout: layout, out: log, died: make(chan error, 1), status: Status{Kind: kind.Name}}
}

// Died tells how the server ended, if it did so by itself.
func (s *Supervisor) Died() <-chan error { return s.died }

// Close stops the server.
func (s *Supervisor) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stop()
}

// Fresh puts the pristine directory in the place of the present one and
// returns when its administrator has been able to bind. Whoever is connected
// is cut off. It is carried out whole even if the caller does not wait.
func (s *Supervisor) Fresh(ctx context.Context, f Fresh) (Status, error) {
	f.Domain = cmp.Or(f.Domain, Domain)
	who, err := f.check()
	if err != nil {
		return Status{}, &badRequest{err}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx = context.WithoutCancel(ctx)
	if err := s.stop(); err != nil {
		return Status{}, err
	}
	if err := errors.Join(s.layout.writeTLS(f), s.layout.restore(ctx, f.Domain), s.layout.setClock(f.Ahead)); err != nil {
		return Status{}, err
	}
	s.status = Status{Kind: s.kind.Name, Domain: f.Domain, NetBIOS: NetBIOSOf(f.Domain), Base: BaseOf(f.Domain),
		User: s.kind.User(f.Domain), Ahead: f.Ahead, Fresh: s.status.Fresh + 1}
	if err := s.start(ctx, who); err != nil {
		return Status{}, errors.Join(err, s.stop())
	}
	return s.status, nil
}

// Clock moves the server's clock forward and returns when the server shows it.
func (s *Supervisor) Clock(ctx context.Context, c Clock) (Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.status.Running {
		return Status{}, &badRequest{errNotRunning}
	}
	if c.Ahead < s.status.Ahead {
		return Status{}, &badRequest{fmt.Errorf("the clock is %s ahead and cannot go back to %s: ask for a fresh directory", s.status.Ahead, c.Ahead)}
	}
	if err := s.layout.setClock(c.Ahead); err != nil {
		return Status{}, err
	}
	s.status.Ahead = c.Ahead
	if err := s.seen(context.WithoutCancel(ctx)); err != nil {
		return Status{}, err
	}
	return s.status, nil
}

// Status returns what runs, and asks the server for its clock.
func (s *Supervisor) Status(ctx context.Context) (Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.status.Running {
		return s.status, nil
	}
	now, err := s.reader.Time(ctx)
	if err != nil {
		return Status{}, fmt.Errorf("ask %s for its clock: %w", s.kind.Name, err)
	}
	s.status.Time = now
	return s.status, nil
}

// errNotRunning says that there is nothing to ask.
var errNotRunning = errors.New("no directory runs yet: ask for a fresh one first")

// badRequest marks an error that is the caller's.
type badRequest struct{ err error }

// Error says what is wrong with the request.
func (b *badRequest) Error() string { return b.err.Error() }

// Unwrap returns the error underneath.
func (b *badRequest) Unwrap() error { return b.err }

// tolerance is by how much the server's clock, which is told in whole seconds,
// may differ from what it should show.
const tolerance = 2 * time.Second

// seen waits until the server's own clock shows the lab's time.
func (s *Supervisor) seen(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	err := await(ctx, s.server.ended, func() (bool, error, error) {
		now, err := s.reader.Time(ctx)
		if err != nil {
			return false, err, nil
		}
		want := s.machine.Now().Add(s.status.Ahead)
		s.status.Time = now
		return now.Sub(want).Abs() <= tolerance, fmt.Errorf("it shows %s, expected %s", now.Format(time.RFC3339), want.Format(time.RFC3339)), nil
	})
	return s.explain("wait until the directory's clock is moved", err)
}
