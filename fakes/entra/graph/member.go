package graph

import (
	"errors"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// membersOf are the users and groups that ids stand for.
func (g *server) membersOf(ids []string) (rows []entity) {
	for _, id := range ids {
		if u, ok := g.tenant.User(id); ok && u.ID == id {
			rows = append(rows, users.row(&u))
		} else if group, ok := g.tenant.Group(id); ok && group.ID == id {
			rows = append(rows, groups.row(&group))
		}
	}
	return rows
}

// within are the ids of everything in a group, nested groups included, each
// once (R-POL-12).
func (g *server) within(group entra.Group) (ids []string) {
	seen := map[string]bool{group.ID: true}
	open := group.Members
	for len(open) > 0 {
		id := open[0]
		open = open[1:]
		if seen[id] {
			continue
		}
		seen[id] = true
		ids = append(ids, id)
		if nested, ok := g.tenant.Group(id); ok && nested.ID == id {
			open = append(open, nested.Members...)
		}
	}
	return ids
}

func (q *request) members() ([]entity, *fault) {
	g, f := q.group(q.args[0])
	if f != nil {
		return nil, f
	}
	return q.graph.membersOf(g.Members), nil
}

func (q *request) listMembers() (reply, *fault) {
	rows, f := q.members()
	if f != nil {
		return reply{}, f
	}
	return q.objects(rows)
}

func (q *request) countMembers() (reply, *fault) {
	rows, f := q.members()
	if f != nil {
		return reply{}, f
	}
	for i, e := range rows {
		rows[i] = mixed{e, directoryObjects}
	}
	return q.total(objectCollection, rows)
}

func (q *request) listUserMembers() (reply, *fault) {
	rows, f := q.members()
	if f != nil {
		return reply{}, f
	}
	rows = slices.DeleteFunc(rows, func(e entity) bool { return e.Schema() != users.schema })
	return q.list(userCollection, rows)
}

func (q *request) listTransitiveMembers() (reply, *fault) {
	g, f := q.group(q.args[0])
	if f != nil {
		return reply{}, f
	}
	return q.objects(q.graph.membersOf(q.graph.within(g)))
}

var errMember, errNoMember = errors.New("is a member"), errors.New("is no member")

// addMember adds the object that the body refers to.
func (q *request) addMember() (reply, *fault) {
	link, f := q.link()
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
	id, f := q.referred(link)
	switch {
	case f != nil:
		return reply{}, f
	case id == g.ID:
		return reply{}, invalid("members", "Group")
	}
	_, err := q.graph.tenant.UpdateGroup(g.ID, func(g *entra.Group) error {
		if slices.Contains(g.Members, id) {
			return errMember
		}
		g.Members = append(g.Members, id)
		return nil
	})
	if err != nil {
		return reply{}, bad("One or more added object references already exist for the following modified properties: 'members'.")
	}
	q.record("Add member to group", groupManagement, "Assign", q.graph.party(id),
		[]entra.Change{{Property: "Group.ObjectID", New: g.ID}, {Property: "Group.DisplayName", New: g.Name}})
	return done()
}

// link reads a body that refers to an object.
func (q *request) link() (string, *fault) {
	var body struct {
		ID string `json:"@odata.id"`
	}
	if f := readBody(q, &body); f != nil {
		return "", f
	}
	if body.ID == "" {
		return "", required("@odata.id", "Group")
	}
	return body.ID, nil
}

func (q *request) removeMember() (reply, *fault) {
	g, f := q.group(q.args[0])
	switch {
	case f != nil:
		return reply{}, f
	case g.OnPremises != nil:
		return reply{}, mastered()
	}
	id := strings.ToLower(q.args[1])
	target := q.graph.party(id)
	_, err := q.graph.tenant.UpdateGroup(g.ID, func(g *entra.Group) error {
		i := slices.Index(g.Members, id)
		if i < 0 {
			return errNoMember
		}
		g.Members = slices.Delete(g.Members, i, i+1)
		return nil
	})
	if err != nil {
		return reply{}, missingObject(q.args[1])
	}
	q.record("Remove member from group", groupManagement, "Unassign", target,
		[]entra.Change{{Property: "Group.ObjectID", Old: g.ID}, {Property: "Group.DisplayName", Old: g.Name}})
	return done()
}

// party is a user or group as a party of an audit entry.
func (g *server) party(id string) entra.Party {
	if u, ok := g.tenant.User(id); ok {
		return u.By()
	}
	if group, ok := g.tenant.Group(id); ok {
		return groupParty(group)
	}
	return entra.Party{ID: id}
}
