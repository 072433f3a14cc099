package supervise

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
)

// start starts the server and returns when the administrator has bound to it
// and its clock shows the lab's time.
func (s *Supervisor) start(ctx context.Context, who identity) error {
	server, err := start(s.kind.Command, s.layout.fakeTime(), &words{to: s.out})
	if err != nil {
		return err
	}
	s.server = server
	if err := s.answers(ctx, who); err != nil {
		return err
	}
	s.status.Running = true
	s.stopped = make(chan struct{})
	go s.watch(server, s.stopped)
	return s.seen(ctx)
}

// answers waits until the administrator can bind, and keeps the connection.
func (s *Supervisor) answers(ctx context.Context, who identity) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	config := directory.Config{URL: s.layout.URL, RootCAs: who.roots, ServerName: who.name, Dialect: s.kind.Dialect,
		User: s.status.User, Password: AdministratorPassword, Connections: 1, Timeout: askTimeout}
	err := await(ctx, s.server.ended, func() (yes bool, why, err error) {
		reader, err := directory.Open(ctx, config)
		var refusal *directory.Refusal
		switch {
		case err == nil:
			s.reader = reader
			return true, nil, nil
		case errors.As(err, &refusal) && refusal.Reason == directory.Unreachable:
			return false, err, nil
		}
		return false, nil, err
	})
	return s.explain("wait for the first bind", err)
}

// askTimeout bounds one question to the server.
const askTimeout = 5 * time.Second

// explain says what was waited for, and adds the server's last words.
func (s *Supervisor) explain(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errEnded):
		return fmt.Errorf("%s: %w", what, s.server.death())
	}
	return fmt.Errorf("%s: %w. The last words of %s:\n%s", what, err, s.kind.Name, s.server.log)
}

// watch reports that the server ended, unless it was stopped.
func (s *Supervisor) watch(server *process, stopped <-chan struct{}) {
	<-server.ended
	select {
	case <-stopped:
	default:
		s.died <- server.death()
	}
}

// stop ends the server, if one runs.
func (s *Supervisor) stop() error {
	if s.reader != nil {
		s.reader.Close()
		s.reader = nil
	}
	if s.server == nil {
		return nil
	}
	if s.status.Running {
		close(s.stopped)
		s.status.Running = false
	}
	err := s.server.kill()
	s.server = nil
	return err
}
