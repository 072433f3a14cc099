package run

import (
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/supervise"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// Scenarios that run at the same time share a domain controller, each in a tree
// of its own. One that would be in the way of others, or they in its, has a
// pristine one to itself.

// sharing says whether a scenario runs on a directory that others use too, and
// in the words of the report on which it runs. Only a fleet's can be shared.
// OpenLDAP's never is: it dates passwords by the second, so that each step moves
// its clock.
func (o Options) sharing(s *script.Scenario, era script.Era) (shared bool, words string) {
	if o.Directory != lab.Samba || o.Fleet == nil {
		return false, ""
	}
	if because := aloneBecause(s, era); because != "" {
		return false, "its own: " + because
	}
	return true, "shared with other scenarios"
}

// aloneBecause says why a scenario must have the directory to itself, as what
// it does in an era; "" if it need not. What has nothing on-premises may do
// anything but begin on a day of its own.
func aloneBecause(s *script.Scenario, era script.Era) string {
	d, standard := s.Directory, script.DefaultDirectory()
	switch {
	case !s.Start.IsZero():
		return "it starts on a day of its own"
	case d == nil:
		return ""
	case d.Domain != supervise.Domain:
		return "its domain is not that of the others"
	case policyOf(d) != policyOf(standard):
		return "it states a password policy"
	case slices.ContainsFunc(standard.Delegation, func(r script.Right) bool { return !slices.Contains(d.Delegation, r) }):
		return "its connector account lacks a right"
	case slices.ContainsFunc(s.People, func(p *script.Person) bool { return strings.HasSuffix(p.UPN, "@"+d.Domain) }):
		return "somebody has a name in the domain that all share"
	}
	return aloneForSteps(s, era)
}

// aloneForSteps is aloneBecause for what happens in the scenario.
func aloneForSteps(s *script.Scenario, era script.Era) string {
	codes := 0
	for _, step := range s.Steps {
		if !step.Runs(era) {
			continue
		}
		if step.After > 0 {
			return "it moves the clock"
		}
		if slices.ContainsFunc(step.Lab, func(a script.LabAct) bool { return a.Verb == script.ProtectAccount }) {
			return "it writes to a group of the domain's"
		}
		codes += step.AppCodes()
	}
	if codes > 1 {
		return "it may wait for the next code of an app, by the clock" // see appCode
	}
	return ""
}

// policyOf is the directory's password policy as a scenario has it.
func policyOf(d *script.Directory) directory.Policy {
	p := d.Policy
	return directory.Policy{
		MinLength: p.MinimumLength, Complexity: p.Complexity, History: p.History, MinAge: p.MinimumAge, MaxAge: p.MaximumAge,
		LockoutThreshold: p.LockoutThreshold, LockoutWindow: p.LockoutWindow, LockoutDuration: p.LockoutDuration,
	}
}
