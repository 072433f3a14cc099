package connect

// schedule sets the next cycle (R-AAC-18). The caller holds a.mu.
func (a *Agent) schedule() {
	if a.timer != nil {
		a.timer.Stop()
	}
	a.timer = a.config.Clock.AfterFunc(interval, a.tick)
}

// tick runs the cycle that is due, in the goroutine of whoever moved the clock:
// when a jump is over, the tenant is up to date. A cycle that the clock has
// meanwhile left behind is followed by another at once.
func (a *Agent) tick() {
	if !a.crew.begin() {
		return
	}
	defer a.crew.done()
	for {
		began := a.config.Clock.Now()
		if !a.running() {
			return
		}
		a.scheduled()
		if a.config.Clock.Since(began) < interval {
			break
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.service != nil && a.life.Err() == nil {
		a.schedule()
	}
}

func (a *Agent) running() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.service != nil && a.life.Err() == nil
}

// scheduled runs one cycle, unless the wizard is open (R-AAC-16).
func (a *Agent) scheduled() {
	if a.wizard.open(a.config.Clock.Now()) {
		return
	}
	if _, err := a.synchronise(a.life, Delta); err != nil {
		a.log.Info("scheduled cycle", "error", err)
	}
}
