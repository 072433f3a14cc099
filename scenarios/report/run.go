package report

import "time"

// A Run is everything that one call of the runner did.
type Run struct {
	// Seed is what the run's randomness came from.
	Seed uint64
	// Started is the machine's time at the start.
	Started time.Time
	// Duration is how long the whole run took in real time.
	Duration time.Duration
	// Command is the command line, quoted for a shell, or empty.
	Command string
	// Machine is what it ran on; the zero value is left out of the report.
	Machine Machine
	// Scenarios stand in the order in which they were to run.
	Scenarios []*Scenario
	// Notes are remarks on the whole run, a line each.
	Notes []string
}

// A Scenario is one scenario on one directory with one driver.
type Scenario struct {
	// Name and About are the scenario's own words.
	Name, About string
	// File is where it comes from, as [Again] names it; Line counts from 1, 0
	// if unknown.
	File string
	Line int
	// Directory and Driver are the two axes of the lab: embedded, openldap,
	// samba or a URL; browser or http.
	Directory, Driver string
	// Controller says whether the scenario had a domain controller to itself, and
	// why; "" if that is no question.
	Controller string
	// Config is the file that names a directory of the user's; "" for others.
	Config string
	// Era is the era of its tenant: 2019 or now.
	Era string
	// Seed is what to give --seed to repeat this scenario; 0 means the run's.
	Seed uint64
	// Passed is false if a step failed, or Error or Skipped is set.
	Passed bool
	// Skipped says why the scenario was not run: what it needs and the
	// directory, which is not the lab's own, does not have. Such a scenario has
	// neither passed nor failed; all its steps are skipped.
	Skipped string
	// Duration is real time, not the lab's.
	Duration time.Duration
	// Rules are the ids of the behaviour rules the scenario proves.
	Rules []string
	Steps []*Step
	// StandsIn says that a part is not what its name promises, for example
	// "OpenLDAP stands in for Active Directory".
	StandsIn string
	// Error is what went wrong outside any step, for example while the lab was
	// started; empty if nothing did.
	Error string
	// Log holds the lines the lab logged meanwhile.
	Log []string
	// Unhandled lists requests that no part of the lab knew.
	Unhandled []string
}

// A Step is one thing an actor did or expected, with the evidence for it.
type Step struct {
	Name, Actor string
	// Line is where the step stands in the scenario's file, from 1; 0 if
	// unknown.
	Line int
	// Passed and Skipped are both false for a step that failed. A step that
	// was not reached is skipped.
	Passed, Skipped bool
	// Duration is real time.
	Duration time.Duration
	// Error says why the step failed, or why it was skipped if that is not for a
	// step before it. Expected and Found, where the failure is one of
	// expectation, say the same as two values to compare.
	Error           string
	Expected, Found string
	// Rules are the ids of the rules this step proves.
	Rules []string
	// LabTime is what the lab's clock showed after the step.
	LabTime time.Time

	Pages             []Page
	Mails             []Mail
	Texts             []Text
	Directory, Tenant []Change
	Audit             []AuditEntry
	Agent             []AgentEvent
}

// failed reports whether the scenario ran and did not pass.
func (s *Scenario) failed() bool { return !s.Passed && s.Skipped == "" }

// failed reports whether the step ran and did not pass.
func (s *Step) failed() bool { return !s.Passed && !s.Skipped }

// A Page is what the actor saw: a picture, or the page's HTML if nothing drew it.
type Page struct {
	URL, Title string
	// Heading is the page's first heading.
	Heading string
	// PNG is the picture; the browser driver has one.
	PNG []byte
	// HTML is the page itself; the form driver has only that.
	HTML string
	// Note says something about the picture, for example whose window it is.
	Note string
}

// A Mail is a message that was delivered during a step.
type Mail struct {
	From, To, Subject string
	// Text and HTML are the parts of the body; either may be empty.
	Text, HTML string
	// At is the lab's time of delivery.
	At time.Time
}

// A Text is a message or a call to a phone.
type Text struct {
	Number string
	// Kind says which: text, call, notification.
	Kind string
	Body string
}

// A Change is a value that a step changed in the directory or in the tenant.
type Change struct {
	Object, Attribute string
	// Old and New are the values before and after; empty for none.
	Old, New string
}

// An AuditEntry is a line of the tenant's audit log.
type AuditEntry struct {
	At                                               time.Time
	Activity, Status, Reason, Actor, Target, Service string
}

// An AgentEvent is an entry in the event log of the Connect agent.
type AgentEvent struct {
	ID         int
	Name, Text string
}
