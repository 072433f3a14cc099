package connect

// schedule sets the next cycle (R-AAC-18). The caller holds a.mu.
func (a *Agent) schedule() {
	if a.timer != nil {
		a.timer.Stop()
	}
	a.timer = a.config.Clock.AfterFunc(interval, a.tick)
}

// tick runs the cycle that is due, in the goroutine of whoever moved the clock:
// when a jump is over, the tenant is up to date. It does nothing while the
// wizard is open (R-AAC-16).
func (a *Agent) tick() {
	if !a.crew.begin() {
		return
	}
	defer a.crew.done()
	a.mu.Lock()
	running := a.service != nil && a.life.Err() == nil
	a.mu.Unlock()
	if !running {
		return
	}
	if !a.wizard.open(a.config.Clock.Now()) {
		if _, err := a.synchronise(a.life, Delta); err != nil {
			a.log.Info("scheduled cycle", "error", err)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.service != nil && a.life.Err() == nil {
		a.schedule()
	}
}
