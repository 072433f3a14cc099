package directory

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Names of policies.
const (
	defaultPolicyName = "default"
	neverExpiresName  = "never expires"
)

// rules are all the policies of a directory.
type rules struct {
	policies map[string]Policy // by DN in lower case
	standard string            // DN of the default one; "" if there is none
	never    string            // DN of the default one without an end; "" if there is none
}

// readRules reads them at once: there are few.
func (ol openLDAP) readRules(ctx context.Context) (rules, error) {
	entries, err := ol.search(ctx, query{base: ol.root, filter: "(objectClass=pwdPolicy)", attributes: []string{
		"cn", "description", "pwdMinLength", "pwdUseCheckModule", "pwdInHistory", "pwdMinAge", "pwdMaxAge",
		"pwdMaxFailure", "pwdFailureCountInterval", "pwdLockoutDuration",
	}})
	if err != nil {
		return rules{}, err
	}
	r := rules{policies: map[string]Policy{}}
	for _, e := range entries {
		r.policies[strings.ToLower(e.DN)] = policyOf(e)
		switch name := e.GetEqualFoldAttributeValue("cn"); {
		case strings.EqualFold(name, defaultPolicyName) || len(entries) == 1:
			r.standard = e.DN
		case strings.EqualFold(name, neverExpiresName):
			r.never = e.DN
		}
	}
	return r, nil
}

// of returns the policy for an account; without one, nothing is asked.
func (r rules) of(account *ldap.Entry) Policy {
	if dn := account.GetEqualFoldAttributeValue("pwdPolicySubentry"); dn != "" {
		return r.policies[strings.ToLower(dn)]
	}
	return r.policies[strings.ToLower(r.standard)]
}

func (r rules) neverExpires(account *ldap.Entry) bool {
	dn := account.GetEqualFoldAttributeValue("pwdPolicySubentry")
	return dn != "" && sameDN(dn, r.never)
}

// rank is how the description of a fine-grained policy begins: ppolicy itself
// knows no ranks.
const rank = "precedence "

// noEnd is the age in seconds, 68 years, of a password that need not change. A
// policy without any age would leave new passwords without a date, and so
// without an end if the policy gets one later.
const noEnd = math.MaxInt32

func policyOf(e *ldap.Entry) Policy {
	seconds := func(attribute string) time.Duration { return time.Duration(number(e, attribute)) * time.Second }
	p := Policy{
		MinLength:        int(number(e, "pwdMinLength")),
		Complexity:       strings.EqualFold(e.GetEqualFoldAttributeValue("pwdUseCheckModule"), "TRUE"),
		History:          int(number(e, "pwdInHistory")),
		MinAge:           seconds("pwdMinAge"),
		MaxAge:           seconds("pwdMaxAge"),
		LockoutThreshold: int(number(e, "pwdMaxFailure")),
		LockoutWindow:    seconds("pwdFailureCountInterval"),
		LockoutDuration:  seconds("pwdLockoutDuration"),
	}
	if p.MaxAge >= noEnd*time.Second {
		p.MaxAge = 0
	}
	if precedence, ok := strings.CutPrefix(e.GetEqualFoldAttributeValue("description"), rank); ok {
		p.PSO = e.DN
		p.Precedence, _ = strconv.Atoi(precedence)
	}
	return p
}

// policyValues are the attributes of p.
func policyValues(p Policy) [][2]string {
	seconds := func(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
	maxAge := seconds(p.MaxAge)
	if p.MaxAge == 0 {
		maxAge = strconv.Itoa(noEnd)
	}
	return [][2]string{
		{"pwdMinLength", strconv.Itoa(p.MinLength)},
		{"pwdUseCheckModule", strings.ToUpper(strconv.FormatBool(p.Complexity))},
		{"pwdInHistory", strconv.Itoa(p.History)},
		{"pwdMinAge", seconds(p.MinAge)},
		{"pwdMaxAge", maxAge},
		{"pwdMaxFailure", strconv.Itoa(p.LockoutThreshold)},
		{"pwdFailureCountInterval", seconds(p.LockoutWindow)},
		{"pwdLockoutDuration", seconds(p.LockoutDuration)},
		{"pwdLockout", "TRUE"},
		{"pwdMustChange", "TRUE"},
		{"pwdCheckQuality", "2"},
	}
}

func (ol openLDAP) policy(ctx context.Context, accountDN string) (Policy, error) {
	r, err := ol.readRules(ctx)
	if err != nil || accountDN == "" {
		return r.policies[strings.ToLower(r.standard)], err
	}
	e, err := ol.readEntry(ctx, accountDN, "pwdPolicySubentry")
	if err != nil {
		return Policy{}, err
	}
	return r.of(e), nil
}

// setPolicy writes the default policy, and the one for who need not change the
// password, which differs in that alone.
func (ol openLDAP) setPolicy(ctx context.Context, p Policy) error {
	r, err := ol.readRules(ctx)
	if err != nil {
		return err
	}
	if r.standard == "" {
		return fmt.Errorf("set policy: there is no policy called %q, or a single one, of class pwdPolicy below %s", defaultPolicyName, ol.root)
	}
	if err := ol.writePolicy(ctx, r.standard, p); err != nil || r.never == "" {
		return err
	}
	p.MaxAge = 0
	return ol.writePolicy(ctx, r.never, p)
}

func (ol openLDAP) writePolicy(ctx context.Context, dn string, p Policy) error {
	request := ldap.NewModifyRequest(dn, nil)
	for _, a := range policyValues(p) {
		request.Replace(a[0], []string{a[1]})
	}
	return ol.modify(ctx, opSetPolicy, request)
}

// createPSO makes a policy beside the default one. ppolicy takes one policy for
// each account, by the account: a group stands for the members that it has now,
// and where there are two policies the rank decides here.
func (ol openLDAP) createPSO(ctx context.Context, name string, p Policy, appliesTo []string) (dn string, err error) {
	r, err := ol.readRules(ctx)
	if err != nil {
		return "", err
	}
	if r.standard == "" {
		return "", fmt.Errorf("create policy %q: there is no default policy to put it beside", name)
	}
	dn = child("cn", name, parentOf(r.standard))
	if err := ol.addPSO(ctx, dn, r.standard, p); err != nil {
		return dn, err
	}
	for _, target := range appliesTo {
		if err := ol.apply(ctx, r, dn, p.Precedence, target); err != nil {
			ol.withdraw(ctx, dn)
			return dn, err
		}
	}
	return dn, nil
}

// addPSO adds the entry; what makes a password complex is as in the default
// policy.
func (ol openLDAP) addPSO(ctx context.Context, dn, standard string, p Policy) error {
	e, err := ol.readEntry(ctx, standard, "pwdCheckModuleArg")
	if err != nil {
		return err
	}
	request := ldap.NewAddRequest(dn, nil)
	request.Attribute("objectClass", []string{"device", "pwdPolicy", "pwdPolicyChecker"})
	request.Attribute("pwdAttribute", []string{"userPassword"})
	request.Attribute("description", []string{rank + strconv.Itoa(p.Precedence)})
	for _, a := range policyValues(p) {
		request.Attribute(a[0], []string{a[1]})
	}
	if kinds := e.GetEqualFoldAttributeValue("pwdCheckModuleArg"); kinds != "" {
		request.Attribute("pwdCheckModuleArg", []string{kinds})
	}
	return ol.add(ctx, request)
}

// apply makes an account, or the members of a group, subject to a policy,
// unless one of a better rank is there already.
func (ol openLDAP) apply(ctx context.Context, r rules, pso string, precedence int, target string) error {
	e, err := ol.readEntry(ctx, target, "objectClass", "member", "pwdPolicySubentry")
	if err != nil {
		return err
	}
	if len(e.GetEqualFoldAttributeValues("member")) > 0 {
		for _, m := range ol.membersOf(e) {
			if err := ol.apply(ctx, r, pso, precedence, m); err != nil {
				return err
			}
		}
		return nil
	}
	if present := r.of(e); present.PSO != "" && present.Precedence < precedence {
		return nil
	}
	return ol.Modify(ctx, target, Set("pwdPolicySubentry", pso))
}
