package graph

import (
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/graph/odata"
)

const registrationPath = "reports/authenticationMethods/userRegistrationDetails"

var reportRoutes = []route{
	on("GET", registrationPath, (*request).listRegistrations),
	on("GET", registrationPath+"/{}", (*request).getRegistration),
	on("GET", "auditLogs/directoryAudits", (*request).listAudits),
	on("GET", "auditLogs/directoryAudits/{}", (*request).getAudit),
}

// registration is a user's line in the registration report (R-AUD-51).
type registration struct {
	*entra.User
	standing entra.Standing
	methods  []string // R-AUD-52
	now      time.Time
}

// registrations is the report's type. Not modelled, so always false or empty:
// passwordless methods and the system's preference.
var registrations = newTable("userRegistrationDetails", true, func(r *registration) string { return r.User.ID },
	text("id", func(r *registration) string { return r.User.ID }),
	text("userPrincipalName", func(r *registration) string { return r.UPN }).sorted(),
	text("userDisplayName", func(r *registration) string { return r.Name }).sorted(),
	text("userType", func(r *registration) string { return strings.ToLower(userType(r.User)) }),
	yes("isAdmin", func(r *registration) bool { return r.Admin() }),
	yes("isSsprRegistered", func(r *registration) bool { return r.standing.Registered }),
	yes("isSsprEnabled", func(r *registration) bool { return r.standing.Enabled }),
	yes("isSsprCapable", func(r *registration) bool { return r.standing.Capable }), // R-AUD-53
	yes("isMfaRegistered", (*registration).strong),
	yes("isMfaCapable", (*registration).strong),
	yes("isPasswordlessCapable", func(*registration) bool { return false }),
	list("methodsRegistered", func(r *registration) []string { return r.methods }),
	yes("isSystemPreferredAuthenticationMethodEnabled", func(*registration) bool { return false }),
	empty[*registration]("systemPreferredAuthenticationMethods"),
	text("userPreferredMethodForSecondaryAuthentication", func(r *registration) string { return preferred(r.Security.Default) }),
	moment("lastUpdatedDateTime", func(r *registration) odata.Value { return odata.At(r.now) }).sorted(),
)

// strong reports whether the user has registered what proves a second factor:
// a phone or an app. Mail and questions never do (R-REG-40).
func (r *registration) strong() bool { return r.Security.Phone != "" || len(r.Security.Apps) > 0 }

// preferred is the default sign-in method as the report calls it, from the
// default's own text (R-REG-40, R-AUD-41).
func preferred(method string) string {
	switch {
	case strings.Contains(method, "notification"):
		return "push"
	case strings.HasPrefix(method, "A code from"):
		return "oath"
	case strings.HasPrefix(method, "Text"):
		return "sms"
	case strings.HasPrefix(method, "Call"):
		return "voiceMobile"
	}
	return "none"
}

// reported are the report's names of what a person holds: registered, or known
// to the directory and a method of the policy in force (R-AUD-52, R-ELG-12).
func reported(u entra.User, f entra.Facts) []string {
	usable := entra.Usable(u, f)
	list := []string{}
	for _, m := range []struct {
		name  string
		holds bool
	}{
		{"mobilePhone", u.Security.Phone != "" || usable.Has(entra.MobilePhone)},
		{"officePhone", usable.Has(entra.OfficePhone)},
		{"email", u.Security.Email != "" || usable.Has(entra.Email)},
		{"microsoftAuthenticatorPush", u.HasPush()},
		{"softwareOneTimePasscode", len(u.Security.Apps) > 0},
		{"securityQuestion", len(u.Security.Questions) > 0},
	} {
		if m.holds {
			list = append(list, m.name)
		}
	}
	return list
}

// registration asks the brain about a user (R-AUD-48).
func (g *server) registration(u *entra.User) entity {
	facts := g.tenant.Facts(*u)
	return registrations.row(&registration{u, entra.StandingOf(*u, facts), reported(*u, facts), facts.Now})
}

var registrationCollection = collection{context: registrationPath, schema: registrations.schema, page: auditPage, most: auditPage}

func (q *request) listRegistrations() (reply, *fault) {
	list := q.graph.tenant.Users()
	rows := make([]entity, len(list))
	for i := range list {
		rows[i] = q.graph.registration(&list[i])
	}
	return q.list(registrationCollection, rows)
}

func (q *request) getRegistration() (reply, *fault) {
	u, f := q.user(q.args[0])
	if f != nil || u.ID != strings.ToLower(q.args[0]) {
		return reply{}, missingItem(q.args[0])
	}
	return q.one(registrationPath, q.graph.registration(&u), false)
}
