package token

import (
	"crypto/subtle"
	"slices"
	"strings"
)

// App is an application registered in the tenant, with consent given by an
// administrator to everything it lists.
type App struct {
	ID        string // client id, a GUID
	Name      string
	Secret    string   // empty: a public client
	Roles     []string // application permissions, such as "User.Read.All"
	Delegated []string // delegated permissions, such as "User.Read"
}

func (a App) public() bool { return a.Secret == "" }

func (a App) proves(secret string) bool {
	return subtle.ConstantTimeCompare([]byte(a.Secret), []byte(secret)) == 1
}

// principal is the object id of the application's service principal.
func (s *Service) principal(a App) string {
	return NameGUID(s.tenant.ID, "service principal", strings.ToLower(a.ID))
}

func (s *Service) app(id string) (App, bool) {
	i := slices.IndexFunc(s.apps, func(a App) bool { return strings.EqualFold(a.ID, id) })
	if i < 0 {
		return App{}, false
	}
	return s.apps[i], true
}
