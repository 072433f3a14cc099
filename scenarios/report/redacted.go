package report

// Run returns a copy of the run in which no string holds a secret. Pictures
// are shared, not copied.
func (r *Redactor) Run(run *Run) *Run {
	clean := *run
	clean.Command = r.Text(run.Command)
	clean.Machine = Machine{
		OS: r.Text(run.Machine.OS), Arch: r.Text(run.Machine.Arch), CPU: r.Text(run.Machine.CPU),
		Cores: run.Machine.Cores, Go: r.Text(run.Machine.Go), Browser: r.Text(run.Machine.Browser),
	}
	clean.Scenarios = each(run.Scenarios, r.Scenario)
	clean.Notes = each(run.Notes, r.Text)
	return &clean
}

// Scenario returns a copy of the scenario in which no string holds a secret,
// as [Line] should get it.
func (r *Redactor) Scenario(s *Scenario) *Scenario {
	clean := *s
	r.texts(&clean.Name, &clean.About, &clean.File, &clean.Directory, &clean.Controller, &clean.Config, &clean.Driver, &clean.Era, &clean.StandsIn, &clean.Error, &clean.Skipped)
	clean.Rules = each(s.Rules, r.Text)
	clean.Steps = each(s.Steps, r.step)
	clean.Log = each(s.Log, r.Text)
	clean.Unhandled = each(s.Unhandled, r.Text)
	return &clean
}

func (r *Redactor) step(s *Step) *Step {
	clean := *s
	r.texts(&clean.Name, &clean.Actor, &clean.Error, &clean.Expected, &clean.Found)
	clean.Rules = each(s.Rules, r.Text)
	clean.Pages = each(s.Pages, func(p Page) Page {
		r.texts(&p.URL, &p.Title, &p.Heading, &p.HTML, &p.Note)
		return p
	})
	clean.Mails = each(s.Mails, func(m Mail) Mail {
		r.texts(&m.From, &m.To, &m.Subject, &m.Text, &m.HTML)
		return m
	})
	clean.Texts = each(s.Texts, func(t Text) Text {
		r.texts(&t.Number, &t.Kind, &t.Body)
		return t
	})
	clean.Directory = each(s.Directory, r.change)
	clean.Tenant = each(s.Tenant, r.change)
	clean.Audit = each(s.Audit, func(a AuditEntry) AuditEntry {
		r.texts(&a.Activity, &a.Status, &a.Reason, &a.Actor, &a.Target, &a.Service)
		return a
	})
	clean.Agent = each(s.Agent, func(e AgentEvent) AgentEvent {
		r.texts(&e.Name, &e.Text)
		return e
	})
	return &clean
}

func (r *Redactor) change(c Change) Change {
	r.texts(&c.Object, &c.Attribute, &c.Old, &c.New)
	return c
}

// texts replaces what its arguments point to.
func (r *Redactor) texts(all ...*string) {
	for _, s := range all {
		*s = r.Text(*s)
	}
}

func each[T any](list []T, clean func(T) T) []T {
	if list == nil {
		return nil
	}
	done := make([]T, len(list))
	for i, one := range list {
		done[i] = clean(one)
	}
	return done
}
