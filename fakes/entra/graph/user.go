package graph

import (
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

var userRoutes = []route{
	closed("GET", "users/delta"),
	closed("POST", "users/validatePassword"),
	on("GET", "users/$count", (*request).countUsers),
	on("GET", "users", (*request).listUsers),
	on("POST", "users", (*request).createUser),
	on("GET", "users/{}", (*request).getUser),
	on("PATCH", "users/{}", (*request).patchUser),
	on("DELETE", "users/{}", (*request).deleteUser),
	on("GET", "users/{}/memberOf", (*request).memberOf),
	on("GET", "users/{}/memberOf/microsoft.graph.group", (*request).groupsOf),
	on("GET", "users/{}/memberOf/microsoft.graph.directoryRole", (*request).rolesOf),
	on("GET", "users/{}/transitiveMemberOf", (*request).transitiveMemberOf),
	on("GET", "users/{}/licenseDetails", (*request).licenceDetails),
	on("POST", "users/{}/assignLicense", (*request).assignLicence),
}

// user finds the user that an address names by id or UPN, whatever the case.
// Nothing else is a key, so that a name or a source anchor is not taken for
// one.
func (q *request) user(key string) (entra.User, *fault) {
	lower := strings.ToLower(key)
	if u, ok := q.graph.tenant.User(lower); ok && (u.ID == lower || strings.EqualFold(u.UPN, key)) {
		return u, nil
	}
	return entra.User{}, missingObject(key)
}

func (q *request) allUsers() []entity {
	list := q.graph.tenant.Users()
	rows := make([]entity, len(list))
	for i := range list {
		rows[i] = users.row(&list[i])
	}
	return rows
}

var userCollection = collection{context: "users", schema: users.schema, page: directoryPage, most: directoryMost}

func (q *request) listUsers() (reply, *fault)  { return q.list(userCollection, q.allUsers()) }
func (q *request) countUsers() (reply, *fault) { return q.total(userCollection, q.allUsers()) }

func (q *request) getUser() (reply, *fault) {
	u, f := q.user(q.args[0])
	if f != nil {
		return reply{}, f
	}
	return q.one("users", users.row(&u), false)
}

func (q *request) deleteUser() (reply, *fault) {
	u, f := q.user(q.args[0])
	if f != nil {
		return reply{}, f
	}
	if u.Synced() {
		return reply{}, mastered()
	}
	if u.Admin() && !q.mayTouchAdmins() {
		return reply{}, denied()
	}
	if err := q.graph.tenant.RemoveUser(u.ID); err != nil {
		return reply{}, missingObject(q.args[0])
	}
	q.record("Delete user", "UserManagement", "Delete", u.By(), nil)
	return done()
}

// mayTouchAdmins: an application's permission reaches administrators, a
// person's only with one of the two highest roles (graph-fidelity 2.6).
func (q *request) mayTouchAdmins() bool {
	return q.claims.AppOnly() || intersect(q.claims.User.Roles, []string{entra.GlobalAdministrator, "Privileged Authentication Administrator"})
}

// directoryObjects is the type of collections of users, groups and roles.
var directoryObjects = union("directoryObject", users.schema, groups.schema, roles.schema)

var objectCollection = collection{context: "directoryObjects", schema: directoryObjects, typed: true, page: directoryPage, most: directoryMost}

// objects answers a collection of users, groups and roles.
func (q *request) objects(all []entity) (reply, *fault) {
	for i, e := range all {
		all[i] = mixed{e, directoryObjects}
	}
	return q.list(objectCollection, all)
}

func (q *request) memberOf() (reply, *fault) {
	u, f := q.user(q.args[0])
	if f != nil {
		return reply{}, f
	}
	return q.objects(append(q.graph.holding(u.ID), q.graph.held(u)...))
}

func (q *request) groupsOf() (reply, *fault) {
	u, f := q.user(q.args[0])
	if f != nil {
		return reply{}, f
	}
	return q.list(groupCollection, q.graph.holding(u.ID))
}

func (q *request) rolesOf() (reply, *fault) {
	u, f := q.user(q.args[0])
	if f != nil {
		return reply{}, f
	}
	return q.list(roleCollection, q.graph.held(u))
}

func (q *request) transitiveMemberOf() (reply, *fault) {
	u, f := q.user(q.args[0])
	if f != nil {
		return reply{}, f
	}
	var rows []entity
	for _, g := range q.graph.tenant.Groups() {
		if q.graph.tenant.Member(g.ID, u.ID) {
			rows = append(rows, groups.row(&g))
		}
	}
	return q.objects(append(rows, q.graph.held(u)...))
}

// record writes an act of the caller into the audit log.
func (q *request) record(activity, category, operation string, target entra.Party, changes []entra.Change) {
	actor := q.claims.Party()
	q.graph.tenant.Record(entra.AuditEntry{
		Service: entra.CoreDirectory, Category: category, Activity: activity, Operation: operation, Success: true,
		Correlation: q.clientID, Actor: actor, Target: target, Changes: changes,
	})
}
