package connect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
)

// listenTimeout bounds the wait for the listener, in real time.
const listenTimeout = 15 * time.Second

// settings are what the wizard configures.
type settings struct {
	writeback bool
	staging   bool
	units     []string // nil: everything
	cycle     bool     // start synchronisation when configuration completes
	initial   bool     // that cycle reads everything
}

// settings returns how the agent is configured now.
func (a *Agent) settings() settings {
	a.mu.Lock()
	defer a.mu.Unlock()
	return settings{writeback: a.configured, staging: a.staging, units: a.units, cycle: true}
}

// errRole is why the wizard does not accept an administrator (R-AAC-04).
var errRole = errors.New("the account's roles do not suffice")

// signIn checks an administrator's name and password for real, and the role.
func (a *Agent) signIn(ctx context.Context, user, password string) (token string, acc envelope.Account, err error) {
	token, err = a.cloud.token(ctx, user, password)
	if err == nil {
		acc, err = a.cloud.account(ctx, token)
	}
	if err == nil && !acc.MayConfigure {
		err = errRole
	}
	if err != nil {
		a.events.write(SourceWriteback, authTokenError, "", "The account %s was not accepted: %v", user, err)
		return "", acc, err
	}
	return token, acc, nil
}

// apply does what the wizard's last step does, in its order: install, settings,
// writeback, service, first cycle. What was done before an error stays.
func (a *Agent) apply(ctx context.Context, token string, s settings) error {
	if err := a.install(ctx, token); err != nil {
		return err
	}
	a.mu.Lock()
	restart := a.staging != s.staging
	a.staging, a.units = s.staging, s.units
	a.mu.Unlock()
	if restart { // a staging server neither listens nor exports (R-AAC-27)
		a.stopService(ctx)
	}
	if err := a.setWriteback(ctx, token, s.writeback); err != nil {
		return err
	}
	if err := a.startAndWait(ctx); err != nil {
		return err
	}
	if !s.cycle {
		return nil
	}
	policy := Delta
	if s.initial {
		policy = Initial
	}
	_, err := a.synchronise(ctx, policy)
	return err
}

// install registers the agent with the tenant, once.
func (a *Agent) install(ctx context.Context, token string) error {
	a.mu.Lock()
	installed := a.creds != nil
	a.mu.Unlock()
	if installed {
		return nil
	}
	acc, err := a.cloud.account(ctx, token)
	if err != nil {
		return fmt.Errorf("install the agent: %w", err)
	}
	creds, err := a.cloud.install(ctx, token)
	if err != nil {
		return fmt.Errorf("install the agent: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.creds, a.account = &creds, acc
	return nil
}

// startAndWait starts the service and waits until it listens.
func (a *Agent) startAndWait(ctx context.Context) error {
	s, err := a.startService()
	if err != nil {
		return err
	}
	a.mu.Lock()
	staging, cut := a.staging, a.cable.cut.Load()
	a.mu.Unlock()
	if staging || cut {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, listenTimeout)
	defer cancel()
	return s.await(ctx)
}

// setWriteback enables or disables password writeback, if that is a change.
func (a *Agent) setWriteback(ctx context.Context, token string, on bool) error {
	a.mu.Lock()
	same := a.configured == on
	a.mu.Unlock()
	switch {
	case same:
		return nil
	case on:
		return a.enable(ctx, token)
	}
	return a.disable(ctx, token)
}

// enable is the onboarding of R-AAC-12: token, key pair, onboarding, service.
func (a *Agent) enable(ctx context.Context, token string) error {
	note := func(id int, text string) { a.events.write(SourceWriteback, id, "", "%s", text) }
	note(authTokenSuccess, "A token for the onboarding was obtained.")
	key, err := a.keys.key(ctx)
	if err != nil {
		note(cryptoError, "The key pair could not be made: "+err.Error())
		return fmt.Errorf("enable password writeback: %w", err)
	}
	public, err := envelope.PublicKey(key)
	if err != nil {
		return fmt.Errorf("enable password writeback: %w", err)
	}
	note(keyPairSuccess, "The key pair of password writeback was made.")
	note(onboardingStart, "The onboarding of password writeback has started.")
	if err := a.onboard(ctx, token, public); err != nil {
		note(onboardingError, "The onboarding of password writeback failed: "+err.Error())
		return fmt.Errorf("enable password writeback: %w", err)
	}
	note(onboardingSuccess, "The onboarding of password writeback has succeeded.")
	a.mu.Lock()
	a.configured = true
	running := a.service != nil
	a.mu.Unlock()
	if running {
		note(serviceStarted, "The password writeback service has started.")
	}
	return nil
}

// disable takes the onboarding back (R-WB-59, R-WB-61); the next one has another
// key (R-WB-06).
func (a *Agent) disable(ctx context.Context, token string) error {
	note := func(id int, text string) { a.events.write(SourceWriteback, id, "", "%s", text) }
	note(authTokenSuccess, "A token for the offboarding was obtained.")
	note(offboardingStart, "The offboarding of password writeback has started.")
	if err := a.onboard(ctx, token, nil); err != nil {
		note(offboardingFail, "The offboarding of password writeback failed: "+err.Error())
		return fmt.Errorf("disable password writeback: %w", err)
	}
	note(offboardingSuccess, "The offboarding of password writeback has succeeded.")
	note(serviceStopped, "The password writeback service has stopped.")
	a.keys.prepare()
	a.mu.Lock()
	a.configured = false
	s := a.service
	a.mu.Unlock()
	if s != nil && !a.settings().staging {
		s.crew.start(s.postKey)
	}
	return nil
}

// onboard asks the relay and takes over the credentials that it answers with.
func (a *Agent) onboard(ctx context.Context, token string, public []byte) error {
	a.mu.Lock()
	old, s := *a.creds, a.service
	a.mu.Unlock()
	change := func() error {
		creds, err := a.cloud.onboard(ctx, token, old, public)
		if err != nil {
			return err
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.creds = &creds
		return nil
	}
	if s == nil {
		return change()
	}
	if err := s.reconnect(change); err != nil {
		return err
	}
	return nil
}
