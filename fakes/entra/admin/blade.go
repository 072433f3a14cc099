package admin

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// bladePage is one page of the Password reset blade: how it shows a policy and
// how it reads one from its form. Each has its own Save (R-POL-07).
type bladePage struct {
	path, name string
	show       func(p *portal, policy entra.Policy, problem func(field string) string) []page.Part
	read       func(p *portal, form url.Values, policy entra.Policy) entra.Policy
	fields     []string // whose problems this page tells
	convention string   // what the product leaves open on this page
}

// blade lists the pages in their order (R-POL-01).
var blade = []bladePage{
	{"properties", "Properties", showProperties, readProperties, []string{"enabled", "group"},
		"A new tenant begins with None (R-GAP-49)."},
	{"methods", "Authentication methods", showMethods, readMethods, []string{"required", "methods", "questions"},
		"A new tenant begins with 1 (R-GAP-49). Two required methods and one enabled can be saved, with a warning (R-GAP-63)."},
	{"registration", "Registration", showRegistration, readRegistration, []string{"reconfirm"},
		"A new tenant begins with Yes (R-GAP-49). The days count from the last registration or review (R-GAP-53)."},
	{"notifications", "Notifications", showNotifications, readNotifications, nil,
		"A new tenant begins with Yes for users and No for administrators (R-GAP-49). What the mails say is the lab's own (R-GAP-57)."},
	{"customization", "Customization", showCustomization, readCustomization, []string{"helpdesk"},
		"There is no limit to the mails that administrators get (R-GAP-48)."},
	{"on-premises", "On-premises integration", showOnPremises, readOnPremises, nil,
		"A new tenant begins with No for unlocking (R-GAP-49). A client that misses two beats, ten minutes, counts as lost (R-GAP-50); what waits for it is dropped after five (R-GAP-51)."},
}

func (p *portal) bladeNav(at string) (nav []page.Link) {
	nav = append(nav, page.Link{Label: p.tenant.Era().Names().Directory, URL: "/"})
	for _, b := range blade {
		nav = append(nav, page.Link{Label: b.name, URL: "/password-reset/" + b.path, Current: b.path == at})
	}
	return append(nav, page.Link{Label: "Audit logs", URL: "/password-reset/audit", Current: at == "audit"}, page.Link{Label: "Usage & insights", URL: "/password-reset/usage", Current: at == "usage"})
}

// showBlade shows a page with what was saved, or with what was refused.
func (p *portal) showBlade(w http.ResponseWriter, u entra.User, b bladePage, policy entra.Policy, problems []entra.Problem, notice string) {
	pg := page.Page{Title: "Password reset | " + b.name, Heading: "Password reset | " + b.name, Nav: p.bladeNav(b.path), Notice: notice, Convention: b.convention}
	pg.Parts = b.show(p, policy, func(field string) string {
		for _, problem := range problems {
			if problem.Field == field && !problem.Warning {
				return problem.Text
			}
		}
		return ""
	})
	for _, problem := range problems {
		switch {
		case !slices.Contains(b.fields, problem.Field):
		case problem.Warning:
			pg.Notice = strings.TrimSpace(pg.Notice + " " + problem.Text)
		default:
			pg.Alert = "Not saved. " + problem.Text
		}
	}
	p.write(w, u, "/password-reset", pg)
}

// saveBlade takes a page's form: all of it or, when it is refused, nothing.
func (p *portal) saveBlade(w http.ResponseWriter, r *http.Request, u entra.User, b bladePage) {
	old := p.tenant.Policy()
	next := b.read(p, r.PostForm, old)
	problems := next.Problems()
	if slices.ContainsFunc(problems, func(problem entra.Problem) bool { return !problem.Warning && slices.Contains(b.fields, problem.Field) }) {
		p.showBlade(w, u, b, next, problems, "")
		return
	}
	p.tenant.SetPolicy(u.By(), next)
	p.showBlade(w, u, b, next, problems, "Your settings have been saved.")
}

func save(controls ...page.Part) page.Form {
	return page.Form{Controls: controls, Buttons: []page.Button{{Label: "Save"}}}
}

func yesNo(name, legend string, value bool, hint string) page.Choices {
	return page.Choices{Name: name, Legend: legend, Hint: hint, Options: []page.Option{{Value: "yes", Label: "Yes", Chosen: value}, {Value: "no", Label: "No", Chosen: !value}}}
}

// yes reads a Yes/No choice; a missing one leaves the setting as it was.
func yes(form url.Values, name string, was bool) bool {
	switch form.Get(name) {
	case "yes":
		return true
	case "no":
		return false
	}
	return was
}

func showProperties(p *portal, policy entra.Policy, problem func(string) string) []page.Part {
	var options []page.Option
	for _, e := range []entra.Enablement{entra.None, entra.Selected, entra.All} {
		options = append(options, page.Option{Value: e.String(), Label: e.String(), Chosen: policy.Enabled == e})
	}
	controls := []page.Part{page.Choices{Name: "enabled", Legend: "Self service password reset enabled", Options: options,
		Hint: "These settings only apply to end users. Admins are always enabled for self-service password reset and must use two methods."}}
	if policy.Enabled == entra.Selected { // the picker exists only then (R-POL-05)
		wrong := problem("group")
		if _, there := p.tenant.Group(policy.Group); !there && policy.Group != "" {
			wrong = "The group that was selected has been deleted: nobody can reset. Select another."
		}
		controls = append(controls, page.Select{Name: "group", Label: "Select group", Options: p.groupOptions(policy.Group), Error: wrong})
	}
	return []page.Part{save(controls...)}
}

func readProperties(p *portal, form url.Values, policy entra.Policy) entra.Policy {
	if e, ok := entra.ParseEnablement(form.Get("enabled")); ok {
		policy.Enabled = e
	}
	if form.Has("group") {
		policy.Group = ""
		if g, ok := p.tenant.Group(form.Get("group")); ok {
			policy.Group = g.ID
		}
	}
	return policy
}

func (p *portal) groupOptions(chosen string) []page.Option {
	options := []page.Option{{Value: "", Label: "No group selected", Chosen: chosen == ""}}
	for _, g := range p.tenant.Groups() {
		options = append(options, page.Option{Value: g.ID, Label: g.Name, Chosen: g.ID == chosen})
	}
	return options
}

func showMethods(p *portal, policy entra.Policy, problem func(string) string) []page.Part {
	number := page.Choices{Name: "required", Legend: "Number of methods required to reset", Error: problem("required")}
	for _, n := range []int{1, 2} {
		number.Options = append(number.Options, page.Option{Value: strconv.Itoa(n), Label: strconv.Itoa(n), Chosen: policy.Required == n})
	}
	methods := page.Choices{Name: "methods", Legend: "Methods available to users", Many: true, Error: problem("methods")}
	for _, m := range entra.Methods() {
		o := page.Option{Value: m.String(), Label: m.String(), Chosen: policy.Methods.Has(m)}
		if m == entra.AppNotification && policy.Required == 1 { // R-POL-23
			o.Disabled, o.Hint = true, "Unavailable when one method is required. Save 2 first."
		}
		methods.Options = append(methods.Options, o)
	}
	controls := []page.Part{number, methods}
	if policy.Methods.Has(entra.SecurityQuestions) {
		controls = append(controls, count("register", "Number of questions required to register", policy.QuestionsToRegister, problem("questions")),
			count("reset", "Number of questions required to reset", policy.QuestionsToReset, ""),
			page.Input{Name: "questions", Label: "Custom security questions", Hint: "One a line, at most 20, 3 to 200 characters each.", Multiline: true, Value: strings.Join(policy.Questions, "\n")})
	}
	return []page.Part{save(controls...)}
}

func count(name, label string, value int, problem string) page.Select {
	s := page.Select{Name: name, Label: label, Error: problem}
	for n := 3; n <= 5; n++ {
		s.Options = append(s.Options, page.Option{Value: strconv.Itoa(n), Label: strconv.Itoa(n), Chosen: n == value})
	}
	return s
}

func readMethods(_ *portal, form url.Values, policy entra.Policy) entra.Policy {
	readNumber(form, "required", &policy.Required)
	policy.Methods = 0
	for _, label := range form["methods"] {
		if m, ok := entra.ParseMethod(label); ok {
			policy.Methods |= entra.NewMethodSet(m)
		}
	}
	readNumber(form, "register", &policy.QuestionsToRegister)
	readNumber(form, "reset", &policy.QuestionsToReset)
	if form.Has("questions") {
		policy.Questions = lines(form.Get("questions"))
	}
	return policy
}

func lines(text string) (list []string) {
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// unreadable stands for a text that is no number; it is out of every range, so
// that the brain refuses it.
const unreadable = -1

// readNumber reads a number that the form has into n, and leaves n otherwise.
func readNumber(form url.Values, name string, n *int) {
	if !form.Has(name) {
		return
	}
	var err error
	if *n, err = strconv.Atoi(strings.TrimSpace(form.Get(name))); err != nil {
		*n = unreadable
	}
}

func showRegistration(_ *portal, policy entra.Policy, problem func(string) string) []page.Part {
	controls := []page.Part{yesNo("require", "Require users to register when signing in?", policy.RequireRegistration, "")}
	if policy.RequireRegistration { // R-POL-60
		value := strconv.Itoa(policy.ReconfirmDays)
		if problem("reconfirm") != "" {
			value = ""
		}
		controls = append(controls, page.Input{Name: "days", Label: "Number of days before users are asked to re-confirm their authentication information",
			Mode: "numeric", Value: value, Error: problem("reconfirm"), Hint: "From 0 to 730; 0 means never."})
	}
	return []page.Part{save(controls...)}
}

func readRegistration(_ *portal, form url.Values, policy entra.Policy) entra.Policy {
	policy.RequireRegistration = yes(form, "require", policy.RequireRegistration)
	readNumber(form, "days", &policy.ReconfirmDays) // R-POL-59
	return policy
}

func showNotifications(_ *portal, policy entra.Policy, _ func(string) string) []page.Part {
	return []page.Part{save(
		yesNo("users", "Notify users on password resets?", policy.NotifyUsers, ""),
		yesNo("admins", "Notify all admins when other admins reset their password?", policy.NotifyAdmins, ""))}
}

func readNotifications(_ *portal, form url.Values, policy entra.Policy) entra.Policy {
	policy.NotifyUsers = yes(form, "users", policy.NotifyUsers)
	policy.NotifyAdmins = yes(form, "admins", policy.NotifyAdmins)
	return policy
}

func showCustomization(_ *portal, policy entra.Policy, problem func(string) string) []page.Part {
	controls := []page.Part{yesNo("customize", "Customize helpdesk link?", policy.CustomHelpdesk, "With No, the link mails the administrators.")}
	if policy.CustomHelpdesk {
		controls = append(controls, page.Input{Name: "helpdesk", Label: "Custom helpdesk email or URL", Value: policy.Helpdesk, Error: problem("helpdesk")})
	}
	return []page.Part{save(controls...)}
}

func readCustomization(_ *portal, form url.Values, policy entra.Policy) entra.Policy {
	policy.CustomHelpdesk = yes(form, "customize", policy.CustomHelpdesk)
	if form.Has("helpdesk") {
		policy.Helpdesk = strings.TrimSpace(form.Get("helpdesk"))
	}
	return policy
}

// line is the status of the writeback client.
type line struct {
	text string
	rule string
	good bool
}

// oldest is the version below which the client is out of date (R-WB-53).
var oldest = []int{1, 1, 443, 0}

// status returns the one line about the writeback client (R-WB-45..49).
func status(a entra.AgentState) line {
	switch current := current(a.Version); {
	case !a.Configured:
		return line{"On-premises integration has not been enabled.", "R-WB-45", false}
	case a.Connected && current:
		return line{"Your on-premises writeback client is up and running.", "R-WB-46", true}
	case a.Connected:
		return line{"The service is online and connected to your on-premises writeback client, but the installed version is out of date. Upgrade it.", "R-WB-47", false}
	case !current:
		return line{"The status of your on-premises writeback client cannot be checked because the installed version is out of date. Upgrade it.", "R-WB-48", false}
	}
	return line{"We can't connect to your on-premises writeback client right now. Troubleshoot the connection.", "R-WB-49", false}
}

func current(version string) bool {
	if version == "" {
		return true
	}
	for i, part := range strings.Split(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || i >= len(oldest) {
			break
		}
		if c := cmp.Compare(n, oldest[i]); c != 0 {
			return c > 0
		}
	}
	return true
}

func showOnPremises(p *portal, policy entra.Policy, _ func(string) string) []page.Part {
	state := p.tenant.Agent().State()
	s := status(state)
	parts := []page.Part{page.Text{Paragraphs: []string{s.text}, Good: s.good, Bad: !s.good}}
	if !state.Configured { // R-POL-06
		return append(parts, page.Text{Paragraphs: []string{fmt.Sprintf("Install %s and enable password writeback in its wizard to use this page.", p.tenant.Era().Names().Connect)}})
	}
	return append(parts, save(
		yesNo("writeback", "Write back passwords to your on-premises directory?", policy.WriteBack, "With No, federated and password synchronized users can neither reset nor change their passwords."),
		yesNo("unlock", "Allow users to unlock accounts without resetting their password?", policy.UnlockWithoutReset, "With Yes, users choose between the two. A reset always unlocks.")))
}

func readOnPremises(p *portal, form url.Values, policy entra.Policy) entra.Policy {
	if !p.tenant.Agent().State().Configured {
		return policy
	}
	policy.WriteBack = yes(form, "writeback", policy.WriteBack)
	policy.UnlockWithoutReset = yes(form, "unlock", policy.UnlockWithoutReset)
	return policy
}
