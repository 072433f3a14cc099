// Package admin is the administrators' portal: users, groups, licences, the
// preview of 2019, the Password reset blade with its pages in the documented
// order (R-POL-01), password protection, and the logs.
//
// Modelled: every setting of section 1 of the catalogue with its refusals, the
// roles that may change them (R-POL-03), the entry that hides from unlicensed
// administrators (R-POL-04), the audit of each change (R-POL-09). Not modelled:
// the rest of the portal, propagation delays (R-POL-08), bulk operations.
package admin

import (
	"net/http"
	"slices"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/app"
	"github.com/ssprlab/ssprlab/fakes/page"
)

type portal struct {
	tenant *entra.Tenant
	guard  *app.Guard
	mux    *http.ServeMux
}

// New returns the portal of a tenant.
func New(t *entra.Tenant) http.Handler {
	p := &portal{t, app.New(t, entra.PortalHost, t.Era().Names().Portal), http.NewServeMux()}
	p.guard.Mount(p.mux)
	p.page("GET /{$}", readers, p.home)
	p.page("GET /users", readers, p.users)
	p.page("GET /users/{id}", readers, p.user)
	p.page("POST /users/{id}/licences", granting, p.setLicence)
	p.page("POST /users/{id}/password", reset, p.resetPassword)
	p.page("GET /groups", readers, p.groups)
	p.page("POST /groups", grouping, p.createGroup)
	p.page("GET /groups/{id}", readers, p.group)
	p.page("POST /groups/{id}/members", grouping, p.addMember)
	p.page("POST /groups/{id}/remove", grouping, p.removeMember)
	p.page("GET /previews", policing, p.previews)
	p.page("POST /previews", policing, p.setPreview)
	p.page("GET /password-protection", policing, p.protection)
	p.page("POST /password-protection", policing, p.setProtection)
	p.page("GET /password-reset/audit", readers, p.licensed(p.audit))
	p.page("GET /password-reset/usage", readers, p.licensed(p.usage))
	for _, b := range blade {
		p.page("GET /password-reset/"+b.path, policing, p.licensed(func(w http.ResponseWriter, r *http.Request, u entra.User) {
			p.showBlade(w, u, b, p.tenant.Policy(), nil, "")
		}))
		p.page("POST /password-reset/"+b.path, policing, p.licensed(func(w http.ResponseWriter, r *http.Request, u entra.User) {
			p.saveBlade(w, r, u, b)
		}))
	}
	return p.mux
}

// access is who may open a page. A Global Administrator may open every one.
type access struct {
	roles []string
	today bool // in 2019 the Global Administrator alone
}

// Who may do what (R-POL-03, R-PWD-43).
var (
	readers  = access{roles: []string{"Global Reader", "User Administrator", "Groups Administrator", "License Administrator", "Helpdesk Administrator", "Password Administrator", "Authentication Policy Administrator", "Reports Reader", "Hybrid Identity Administrator"}}
	grouping = access{roles: []string{"Groups Administrator", "User Administrator"}}
	granting = access{roles: []string{"License Administrator", "User Administrator"}}
	reset    = access{roles: []string{"Password Administrator", "Helpdesk Administrator", "User Administrator", "Authentication Administrator", "Privileged Authentication Administrator"}}
	policing = access{roles: []string{"Authentication Policy Administrator"}, today: true}
)

// allows reports whether u may open the page in that era.
func (a access) allows(u entra.User, era entra.Era) bool {
	if u.GlobalAdmin() {
		return true
	}
	return (!a.today || era == entra.Now) && slices.ContainsFunc(a.roles, func(name string) bool { return slices.Contains(u.Roles, name) })
}

// page mounts a page for those who may open it.
func (p *portal) page(pattern string, who access, h app.Handler) {
	p.mux.HandleFunc(pattern, p.guard.Signed(func(w http.ResponseWriter, r *http.Request, u entra.User) {
		if !who.allows(u, p.tenant.Era()) {
			p.guard.Write(w, http.StatusForbidden, u, page.Page{Heading: "You do not have access", Alert: "Your account has none of the roles that this page needs. Ask a " + entra.GlobalAdministrator + "."})
			return
		}
		h(w, r, u)
	}))
}

// licensed hides the Password reset entry from an administrator without a
// licence (R-POL-04).
func (p *portal) licensed(h app.Handler) app.Handler {
	return func(w http.ResponseWriter, r *http.Request, u entra.User) {
		if len(u.Licences) == 0 {
			p.guard.Write(w, http.StatusForbidden, u, page.Page{Heading: "There is no Password reset here", Nav: p.nav(u, ""),
				Alert: "An administrator needs a licence of their own to see Password reset. Have one assigned to you."})
			return
		}
		h(w, r, u)
	}
}

func (p *portal) nav(u entra.User, at string) []page.Link {
	links := []page.Link{{Label: "Overview", URL: "/"}, {Label: "Users", URL: "/users"}, {Label: "Groups", URL: "/groups"}}
	if len(u.Licences) > 0 {
		links = append(links, page.Link{Label: "Password reset", URL: "/password-reset/properties"})
	}
	links = append(links, page.Link{Label: "Password protection", URL: "/password-protection"})
	if p.tenant.Era() == entra.Era2019 {
		links = append(links, page.Link{Label: "User feature previews", URL: "/previews"})
	}
	for i := range links {
		links[i].Current = links[i].URL == at
	}
	return links
}

// write answers with a page of the portal at the place of that address.
func (p *portal) write(w http.ResponseWriter, u entra.User, at string, pg page.Page) {
	if pg.Nav == nil {
		pg.Nav = p.nav(u, at)
	}
	pg.Wide = true
	p.guard.Write(w, http.StatusOK, u, pg)
}

func (p *portal) home(w http.ResponseWriter, _ *http.Request, u entra.User) {
	policy := p.tenant.Policy()
	p.write(w, u, "/", page.Page{Heading: p.tenant.Era().Names().Directory, Parts: []page.Part{page.List{Items: []page.Term{
		{Term: "Organisation", Value: p.tenant.Organisation()}, {Term: "Primary domain", Value: p.tenant.Domains()[0]}, {Term: "Tenant ID", Value: p.tenant.ID},
		{Term: "Self service password reset", Value: policy.Enabled.String()}, {Term: p.tenant.Era().Names().Connect, Value: status(p.tenant.Agent().State()).text}}}}})
}

// record writes a change of the directory into the audit log.
func (p *portal) record(u entra.User, activity, category string, target entra.Party, changes ...entra.Change) {
	p.tenant.Record(entra.AuditEntry{Service: entra.CoreDirectory, Category: category, Activity: activity, Success: true, Actor: u.By(), Target: target, Changes: changes})
}
