package entra

import "slices"

// resettable lists, for each administrator role that may reset passwords, the
// roles whose holders it may reset beside people without any (R-PWD-43). The
// two top roles may reset everybody.
var resettable = map[string][]string{
	"User Administrator":           {"Directory Readers", "Groups Administrator", "Helpdesk Administrator", "Password Administrator", "Reports Reader", "User Administrator"},
	"Authentication Administrator": {"Authentication Administrator", "Directory Readers", "Password Administrator", "Reports Reader"},
	"Helpdesk Administrator":       {"Directory Readers", "Helpdesk Administrator", "Password Administrator", "Reports Reader"},
	"Password Administrator":       {"Directory Readers", "Password Administrator"},
}

// MayResetPassword reports whether an administrator may give target another
// password: that depends on the roles of both (R-PWD-43). Not modelled: groups
// to which roles are assigned, administrative units.
func MayResetPassword(actor, target User) bool {
	return slices.ContainsFunc(actor.Roles, func(role string) bool {
		if role == GlobalAdministrator || role == "Privileged Authentication Administrator" {
			return true
		}
		reach, ok := resettable[role]
		return ok && !slices.ContainsFunc(target.Roles, func(held string) bool { return !slices.Contains(reach, held) })
	})
}
