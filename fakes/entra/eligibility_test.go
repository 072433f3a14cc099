package entra_test

import (
	"slices"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// good are the facts under which nothing stands in the way.
func good() entra.Facts {
	p := entra.DefaultPolicy()
	p.Enabled = entra.All
	return entra.Facts{Policy: p, Agent: entra.AgentState{Installed: true, Configured: true, Connected: true}, InScope: true, Now: begin}
}

// synced makes u a user of the directory.
func synced(u entra.User) entra.User {
	u.OnPremises = &entra.OnPremises{ImmutableID: "anchor"}
	return u
}

// holds gives u roles.
func holds(u entra.User, roles ...string) entra.User {
	u.Roles = roles
	return u
}

// app is an authenticator app; a device takes notifications.
func app(device string) entra.App {
	return entra.App{ID: "app", Device: device, Secret: []byte("secret")}
}

// TestEveryReason proves what each fact does alone.
func TestEveryReason(t *testing.T) {
	const ga = entra.GlobalAdministrator
	for _, c := range []struct {
		name   string
		user   func(*entra.User)
		facts  func(*entra.Facts)
		reason entra.Reason
		code   entra.Code
		rule   string
	}{
		{"nothing is wrong", nil, nil, entra.Eligible, 0, "R-ELG-10"},
		{"blocked in the cloud", func(u *entra.User) { u.Enabled = false }, nil, entra.BlockedInCloud, 0, "R-GAP-54"},
		{"a guest", func(u *entra.User) { u.Guest = true }, nil, entra.GuestAccount, 0, "R-ELG-29"},
		{"a synchronised guest", func(u *entra.User) { *u = synced(*u); u.Guest = true }, nil, entra.GuestAccount, 0, "R-ELG-29"}, // R-ELG-30
		{"off for the tenant, T-03", nil, func(f *entra.Facts) { f.Policy.Enabled = entra.None }, entra.TurnedOff, 9, "R-ELG-14"},
		{"no method in the policy", nil, func(f *entra.Facts) { f.Policy.Methods = 0 }, entra.NoPolicy, 11, "R-ELG-16"},
		{"out of the group, T-12", nil, selected(false), entra.OutOfScope, 13, "R-ELG-18"},
		{"in the group", nil, selected(true), entra.Eligible, 0, "R-ELG-10"},
		{"no licence", func(u *entra.User) { u.Licences = nil }, nil, entra.Unlicensed, 12, "R-ELG-17"},
		{"not registered, T-04", func(u *entra.User) { u.Security = entra.SecurityInfo{} }, nil, entra.TooFewMethods, 14, "R-ELG-19"},
		{"one of two", func(u *entra.User) { u.Security.Email = "" }, func(f *entra.Facts) { f.Policy.Required = 2 }, entra.TooFewMethods, 14, "R-ELG-19"},
		{"synchronised", func(u *entra.User) { *u = synced(*u) }, nil, entra.Eligible, 0, "R-ELG-10"},                                                                // R-ELG-25
		{"writeback switched off", func(u *entra.User) { *u = synced(*u) }, func(f *entra.Facts) { f.Policy.WriteBack = false }, entra.WritebackOff, 10, "R-ELG-15"}, // R-ELG-26
		{"writeback not set up", func(u *entra.User) { *u = synced(*u) }, func(f *entra.Facts) { f.Agent.Configured = false }, entra.WritebackOff, 10, "R-ELG-15"},
		{"the agent is away", func(u *entra.User) { *u = synced(*u) }, func(f *entra.Facts) { f.Agent.Connected = false }, entra.AgentUnreachable, 30, "R-ELG-09"},
		{"no agent matters to the cloud-only", nil, func(f *entra.Facts) { f.Agent, f.Policy.WriteBack = entra.AgentState{}, false }, entra.Eligible, 0, "R-ELG-10"},
		{"a plan without writeback, cloud-only", func(u *entra.User) { u.Licences = []string{"ENTERPRISEPACK"} }, nil, entra.Eligible, 0, "R-ELG-10"},
		{"a plan without writeback, synchronised", func(u *entra.User) { *u = synced(*u); u.Licences = []string{"ENTERPRISEPACK"} }, nil, entra.Unlicensed, 12, "R-ELG-17"},
		{"an administrator, off for the tenant", func(u *entra.User) { *u = holds(*u, ga) }, func(f *entra.Facts) { f.Policy.Enabled = entra.None; f.InScope = false }, entra.Eligible, 0, "R-ELG-10"}, // R-ELG-24
		{"an administrator, out of the group", func(u *entra.User) { *u = holds(*u, ga) }, selected(false), entra.Eligible, 0, "R-ELG-10"},
		{"an administrator, switched off", func(u *entra.User) { *u = holds(*u, ga) }, func(f *entra.Facts) { f.Policy.AdminReset = false }, entra.AdminResetOff, 9, "R-POL-87"}, // R-POL-84
		{"the switch is for administrators alone", nil, func(f *entra.Facts) { f.Policy.AdminReset = false }, entra.Eligible, 0, "R-ELG-10"},
		{"an administrator with one method", func(u *entra.User) { *u = holds(*u, ga); u.Security.Email = "" }, nil, entra.TooFewMethods, 14, "R-ELG-19"}, // R-POL-78
		{"an administrator whose agent is away", func(u *entra.User) { *u = synced(holds(*u, ga)) }, func(f *entra.Facts) { f.Agent.Connected = false }, entra.AgentUnreachable, 30, "R-ELG-09"},
	} {
		u, f := able("adele"), good()
		if c.user != nil {
			c.user(&u)
		}
		if c.facts != nil {
			c.facts(&f)
		}
		if v := entra.Decide(u, f); v.Reason != c.reason || v.Code != c.code || v.Rule != c.rule {
			t.Errorf("%s: %q, code %d by %s, want %q, code %d by %s", c.name, v.Reason, v.Code, v.Rule, c.reason, c.code, c.rule)
		}
	}
}

func selected(inScope bool) func(*entra.Facts) {
	return func(f *entra.Facts) { f.Policy.Enabled, f.Policy.Group, f.InScope = entra.Selected, "pilot", inScope }
}

// TestTheOrderOfTheChain mends, one after the other, what is wrong with a
// person with whom everything is: the next reason must come up each time
// (section 2.1).
func TestTheOrderOfTheChain(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.hybrid("adele")
	for range 6 {
		b.Count(u.ID, entra.WrongNumber)
	}
	u = b.now(u)
	u.Enabled, u.Guest, u.Licences, u.Security = false, true, nil, entra.SecurityInfo{}
	f := good()
	f.Now = b.Now()
	f.Policy.Enabled, f.Policy.Methods, f.Policy.WriteBack, f.InScope = entra.None, 0, false, false
	f.Agent = entra.AgentState{}
	for _, step := range []struct {
		reason entra.Reason
		mend   func()
	}{
		{entra.BlockedInCloud, func() { u.Enabled = true }},                                  // R-GAP-54
		{entra.Throttled, func() { f.Now = f.Now.Add(25 * 3600e9) }},                         // R-ELG-04
		{entra.GuestAccount, func() { u.Guest = false }},                                     // R-ELG-27..30
		{entra.TurnedOff, func() { f.Policy.Enabled = entra.Selected }},                      // R-ELG-05
		{entra.NoPolicy, func() { f.Policy.Methods = entra.DefaultPolicy().Methods }},        // R-ELG-16
		{entra.OutOfScope, func() { f.InScope = true }},                                      // R-ELG-18
		{entra.Unlicensed, func() { u.Licences = []string{"AAD_PREMIUM"} }},                  // R-ELG-06
		{entra.TooFewMethods, func() { u.MobilePhone = "+1 4255550101" }},                    // R-ELG-07
		{entra.WritebackOff, func() { f.Policy.WriteBack, f.Agent.Configured = true, true }}, // R-ELG-08
		{entra.AgentUnreachable, func() { f.Agent.Connected = true }},                        // R-ELG-09
		{entra.Eligible, func() {}},                                                          // R-ELG-10
	} {
		if v := entra.Decide(u, f); v.Reason != step.reason {
			t.Fatalf("%q, want %q next", v.Reason, step.reason)
		}
		step.mend()
	}
}

// TestWhoIsAnAdministrator: the gates follow the roles (R-POL-78, R-POL-88,
// R-POL-89, R-POL-91).
func TestWhoIsAnAdministrator(t *testing.T) {
	for role, covered := range map[string]bool{
		entra.GlobalAdministrator: true, "Helpdesk Administrator": true, "User Administrator": true, "Password Administrator": true,
		"Authentication Policy Administrator": true, "Directory Synchronization Accounts": true, "global administrator": true,
		"Reports Reader": false, "Global Reader": false, "Directory Readers": false, "Head of Gardening": false,
	} {
		v := entra.Decide(holds(able("ada"), role), good())
		want := 1
		if covered {
			want = 2
		}
		if v.Admin != covered || v.Required != want {
			t.Errorf("%s: administrator %t with %d gates, want %t with %d", role, v.Admin, v.Required, covered, want)
		}
	}
}

// TestAdministratorsHaveAPolicyOfTheirOwn: whatever the blade says, two gates
// of the fixed methods, without questions (R-POL-10, R-POL-78, R-POL-83).
func TestAdministratorsHaveAPolicyOfTheirOwn(t *testing.T) {
	u := holds(able("ada"), entra.GlobalAdministrator)
	u.Security.Apps = []entra.App{app("device")}
	u.Security.Questions = answers(5)
	f := good()
	f.Policy.Methods = entra.NewMethodSet(entra.SecurityQuestions)
	v := entra.Decide(u, f)
	want := entra.NewMethodSet(entra.AppNotification, entra.AppCode, entra.Email, entra.MobilePhone)
	if v.Methods != want || v.Required != 2 || v.Reason != entra.Eligible {
		t.Errorf("%+v, want the methods %v", v, want.List())
	}
	f.OneGate = true // R-POL-80
	u.Security = entra.SecurityInfo{Email: "ada@home.example.com"}
	if v := entra.Decide(u, f); v.Required != 1 || v.Reason != entra.Eligible {
		t.Errorf("with one gate: %+v", v)
	}
	u.Security = entra.SecurityInfo{Questions: answers(5)}
	if v := entra.Decide(u, f); v.Reason != entra.TooFewMethods {
		t.Errorf("questions served an administrator: %+v", v)
	}
}

func answers(n int) (list []entra.Question) {
	for i := range n {
		list = append(list, entra.NewQuestion("Question "+string(rune('A'+i)), "Answer "+string(rune('A'+i))))
	}
	return list
}

// TestTheGatesOfAReset: what a person chooses from follows data and policy
// (R-RST-20), and who is offered to unlock (R-RST-16, R-POL-74).
func TestTheGatesOfAReset(t *testing.T) {
	u, f := able("adele"), good()
	u.OfficePhone = "+1 4255550102"
	v := entra.Decide(u, f)
	if want := []entra.Option{entra.MailCode, entra.TextMobile, entra.CallMobile}; !slices.Equal(v.Options, want) || v.OfferUnlock {
		t.Errorf("%v, unlock %t, want %v", v.Options, v.OfferUnlock, want)
	}
	for _, c := range []struct {
		synced, writeBack, allowed, offered bool
	}{
		{true, true, true, true}, {false, true, true, false}, {true, false, true, false}, {true, true, false, false},
	} {
		x, f := u, good()
		if c.synced {
			x = synced(u)
		}
		f.Policy.WriteBack, f.Policy.UnlockWithoutReset = c.writeBack, c.allowed
		if v := entra.Decide(x, f); v.OfferUnlock != c.offered {
			t.Errorf("%+v: %t", c, v.OfferUnlock)
		}
	}
}

// TestTrialTenantsCannotCall: texts go on (R-POL-32, R-POL-82, R-LIC-11).
func TestTrialTenantsCannotCall(t *testing.T) {
	for _, roles := range [][]string{nil, {entra.GlobalAdministrator}} {
		u := holds(able("adele"), roles...)
		u.OfficePhone = "+1 4255550102"
		f := good()
		f.Policy.Methods |= entra.NewMethodSet(entra.OfficePhone)
		f.Trial = true
		v := entra.Decide(u, f)
		if want := []entra.Option{entra.MailCode, entra.TextMobile}; !slices.Equal(v.Options, want) || v.Reason != entra.Eligible {
			t.Errorf("roles %q: %v, %q, want %v", roles, v.Options, v.Reason, want)
		}
		if list := entra.Registrable(u, f, entra.Now); slices.Contains(list, entra.OfficePhone) {
			t.Errorf("roles %q may register %v", roles, list)
		}
	}
}

// TestMoreOrOtherMethodsAreRequired are the policy changes that strand people
// (R-POL-38, R-POL-39, R-TRB-03).
func TestMoreOrOtherMethodsAreRequired(t *testing.T) {
	one, two := able("one"), able("two")
	one.Security.Email = ""
	for _, c := range []struct {
		user     entra.User
		required int
		able     bool
	}{{one, 1, true}, {two, 1, true}, {one, 2, false}, {two, 2, true}} {
		f := good()
		f.Policy.Required = c.required
		if got := entra.Decide(c.user, f).Reason == entra.Eligible; got != c.able {
			t.Errorf("%s under %d required is able: %t", c.user.Name, c.required, got)
		}
	}
	office := able("office")
	office.OfficePhone = "+1 4255550102"
	office.Security = entra.SecurityInfo{Questions: answers(5)}
	f := good()
	f.Policy.Required, f.Policy.Methods = 2, entra.NewMethodSet(entra.OfficePhone, entra.SecurityQuestions)
	if v := entra.Decide(office, f); v.Reason != entra.Eligible {
		t.Errorf("before: %+v", v)
	}
	f.Policy.Methods = entra.NewMethodSet(entra.MobilePhone, entra.Email)
	if v := entra.Decide(office, f); v.Reason != entra.TooFewMethods {
		t.Errorf("after: %+v", v)
	}
}
