package graph

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

var groupRoutes = []route{
	closed("GET", "groups/delta"),
	closed("GET", "groups/{}/owners"),
	closed("POST", "groups/{}/owners/$ref"),
	closed("POST", "groups/{}/assignLicense"),
	on("GET", "groups/$count", (*request).countGroups),
	on("GET", "groups", (*request).listGroups),
	on("POST", "groups", (*request).createGroup),
	on("GET", "groups/{}", (*request).getGroup),
	on("PATCH", "groups/{}", (*request).patchGroup),
	on("DELETE", "groups/{}", (*request).deleteGroup),
	on("GET", "groups/{}/members", (*request).listMembers),
	on("GET", "groups/{}/members/$count", (*request).countMembers),
	on("GET", "groups/{}/members/microsoft.graph.user", (*request).listUserMembers),
	on("GET", "groups/{}/transitiveMembers", (*request).listTransitiveMembers),
	on("POST", "groups/{}/members/$ref", (*request).addMember),
	on("DELETE", "groups/{}/members/{}/$ref", (*request).removeMember),
}

// group finds a group by its id alone.
func (q *request) group(key string) (entra.Group, *fault) {
	lower := strings.ToLower(key)
	if g, ok := q.graph.tenant.Group(lower); ok && g.ID == lower {
		return g, nil
	}
	return entra.Group{}, missingObject(key)
}

var groupCollection = collection{context: "groups", schema: groups.schema, page: directoryPage, most: directoryMost}

func (q *request) allGroups() []entity {
	list := q.graph.tenant.Groups()
	rows := make([]entity, len(list))
	for i := range list {
		rows[i] = groups.row(&list[i])
	}
	return rows
}

func (q *request) listGroups() (reply, *fault)  { return q.list(groupCollection, q.allGroups()) }
func (q *request) countGroups() (reply, *fault) { return q.total(groupCollection, q.allGroups()) }

func (q *request) getGroup() (reply, *fault) {
	g, f := q.group(q.args[0])
	if f != nil {
		return reply{}, f
	}
	return q.one("groups", groups.row(&g), false)
}

// groupParty is a group as a party of an audit entry.
func groupParty(g entra.Group) entra.Party { return entra.Party{ID: g.ID, Name: g.Name, Type: "Group"} }

const groupManagement = "GroupManagement"

// createGroup adds a security group, with members if the body binds some.
func (q *request) createGroup() (reply, *fault) {
	body, binds, f := q.object()
	if f != nil {
		return reply{}, f
	}
	for _, name := range []string{"displayName", "mailEnabled", "mailNickname", "securityEnabled"} {
		if raw, ok := body[name]; !ok || isEmpty(raw) {
			return reply{}, required(name, "Group")
		}
	}
	var g entra.Group
	if f := assignGroup(&g, body); f != nil {
		return reply{}, f
	}
	if g.Members, f = q.bound(binds); f != nil {
		return reply{}, f
	}
	g, err := q.graph.tenant.AddGroup(g)
	if err != nil {
		return reply{}, required("displayName", "Group")
	}
	q.record("Add group", groupManagement, "Add", groupParty(g), nil)
	return q.created("groups", groups.row(&g))
}

// bound resolves members@odata.bind.
func (q *request) bound(binds members) (ids []string, f *fault) {
	for name, raw := range binds {
		if name != "members" {
			return nil, unmodelled(name + " of groups")
		}
		var links []string
		if f := read(raw, &links, name, "Group"); f != nil {
			return nil, f
		}
		for _, link := range links {
			id, f := q.referred(link)
			if f != nil {
				return nil, f
			}
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// assignGroup writes a body into a group. Only security groups with assigned
// members are modelled.
func assignGroup(g *entra.Group, body members) *fault {
	for name, raw := range body {
		switch strings.ToLower(name) {
		case "displayname":
			if f := read(raw, &g.Name, name, "Group"); f != nil || g.Name == "" || len(g.Name) > 256 {
				return invalid("displayName", "Group")
			}
		case "description":
			if f := readText(raw, &g.Description, name); f != nil {
				return f
			}
		case "mailnickname":
		case "mailenabled", "securityenabled":
			if f := onlySecurity(name, raw); f != nil {
				return f
			}
		default:
			switch {
			case groups.schema.Find(name) < 0:
				return badf("Could not find a property named '%s' on type 'microsoft.graph.group'.", name)
			case !isEmpty(raw) && string(raw) != "false":
				return unmodelled("the property " + name + " of groups")
			}
		}
	}
	return nil
}

func readText(raw json.RawMessage, to *string, name string) *fault {
	var s *string
	if f := read(raw, &s, name, "Group"); f != nil {
		return f
	}
	*to = ""
	if s != nil {
		*to = *s
	}
	return nil
}

func onlySecurity(name string, raw json.RawMessage) *fault {
	var b bool
	if f := read(raw, &b, name, "Group"); f != nil {
		return f
	}
	if b != strings.EqualFold(name, "securityEnabled") {
		return unmodelled("groups that are no security groups")
	}
	return nil
}

func (q *request) patchGroup() (reply, *fault) {
	body, binds, f := q.object()
	if f != nil {
		return reply{}, f
	}
	g, f := q.group(q.args[0])
	switch {
	case f != nil:
		return reply{}, f
	case g.OnPremises != nil:
		return reply{}, mastered()
	}
	next := g
	if f := assignGroup(&next, body); f != nil {
		return reply{}, f
	}
	added, f := q.bound(binds)
	if f != nil {
		return reply{}, f
	}
	after, err := q.graph.tenant.UpdateGroup(g.ID, func(g *entra.Group) error {
		g.Name, g.Description = next.Name, next.Description
		for _, id := range added {
			if !slices.Contains(g.Members, id) {
				g.Members = append(g.Members, id)
			}
		}
		return nil
	})
	if err != nil {
		return reply{}, missingObject(q.args[0])
	}
	q.record("Update group", groupManagement, "Update", groupParty(after), nil)
	return done()
}

func (q *request) deleteGroup() (reply, *fault) {
	g, f := q.group(q.args[0])
	switch {
	case f != nil:
		return reply{}, f
	case g.OnPremises != nil:
		return reply{}, mastered()
	}
	if err := q.graph.tenant.RemoveGroup(g.ID); err != nil {
		return reply{}, missingObject(q.args[0])
	}
	q.record("Delete group", groupManagement, "Delete", groupParty(g), nil)
	return done()
}

// guids finds the ids in a reference, whatever stands around them
// (graph-fidelity 1).
var guids = regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`)

// referred returns the id of the user or group that a link refers to: the last
// GUID in it.
func (q *request) referred(link string) (string, *fault) {
	found := guids.FindAllString(link, -1)
	if len(found) == 0 {
		return "", badf("Invalid object identifier '%s'.", link)
	}
	id := strings.ToLower(found[len(found)-1])
	if _, f := q.user(id); f == nil {
		return id, nil
	}
	if _, f := q.group(id); f == nil {
		return id, nil
	}
	return "", missingObject(id)
}
