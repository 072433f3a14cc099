package conformance

import (
	"context"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
)

func policyCases() []Case {
	tooShort := refused(directory.TooShort, policyCode, constraint, unwilling)
	return []Case{
		{"the domain's policy comes back as it was set", rules("R-PWD-11"), accepted(), 0, policyBothWays},
		{"a fine-grained policy for a user", rules("R-WB-108"), tooShort, 0, psoForUser},
		{"a fine-grained policy for a group", rules("R-WB-108"), tooShort, 0, psoForGroup},
		{"of two fine-grained policies the first in rank", rules("R-WB-108"), accepted(), 0, psoRank},
		{"a fine-grained policy for nobody else", rules("R-WB-108"), accepted(), 0, psoForNobodyElse},
		{"a fine-grained lockout", rules("R-WB-108"), refused(directory.Locked, "775", invalidCredentials), 0, psoLockout},
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

// pso makes a fine-grained policy for the rest of the case.
func (b *bench) pso(ctx context.Context, name string, rank, length int, appliesTo ...string) string {
	p := plainPolicy()
	threeWrong(&p)
	p.MinLength, p.Precedence = length, rank
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
	g, err := b.admin.CreateGroup(ctx, b.ou, "strict", a.DN)
	b.step("make the group", err)
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

// psoLockout locks by the PSO where the domain would not.
func psoLockout(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	b.pso(ctx, "conformance-lock", 10, 7, a.DN)
	b.wrong(ctx, a, 3)
	return b.signIn(ctx, a, start)
}
