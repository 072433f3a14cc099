package entra

import (
	"slices"
	"strings"
)

// GlobalAdministrator is the role that may everything. Its name in the era of
// the field notes was Company Administrator.
const GlobalAdministrator = "Global Administrator"

// Role is a directory role and its well-known template.
type Role struct {
	Name     string
	Template string // GUID
	// Covered: holders follow the fixed administrator policy (R-POL-88,
	// R-POL-89). Readers do not.
	Covered bool
}

var roles = []Role{
	{GlobalAdministrator, "62e90394-69f5-4237-9190-012177145e10", true},
	{"Authentication Administrator", "c4e39bd9-1100-46d3-8c65-fb160da0071f", true},
	{"Privileged Authentication Administrator", "7be44c8a-adaf-4e2a-84d6-ab2649e08a13", true},
	{"Authentication Policy Administrator", "0526716b-113d-4c15-b2c8-68e3c22b9f80", true},
	{"Password Administrator", "966707d0-3269-4727-9be2-8c3a10f19b9d", true},
	{"Helpdesk Administrator", "729827e3-9c14-49f7-bb1b-9608f156bbb8", true},
	{"User Administrator", "fe930be7-5e62-47db-91af-98c3a49a38b1", true},
	{"Groups Administrator", "fdd7a751-b60b-444a-984c-02652fe8fa1c", true},
	{"Hybrid Identity Administrator", "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2", true},
	{"Directory Synchronization Accounts", "d29b2b05-8046-44ba-8758-1e26182fcf32", true},
	{"License Administrator", "4d6ac14f-3453-41d0-bef9-a3e0c569773a", true},
	{"Security Administrator", "194ae4cb-b126-40b2-bd5b-6091b380977d", true},
	{"Privileged Role Administrator", "e8611ab8-c189-46e8-94e1-60213ab1f814", true},
	{"Conditional Access Administrator", "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", true},
	{"Domain Name Administrator", "8329153b-31d0-4727-b945-745eb3bc5f31", true},
	{"Reports Reader", "4a5d8f65-41da-4de4-8968-e035b65339cf", false},
	{"Security Reader", "5d6b6bb7-de71-4623-b4af-96380a352509", false},
	{"Global Reader", "f2ef992c-3afb-46b9-b7cf-a126ee74c451", false},
	{"Directory Readers", "88d8e3e3-8f55-4a1e-953a-9b9898b8876b", false},
}

// Roles lists the directory roles the tenant knows.
func Roles() []Role { return slices.Clone(roles) }

// FindRole finds a role by its name or its template's id, whatever the case.
func FindRole(key string) (Role, bool) {
	i := slices.IndexFunc(roles, func(r Role) bool { return strings.EqualFold(r.Name, key) || strings.EqualFold(r.Template, key) })
	if i < 0 {
		return Role{}, false
	}
	return roles[i], true
}

func coveredRole(name string) bool {
	r, ok := FindRole(name)
	return ok && r.Covered
}
