package entra

import (
	"net/mail"
	"net/url"
	"slices"
	"strings"
)

// Enablement says for whom self-service password reset is on (R-POL-11).
type Enablement uint8

// The values of R-POL-11.
const (
	None Enablement = iota
	Selected
	All
)

// String returns the value's label on the Properties page.
func (e Enablement) String() string { return [...]string{"None", "Selected", "All"}[e] }

// ParseEnablement finds a value by its label, whatever the case.
func ParseEnablement(label string) (Enablement, bool) {
	for _, e := range []Enablement{None, Selected, All} {
		if strings.EqualFold(e.String(), strings.TrimSpace(label)) {
			return e, true
		}
	}
	return None, false
}

// Policy is what the Password reset blade holds (sections 1.2 to
// 1.7 of the catalogue). It is a value; take [DefaultPolicy] to begin with.
type Policy struct {
	Enabled Enablement
	Group   string // id of the one group of Selected (R-POL-12)

	Required int // methods required to reset: 1 or 2 (R-POL-20)
	Methods  MethodSet

	QuestionsToRegister, QuestionsToReset int      // 3..5 each (R-POL-33)
	Questions                             []string // the custom ones, at most 20 (R-POL-34)

	RequireRegistration bool // at sign-in (R-POL-58)
	ReconfirmDays       int  // 0..730, 0 = never (R-POL-59)

	NotifyUsers, NotifyAdmins bool // R-POL-65, 66

	CustomHelpdesk bool   // R-POL-67
	Helpdesk       string // e-mail address or URL (R-POL-68)

	WriteBack          bool // R-POL-73
	UnlockWithoutReset bool // R-POL-74

	// AdminReset is allowedToUseSSPR of the authorization policy: whether
	// administrators may reset at all (R-POL-84, R-POL-86).
	AdminReset bool
}

// clone returns a copy that shares nothing with p.
func (p Policy) clone() Policy {
	p.Questions = slices.Clone(p.Questions)
	return p
}

// DefaultPolicy is the policy of a new tenant: the lab's convention where the
// product's is not documented (R-GAP-49).
func DefaultPolicy() Policy {
	return Policy{
		Required:            1,
		Methods:             NewMethodSet(Email, MobilePhone),
		QuestionsToRegister: 5,
		QuestionsToReset:    3,
		RequireRegistration: true,
		ReconfirmDays:       180,
		NotifyUsers:         true,
		WriteBack:           true,
		AdminReset:          true,
	}
}

// Problem is what the blade says against a policy. A Warning does not keep it
// from being saved.
type Problem struct {
	Field   string // enabled, group, required, methods, questions, reconfirm, helpdesk
	Text    string
	Rule    string
	Warning bool
}

// Problems returns everything that is wrong with p, in the order of the blade.
func (p Policy) Problems() []Problem {
	var all []Problem
	add := func(field, rule, text string) { all = append(all, Problem{Field: field, Text: text, Rule: rule}) }
	if p.Enabled == Selected && p.Group == "" {
		add("group", "R-POL-12", "Select the one group that may reset its passwords.")
	}
	if p.Required != 1 && p.Required != 2 {
		add("required", "R-POL-20", "The number of methods required to reset is 1 or 2.")
	}
	all = append(all, p.methodProblems()...)
	if p.Methods.Has(SecurityQuestions) {
		all = append(all, p.questionProblems()...)
	}
	if p.ReconfirmDays < 0 || p.ReconfirmDays > 730 {
		add("reconfirm", "R-POL-59", "Enter a whole number of days from 0 to 730.")
	}
	if p.CustomHelpdesk && !validHelpdesk(p.Helpdesk) {
		add("helpdesk", "R-POL-68", "Enter an e-mail address or a URL that begins with https:// or http://.")
	}
	return all
}

func (p Policy) methodProblems() (all []Problem) {
	add := func(rule, text string, warning bool) {
		all = append(all, Problem{Field: "methods", Text: text, Rule: rule, Warning: warning})
	}
	if p.Methods == 0 {
		add("R-POL-22", "Select at least one method.", false)
	}
	if p.Required == 1 && p.Methods.Has(AppNotification) {
		add("R-POL-23", "Mobile app notification is available only when two methods are required.", false)
	}
	switch {
	case p.Methods.App() && p.Methods.Others() < p.Required:
		add("R-POL-28", "Another method must be enabled before the mobile app can be used.", false)
	case p.Required == 2 && p.Methods.Kinds() == 1:
		add("R-GAP-63", "Two methods are required but only one is enabled: nobody will be able to reset.", true)
	}
	return all
}

func (p Policy) questionProblems() (all []Problem) {
	add := func(rule, text string) {
		all = append(all, Problem{Field: "questions", Text: text, Rule: rule})
	}
	inRange := func(n int) bool { return n >= 3 && n <= 5 }
	if !inRange(p.QuestionsToRegister) || !inRange(p.QuestionsToReset) {
		add("R-POL-33", "The numbers of questions go from 3 to 5.")
	}
	if p.QuestionsToReset > p.QuestionsToRegister {
		add("R-POL-33", "No more questions can be asked than were registered.")
	}
	if len(p.Questions) > 20 {
		add("R-POL-34", "At most 20 questions of your own.")
	}
	for _, q := range p.Questions {
		if n := len([]rune(q)); n < 3 || n > 200 {
			add("R-POL-34", "A question of your own has 3 to 200 characters.")
		}
	}
	return all
}

// HelpdeskLink returns where the "Contact your administrator" link leads when
// it is customised (R-POL-69), and whether it opens in a new tab.
func (p Policy) HelpdeskLink() (address string, newTab, custom bool) {
	if !p.CustomHelpdesk {
		return "", false, false
	}
	if strings.Contains(p.Helpdesk, "://") {
		return p.Helpdesk, true, true
	}
	return "mailto:" + strings.TrimPrefix(p.Helpdesk, "mailto:"), false, true
}

func validHelpdesk(s string) bool {
	if u, err := url.Parse(s); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
		return u.Host != ""
	}
	a, err := mail.ParseAddress(strings.TrimPrefix(s, "mailto:"))
	return err == nil && a.Name == ""
}
