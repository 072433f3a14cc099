package conformance

import (
	"context"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
)

func policyCases() []Case {
	tooShort := refused(directory.TooShort, policyCode, constraint, unwilling)
	return []Case{
		{"the domain's policy comes back as it was set", rules("R-PWD-11"), accepted(), theDomain, policyBothWays},
		{"a fine-grained policy for a user", rules("R-WB-108"), tooShort, theDomain, psoForUser},
		{"a fine-grained policy for a group", rules("R-WB-108"), tooShort, theDomain, psoForGroup},
		{"of two fine-grained policies the first in rank", rules("R-WB-108"), accepted(), theDomain, psoRank},
		{"a fine-grained policy for nobody else", rules("R-WB-108"), accepted(), theDomain, psoForNobodyElse},
		{"a fine-grained history", rules("R-WB-108"), refused(directory.InHistory, policyCode, constraint, unwilling), theDomain, psoHistory},
		{"a fine-grained minimum age", rules("R-WB-108"), refused(directory.TooYoung, policyCode, constraint, unwilling), theDomain, psoMinAge},
		{"a fine-grained maximum age", rules("R-WB-108"), refused(directory.PasswordExpired, "532", invalidCredentials), theClock | theDomain, psoMaxAge},
		{"a fine-grained policy without complexity", rules("R-WB-108"), accepted(), theDomain, psoSimple},
		{"a fine-grained lockout", rules("R-WB-108"), refused(directory.Locked, "775", invalidCredentials), theDomain, psoLockout},
	}
}

func policyBothWays(ctx context.Context, b *bench) error {
	for _, want := range []directory.Policy{
		{MinLength: 12, Complexity: true, History: 24, MinAge: 24 * time.Hour, MaxAge: 42 * 24 * time.Hour,
			LockoutThreshold: 5, LockoutWindow: 10 * time.Minute, LockoutDuration: halfHour},
		{MinLength: 0, LockoutThreshold: 1, LockoutWindow: time.Minute},
	} {
		b.step("set", b.admin.SetPolicy(ctx, want))
		got, err := b.admin.Policy(ctx, "")
		b.step("read", err)
		b.check(got == want, "policy %+v, got %+v", want, got)
	}
	return nil
}

// pso makes a fine-grained policy of that rank and length for the rest of the
// case.
func (b *bench) pso(ctx context.Context, name string, rank, length int, appliesTo ...string) string {
	return b.psoWith(ctx, name, func(p *directory.Policy) { p.Precedence, p.MinLength = rank, length }, appliesTo...)
}

// psoWith makes any fine-grained policy for the rest of the case.
func (b *bench) psoWith(ctx context.Context, name string, change func(*directory.Policy), appliesTo ...string) string {
	p := plainPolicy()
	threeWrong(&p)
	p.Precedence = 10
	change(&p)
	dn, err := b.admin.CreatePSO(ctx, name, p, appliesTo...)
	b.step("make "+name, err)
	if err == nil {
		b.finally(func(ctx context.Context) error { return b.admin.Delete(ctx, dn) })
	}
	return dn
}

// ruledBy expects that a's policy is that PSO, of that length.
func (b *bench) ruledBy(ctx context.Context, a directory.Account, pso string, length int) {
	p, err := b.admin.Policy(ctx, a.DN)
	b.step("read the policy of "+a.SAM, err)
	b.check(p.PSO == pso && p.MinLength == length, "%s to be ruled by %q with length %d, got %q with %d", a.SAM, pso, length, p.PSO, p.MinLength)
}

func psoForUser(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.ruledBy(ctx, a, b.pso(ctx, "conformance-long", 10, 14, a.DN), 14)
	b.step("set a long one", b.admin.Reset(ctx, a.DN, "Long-Enough-Pass-1", directory.Reset{}))
	return b.admin.Reset(ctx, a.DN, "Short-Pass-1", directory.Reset{})
}

func psoForGroup(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	g := b.group(ctx, b.ou, "strict", a.DN)
	b.ruledBy(ctx, a, b.pso(ctx, "conformance-group", 10, 14, g.DN), 14)
	return b.admin.Reset(ctx, a.DN, "Short-Pass-1", directory.Reset{})
}

func psoRank(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.pso(ctx, "conformance-second", 20, 20, a.DN)
	b.ruledBy(ctx, a, b.pso(ctx, "conformance-first", 10, 8, a.DN), 8)
	return b.admin.Reset(ctx, a.DN, "Short-Pass-1", directory.Reset{})
}

func psoForNobodyElse(ctx context.Context, b *bench) error {
	a, other := b.person(ctx), b.person(ctx)
	b.pso(ctx, "conformance-one", 10, 14, a.DN)
	b.ruledBy(ctx, other, "", 7)
	return b.admin.Reset(ctx, other.DN, "Short-Pass-1", directory.Reset{})
}

func psoHistory(ctx context.Context, b *bench) error {
	b.policy(ctx, func(p *directory.Policy) { p.History = 0 })
	a := b.person(ctx)
	b.psoWith(ctx, "conformance-history", func(p *directory.Policy) { p.History = 2 }, a.DN)
	b.step("change", b.admin.Change(ctx, a.DN, start, second))
	return b.admin.Change(ctx, a.DN, second, start)
}

func psoMinAge(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.psoWith(ctx, "conformance-young", aDay, a.DN)
	return b.admin.Change(ctx, a.DN, start, second)
}

func psoMaxAge(ctx context.Context, b *bench) error {
	a, other := b.person(ctx), b.person(ctx)
	b.psoWith(ctx, "conformance-old", func(p *directory.Policy) { p.MaxAge = month }, a.DN)
	b.advance(month + time.Hour)
	b.signsIn(ctx, other, start)
	return b.signIn(ctx, a, start)
}

func psoSimple(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.psoWith(ctx, "conformance-simple", func(p *directory.Policy) { p.Complexity = false }, a.DN)
	return b.admin.Reset(ctx, a.DN, "alllowercase", directory.Reset{})
}

// psoLockout locks by the PSO where the domain would not.
func psoLockout(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.pso(ctx, "conformance-lock", 10, 7, a.DN)
	b.wrong(ctx, a, 3)
	return b.signIn(ctx, a, start)
}
