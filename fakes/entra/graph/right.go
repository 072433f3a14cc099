package graph

import (
	_ "embed" // for the table of permissions
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

//go:embed rights.txt
var rightsTable string

// right is who may do an operation.
type right struct {
	application []string // permissions, any of which does
	delegated   []string
	role        string // what a person needs beside a permission; "" for nothing
}

// rights are the permissions by operation, from Microsoft's published data
// (graph-fidelity [M]); those of members/$ref, which the data lacks, are the
// documentation's.
var rights = readRights(rightsTable)

func readRights(table string) map[string]right {
	all := map[string]right{}
	for line := range strings.Lines(table) {
		parts := strings.Split(strings.TrimSpace(line), " | ")
		if len(parts) != 4 {
			continue // the heading
		}
		all[parts[0]] = right{words(parts[1]), words(parts[2]), strings.Trim(parts[3], "-")}
	}
	return all
}

func words(s string) []string { return strings.Fields(strings.Trim(s, "-")) }

// offices are the directory roles behind the words of the table. A person's
// permission never reaches further than the own role.
var offices = map[string][]string{
	"reports":  {entra.GlobalAdministrator, "Reports Reader", "Security Reader", "Security Administrator", "Global Reader"}, // R-AUD-46
	"methods":  {entra.GlobalAdministrator, "Privileged Authentication Administrator", "Authentication Administrator", "Global Reader"},
	"users":    {entra.GlobalAdministrator, "User Administrator", "Privileged Authentication Administrator"},
	"groups":   {entra.GlobalAdministrator, "Groups Administrator", "User Administrator"},
	"licences": {entra.GlobalAdministrator, "License Administrator", "User Administrator"},
	"policies": {entra.GlobalAdministrator, "Privileged Role Administrator"},
}

// authorise checks whether the caller may do the operation.
func (q *request) authorise(r *route) *fault {
	key := r.key
	if q.self {
		key = strings.Replace(key, " /users/{}", " /me", 1)
	}
	need, ok := q.graph.rights[rightKey(key)]
	if !ok {
		return unmodelled(q.Method + " " + q.URL.Path)
	}
	if q.claims.AppOnly() {
		if !intersect(need.application, q.claims.Roles) {
			return denied()
		}
		return nil
	}
	own := q.self || strings.HasPrefix(r.path[0], "users") && len(q.args) > 0 && q.isCaller(q.args[0])
	granted := q.claims.Scopes
	if !own && r.path[0] == "users" {
		granted = slices.DeleteFunc(slices.Clone(granted), ownOnly)
	}
	if !intersect(need.delegated, granted) {
		return denied()
	}
	if office, limited := offices[need.role]; limited && !(own && q.Method == "GET") && !intersect(office, q.claims.User.Roles) {
		return denied()
	}
	return nil
}

// rightKey finds the operation that a cast or a count follows the rights of.
func rightKey(key string) string {
	for _, tail := range []string{"/microsoft.graph.user", "/microsoft.graph.group", "/microsoft.graph.directoryRole", "/$count"} {
		key = strings.TrimSuffix(key, tail)
	}
	return key
}

// ownOnly reports whether a delegated permission reaches no further than the
// person who gave it: "User.Read", "UserAuthenticationMethod.ReadWrite".
func ownOnly(scope string) bool {
	return strings.HasPrefix(scope, "User") && !strings.HasSuffix(scope, ".All")
}

func (q *request) isCaller(key string) bool {
	u := q.claims.User
	return u != nil && (strings.EqualFold(key, u.ID) || strings.EqualFold(key, u.UPN))
}

func intersect(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// holds reports whether the caller's token carries one of the permissions.
func (q *request) holds(permissions ...string) bool {
	return intersect(permissions, q.claims.Roles) || intersect(permissions, q.claims.Scopes)
}
