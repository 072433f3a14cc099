package graph

import (
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/graph/odata"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
)

// groups is the type group: every group of the lab is a security group with
// assigned members.
var groups = newTable("group", false, func(g *entra.Group) string { return g.ID },
	text("id", func(g *entra.Group) string { return g.ID }),
	never[*entra.Group]("deletedDateTime"),
	never[*entra.Group]("classification"),
	moment("createdDateTime", func(g *entra.Group) odata.Value { return odata.At(g.Created.Truncate(time.Second)) }),
	text("description", func(g *entra.Group) string { return g.Description }).filters(odata.Basic, odata.Advanced),
	text("displayName", func(g *entra.Group) string { return g.Name }).sorted(),
	never[*entra.Group]("expirationDateTime"),
	empty[*entra.Group]("groupTypes"),
	never[*entra.Group]("isAssignableToRole"),
	never[*entra.Group]("mail"),
	yes("mailEnabled", func(*entra.Group) bool { return false }),
	text("mailNickname", func(g *entra.Group) string { return groupNickname(g.Name) }),
	never[*entra.Group]("membershipRule"),
	never[*entra.Group]("membershipRuleProcessingState"),
	fromDirectory("onPremisesDomainName", func(o *entra.OnPremises) string { return o.Domain }),
	moment("onPremisesLastSyncDateTime", func(g *entra.Group) odata.Value { return lastSync(g.OnPremises) }),
	never[*entra.Group]("onPremisesNetBiosName"),
	fromDirectory("onPremisesSamAccountName", func(o *entra.OnPremises) string { return o.SAM }),
	fromDirectory("onPremisesSecurityIdentifier", func(o *entra.OnPremises) string { return o.SID }),
	column[*entra.Group]{odata.Property{Name: "onPremisesSyncEnabled", Kind: odata.Boolean, Filter: odata.Basic},
		func(g *entra.Group) odata.Value { return syncEnabled(g.OnPremises) }},
	never[*entra.Group]("preferredDataLocation"),
	never[*entra.Group]("preferredLanguage"),
	empty[*entra.Group]("proxyAddresses"),
	never[*entra.Group]("renewedDateTime"),
	empty[*entra.Group]("resourceBehaviorOptions"),
	empty[*entra.Group]("resourceProvisioningOptions"),
	yes("securityEnabled", func(*entra.Group) bool { return true }),
	text("securityIdentifier", func(g *entra.Group) string { return securityIdentifier(g.ID) }).filters(odata.Basic, odata.No),
	never[*entra.Group]("theme"),
	never[*entra.Group]("uniqueName"),
	never[*entra.Group]("visibility"),
	empty[*entra.Group]("onPremisesProvisioningErrors"),
	empty[*entra.Group]("assignedLicenses").hidden(),
)

func fromDirectory(name string, value func(*entra.OnPremises) string) column[*entra.Group] {
	return text(name, func(g *entra.Group) string {
		if g.OnPremises == nil {
			return ""
		}
		return value(g.OnPremises)
	})
}

// groupNickname is a name without what an address may not hold.
func groupNickname(name string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune(`@()\[]";:.<>,`, r) {
			return -1
		}
		return r
	}, name)
}

// activated is a directory role as a tenant has it: with an id of its own.
type activated struct {
	entra.Role
	id string
}

var roles = newTable("directoryRole", false, func(r *activated) string { return r.id },
	text("id", func(r *activated) string { return r.id }),
	never[*activated]("deletedDateTime"),
	text("description", func(r *activated) string { return "Holders of the role " + r.Name + "." }).filters(odata.No, odata.No),
	text("displayName", func(r *activated) string { return r.Name }),
	text("roleTemplateId", func(r *activated) string { return r.Template }),
)

func (g *server) activated(r entra.Role) *activated {
	return &activated{r, token.NameGUID(g.tenant.ID, "directory role", r.Template)}
}

// activeRoles are the roles that somebody holds, and the one that every tenant
// has.
func (g *server) activeRoles() (list []*activated) {
	held := map[string]bool{entra.GlobalAdministrator: true}
	for _, u := range g.tenant.Users() {
		for _, name := range u.Roles {
			if r, ok := entra.FindRole(name); ok {
				held[r.Name] = true
			}
		}
	}
	for _, r := range entra.Roles() {
		if held[r.Name] {
			list = append(list, g.activated(r))
		}
	}
	return list
}

// held are the roles of a user.
func (g *server) held(u entra.User) (rows []entity) {
	for _, name := range u.Roles {
		if r, ok := entra.FindRole(name); ok {
			rows = append(rows, roles.row(g.activated(r)))
		}
	}
	return rows
}

// holding are the groups that an object is a direct member of.
func (g *server) holding(id string) (rows []entity) {
	for _, group := range g.tenant.Groups() {
		for _, m := range group.Members {
			if m == id {
				rows = append(rows, groups.row(&group))
				break
			}
		}
	}
	return rows
}
