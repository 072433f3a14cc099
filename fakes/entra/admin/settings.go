package admin

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// previews is where combined registration is switched on in 2019 (R-REG-02).
func (p *portal) previews(w http.ResponseWriter, _ *http.Request, u entra.User) {
	p.showPreviews(w, u, p.tenant.Preview(), "", "")
}

func (p *portal) showPreviews(w http.ResponseWriter, u entra.User, now entra.Preview, notice, problem string) {
	if p.tenant.Era() == entra.Now {
		p.write(w, u, "/previews", page.Page{Heading: "User feature previews", Lead: []string{"Combined registration is on for every tenant."}})
		return
	}
	scope := page.Choices{Name: "scope", Legend: "Users can use the combined security information registration experience"}
	for _, e := range []entra.Enablement{entra.None, entra.Selected, entra.All} {
		scope.Options = append(scope.Options, page.Option{Value: e.String(), Label: e.String(), Chosen: now.Scope == e})
	}
	controls := []page.Part{scope}
	if now.Scope == entra.Selected {
		controls = append(controls, page.Select{Name: "group", Label: "Select group", Options: p.groupOptions(now.Group), Error: problem})
	}
	p.write(w, u, "/previews", page.Page{Heading: "User feature previews", Notice: notice, Alert: problem, Parts: []page.Part{save(controls...)}})
}

func (p *portal) setPreview(w http.ResponseWriter, r *http.Request, u entra.User) {
	old := p.tenant.Preview()
	if p.tenant.Era() == entra.Now { // there is nothing to switch any more
		p.showPreviews(w, u, old, "", "")
		return
	}
	next := old
	if e, ok := entra.ParseEnablement(r.PostForm.Get("scope")); ok {
		next.Scope = e
	}
	if r.PostForm.Has("group") {
		next.Group = ""
		if g, ok := p.tenant.Group(r.PostForm.Get("group")); ok {
			next.Group = g.ID
		}
	}
	if next.Scope == entra.Selected && next.Group == "" {
		p.showPreviews(w, u, next, "", "Select the group that uses the preview.")
		return
	}
	p.tenant.SetPreview(next)
	p.record(u, "Update user feature settings", "Policy", entra.Party{Name: "Combined registration", Type: "Policy"}, entra.Change{Property: "Scope", Old: old.Scope.String(), New: next.Scope.String()})
	p.showPreviews(w, u, next, "Your settings have been saved.", "")
}

// protection is the custom banned-password list (R-PWD-20), which comes with
// Premium; the list for everybody does not (R-PWD-21).
func (p *portal) protection(w http.ResponseWriter, _ *http.Request, u entra.User) {
	p.showProtection(w, u, p.tenant.Banned(), "", "")
}

func (p *portal) showProtection(w http.ResponseWriter, u entra.User, terms []string, notice, problem string) {
	if !p.tenant.Premium() {
		p.write(w, u, "/password-protection", page.Page{Heading: "Password protection",
			Lead: []string{"A banned list of your own needs a licence of Premium P1 or P2 in the tenant. The list for everybody holds without one."}})
		return
	}
	p.write(w, u, "/password-protection", page.Page{Heading: "Password protection", Notice: notice, Parts: []page.Part{save(
		page.Input{Name: "terms", Label: "Custom banned password list", Hint: "One term a line, 4 to 16 characters each, at most 1000.", Multiline: true, Value: strings.Join(terms, "\n"), Error: problem})}})
}

// maxBanned is how many terms the custom list may hold (R-PWD-20).
const maxBanned = 1000

func (p *portal) setProtection(w http.ResponseWriter, r *http.Request, u entra.User) {
	terms := lines(r.PostForm.Get("terms"))
	if !p.tenant.Premium() {
		p.showProtection(w, u, terms, "", "")
		return
	}
	if len(terms) > maxBanned {
		p.showProtection(w, u, terms, "", "At most 1000 terms.")
		return
	}
	for _, t := range terms {
		if n := utf8.RuneCountInString(t); n < 4 || n > 16 {
			p.showProtection(w, u, terms, "", "\""+t+"\" does not have 4 to 16 characters.")
			return
		}
	}
	p.tenant.SetBanned(terms)
	p.record(u, "Update password protection", "Policy", entra.Party{Name: "Password protection", Type: "Policy"})
	p.showProtection(w, u, terms, "Your settings have been saved.", "")
}

// audit shows the log, newest first.
func (p *portal) audit(w http.ResponseWriter, _ *http.Request, u entra.User) {
	entries := p.tenant.Audit()
	slices.Reverse(entries)
	var rows [][]page.Cell
	for _, e := range entries {
		state := "Failure"
		if e.Success {
			state = "Success"
		}
		rows = append(rows, []page.Cell{{Text: e.Time.Format("2006-01-02 15:04:05")}, {Text: e.Service}, {Text: e.Activity}, {Text: state}, {Text: e.Reason}, {Text: e.Target.Name}, {Text: e.Actor.Name}})
	}
	p.write(w, u, "/password-reset", page.Page{Heading: "Password reset | Audit logs", Nav: p.bladeNav("audit"), Parts: []page.Part{
		page.Table{Caption: "Audit log", Head: []string{"Date", "Service", "Activity", "Status", "Status reason", "Target", "Initiated by"}, Rows: rows}}})
}

// usage shows who is registered, enabled and capable (R-AUD-48, R-AUD-49).
func (p *portal) usage(w http.ResponseWriter, _ *http.Request, u entra.User) {
	var rows [][]page.Cell
	mark := map[bool]string{true: "Yes", false: "No"}
	for _, x := range p.tenant.Users() {
		f := p.tenant.Facts(x)
		s := entra.StandingOf(x, f)
		var names []string
		for _, m := range entra.Usable(x, f).List() {
			names = append(names, m.String())
		}
		rows = append(rows, []page.Cell{{Text: x.Name}, {Text: x.UPN}, {Text: mark[s.Registered]}, {Text: mark[s.Enabled]}, {Text: mark[s.Capable]}, {Text: strings.Join(names, ", ")}})
	}
	p.write(w, u, "/password-reset", page.Page{Heading: "Password reset | Usage & insights", Nav: p.bladeNav("usage"), Parts: []page.Part{
		page.Table{Caption: "Registration", Head: []string{"Name", "User name", "Registered", "Enabled", "Capable", "Methods"}, Rows: rows}}})
}
