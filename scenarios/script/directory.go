package script

import "time"

// Directory is the one on-premises, as it stands at the start.
type Directory struct {
	At         Position
	Domain     string // default "corp." and the scenario's domain
	Policy     PasswordPolicy
	Delegation []Right // of the connector account; default all of them
}

// PasswordPolicy is the domain's. The defaults are those of the product's
// support articles (R-PWD-18), with a lockout after five wrong passwords.
type PasswordPolicy struct {
	At               Position
	MinimumLength    int // characters; default 7
	Complexity       bool
	History          int           // passwords remembered; default 24
	MinimumAge       time.Duration // default 0
	MaximumAge       time.Duration // default 42 days; 0 = passwords do not expire
	LockoutThreshold int           // wrong passwords; default 5; 0 = no lockout
	LockoutWindow    time.Duration // default 30 minutes
	LockoutDuration  time.Duration // default 30 minutes; 0 = until somebody unlocks
}

func defaultPolicy() PasswordPolicy {
	const day = 24 * time.Hour
	return PasswordPolicy{MinimumLength: 7, Complexity: true, History: 24, MaximumAge: 42 * day,
		LockoutThreshold: 5, LockoutWindow: 30 * time.Minute, LockoutDuration: 30 * time.Minute}
}

// DefaultDirectory is what a directory is unless a scenario says otherwise, but
// for its domain.
func DefaultDirectory() *Directory {
	return &Directory{Policy: defaultPolicy(), Delegation: allRights()}
}

func allRights() (all []Right) {
	for _, w := range rights() {
		all = append(all, w.value)
	}
	return all
}

func directoryShape() shape[Directory] {
	return object("directory", "the directory on-premises", func(d *Directory) []field {
		*d = *DefaultDirectory()
		return []field{
			here(&d.At),
			opt("domain", `its domain; default "corp." and the scenario's domain`, domain(), &d.Domain),
			opt("password policy", "the domain's password policy", policyShape(), &d.Policy),
			opt("delegation", "the connector account's rights; default all",
				setOf("a list of rights", 0, oneOf("right", rights())), &d.Delegation),
		}
	})
}

func policyShape() shape[PasswordPolicy] {
	const day, minute = 24 * time.Hour, time.Minute
	s := object("password policy", "the domain's password policy", func(p *PasswordPolicy) []field {
		*p = defaultPolicy()
		return []field{
			here(&p.At),
			opt("minimum length", "characters; default 7", whole(0, 128), &p.MinimumLength),
			opt("complexity", "three of the character classes; default yes", yesNo(), &p.Complexity),
			opt("history", "passwords remembered; default 24", whole(0, 24), &p.History),
			opt("minimum age", "before a password may be changed again; default 0 days", duration(0, 998*day), &p.MinimumAge),
			opt("maximum age", "before a password expires; default 42 days, 0 days = never", duration(0, 999*day), &p.MaximumAge),
			opt("lockout threshold", "wrong passwords; default 5, 0 = no lockout", whole(0, 999), &p.LockoutThreshold),
			opt("lockout window", "within which they count; default 30 minutes", duration(minute, 99_999*minute), &p.LockoutWindow),
			opt("lockout duration", "default 30 minutes; 0 minutes = until somebody unlocks", duration(0, 99_999*minute), &p.LockoutDuration),
		}
	})
	return checked(s, checkPolicy)
}

// checkPolicy refuses what a domain controller refuses.
func checkPolicy(r *reader, n *node, p PasswordPolicy) bool {
	before := len(r.problems)
	if p.MaximumAge > 0 && p.MinimumAge >= p.MaximumAge {
		r.problem(n.at, "the minimum age is not below the maximum age", "a minimum age below "+spoken(p.MaximumAge), "")
	}
	if p.LockoutDuration > 0 && p.LockoutDuration < p.LockoutWindow {
		r.problem(n.at, "the lockout duration is below the lockout window", "a lockout duration of at least "+spoken(p.LockoutWindow), "")
	}
	return len(r.problems) == before
}

// Connect is the agent that synchronises the directory, as it stands at the
// start.
type Connect struct {
	At        Position
	Installed bool // default: whether there is a directory
	Writeback bool // the wizard's tick; default: as installed
}

type connectDraft struct {
	at                   Position
	installed, writeback placed[bool]
}

func connectShape() shape[connectDraft] {
	return object("connect agent", "the Connect agent", func(c *connectDraft) []field {
		return []field{
			here(&c.at),
			opt("installed", "default: whether there is a directory", at(yesNo()), &c.installed),
			opt("writeback", "the wizard's tick; default: as installed", at(yesNo()), &c.writeback),
		}
	})
}
