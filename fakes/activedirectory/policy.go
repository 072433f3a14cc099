package activedirectory

import (
	"bytes"
	"slices"
	"time"
)

// policy is the password and lockout policy that holds for one account: the
// domain's, or that of the fine-grained settings that apply to it (R-WB-108).
// Ages and windows are negative, in units of 100 ns, as the directory has them.
type policy struct {
	minLength int64
	history   int64
	complex   bool
	minAge    int64
	maxAge    int64
	threshold int64 // 0: no lockout
	window    int64
	duration  int64 // 0 or the least number: until an administrator unlocks
}

const passwordComplex = 1 // DOMAIN_PASSWORD_COMPLEX in pwdProperties

// factoryPolicy is what a new domain has (R-PWD-18).
func factoryPolicy() policy {
	return policy{
		minLength: 7,
		history:   24,
		complex:   true,
		minAge:    interval(24 * time.Hour),
		maxAge:    interval(42 * 24 * time.Hour),
		window:    interval(30 * time.Minute),
		duration:  interval(30 * time.Minute),
	}
}

// write puts the policy on the domain object.
func (p policy) write(values valueList) valueList {
	properties := int64(0)
	if p.complex {
		properties = passwordComplex
	}
	for _, v := range []struct {
		a attr
		n int64
	}{
		{attrMinPwdLength, p.minLength}, {attrPwdHistoryLength, p.history}, {attrPwdProperties, properties},
		{attrMinPwdAge, p.minAge}, {attrMaxPwdAge, p.maxAge}, {attrLockoutThreshold, p.threshold},
		{attrLockOutObservationWindow, p.window}, {attrLockoutDuration, p.duration}, {attrForceLogoff, forever},
	} {
		values = values.with(v.a, []string{decimal(v.n)})
	}
	return values
}

// policyFor returns the policy that holds for an account.
func (s *Server) policyFor(o *object) policy {
	if settings := s.resultantSettings(o); settings != nil {
		v := settings.values
		return policy{
			minLength: v.number(attrSettingsMinLength),
			history:   v.number(attrSettingsHistoryLength),
			complex:   v.text(attrSettingsComplexity) == "TRUE",
			minAge:    v.number(attrSettingsMinAge),
			maxAge:    v.number(attrSettingsMaxAge),
			threshold: v.number(attrSettingsLockoutThreshold),
			window:    v.number(attrSettingsLockoutWindow),
			duration:  v.number(attrSettingsLockoutDuration),
		}
	}
	v := s.domain.values
	return policy{
		minLength: v.number(attrMinPwdLength),
		history:   v.number(attrPwdHistoryLength),
		complex:   v.number(attrPwdProperties)&passwordComplex != 0,
		minAge:    v.number(attrMinPwdAge),
		maxAge:    v.number(attrMaxPwdAge),
		threshold: v.number(attrLockoutThreshold),
		window:    v.number(attrLockOutObservationWindow),
		duration:  v.number(attrLockoutDuration),
	}
}

// resultantSettings returns the settings object that holds for an account: of
// those linked to it the one of the lowest precedence, else of those linked to
// its global security groups; nil when the domain's policy holds.
func (s *Server) resultantSettings(o *object) *object {
	if len(s.settings.children) == 0 || !o.isAccount() {
		return nil
	}
	if direct := strongest(o.linked(attrPSOApplied)); direct != nil {
		return direct
	}
	var through []*object
	for _, group := range s.groupsOf(o) {
		if group.values.number(attrGroupType) == globalSecurity {
			through = append(through, group.linked(attrPSOApplied)...)
		}
	}
	return strongest(through)
}

// strongest returns the settings of the lowest precedence, by GUID among equals.
func strongest(settings []*object) *object {
	if len(settings) == 0 {
		return nil
	}
	return slices.MinFunc(settings, func(x, y *object) int {
		px, py := x.values.number(attrSettingsPrecedence), y.values.number(attrSettingsPrecedence)
		if px != py {
			return int(px - py)
		}
		return bytes.Compare(x.guid[:], y.guid[:])
	})
}

// expiry returns when the account's password must be changed, as
// msDS-UserPasswordExpiryTimeComputed says it: 0 means at the next sign-in.
func (p policy) expiry(o *object) int64 {
	if o.values.number(attrUserAccountControl)&(controlDontExpire|controlSmartcard) != 0 {
		return never
	}
	set := o.values.number(attrPwdLastSet)
	switch {
	case set <= 0:
		return 0
	case p.maxAge >= 0 || p.maxAge == forever:
		return never
	}
	return after(set, p.maxAge)
}
