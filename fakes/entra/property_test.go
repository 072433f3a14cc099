package entra_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// draws is how many random people under random facts each property is held
// against.
const draws = 2000

// chance draws people and facts from a seed, so that a failure repeats.
type chance struct{ *seed.Stream }

func (c chance) coin() bool { return c.IntN(2) == 0 }

func (c chance) often() bool { return c.IntN(5) != 0 }

func pick[T any](c chance, from ...T) T { return from[c.IntN(len(from))] }

func (c chance) facts() entra.Facts {
	return entra.Facts{
		Policy: entra.Policy{
			Enabled: pick(c, entra.None, entra.Selected, entra.All, entra.All), Required: 1 + c.IntN(2), Methods: entra.MethodSet(c.IntN(1 << 6)),
			QuestionsToRegister: 3 + c.IntN(3), QuestionsToReset: 3 + c.IntN(3), RequireRegistration: c.often(), ReconfirmDays: pick(c, 0, 1, 180, 730),
			WriteBack: c.often(), UnlockWithoutReset: c.coin(), AdminReset: c.often(),
		},
		Agent:   entra.AgentState{Installed: true, Configured: c.often(), Connected: c.often()},
		InScope: c.often(), OneGate: !c.often(), Trial: !c.often(), Now: begin,
	}
}

func (c chance) person() entra.User {
	u := entra.User{UPN: "somebody@alder.example.com", Enabled: c.often(), Guest: !c.often()}
	if c.coin() {
		u = synced(u)
	}
	if c.often() {
		u.Licences = []string{pick(c, "AAD_PREMIUM", "ENTERPRISEPACK", "SPE_E5")}
	}
	if !c.often() {
		u.Roles = []string{pick(c, entra.GlobalAdministrator, "Helpdesk Administrator", "Global Reader")}
	}
	if c.coin() {
		u.Security.Confirmed = begin.AddDate(0, 0, -c.IntN(1000))
	}
	for _, give := range gifts {
		if c.coin() {
			give(&u)
		}
	}
	return u
}

// gifts each give a person one method more than before.
var gifts = []func(*entra.User){
	func(u *entra.User) { u.MobilePhone = "+1 4255550101" },
	func(u *entra.User) { u.Security.Phone = "+1 4255550102" },
	func(u *entra.User) { u.AlternateMails = append(u.AlternateMails, "alt@home.example.com") },
	func(u *entra.User) { u.Security.Email = "own@home.example.com" },
	func(u *entra.User) { u.OfficePhone = "+1 4255550103" },
	func(u *entra.User) { u.Security.Apps = append(slices.Clone(u.Security.Apps), app("")) },
	func(u *entra.User) { u.Security.Apps = append(slices.Clone(u.Security.Apps), app("device")) },
	func(u *entra.User) { u.Security.Questions = somebodysAnswers },
}

var somebodysAnswers = answers(5)

// forAll holds a property against many people and facts.
func forAll(t *testing.T, property func(c chance, u entra.User, f entra.Facts) bool) {
	t.Helper()
	c := chance{seed.New(1).Stream(t.Name())}
	for range draws {
		u, f := c.person(), c.facts()
		if !property(c, u, f) {
			t.Fatalf("it does not hold for\n%+v\nunder\n%+v\nwhich gives\n%+v", u, f, entra.Decide(u, f))
		}
	}
}

func TestCapableIsRegisteredAndEnabled(t *testing.T) { // R-AUD-53
	forAll(t, func(_ chance, u entra.User, f entra.Facts) bool {
		s := entra.StandingOf(u, f)
		return s.Capable == (s.Registered && s.Enabled)
	})
}

func TestWhoMayResetIsCapable(t *testing.T) { // R-AUD-48, R-REG-25
	forAll(t, func(_ chance, u entra.User, f entra.Facts) bool {
		return entra.Decide(u, f).Reason != entra.Eligible || entra.StandingOf(u, f).Capable
	})
}

func TestOneMethodMoreNeverMakesAnybodyLessAble(t *testing.T) {
	forAll(t, func(c chance, u entra.User, f entra.Facts) bool {
		before, asked := entra.Decide(u, f), entra.NeedsRegistration(u, f)
		richer := u
		pick(c, gifts...)(&richer)
		after := entra.Decide(richer, f)
		kept := before.Reason != entra.Eligible || after.Reason == entra.Eligible
		superset := before.Methods&^after.Methods == 0
		prompted := asked || !entra.NeedsRegistration(richer, f)
		return kept && superset && prompted
	})
}

func TestAVerdictIsPure(t *testing.T) { // DESIGN 3: one brain
	forAll(t, func(_ chance, u entra.User, f entra.Facts) bool {
		was, facts := u, f
		return reflect.DeepEqual(entra.Decide(u, f), entra.Decide(u, f)) && reflect.DeepEqual(u, was) && reflect.DeepEqual(f, facts)
	})
}

// known are the numbers that a page may show (R-GAP-59).
var known = []entra.Code{0, 9, 10, 11, 12, 13, 14, 30}

func TestEveryVerdictNamesItsRule(t *testing.T) { // R-GAP-59
	forAll(t, func(_ chance, u entra.User, f entra.Facts) bool {
		v := entra.Decide(u, f)
		return v.Rule != "" && slices.Contains(known, v.Code) && (v.Reason != entra.Eligible || v.Code == 0)
	})
}

// TestNobodyIsStrandedAtTheSecondGate: whichever option serves at the first
// gate, one of another kind is left for the second (R-RST-21, R-ELG-07).
func TestNobodyIsStrandedAtTheSecondGate(t *testing.T) {
	forAll(t, func(_ chance, u entra.User, f entra.Facts) bool {
		v := entra.Decide(u, f)
		if v.Reason != entra.Eligible || len(v.Options) == 0 {
			return v.Reason != entra.Eligible
		}
		for _, first := range v.Options {
			other := slices.ContainsFunc(v.Options, func(o entra.Option) bool { return !o.SameKind(first) })
			if v.Required == 2 && !other {
				return false
			}
		}
		return true
	})
}

func TestTheOptionsAreThoseOfTheMethods(t *testing.T) { // R-RST-20
	forAll(t, func(_ chance, u entra.User, f entra.Facts) bool {
		v := entra.Decide(u, f)
		offered := entra.MethodSet(0)
		for _, o := range v.Options {
			offered |= entra.NewMethodSet(o.Method())
			if f.Trial && (o == entra.CallMobile || o == entra.CallOffice) { // R-POL-32
				return false
			}
		}
		return offered == v.Methods && v.Methods == entra.Usable(u, f)
	})
}

func TestFromSelectedToAllNobodyLosesAnything(t *testing.T) { // R-POL-16
	forAll(t, func(_ chance, u entra.User, f entra.Facts) bool {
		f.Policy.Enabled = entra.Selected
		before := entra.Decide(u, f).Reason
		f.Policy.Enabled, f.InScope = entra.All, true
		return before != entra.Eligible || entra.Decide(u, f).Reason == entra.Eligible
	})
}

func TestAskingForMoreMakesNobodyAble(t *testing.T) { // R-POL-38
	forAll(t, func(_ chance, u entra.User, f entra.Facts) bool {
		f.Policy.Required = 2
		two := entra.Decide(u, f).Reason
		f.Policy.Required = 1
		return two != entra.Eligible || entra.Decide(u, f).Reason == entra.Eligible
	})
}

// TestSettingsOfTheBladeDoNotReachAdministrators (R-POL-10): only writeback,
// which is not a setting for users, and their own switch do.
func TestSettingsOfTheBladeDoNotReachAdministrators(t *testing.T) {
	forAll(t, func(c chance, u entra.User, f entra.Facts) bool {
		if !u.Admin() {
			return true
		}
		other := c.facts()
		other.Policy.WriteBack, other.Policy.AdminReset, other.Policy.UnlockWithoutReset = f.Policy.WriteBack, f.Policy.AdminReset, f.Policy.UnlockWithoutReset
		other.Agent, other.OneGate, other.Trial = f.Agent, f.OneGate, f.Trial
		return reflect.DeepEqual(entra.Decide(u, f), entra.Decide(u, other))
	})
}

// TestWhoIsAskedToRegisterIsNotYetAble: who may reset is not interrupted
// (R-REG-14), nor is anybody while the tenant's switch says None (R-POL-14).
func TestWhoIsAskedToRegisterIsNotYetAble(t *testing.T) {
	forAll(t, func(_ chance, u entra.User, f entra.Facts) bool {
		f.InScope = f.Policy.Enabled == entra.All || f.Policy.Enabled == entra.Selected && f.InScope // as a tenant's facts are
		return !entra.NeedsRegistration(u, f) || f.InScope && entra.Decide(u, f).Reason != entra.Eligible
	})
}

func TestAReviewComesOnlyAfterItsDays(t *testing.T) { // R-REG-57
	forAll(t, func(_ chance, u entra.User, f entra.Facts) bool {
		age := f.Now.Sub(u.Security.Confirmed)
		due := !u.Security.Confirmed.IsZero() && f.Policy.ReconfirmDays > 0 && age > time.Duration(f.Policy.ReconfirmDays)*24*time.Hour
		return !entra.NeedsReview(u, f) || due
	})
}
