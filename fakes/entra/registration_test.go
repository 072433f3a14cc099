package entra_test

import (
	"slices"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// TestWhatCountsAsAMethod: data of a method that the policy enables, registered
// or not (R-ELG-12, R-ELG-13, R-POL-41..44, R-POL-47, R-POL-50).
func TestWhatCountsAsAMethod(t *testing.T) {
	all := entra.NewMethodSet(entra.Methods()...)
	for _, c := range []struct {
		name string
		user entra.User
		want []entra.Method
	}{
		{"nothing", entra.User{}, nil},
		{"a registered phone", entra.User{Security: entra.SecurityInfo{Phone: "+1 4255550101"}}, []entra.Method{entra.MobilePhone}},
		{"the directory's phone", entra.User{MobilePhone: "+1 4255550101"}, []entra.Method{entra.MobilePhone}}, // R-POL-41, 47
		{"a phone without its country", entra.User{MobilePhone: "4255550101"}, nil},                            // R-TRB-05
		{"a registered address", entra.User{Security: entra.SecurityInfo{Email: "adele@home.example.com"}}, []entra.Method{entra.Email}},
		{"the alternate address", entra.User{AlternateMails: []string{"adele@home.example.com"}}, []entra.Method{entra.Email}}, // R-POL-42
		{"the primary address is none", entra.User{Mail: "adele@alder.example.com"}, nil},
		{"an office phone", entra.User{OfficePhone: "+1 4255550102x12"}, []entra.Method{entra.OfficePhone}}, // R-POL-43
		{"an app with notifications", entra.User{Security: entra.SecurityInfo{Apps: []entra.App{app("device")}}}, []entra.Method{entra.AppNotification, entra.AppCode}},
		{"an app of another maker", entra.User{Security: entra.SecurityInfo{Apps: []entra.App{app("")}}}, []entra.Method{entra.AppCode}}, // R-RST-39
		{"enough questions", entra.User{Security: entra.SecurityInfo{Questions: answers(3)}}, []entra.Method{entra.SecurityQuestions}},   // R-POL-44
		{"too few questions", entra.User{Security: entra.SecurityInfo{Questions: answers(2)}}, nil},
	} {
		f := good()
		f.Policy.Required, f.Policy.Methods = 2, all
		if got := entra.Usable(c.user, f); got != entra.NewMethodSet(c.want...) {
			t.Errorf("%s: %v, want %v", c.name, got.List(), c.want)
		}
		f.Policy.Methods = 0 // R-POL-39
		if got := entra.Usable(c.user, f); got != 0 {
			t.Errorf("%s: %v under a policy without methods", c.name, got.List())
		}
	}
}

// TestNotificationsNeedTwoGates: with one method required they serve nobody,
// codes do (R-POL-23, R-POL-24).
func TestNotificationsNeedTwoGates(t *testing.T) {
	u := entra.User{Security: entra.SecurityInfo{Apps: []entra.App{app("device")}}}
	f := good()
	f.Policy.Methods = entra.NewMethodSet(entra.AppNotification, entra.AppCode, entra.Email)
	for required, want := range map[int]entra.MethodSet{1: entra.NewMethodSet(entra.AppCode), 2: entra.NewMethodSet(entra.AppNotification, entra.AppCode)} {
		f.Policy.Required = required
		if got := entra.Usable(u, f); got != want {
			t.Errorf("%d required: %v", required, got.List())
		}
	}
}

// TestQuestionsToReset: who registered fewer than are asked now has none.
func TestQuestionsToReset(t *testing.T) { // R-POL-33
	u := entra.User{Security: entra.SecurityInfo{Questions: answers(4)}}
	f := good()
	f.Policy.Methods = entra.NewMethodSet(entra.SecurityQuestions)
	for asked, want := range map[int]bool{3: true, 4: true, 5: false} {
		f.Policy.QuestionsToReset = asked
		if got := entra.Usable(u, f).Has(entra.SecurityQuestions); got != want {
			t.Errorf("%d of 4: %t", asked, got)
		}
	}
}

// TestTheWizardsOrder: most secure first; what may be registered is what the
// policy in force enables (R-REG-16, R-REG-17, R-REG-26, R-REG-33).
func TestTheWizardsOrder(t *testing.T) {
	u, ga := able("adele"), holds(able("ada"), entra.GlobalAdministrator)
	all := entra.Methods()
	for _, c := range []struct {
		name     string
		user     entra.User
		required int
		methods  []entra.Method
		era      entra.Era
		want     []entra.Method
	}{
		{"app, e-mail, phone", u, 2, []entra.Method{entra.AppNotification, entra.Email, entra.MobilePhone}, entra.Now, []entra.Method{entra.AppCode, entra.MobilePhone, entra.Email}},
		{"everything", u, 2, all, entra.Now, []entra.Method{entra.AppCode, entra.MobilePhone, entra.OfficePhone, entra.Email, entra.SecurityQuestions}},
		{"everything in 2019", u, 2, all, entra.Era2019, []entra.Method{entra.AppCode, entra.MobilePhone, entra.Email, entra.SecurityQuestions}},
		{"notifications with one gate", u, 1, []entra.Method{entra.AppNotification, entra.Email}, entra.Now, []entra.Method{entra.Email}},
		{"an administrator", ga, 1, []entra.Method{entra.SecurityQuestions}, entra.Now, []entra.Method{entra.AppCode, entra.MobilePhone, entra.OfficePhone, entra.Email}},
		{"nothing", u, 1, nil, entra.Now, nil},
	} {
		f := good()
		f.Policy.Required, f.Policy.Methods = c.required, entra.NewMethodSet(c.methods...)
		if got := entra.Registrable(c.user, f, c.era); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestWhoIsAskedToRegister (R-POL-58, R-POL-63, R-REG-14, R-REG-15, R-REG-25,
// T-05, T-06).
func TestWhoIsAskedToRegister(t *testing.T) {
	fresh := able("adele")
	fresh.Security = entra.SecurityInfo{}
	ga := holds(fresh, entra.GlobalAdministrator)
	oneMethod := able("bo")
	oneMethod.Security.Email = ""
	deleted := func(days int) entra.User { // confirmed that long ago, and one method deleted since
		return with(oneMethod, func(u *entra.User) { u.Security.Confirmed, u.Security.Deleted = begin.AddDate(0, 0, -days), begin })
	}
	two := func(f *entra.Facts) { f.Policy.Required = 2 }
	for _, c := range []struct {
		name  string
		user  entra.User
		facts func(*entra.Facts)
		want  bool
	}{
		{"not registered", fresh, nil, true},
		{"one of two deleted", deleted(1), two, false}, // R-POL-64
		{"one of two deleted, and the days are over", deleted(181), two, true},
		{"one of two deleted, with no days", deleted(1000), func(f *entra.Facts) { f.Policy.Required, f.Policy.ReconfirmDays = 2, 0 }, false},
		{"registered", able("adele"), nil, false},
		{"registered by the directory", with(fresh, func(u *entra.User) { u.MobilePhone = "+1 4255550101" }), nil, false},
		{"one of two", oneMethod, two, true},
		{"registration is not required", fresh, func(f *entra.Facts) { f.Policy.RequireRegistration = false }, false},
		{"off for the tenant", fresh, func(f *entra.Facts) { f.Policy.Enabled = entra.None }, false}, // R-POL-14
		{"out of the group", fresh, selected(false), false},
		{"in the group", fresh, selected(true), true},
		{"unlicensed", with(fresh, func(u *entra.User) { u.Licences = nil }), nil, false}, // R-REG-05
		{"a guest", with(fresh, func(u *entra.User) { u.Guest = true }), nil, false},
		{"the agent does not matter", synced(fresh), func(f *entra.Facts) { f.Agent = entra.AgentState{} }, true},
		{"an administrator in scope", ga, nil, true},
		{"an administrator out of scope", ga, func(f *entra.Facts) { f.InScope = false }, false},
		{"an administrator with one method", holds(oneMethod, entra.GlobalAdministrator), nil, true},
		{"an administrator with two", holds(able("ada"), entra.GlobalAdministrator), nil, false},
		{"an administrator switched off, in scope", ga, func(f *entra.Facts) { f.Policy.AdminReset = false }, true}, // R-POL-85
		{"an administrator switched off, out of scope", ga, func(f *entra.Facts) { f.Policy.AdminReset, f.InScope = false, false }, false},
	} {
		f := good()
		if c.facts != nil {
			c.facts(&f)
		}
		if got := entra.NeedsRegistration(c.user, f); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func with(u entra.User, change func(*entra.User)) entra.User {
	change(&u)
	return u
}

// TestAdministratorsSwitchedOffMayRegisterNothing: they are interrupted, to be
// told so (R-POL-85).
func TestAdministratorsSwitchedOffMayRegisterNothing(t *testing.T) {
	f := good()
	f.Policy.AdminReset = false
	if got := entra.Registrable(holds(able("ada"), entra.GlobalAdministrator), f, entra.Now); len(got) != 0 {
		t.Error(got)
	}
	if got := entra.Registrable(able("adele"), f, entra.Now); len(got) == 0 {
		t.Error("the switch is for administrators alone")
	}
}

// TestWhoIsAskedToReview (R-REG-57, R-POL-59, R-POL-63).
func TestWhoIsAskedToReview(t *testing.T) {
	confirmed := func(days int) func(*entra.User) {
		return func(u *entra.User) { u.Security.Confirmed = begin.AddDate(0, 0, -days) }
	}
	for _, c := range []struct {
		name  string
		user  func(*entra.User)
		facts func(*entra.Facts)
		want  bool
	}{
		{"long ago", confirmed(181), nil, true},
		{"on the day", confirmed(180), nil, false},
		{"yesterday", confirmed(1), nil, false},
		{"never confirmed anything", func(*entra.User) {}, nil, false},
		{"never to be asked", confirmed(10000), func(f *entra.Facts) { f.Policy.ReconfirmDays = 0 }, false},
		{"every day", confirmed(2), func(f *entra.Facts) { f.Policy.ReconfirmDays = 1 }, true},
		{"registration is not required", confirmed(181), func(f *entra.Facts) { f.Policy.RequireRegistration = false }, false}, // R-POL-60
		{"out of the group", confirmed(181), selected(false), false},
		{"a guest", func(u *entra.User) { confirmed(181)(u); u.Guest = true }, nil, false},
		{"an administrator in scope", func(u *entra.User) { confirmed(181)(u); u.Roles = []string{entra.GlobalAdministrator} }, nil, true},
		{"an administrator out of scope", func(u *entra.User) { confirmed(181)(u); u.Roles = []string{entra.GlobalAdministrator} }, selected(false), false},
	} {
		u, f := able("adele"), good()
		c.user(&u)
		if c.facts != nil {
			c.facts(&f)
		}
		if got := entra.NeedsReview(u, f); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

// TestStanding is what the usage report counts (R-AUD-48, R-AUD-53, R-POL-15).
func TestStanding(t *testing.T) {
	fresh := with(able("adele"), func(u *entra.User) { u.Security = entra.SecurityInfo{} })
	for _, c := range []struct {
		name                         string
		user                         entra.User
		facts                        func(*entra.Facts)
		registered, enabled, capable bool
	}{
		{"both", able("adele"), nil, true, true, true},
		{"enabled only", fresh, nil, false, true, false},
		{"registered only", able("adele"), selected(false), true, false, false}, // R-ROL-22: registrations survive
		{"neither", fresh, selected(false), false, false, false},
		{"a guest is not counted", with(able("gus"), func(u *entra.User) { u.Guest = true }), nil, true, false, false},
		{"an administrator out of scope", holds(able("ada"), entra.GlobalAdministrator), selected(false), true, true, true},
		{"an administrator with one method", with(holds(able("ada"), entra.GlobalAdministrator), func(u *entra.User) { u.Security.Email = "" }), nil, false, true, false},
	} {
		f := good()
		if c.facts != nil {
			c.facts(&f)
		}
		if got, want := entra.StandingOf(c.user, f), (entra.Standing{Registered: c.registered, Enabled: c.enabled, Capable: c.capable}); got != want {
			t.Errorf("%s: %+v, want %+v", c.name, got, want)
		}
	}
}
