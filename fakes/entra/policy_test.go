package entra_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

func TestANewTenantsPolicy(t *testing.T) { // R-GAP-49, R-POL-59, R-GAP-06
	p := entra.DefaultPolicy()
	if p.Enabled != entra.None || p.Required != 1 || !p.RequireRegistration || p.ReconfirmDays != 180 ||
		!p.NotifyUsers || p.NotifyAdmins || p.UnlockWithoutReset || !p.AdminReset || p.CustomHelpdesk {
		t.Errorf("%+v", p)
	}
	if problems := p.Problems(); len(problems) != 0 {
		t.Errorf("it cannot be saved as it is: %v", problems)
	}
	if got := entra.New(entra.Config{}).Policy(); got.Enabled != entra.None || got.Required != 1 {
		t.Errorf("a tenant begins with %+v", got)
	}
}

func TestWhatTheBladeRefuses(t *testing.T) {
	long := strings.Repeat("ä", 200)
	for _, c := range []struct {
		name   string
		change func(*entra.Policy)
		want   []string // "field rule", in order; "!" marks a warning
	}{
		{"as it is", func(*entra.Policy) {}, nil},
		{"selected with a group", func(p *entra.Policy) { p.Enabled, p.Group = entra.Selected, "id" }, nil},
		{"selected without", func(p *entra.Policy) { p.Enabled = entra.Selected }, []string{"group R-POL-12"}},
		{"all needs no group", func(p *entra.Policy) { p.Enabled = entra.All }, nil},
		{"no method needed", func(p *entra.Policy) { p.Required = 0 }, []string{"required R-POL-20"}},
		{"two needed", func(p *entra.Policy) { p.Required = 2 }, nil},
		{"three needed", func(p *entra.Policy) { p.Required = 3 }, []string{"required R-POL-20"}},
		{"no method", methods(1), []string{"methods R-POL-22"}},
		{"one of one", methods(1, entra.Email), nil},
		{"notification with one", methods(1, entra.AppNotification, entra.Email), []string{"methods R-POL-23"}},
		{"code with one", methods(1, entra.AppCode, entra.Email), nil},
		{"notification with two", methods(2, entra.AppNotification, entra.Email, entra.MobilePhone), nil},                             // R-POL-24
		{"code alone", methods(1, entra.AppCode), []string{"methods R-POL-28"}},                                                       // R-POL-26
		{"both of the app alone", methods(1, entra.AppNotification, entra.AppCode), []string{"methods R-POL-23", "methods R-POL-28"}}, // all at once
		{"app and one other of two", methods(2, entra.AppCode, entra.SecurityQuestions), []string{"methods R-POL-28"}},
		{"both of the app and one other of two", methods(2, entra.AppNotification, entra.AppCode, entra.Email), []string{"methods R-POL-28"}}, // R-POL-27
		{"one of two", methods(2, entra.OfficePhone), []string{"!methods R-GAP-63"}},
		{"fewer than three questions", questions(2, 2), []string{"questions R-POL-33"}},
		{"more than five questions", questions(6, 5), []string{"questions R-POL-33"}},
		{"more asked than registered", questions(3, 4), []string{"questions R-POL-33"}},
		{"as many asked as registered", questions(5, 5), nil},
		{"numbers do not matter when there are no questions", func(p *entra.Policy) { p.QuestionsToReset = 0 }, nil},
		{"20 questions", questions(3, 3, slices.Repeat([]string{"Who?"}, 20)...), nil},
		{"21 questions", questions(3, 3, slices.Repeat([]string{"Who?"}, 21)...), []string{"questions R-POL-34"}},
		{"the shortest and the longest question", questions(3, 3, "Who", long), nil},
		{"too short a question", questions(3, 3, "Eh"), []string{"questions R-POL-34"}},
		{"too long a question", questions(3, 3, long+"?"), []string{"questions R-POL-34"}},
		{"never reconfirm", reconfirm(0), nil},
		{"two years", reconfirm(730), nil},
		{"before", reconfirm(-1), []string{"reconfirm R-POL-59"}},
		{"after", reconfirm(731), []string{"reconfirm R-POL-59"}},
		{"several", func(p *entra.Policy) { p.Enabled, p.Required, p.ReconfirmDays = entra.Selected, 3, 731 },
			[]string{"group R-POL-12", "required R-POL-20", "reconfirm R-POL-59"}},
	} {
		p := entra.DefaultPolicy()
		c.change(&p)
		var got []string
		for _, problem := range p.Problems() {
			line := problem.Field + " " + problem.Rule
			if problem.Warning {
				line = "!" + line
			}
			got = append(got, line)
			if problem.Text == "" {
				t.Errorf("%s: %s says nothing", c.name, line)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func methods(required int, list ...entra.Method) func(*entra.Policy) {
	return func(p *entra.Policy) { p.Required, p.Methods = required, entra.NewMethodSet(list...) }
}

func questions(toRegister, toReset int, own ...string) func(*entra.Policy) {
	return func(p *entra.Policy) {
		p.Methods |= entra.NewMethodSet(entra.SecurityQuestions)
		p.QuestionsToRegister, p.QuestionsToReset, p.Questions = toRegister, toReset, own
	}
}

func reconfirm(days int) func(*entra.Policy) {
	return func(p *entra.Policy) { p.ReconfirmDays = days }
}

// TestThePolicyIsValidByItsRule sets the blade against the validity test of
// R-POL-30, and R-POL-23 beside it, for every choice of methods.
func TestThePolicyIsValidByItsRule(t *testing.T) {
	for _, set := range everySet() {
		for _, n := range []int{1, 2} {
			others := set.Others()
			valid := (!set.App() || others >= n) && (set.App() || others >= 1)
			if n == 1 && set.Has(entra.AppNotification) {
				valid = false
			}
			p := entra.DefaultPolicy()
			p.Required, p.Methods = n, set
			refused := slices.ContainsFunc(p.Problems(), func(x entra.Problem) bool { return !x.Warning })
			if refused == valid {
				t.Errorf("%d of %v: refused %t, valid %t", n, set.List(), refused, valid)
			}
		}
	}
}

func TestTheHelpDesksAddress(t *testing.T) { // R-POL-67..69
	for _, c := range []struct {
		address string
		valid   bool
		link    string
		newTab  bool
	}{
		{"desk@alder.example.com", true, "mailto:desk@alder.example.com", false},
		{"mailto:desk@alder.example.com", true, "mailto:desk@alder.example.com", false},
		{"https://help.alder.example.com/password", true, "https://help.alder.example.com/password", true},
		{"http://intranet/help", true, "http://intranet/help", true},
		{"", false, "", false},
		{"desk", false, "", false},
		{"https://", false, "", false},
		{"https:help", false, "", false},
		{"ftp://help.alder.example.com", false, "", false},
		{"javascript:alert(1)", false, "", false},
		{"Desk <desk@alder.example.com>", false, "", false},
	} {
		p := entra.DefaultPolicy()
		p.CustomHelpdesk, p.Helpdesk = true, c.address
		problems := p.Problems()
		if valid := len(problems) == 0; valid != c.valid {
			t.Errorf("%q is valid: %t, want %t (%v)", c.address, valid, c.valid, problems)
		}
		if !c.valid {
			if problems[0].Rule != "R-POL-68" || problems[0].Field != "helpdesk" {
				t.Errorf("%q: %+v", c.address, problems[0])
			}
			continue
		}
		if link, newTab, custom := p.HelpdeskLink(); link != c.link || newTab != c.newTab || !custom {
			t.Errorf("%q leads to %q, new tab %t, custom %t", c.address, link, newTab, custom)
		}
		p.CustomHelpdesk = false
		if link, _, custom := p.HelpdeskLink(); link != "" || custom {
			t.Errorf("not customised, yet it leads to %q", link)
		}
		if problems := p.Problems(); len(problems) != 0 {
			t.Errorf("an address that is not used is refused: %v", problems)
		}
	}
}

func TestEnablement(t *testing.T) { // R-POL-11
	for _, e := range []entra.Enablement{entra.None, entra.Selected, entra.All} {
		if got, ok := entra.ParseEnablement(" " + strings.ToUpper(e.String())); !ok || got != e {
			t.Errorf("%s comes back as %s", e, got)
		}
	}
	if _, ok := entra.ParseEnablement("Some"); ok {
		t.Error("Some is no value")
	}
}
