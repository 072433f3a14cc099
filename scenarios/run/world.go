package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra/setup"
	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/supervise"
	"github.com/ssprlab/ssprlab/lab/tree"
	"github.com/ssprlab/ssprlab/scenarios/report"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// world is a scenario in its lab: the people, and the ways to ask the parts.
type world struct {
	options  Options
	scenario *script.Scenario
	era      script.Era
	lab      *lab.Lab
	tree     tree.Label // of a directory that is shared; "": it is the scenario's alone
	started  time.Time  // on the lab's clock

	directory *directory.Directory // as administrator; nil: there is none
	tenant    *setup.Client
	graph     *graph
	mail      *mailbox.Mailbox
	phone     *hand.Hand
	connect   *agent

	actors   map[string]*actor
	saved    map[string]string
	evidence *report.Step // of the step under way
	since    marks        // where the step under way began
	previous marks        // where the one before it began
}

// newWorld starts a lab and brings it into the scenario's state, in a directory
// of the fleet that others share or in one of its own.
func newWorld(ctx context.Context, s *script.Scenario, era script.Era, o Options, shared bool) (*world, error) {
	if err := o.unfit(s, era); err != nil {
		return nil, err
	}
	s, label, err := o.settle(s, shared)
	if err != nil {
		return nil, err
	}
	config := lab.Config{
		Seed: o.Seed, Era: eraOf(era), Start: s.StartIn(era), Organisation: s.Organisation, Domain: s.Domain,
		Authority: o.Authority, Keys: o.Keys, Log: o.Log, Port: o.Port,
		Directory: o.Directory, Fleet: o.Fleet, Own: o.Own, Tree: label,
	}
	config.Initial = !slices.Contains(s.Tenant.VerifiedDomains, s.Domain)
	for _, d := range s.Tenant.VerifiedDomains {
		if d != s.Domain {
			config.Domains = append(config.Domains, d)
		}
	}
	d := s.Directory
	if d == nil && shared {
		d = script.DefaultDirectory() // as the others have it
		d.Domain = supervise.Domain
	}
	if d != nil {
		policy := policyOf(d)
		config.DirectoryDomain, config.Policy, config.Delegation, config.NoDelegation = d.Domain, &policy, rightsOf(d.Delegation), len(d.Delegation) == 0
	}
	l, err := lab.Start(ctx, config)
	if err != nil {
		return nil, err
	}
	w := &world{options: o, scenario: s, era: era, lab: l, tree: label, started: s.StartIn(era), actors: map[string]*actor{}, saved: map[string]string{}}
	if label != "" {
		w.started = l.Clock.Now() // that of the directory, more or less
	}
	w.tenant = setup.NewClient(l.Endpoints.TenantControl, l.HTTP())
	w.graph = newGraph(l)
	w.mail = mailbox.New(l.Endpoints.Mail, l.HTTP())
	w.phone = hand.New(l.Endpoints.Phone, l.HTTP())
	w.connect = newAgent(l)
	if w.directory, err = directory.Open(ctx, l.Directory()); err == nil {
		err = w.setUp(ctx)
	}
	if err != nil {
		w.close()
		return nil, fmt.Errorf("set the scenario up: %w", err)
	}
	return w, nil
}

// settle gives a scenario a tree of its own in a directory that it shares, and
// the domains in which its people have names that nobody else has.
func (o Options) settle(s *script.Scenario, shared bool) (*script.Scenario, tree.Label, error) {
	if o.Own == nil && !shared {
		return s, "", nil
	}
	label, err := tree.NewLabel()
	if err != nil {
		return nil, "", err
	}
	domains := map[string]string{}
	for _, d := range s.Domains() {
		domains[d] = label.Domain(d)
	}
	if d := o.forest(s); d != "" {
		domains[s.Directory.Domain] = d
	}
	return s.Renamed(domains), label, nil
}

// forest is the domain of the directory in which a scenario is to run; "" if it
// has none, or the user's does not name it.
func (o Options) forest(s *script.Scenario) string {
	switch {
	case s.Directory == nil:
		return ""
	case o.Own == nil:
		return s.Directory.Domain
	}
	return o.Own.Domain()
}

func rightsOf(rights []script.Right) (list []directory.Right) {
	of := map[script.Right]directory.Right{
		script.RightReset: directory.ResetPassword, script.RightChange: directory.ChangePassword, script.RightLockout: directory.WriteLockoutTime,
		script.RightLastSet: directory.WritePwdLastSet, script.RightUnexpire: directory.UnexpirePassword,
	}
	for _, r := range rights {
		list = append(list, of[r])
	}
	return list
}

// close closes every window and stops the lab.
func (w *world) close() error {
	var errs []error
	for _, a := range w.actors {
		errs = append(errs, a.closeWindow())
	}
	if w.directory != nil {
		errs = append(errs, w.directory.Close())
	}
	return errors.Join(append(errs, w.lab.Stop())...)
}

// secret keeps a secret out of the report.
func (w *world) secret(kind, value string) { w.options.Redactor.Add(kind, value) }
