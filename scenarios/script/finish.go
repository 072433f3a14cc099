package script

import (
	"fmt"
	"slices"
	"strings"
)

// finish fills in the defaults that depend on more than one part of the
// scenario, and then checks what ties the parts together.
func (r *reader) finish(d *draft) *Scenario {
	d.directoryDefaults()
	d.tenantDefaults()
	for _, p := range d.People {
		p.defaults(d.Domain)
	}
	r.checkUses(d)
	r.checkNames(d)
	r.checkConnect(d)
	r.checkGroups(d)
	r.checkSteps(d)
	r.checkTimes(d)
	return &d.Scenario
}

// directoryDefaults: there is a directory when one is described, or anything
// comes from one; Connect is installed when there is.
func (d *draft) directoryDefaults() {
	fromIt := slices.ContainsFunc(d.People, func(p *Person) bool { return p.From == FromDirectory }) ||
		slices.ContainsFunc(d.Groups, func(g *Group) bool { return g.From == FromDirectory })
	if d.Directory == nil && fromIt {
		d.Directory = DefaultDirectory()
		d.Directory.At = d.At
	}
	if d.Directory != nil && d.Directory.Domain == "" {
		d.Directory.Domain = "corp." + d.Domain
	}
	d.Connect = Connect{At: d.connect.at, Installed: d.Directory != nil}
	if d.connect.installed.stated() {
		d.Connect.Installed = d.connect.installed.value
	}
	d.Connect.Writeback = d.Connect.Installed
	if d.connect.writeback.stated() {
		d.Connect.Writeback = d.connect.writeback.value
	}
}

// tenantDefaults: the blade writes back when Connect does.
func (d *draft) tenantDefaults() {
	reset := &d.Tenant.PasswordReset
	reset.WriteBack = d.Connect.Writeback
	if reset.writeBack.stated() {
		reset.WriteBack = reset.writeBack.value
	}
	reset.UnlockWithoutReset = reset.unlock.value
	d.Tenant.VerifiedDomains = []string{d.Domain}
	if d.verified != nil {
		d.Tenant.VerifiedDomains = *d.verified
	}
}

func (p *Person) defaults(domain string) {
	if p.UserName == "" {
		p.UserName = p.Key
	}
	p.UPN = p.UserName
	if name, _, whole := strings.Cut(p.UserName, "@"); whole {
		p.UserName = name
	} else {
		p.UPN += "@" + domain
	}
	if p.Mail == "" {
		p.Mail = p.UPN
	}
}

// checkConnect holds the agent and the blade's on-premises page against the
// directory (R-POL-06).
func (r *reader) checkConnect(d *draft) {
	if d.connect.installed.value && d.Directory == nil {
		r.problem(d.connect.installed.at, "Connect is installed, but there is no directory", "directory: …, or somebody from: directory", "")
	}
	if d.connect.writeback.value && !d.Connect.Installed {
		r.problem(d.connect.writeback.at, "Connect writes back, but it is not installed", "installed: yes, or writeback: no", "")
	}
	reset := d.Tenant.PasswordReset
	for _, on := range []placed[bool]{reset.writeBack, reset.unlock} {
		if on.value && !d.Connect.Writeback {
			r.problem(on.at, "the on-premises page is not usable: Connect is not there or does not write back (R-POL-06)",
				"connect: {installed: yes, writeback: yes}, or no", "")
		}
	}
}

// checkGroups refuses a policy for a group that is not there yet.
func (r *reader) checkGroups(d *draft) {
	named := []struct {
		at   Position
		name string
	}{{d.Tenant.PasswordReset.At, d.Tenant.PasswordReset.Group}, {d.Tenant.Combined.At, d.Tenant.Combined.Group}}
	for _, n := range named {
		if g := d.Group(n.name); g != nil && !g.Exists {
			r.problem(n.at, fmt.Sprintf("the group %q does not exist when the scenario starts", n.name), "a group that exists: yes", "")
		}
	}
}

// checkSteps holds each step against the scenario.
func (r *reader) checkSteps(d *draft) {
	for _, s := range d.Steps {
		for _, e := range s.Eras {
			if !slices.Contains(d.Eras, e) {
				r.problem(s.At, fmt.Sprintf("the step is for era %s, in which the scenario does not run", e), "eras: ["+string(e)+", …], or another era", "")
			}
		}
		if d.Directory == nil {
			r.checkNoDirectory(s)
		}
		r.checkAccounts(d, s)
	}
}

// checkAccounts refuses to look at, or do something to, an account on-premises
// of somebody who has none.
func (r *reader) checkAccounts(d *draft, s *Step) {
	none := func(at Position, person string) {
		if p := d.Person(person); p != nil && p.From != FromDirectory {
			r.problem(at, person+" has no account in the directory", "from: directory for "+person, "")
		}
	}
	for _, l := range s.Lab {
		none(s.At, l.Person)
	}
	if s.Expect == nil {
		return
	}
	for _, a := range s.Expect.Directory {
		none(a.At, a.Person)
	}
}

// checkNoDirectory refuses what needs a directory in a scenario without one.
func (r *reader) checkNoDirectory(s *Step) {
	const expected = "directory: …, or somebody from: directory"
	for _, l := range s.Lab {
		if l.Verb != StopMail && l.Verb != StartMail {
			r.problem(s.At, fmt.Sprintf("%q, but the scenario has no directory and no agent", l), expected, "")
		}
	}
	if s.Expect != nil && s.Expect.Agent != nil {
		r.problem(s.Expect.Agent.At, "the scenario has no agent whose log could be read", expected, "")
	}
}

// checkTimes refuses registrations in the future.
func (r *reader) checkTimes(d *draft) {
	for _, p := range d.People {
		for _, e := range d.Eras {
			if p.RegisteredOn.After(d.StartIn(e)) {
				r.problem(p.At, fmt.Sprintf("%s is registered on a day after the start in era %s", p.Key, e), "a day before "+d.StartIn(e).Format("2006-01-02"), "")
			}
		}
	}
}
