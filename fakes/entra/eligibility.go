package entra

import (
	"slices"
	"time"
)

// Code is the number that a refusal page shows, as SSPR_00nn (R-ELG-14..20a).
type Code int

// The codes of section 2.2. Others are never shown (R-GAP-59).
const (
	TenantSSPRFlagDisabled           Code = 9
	WritebackNotEnabled              Code = 10
	SSPRNotEnabledInUserPolicy       Code = 11
	UserNotLicensed                  Code = 12
	UserNotMemberOfScopedAccessGroup Code = 13
	UserNotProperlyConfigured        Code = 14
	OnPremisesAdminActionRequired    Code = 29
	OnPremisesConnectivityError      Code = 30
)

// Reason says in one word why a person may not reset.
type Reason string

// The reasons, in the order in which they are looked for (R-ELG-03..09).
const (
	Eligible         Reason = ""
	UnknownUser      Reason = "unknown user"
	BlockedInCloud   Reason = "sign-in blocked"
	Throttled        Reason = "throttled"
	GuestAccount     Reason = "guest"
	AdminResetOff    Reason = "administrator reset switched off"
	TurnedOff        Reason = "turned off for the tenant"
	NoPolicy         Reason = "no methods in the policy"
	OutOfScope       Reason = "not in the group"
	Unlicensed       Reason = "not licensed"
	TooFewMethods    Reason = "too few methods"
	WritebackOff     Reason = "writeback not enabled"
	AgentUnreachable Reason = "on-premises service not reachable"
)

// Verdict is the answer of [Decide].
type Verdict struct {
	Reason   Reason // Eligible, or why not
	Code     Code   // 0: the page shows none
	Rule     string // the rule the verdict rests on
	Admin    bool   // the administrator policy decided (R-ELG-24)
	Required int    // gates to pass
	Methods  MethodSet
	Options  []Option // what the person may choose from at the first gate
	// OfferUnlock: the person chooses between reset and unlock first (R-RST-16).
	OfferUnlock bool
}

// Facts is what else than the person the verdict depends on.
type Facts struct {
	Policy  Policy
	Agent   AgentState
	InScope bool      // in the group of Selected, nested groups included (R-POL-12)
	OneGate bool      // administrators pass one gate only (R-POL-80)
	Trial   bool      // trial tenants cannot call (R-POL-32, R-POL-82)
	Now     time.Time // on the lab's clock
}

// Decide runs the eligibility chain of section 2.1 for a known user, in the
// documented order. It is pure: the same facts, the same verdict.
func Decide(u User, f Facts) Verdict {
	v := Verdict{Admin: u.Admin(), Required: f.Policy.Required}
	if v.Admin {
		v.Required = 2
		if f.OneGate {
			v.Required = 1
		}
	}
	v.Methods = Usable(u, f)
	v.Options = OptionsOf(v.Methods)
	if f.Trial {
		v.Options = slices.DeleteFunc(v.Options, func(o Option) bool { return o == CallMobile }) // texts go on (R-POL-32)
	}
	v.OfferUnlock = u.Synced() && f.Policy.WriteBack && f.Policy.UnlockWithoutReset
	refuse := func(why Reason, code Code, rule string) Verdict {
		v.Reason, v.Code, v.Rule = why, code, rule
		return v
	}
	if !u.Enabled {
		return refuse(BlockedInCloud, 0, "R-GAP-54")
	}
	if f.Now.Before(u.blocked) {
		return refuse(Throttled, 0, "R-ELG-04")
	}
	if why, code, rule := scope(u, f); why != Eligible {
		return refuse(why, code, rule)
	}
	if !v.Admin && !u.LicensedToReset() {
		return refuse(Unlicensed, UserNotLicensed, "R-ELG-17")
	}
	if v.Methods.Kinds() < v.Required {
		return refuse(TooFewMethods, UserNotProperlyConfigured, "R-ELG-19")
	}
	if u.Synced() && !(f.Agent.Configured && f.Policy.WriteBack) {
		return refuse(WritebackOff, WritebackNotEnabled, "R-ELG-15")
	}
	if u.Synced() && !f.Agent.Connected {
		return refuse(AgentUnreachable, OnPremisesConnectivityError, "R-ELG-09")
	}
	v.Rule = "R-ELG-10"
	return v
}

// scope is step 4 of the chain: is self-service reset on for this user?
func scope(u User, f Facts) (Reason, Code, string) {
	switch p := f.Policy; {
	case u.Guest:
		return GuestAccount, 0, "R-ELG-29"
	case u.Admin() && !p.AdminReset:
		return AdminResetOff, TenantSSPRFlagDisabled, "R-POL-87"
	case u.Admin():
		return Eligible, 0, ""
	case p.Enabled == None:
		return TurnedOff, TenantSSPRFlagDisabled, "R-ELG-14"
	case p.Methods == 0:
		return NoPolicy, SSPRNotEnabledInUserPolicy, "R-ELG-16"
	case p.Enabled == Selected && !f.InScope:
		return OutOfScope, UserNotMemberOfScopedAccessGroup, "R-ELG-18"
	}
	return Eligible, 0, ""
}

// adminMethods are those of the fixed administrator policy (R-POL-78).
var adminMethods = NewMethodSet(AppNotification, AppCode, Email, MobilePhone, OfficePhone)

// allowed returns the methods that the policy in force for u enables.
func allowed(u User, p Policy) MethodSet {
	if u.Admin() {
		return adminMethods
	}
	m := p.Methods
	if p.Required == 1 {
		m &^= NewMethodSet(AppNotification) // R-POL-23
	}
	return m
}

// Usable returns the methods that the policy in force enables and for which u
// has data, registered or not (R-ELG-12, R-ELG-13, R-POL-41..47).
func Usable(u User, f Facts) MethodSet {
	var s MethodSet
	add := func(m Method, has bool) {
		if has && allowed(u, f.Policy).Has(m) {
			s |= NewMethodSet(m)
		}
	}
	add(AppNotification, u.HasPush())
	add(AppCode, len(u.Security.Apps) > 0)
	add(Email, u.ResetEmail() != "")
	add(MobilePhone, WellFormedPhone(u.ResetPhone()))
	add(OfficePhone, WellFormedPhone(u.OfficePhone) && !f.Trial)
	add(SecurityQuestions, len(u.Security.Questions) >= max(f.Policy.QuestionsToReset, 1))
	return s
}

// Registrable returns the methods that u may register: those the policy in
// force enables, in the order the wizard proposes them, most secure first
// (R-REG-16). Office phones come from the directory [19] (R-REG-33).
//
// Administrators whose reset is switched off may register nothing (R-POL-85).
func Registrable(u User, f Facts, era Era) (list []Method) {
	if u.Admin() && !f.Policy.AdminReset {
		return nil
	}
	has := allowed(u, f.Policy)
	for _, m := range []Method{AppCode, MobilePhone, OfficePhone, Email, SecurityQuestions} {
		switch {
		case m == AppCode && !has.App(), m != AppCode && !has.Has(m):
		case m == OfficePhone && (era == Era2019 || f.Trial): // R-POL-32
		default:
			list = append(list, m)
		}
	}
	return list
}

// NeedsRegistration reports whether sign-in is interrupted to register:
// registration is required, u is in scope and may register, and has fewer
// usable methods than a reset needs (R-POL-63, R-REG-14, R-REG-25).
//
// An administrator whose reset is switched off is interrupted all the same, to
// be told that no method can be registered (R-POL-85).
func NeedsRegistration(u User, f Facts) bool {
	f.Policy.AdminReset = true
	if !asked(u, f) {
		return false
	}
	v := Decide(u, f)
	return v.Methods.Kinds() < v.Required && !excused(u, f)
}

// excused reports whether u deleted a method and is not asked for another
// before the days of the next review have run out (R-POL-64); with 0 days they
// never do.
func excused(u User, f Facts) bool {
	days := f.Policy.ReconfirmDays
	return !u.Security.Deleted.IsZero() && (days == 0 || !f.Now.After(u.Security.Confirmed.AddDate(0, 0, days)))
}

// asked reports whether the Registration page applies to u at all: to people in
// scope with a licence, administrators in scope (R-POL-63).
func asked(u User, f Facts) bool {
	why, _, _ := scope(u, f)
	if !f.Policy.RequireRegistration || why != Eligible {
		return false
	}
	if u.Admin() {
		return f.InScope
	}
	return u.LicensedToReset()
}

// NeedsReview reports whether sign-in is interrupted to look over what is
// registered: the last confirmation is older than the policy's days (R-REG-57).
// It never applies to who has confirmed nothing, nor with 0 days (R-POL-59).
func NeedsReview(u User, f Facts) bool {
	days, at := f.Policy.ReconfirmDays, u.Security.Confirmed
	return asked(u, f) && days != 0 && !at.IsZero() && f.Now.After(at.AddDate(0, 0, days))
}

// Standing is what the usage report says of a user (R-AUD-48, R-AUD-53).
type Standing struct{ Registered, Enabled, Capable bool }

// StandingOf returns the standing of u: Enabled = in scope, Registered = holds
// the number of methods a reset needs, Capable = both.
func StandingOf(u User, f Facts) Standing {
	why, _, _ := scope(u, f)
	v := Decide(u, f)
	s := Standing{Enabled: why == Eligible, Registered: v.Methods.Kinds() >= v.Required}
	s.Capable = s.Enabled && s.Registered
	return s
}
