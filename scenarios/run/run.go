package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/own"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/scenarios/report"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// Options is how scenarios are run. Driver and Authority are required; the
// driver trusts the authority.
type Options struct {
	Driver    web.Driver
	Authority *pki.Authority
	Seed      uint64 // of every lab
	Workers   int    // scenarios at a time; default 1
	// Directory is the one under every lab; default the embedded one. Fleet is
	// where the containers come from that another one needs; nil: each lab
	// starts its own.
	Directory lab.DirectoryKind
	Fleet     *lab.Fleet
	// Own is the directory if it is one of the user's. What a scenario needs and
	// it does not have is why the scenario is skipped.
	Own *own.Config
	// NoEvidence leaves out pictures and what changed: for measuring.
	NoEvidence bool
	// Done is told of each scenario when it has run, one at a time.
	Done func(*report.Scenario)
	// Failed is told of a failed scenario before its lab is stopped, which
	// waits for it to return.
	Failed func(*report.Scenario, *lab.Lab)
	// Keys are shared by the labs; default: a ring of the run's own.
	Keys *lab.KeyRing
	// Redactor learns every secret of the run; default: one of its own.
	Redactor *report.Redactor
	Log      *slog.Logger
	// Port is that of the cloud's pages; 0 takes any.
	Port int
}

// stepTimeout bounds one step in real time: pages, mails, waits and all.
const stepTimeout = 60 * time.Second

// Run runs scenarios, each once in every era it names, and returns the evidence
// in their order. Its error is that of ctx; a scenario that fails, or whose lab
// does not start, is told of in the evidence.
func Run(ctx context.Context, scenarios []*script.Scenario, o Options) (*report.Run, error) {
	if o.Redactor == nil {
		o.Redactor = new(report.Redactor)
	}
	type job struct {
		scenario *script.Scenario
		era      script.Era
	}
	var jobs []job
	for _, s := range scenarios {
		for _, e := range s.Eras {
			jobs = append(jobs, job{s, e})
		}
	}
	watch := newStopwatch()
	run := &report.Run{Seed: o.Seed, Started: watch.started, Scenarios: make([]*report.Scenario, len(jobs))}
	if o.Keys == nil {
		o.Keys = new(lab.KeyRing)
	}
	next := make(chan int)
	var workers, done = sync.WaitGroup{}, sync.Mutex{}
	for range max(o.Workers, 1) {
		workers.Go(func() {
			for i := range next {
				r := one(ctx, jobs[i].scenario, jobs[i].era, o)
				run.Scenarios[i] = r
				if o.Done != nil {
					done.Lock()
					o.Done(r)
					done.Unlock()
				}
			}
		})
	}
	for i := range jobs {
		next <- i
	}
	close(next)
	workers.Wait()
	run.Duration = watch.elapsed()
	return run, ctx.Err()
}

// stopwatch measures real time, for the report alone: how long a step took is
// no matter of the lab's clock.
type stopwatch struct{ started time.Time }

func newStopwatch() stopwatch              { return stopwatch{time.Now()} }
func (s stopwatch) elapsed() time.Duration { return time.Since(s.started) }

// one runs a scenario in one era, in a lab of its own.
func one(ctx context.Context, s *script.Scenario, era script.Era, o Options) *report.Scenario {
	watch := newStopwatch()
	r := &report.Scenario{Name: s.Name, About: s.About, File: s.At.File, Line: s.At.Line, Directory: string(cmp.Or(o.Directory, lab.Embedded)), Driver: o.Driver.Name(), Era: string(era), Seed: o.Seed, Rules: allRules(s)}
	if o.Own != nil {
		r.Directory, r.Config = o.Own.URL, o.Own.File
	}
	if len(s.Eras) > 1 {
		r.Name += " (era " + string(era) + ")"
	}
	if o.product() == lab.OpenLDAP {
		r.StandsIn = "OpenLDAP stands in for Active Directory"
	}
	shared, words := o.sharing(s, era)
	r.Controller = words
	defer func() { r.Duration = watch.elapsed() }()
	starting, cancel := context.WithTimeoutCause(ctx, stepTimeout, fmt.Errorf("the start took longer than %s", stepTimeout))
	w, err := newWorld(starting, s, era, o, shared)
	if cause := context.Cause(starting); err != nil && cause != nil {
		err = errors.Join(err, cause)
	}
	cancel()
	if lacking := new(needs); errors.As(err, &lacking) {
		skip(r, s, era, lacking.what)
		return r
	}
	if err != nil {
		r.Error = "the lab did not start: " + err.Error()
		skipFrom(r, s, era, 0)
		return r
	}
	defer w.close()
	w.play(ctx, r)
	if !r.Passed && o.Failed != nil {
		o.Failed(r, w.lab)
	}
	return r
}

// allRules are the rules of a scenario and of its steps, each once.
func allRules(s *script.Scenario) (rules []string) {
	seen := map[string]bool{}
	add := func(ids []string) {
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				rules = append(rules, id)
			}
		}
	}
	add(s.Rules)
	for _, step := range s.Steps {
		add(step.Rules)
	}
	return rules
}

// skipFrom lists the steps from i on as skipped.
func skipFrom(r *report.Scenario, s *script.Scenario, era script.Era, i int) {
	for _, step := range s.Steps[i:] {
		if step.Runs(era) {
			r.Steps = append(r.Steps, &report.Step{Name: nameOf(step), Actor: step.Actor, Line: step.At.Line, Skipped: true, Rules: step.Rules})
		}
	}
}

// skip notes that a scenario was not run, because the directory does not have
// what it needs.
func skip(r *report.Scenario, s *script.Scenario, era script.Era, what string) {
	r.Skipped = what
	skipFrom(r, s, era, 0)
	for _, step := range r.Steps {
		step.Error = what
	}
}

// play takes the steps one after the other, until one fails.
func (w *world) play(ctx context.Context, r *report.Scenario) {
	r.Passed = true
	for i, step := range w.scenario.Steps {
		if !step.Runs(w.era) {
			continue
		}
		done := w.step(ctx, step)
		r.Steps = append(r.Steps, done)
		if !done.Passed {
			r.Passed = false
			skipFrom(r, w.scenario, w.era, i+1)
			break
		}
	}
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	if unhandled, err := w.tenant.Unhandled(ctx); err == nil {
		r.Unhandled = unhandled
	}
}

// step takes one step and gathers its evidence.
func (w *world) step(ctx context.Context, step *script.Step) *report.Step {
	ctx, cancel := context.WithTimeoutCause(ctx, stepTimeout, fmt.Errorf("the step took longer than %s", stepTimeout))
	defer cancel()
	watch := newStopwatch()
	e := &report.Step{Name: nameOf(step), Actor: step.Actor, Line: step.At.Line, Rules: step.Rules}
	w.evidence = e
	err := w.tick(ctx)
	before := w.before(ctx, step)
	if err == nil {
		err = w.take(ctx, step)
	}
	if err == nil && step.Expect != nil {
		err = w.expect(ctx, step.Expect)
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = errors.Join(err, cause)
	}
	e.Duration = watch.elapsed()
	if err != nil {
		w.pictureAll(context.WithoutCancel(ctx))
	}
	w.after(context.WithoutCancel(ctx), before, e)
	verdict(e, errors.Join(w.died(), err))
	e.LabTime = w.lab.Clock.Now()
	return e
}

// tick lets a second pass where the directory dates passwords by the second, so
// that one that is set in the next step is told from one of the step before.
func (w *world) tick(ctx context.Context) error {
	switch {
	case w.directory.Resolution() < time.Second:
		return nil
	case w.options.Own != nil: // whose clock is not the lab's to move
		return w.outlast(ctx)
	}
	return w.lab.Advance(ctx, time.Second)
}

// verdict says in a step's evidence whether it passed, and if not, why.
func verdict(e *report.Step, err error) {
	var wrong *mismatch
	if errors.As(err, &wrong) {
		e.Expected, e.Found = wrong.expected, wrong.found
	}
	if e.Passed = err == nil; err != nil {
		e.Error = err.Error()
	}
}

// died names the part of the lab that died by itself; nil while none did.
func (w *world) died() error {
	select {
	case err := <-w.lab.Failed():
		return err
	default:
		return nil
	}
}

// take does what a step says, apart from what it expects.
func (w *world) take(ctx context.Context, step *script.Step) error {
	switch {
	case step.After > 0:
		return w.lab.Advance(ctx, step.After)
	case len(step.Lab) > 0:
		for _, act := range step.Lab {
			if err := w.labAct(ctx, act); err != nil {
				return fmt.Errorf("%s: %s: %w", step.At, act, err)
			}
		}
	case len(step.Do) > 0:
		return w.do(ctx, step)
	}
	return nil
}

// mismatch is an expectation that does not hold.
type mismatch struct {
	at              script.Position
	what            string
	expected, found string
}

func (m *mismatch) Error() string {
	return fmt.Sprintf("%s: %s: expected %s, found %s", m.at, m.what, m.expected, m.found)
}

func eraOf(e script.Era) lab.Era {
	if e == script.Era2019 {
		return lab.Era2019
	}
	return lab.Now
}
