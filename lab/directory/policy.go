package directory

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Policy is a password and lockout policy.
type Policy struct {
	MinLength  int  // characters
	Complexity bool // three of the five classes of characters (R-PWD-17)
	History    int  // how many old passwords may not come back on a change
	// MinAge must pass between two changes, MaxAge until the password expires;
	// a MaxAge of 0 means never.
	MinAge, MaxAge time.Duration
	// LockoutThreshold wrong passwords within LockoutWindow lock the account
	// for LockoutDuration. A threshold of 0 means never, a duration of 0 until
	// somebody unlocks it.
	LockoutThreshold               int
	LockoutWindow, LockoutDuration time.Duration

	// PSO is the DN of the fine-grained policy that it comes from; "" for the
	// domain's own. Precedence is that PSO's rank, the lowest winning.
	PSO        string
	Precedence int
}

// policyNames are the attributes of a policy: the domain's and a PSO's differ
// in name only, except for complexity.
type policyNames struct {
	minLength, complexity, history, minAge, maxAge, threshold, window, duration string
}

func domainPolicy() policyNames {
	return policyNames{"minPwdLength", "pwdProperties", "pwdHistoryLength", "minPwdAge", "maxPwdAge",
		"lockoutThreshold", "lockOutObservationWindow", "lockoutDuration"}
}

func psoPolicy() policyNames {
	return policyNames{"msDS-MinimumPasswordLength", "msDS-PasswordComplexityEnabled", "msDS-PasswordHistoryLength",
		"msDS-MinimumPasswordAge", "msDS-MaximumPasswordAge", "msDS-LockoutThreshold",
		"msDS-LockoutObservationWindow", "msDS-LockoutDuration"}
}

func (n policyNames) all() []string {
	return []string{n.minLength, n.complexity, n.history, n.minAge, n.maxAge, n.threshold, n.window, n.duration}
}

// complexityBit is the bit of pwdProperties that asks for complexity.
const complexityBit = 1

// psoPrecedence ranks the fine-grained policies.
const psoPrecedence = "msDS-PasswordSettingsPrecedence"

// Policy returns the policy that holds for an account: that of the PSO which
// the directory says results for it, or else the domain's (R-WB-108). Only
// administrators may read a PSO by default; who may not is refused with
// NoSuchObject or NoRight. An empty DN asks for the domain's policy.
func (d *Directory) Policy(ctx context.Context, accountDN string) (Policy, error) {
	return d.dialect.policy(ctx, accountDN)
}

func (ad activeDirectory) policy(ctx context.Context, accountDN string) (Policy, error) {
	if accountDN != "" {
		e, err := ad.readEntry(ctx, accountDN, "msDS-ResultantPSO")
		if err != nil {
			return Policy{}, err
		}
		if pso := e.GetEqualFoldAttributeValue("msDS-ResultantPSO"); pso != "" {
			return ad.psoPolicy(ctx, pso)
		}
	}
	e, err := ad.readEntry(ctx, ad.root, domainPolicy().all()...)
	if err != nil {
		return Policy{}, err
	}
	p := domainPolicy().read(e)
	p.Complexity = number(e, domainPolicy().complexity)&complexityBit != 0
	return p, nil
}

func (ad activeDirectory) psoPolicy(ctx context.Context, dn string) (Policy, error) {
	e, err := ad.readEntry(ctx, dn, append(psoPolicy().all(), psoPrecedence)...)
	if err != nil {
		return Policy{}, err
	}
	p := psoPolicy().read(e)
	p.Complexity = strings.EqualFold(e.GetEqualFoldAttributeValue(psoPolicy().complexity), "TRUE")
	p.PSO, p.Precedence = e.DN, int(number(e, psoPrecedence))
	return p, nil
}

func (n policyNames) read(e *ldap.Entry) Policy {
	return Policy{
		MinLength:        int(number(e, n.minLength)),
		History:          int(number(e, n.history)),
		MinAge:           interval(number(e, n.minAge)),
		MaxAge:           interval(number(e, n.maxAge)),
		LockoutThreshold: int(number(e, n.threshold)),
		LockoutWindow:    interval(number(e, n.window)),
		LockoutDuration:  interval(number(e, n.duration)),
	}
}

// write returns the attributes of p, complexity excepted.
func (n policyNames) write(p Policy) [][2]string {
	return [][2]string{
		{n.minLength, strconv.Itoa(p.MinLength)},
		{n.history, strconv.Itoa(p.History)},
		{n.minAge, toInterval(p.MinAge, 0)},
		{n.maxAge, toInterval(p.MaxAge, math.MinInt64)},
		{n.threshold, strconv.Itoa(p.LockoutThreshold)},
		{n.window, toInterval(p.LockoutWindow, 0)},
		{n.duration, toInterval(p.LockoutDuration, math.MinInt64)},
	}
}

// SetPolicy replaces the domain's policy. It needs a domain administrator. PSO
// and Precedence are ignored.
func (d *Directory) SetPolicy(ctx context.Context, p Policy) error {
	return d.dialect.setPolicy(ctx, p)
}

func (ad activeDirectory) setPolicy(ctx context.Context, p Policy) error {
	domain := ad.root
	e, err := ad.readEntry(ctx, domain, domainPolicy().complexity)
	if err != nil {
		return err
	}
	properties := number(e, domainPolicy().complexity) &^ complexityBit
	if p.Complexity {
		properties |= complexityBit
	}
	request := ldap.NewModifyRequest(domain, nil)
	request.Replace(domainPolicy().complexity, []string{strconv.FormatInt(properties, 10)})
	for _, a := range domainPolicy().write(p) {
		request.Replace(a[0], []string{a[1]})
	}
	return ad.modify(ctx, opSetPolicy, request)
}

// CreatePSO makes a fine-grained policy of p, p.Precedence being its rank (at
// least 1), that applies to the named users and global groups, and returns its
// DN. It needs a domain administrator.
func (d *Directory) CreatePSO(ctx context.Context, name string, p Policy, appliesTo ...string) (dn string, err error) {
	return d.dialect.createPSO(ctx, name, p, appliesTo)
}

func (ad activeDirectory) createPSO(ctx context.Context, name string, p Policy, appliesTo []string) (dn string, err error) {
	dn = child("CN", name, "CN=Password Settings Container,CN=System,"+ad.root)
	request := ldap.NewAddRequest(dn, nil)
	request.Attribute("objectClass", []string{"msDS-PasswordSettings"})
	request.Attribute(psoPrecedence, []string{strconv.Itoa(p.Precedence)})
	request.Attribute("msDS-PasswordReversibleEncryptionEnabled", []string{"FALSE"})
	request.Attribute(psoPolicy().complexity, []string{strings.ToUpper(strconv.FormatBool(p.Complexity))})
	for _, a := range psoPolicy().write(p) {
		request.Attribute(a[0], []string{a[1]})
	}
	if len(appliesTo) > 0 {
		request.Attribute("msDS-PSOAppliesTo", appliesTo)
	}
	return dn, ad.add(ctx, request)
}
