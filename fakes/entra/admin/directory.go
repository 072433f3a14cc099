package admin

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/visit"
	"github.com/ssprlab/ssprlab/fakes/page"
)

func (p *portal) users(w http.ResponseWriter, _ *http.Request, u entra.User) {
	var rows [][]page.Cell
	for _, x := range p.tenant.Users() {
		source := p.tenant.Era().Names().Directory
		if x.Synced() {
			source = "On-premises directory"
		}
		rows = append(rows, []page.Cell{{Text: x.Name, URL: "/users/" + x.ID}, {Text: x.UPN}, {Text: source}, {Text: strings.Join(x.Licences, ", ")}})
	}
	p.write(w, u, "/users", page.Page{Heading: "Users", Parts: []page.Part{page.Table{Caption: "All users", Head: []string{"Name", "User name", "Source", "Licences"}, Rows: rows}}})
}

// notFound answers for an object that is gone.
func (p *portal) notFound(w http.ResponseWriter, u entra.User, what string) {
	p.guard.Write(w, http.StatusNotFound, u, page.Page{Heading: "Not found", Nav: p.nav(u, ""), Alert: "There is no such " + what + " in the directory."})
}

func (p *portal) user(w http.ResponseWriter, r *http.Request, u entra.User) {
	x, ok := p.tenant.User(r.PathValue("id"))
	if !ok {
		p.notFound(w, u, "user")
		return
	}
	p.showUser(w, u, x, "", "")
}

// locations are the usage locations on offer (R-LIC-06).
var locations = []string{"US", "GB", "DE", "NL", "FR", "AU", "JP"}

func (p *portal) showUser(w http.ResponseWriter, u, x entra.User, notice, alert string) {
	skus := []page.Option{{Value: "", Label: "None", Chosen: len(x.Licences) == 0}}
	for _, s := range entra.SKUs() {
		name := s.Name
		if strings.HasPrefix(name, "Premium") {
			name = p.tenant.Era().Names().Premium + " " + strings.TrimPrefix(name, "Premium ")
		}
		skus = append(skus, page.Option{Value: s.Part, Label: name, Chosen: slices.Contains(x.Licences, s.Part)})
	}
	where := []page.Option{{Value: "", Label: "Not set", Chosen: x.UsageLocation == ""}}
	for _, l := range locations {
		where = append(where, page.Option{Value: l, Label: l, Chosen: x.UsageLocation == l})
	}
	password := page.Part(page.Form{Action: "/users/" + x.ID + "/password", Label: "Reset password", Buttons: []page.Button{{Label: "Reset password", Quiet: true}}})
	if x.Synced() {
		password = page.Form{Action: "/users/" + x.ID + "/password", Label: "Reset password", Controls: []page.Part{
			page.Input{Name: "password", Label: "New password", Type: "password", Complete: "new-password", Hint: "The directory's policy applies. The user changes it at the next sign-in."}}, Buttons: []page.Button{{Label: "Reset password", Quiet: true}}}
	}
	p.write(w, u, "/users", page.Page{Heading: x.Name, Notice: notice, Alert: alert, Parts: []page.Part{
		page.List{Items: []page.Term{{Term: "User name", Value: x.UPN}, {Term: "E-mail", Value: x.Mail}, {Term: "Alternate e-mail", Value: x.AlternateMail()}, {Term: "Mobile phone", Value: x.MobilePhone}, {Term: "Roles", Value: strings.Join(x.Roles, ", ")}}},
		page.Text{Heading: "Licence"},
		page.Form{Action: "/users/" + x.ID + "/licences", Label: "Licence", Controls: []page.Part{
			page.Select{Name: "location", Label: "Usage location", Options: where, Hint: "Needed before a licence can be assigned."},
			page.Select{Name: "licence", Label: "Licence", Options: skus},
		}, Buttons: []page.Button{{Label: "Assign"}}},
		page.Text{Heading: "Password"}, password,
	}})
}

// setLicence assigns a licence; the usage location comes first (R-LIC-06).
func (p *portal) setLicence(w http.ResponseWriter, r *http.Request, u entra.User) {
	part, location := r.PostForm.Get("licence"), r.PostForm.Get("location")
	x, ok := p.tenant.User(r.PathValue("id"))
	_, known := entra.FindSKU(part)
	switch {
	case !ok:
		p.notFound(w, u, "user")
		return
	case part != "" && !known:
		p.showUser(w, u, x, "", "Not saved. The tenant has no licence "+part+".")
		return
	case part != "" && location == "":
		p.showUser(w, u, x, "", "Not saved. Set the usage location before you assign a licence.")
		return
	case location != "" && !slices.Contains(locations, location):
		p.showUser(w, u, x, "", "Not saved. Choose a usage location from the list.")
		return
	}
	old := strings.Join(x.Licences, ", ")
	x, err := p.tenant.Update(x.ID, func(x *entra.User) error {
		x.UsageLocation, x.Licences = location, nil
		if part != "" {
			x.Licences = []string{part}
		}
		return nil
	})
	if err != nil { // removed meanwhile
		p.notFound(w, u, "user")
		return
	}
	p.record(u, "Change user license", "UserManagement", x.By(), entra.Change{Property: "AssignedLicense", Old: old, New: part})
	p.showUser(w, u, x, "The licence has been saved.", "")
}

func (p *portal) resetPassword(w http.ResponseWriter, r *http.Request, u entra.User) {
	x, ok := p.tenant.User(r.PathValue("id"))
	if !ok {
		p.notFound(w, u, "user")
		return
	}
	if !entra.MayResetPassword(u, x) { // R-PWD-43
		p.showUser(w, u, x, "", "Your roles do not let you reset the password of this administrator.")
		return
	}
	temporary, refused := p.tenant.AdminReset(r.Context(), u, x, r.PostForm.Get("password"))
	if refused != nil {
		p.showUser(w, u, x, "", refused.Text)
		return
	}
	notice := "The password has been reset. The user changes it at the next sign-in."
	if temporary == "" {
		p.showUser(w, u, x, notice, "")
		return
	}
	p.write(w, u, "/users", page.Page{Heading: x.Name, Notice: notice, Lead: []string{"Give the user this password. It is shown only once, and it does not expire."},
		Parts: []page.Part{page.List{Items: []page.Term{{Term: "Temporary password", Value: temporary, Secret: true}}},
			page.Links{Items: []page.Link{{Label: "Back to the user", URL: "/users/" + x.ID}}}}})
}

func (p *portal) groups(w http.ResponseWriter, _ *http.Request, u entra.User) {
	p.showGroups(w, u, "", "")
}

func (p *portal) showGroups(w http.ResponseWriter, u entra.User, name, problem string) {
	var rows [][]page.Cell
	for _, g := range p.tenant.Groups() {
		rows = append(rows, []page.Cell{{Text: g.Name, URL: "/groups/" + g.ID}, {Text: g.Description}})
	}
	p.write(w, u, "/groups", page.Page{Heading: "Groups", Parts: []page.Part{
		page.Table{Caption: "All groups", Head: []string{"Name", "Description"}, Rows: rows, Empty: "There is no group yet."},
		page.Text{Heading: "New security group"},
		page.Form{Action: "/groups", Label: "New group", Controls: []page.Part{
			page.Input{Name: "name", Label: "Group name", Value: name, Error: problem}, page.Input{Name: "description", Label: "Group description"}}, Buttons: []page.Button{{Label: "Create"}}},
	}})
}

// maxGroupName is what the product's directory holds of a display name.
const maxGroupName = 256

func (p *portal) createGroup(w http.ResponseWriter, r *http.Request, u entra.User) {
	name := strings.TrimSpace(r.PostForm.Get("name"))
	if n := utf8.RuneCountInString(name); n == 0 || n > maxGroupName {
		p.showGroups(w, u, name, fmt.Sprintf("Enter a name of at most %d characters.", maxGroupName))
		return
	}
	g, err := p.tenant.AddGroup(entra.Group{Name: name, Description: strings.TrimSpace(r.PostForm.Get("description"))})
	if err != nil {
		p.showGroups(w, u, name, err.Error())
		return
	}
	p.record(u, "Add group", "GroupManagement", entra.Party{ID: g.ID, Name: g.Name, Type: "Group"})
	visit.Go(w, r, "/groups/"+g.ID)
}

func (p *portal) group(w http.ResponseWriter, r *http.Request, u entra.User) {
	g, ok := p.tenant.Group(r.PathValue("id"))
	if !ok {
		p.notFound(w, u, "group")
		return
	}
	p.showGroup(w, u, g, "", "")
}

func (p *portal) showGroup(w http.ResponseWriter, u entra.User, g entra.Group, notice, alert string) {
	var rows [][]page.Cell
	var options []page.Option
	for _, x := range p.tenant.Users() {
		if slices.Contains(g.Members, x.ID) {
			remove := &page.Form{Action: "/groups/" + g.ID + "/remove", Label: "Remove " + x.Name, Inline: true, Hidden: []page.Hidden{{Name: "member", Value: x.ID}}, Buttons: []page.Button{{Label: "Remove " + x.Name, Quiet: true}}}
			rows = append(rows, []page.Cell{{Text: x.Name, URL: "/users/" + x.ID}, {Text: x.UPN}, {Form: remove}})
		} else {
			options = append(options, page.Option{Value: x.ID, Label: x.Name})
		}
	}
	for _, x := range p.tenant.Groups() {
		if slices.Contains(g.Members, x.ID) {
			rows = append(rows, []page.Cell{{Text: x.Name, URL: "/groups/" + x.ID}, {Text: "Group"}, {}})
		}
	}
	parts := []page.Part{page.Table{Caption: "Members", Head: []string{"Name", "User name", "Action"}, Rows: rows, Empty: "The group has no members."}}
	if g.OnPremises == nil && len(options) > 0 {
		parts = append(parts, page.Form{Action: "/groups/" + g.ID + "/members", Label: "Add member", Inline: true, Controls: []page.Part{page.Select{Name: "member", Label: "Add a member", Options: options}}, Buttons: []page.Button{{Label: "Add"}}})
	}
	p.write(w, u, "/groups", page.Page{Heading: g.Name, Notice: notice, Alert: alert, Parts: parts})
}

func (p *portal) addMember(w http.ResponseWriter, r *http.Request, u entra.User) {
	p.changeMember(w, r, u, "Add member to group", "has been added", func(members []string, id string) []string {
		if slices.Contains(members, id) {
			return members
		}
		return append(members, id)
	})
}

func (p *portal) removeMember(w http.ResponseWriter, r *http.Request, u entra.User) {
	p.changeMember(w, r, u, "Remove member from group", "has been removed", func(members []string, id string) []string {
		return slices.DeleteFunc(members, func(m string) bool { return m == id })
	})
}

func (p *portal) changeMember(w http.ResponseWriter, r *http.Request, u entra.User, activity, done string, change func([]string, string) []string) {
	g, ok := p.tenant.Group(r.PathValue("id"))
	x, known := p.tenant.User(r.PostForm.Get("member"))
	switch {
	case !ok:
		p.notFound(w, u, "group")
		return
	case !known:
		p.showGroup(w, u, g, "", "Choose a user from the list.")
		return
	case g.OnPremises != nil:
		p.showGroup(w, u, g, "", "This group is managed in the on-premises directory.")
		return
	}
	g, err := p.tenant.UpdateGroup(g.ID, func(g *entra.Group) error { g.Members = change(g.Members, x.ID); return nil })
	if err != nil { // removed meanwhile
		p.notFound(w, u, "group")
		return
	}
	p.record(u, activity, "GroupManagement", x.By(), entra.Change{Property: "Group.DisplayName", New: g.Name})
	p.showGroup(w, u, g, x.Name+" "+done+".", "")
}
