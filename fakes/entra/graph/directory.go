package graph

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/graph/odata"
)

var directoryRoutes = []route{
	closed("POST", "directoryRoles"),
	closed("POST", "directoryRoles/{}/members/$ref"),
	closed("PATCH", "domains/{}"),
	closed("PATCH", "organization/{}"),
	on("GET", "subscribedSkus", (*request).listSubscriptions),
	on("GET", "subscribedSkus/{}", (*request).getSubscription),
	on("GET", "directoryRoles", (*request).listRoles),
	on("GET", "directoryRoles/{}", (*request).getRole),
	on("GET", "directoryRoles/{}/members", (*request).roleMembers),
	on("GET", "organization", (*request).listOrganisation),
	on("GET", "organization/{}", (*request).getOrganisation),
	on("GET", "domains", (*request).listDomains),
	on("GET", "domains/{}", (*request).getDomain),
	on("GET", "policies/authorizationPolicy", (*request).getAuthorisationPolicy),
	on("PATCH", "policies/authorizationPolicy", (*request).patchAuthorisationPolicy),
}

var roleCollection = collection{context: "directoryRoles", schema: roles.schema, page: directoryPage}

func (q *request) listRoles() (reply, *fault) {
	return q.list(roleCollection, roles.rows(q.graph.activeRoles()))
}

// role finds an activated role by its id or as "roleTemplateId=…".
func (q *request) role(key string) (*activated, *fault) {
	template, byTemplate := strings.CutPrefix(strings.ToLower(key), "roletemplateid=")
	for _, r := range q.graph.activeRoles() {
		if byTemplate && r.Template == template || !byTemplate && strings.EqualFold(r.id, key) {
			return r, nil
		}
	}
	return nil, missingObject(key)
}

func (q *request) getRole() (reply, *fault) {
	r, f := q.role(q.args[0])
	if f != nil {
		return reply{}, f
	}
	return q.one("directoryRoles", roles.row(r), false)
}

func (q *request) roleMembers() (reply, *fault) {
	r, f := q.role(q.args[0])
	if f != nil {
		return reply{}, f
	}
	var rows []entity
	for _, u := range q.graph.tenant.Users() {
		if slices.ContainsFunc(u.Roles, func(name string) bool { return strings.EqualFold(name, r.Name) }) {
			rows = append(rows, users.row(&u))
		}
	}
	return q.objects(rows)
}

var (
	verifiedDomain = complexType("verifiedDomain", part("capabilities", odata.Text), part("isDefault", odata.Boolean),
		part("isInitial", odata.Boolean), part("name", odata.Text), part("type", odata.Text))
	assignedPlan = complexType("assignedPlan", part("assignedDateTime", odata.Moment), part("capabilityStatus", odata.Text),
		part("service", odata.Text), part("servicePlanId", odata.GUID))
)

// organisation is the tenant seen as a company.
var organisation = newTable("organization", true, func(g *server) string { return g.tenant.ID },
	text("id", func(g *server) string { return g.tenant.ID }),
	never[*server]("deletedDateTime"),
	empty[*server]("businessPhones"),
	never[*server]("city"),
	never[*server]("country"),
	never[*server]("countryLetterCode"),
	never[*server]("createdDateTime"),
	never[*server]("defaultUsageLocation"),
	text("displayName", func(g *server) string { return g.tenant.Organisation() }),
	empty[*server]("marketingNotificationEmails"),
	moment("onPremisesLastSyncDateTime", func(g *server) odata.Value { return g.lastSync() }),
	column[*server]{odata.Property{Name: "onPremisesSyncEnabled", Kind: odata.Boolean}, func(g *server) odata.Value {
		if g.tenant.Agent().State().Installed {
			return odata.Bool(true)
		}
		return odata.Null()
	}},
	never[*server]("postalCode"),
	never[*server]("preferredLanguage"),
	empty[*server]("securityComplianceNotificationMails"),
	empty[*server]("securityComplianceNotificationPhones"),
	never[*server]("state"),
	never[*server]("street"),
	empty[*server]("technicalNotificationMails"),
	fixed[*server]("tenantType", odata.Text, odata.String("AAD")),
	complexes("assignedPlans", assignedPlan, true, func(*server) odata.Value { return ownedPlans() }),
	complexes("verifiedDomains", verifiedDomain, true, func(g *server) odata.Value { return g.verifiedDomains() }),
)

// lastSync is when a user was last synchronised, or null.
func (g *server) lastSync() odata.Value {
	var last entra.OnPremises
	for _, u := range g.tenant.Users() {
		if u.OnPremises != nil && u.OnPremises.LastSync.After(last.LastSync) {
			last.LastSync = u.OnPremises.LastSync
		}
	}
	return lastSync(&last)
}

func ownedPlans() odata.Value {
	var items []odata.Value
	for _, name := range []string{"AAD_PREMIUM", "AAD_PREMIUM_P2", "MFA_PREMIUM"} {
		items = append(items, odata.Object(field("assignedDateTime", odata.Null()), field("capabilityStatus", odata.String("Enabled")),
			field("service", odata.String("AADPremiumService")), field("servicePlanId", odata.ID(plans[name]))))
	}
	return odata.List(items...)
}

func (g *server) verifiedDomains() odata.Value {
	var items []odata.Value
	for i, name := range g.tenant.Domains() {
		items = append(items, odata.Object(field("capabilities", odata.String("Email, OfficeCommunicationsOnline")), field("isDefault", odata.Bool(i == 0)),
			field("isInitial", odata.Bool(false)), field("name", odata.String(name)), field("type", odata.String("Managed"))))
	}
	return odata.List(items...)
}

func (q *request) listOrganisation() (reply, *fault) {
	return q.list(collection{context: "organization", schema: organisation.schema, page: directoryPage, most: directoryMost},
		[]entity{organisation.row(q.graph)})
}

func (q *request) getOrganisation() (reply, *fault) {
	if !strings.EqualFold(q.args[0], q.graph.tenant.ID) {
		return reply{}, missingObject(q.args[0])
	}
	return q.one("organization", organisation.row(q.graph), false)
}

// domain is a verified domain.
type domain struct {
	name   string
	isMain bool
}

// neverExpires is how the product says that passwords do not expire
// (graph-fidelity 2.5): what tenants of today have (R-PWD-06).
const neverExpires = 2147483647

var domains = newTable("domain", true, func(d *domain) string { return d.name },
	fixed[*domain]("authenticationType", odata.Text, odata.String("Managed")),
	never[*domain]("availabilityStatus"),
	text("id", func(d *domain) string { return d.name }).filters(odata.No, odata.No),
	fixed[*domain]("isAdminManaged", odata.Boolean, odata.Bool(true)),
	yes("isDefault", func(d *domain) bool { return d.isMain }),
	fixed[*domain]("isInitial", odata.Boolean, odata.Bool(false)),
	fixed[*domain]("isRoot", odata.Boolean, odata.Bool(true)),
	fixed[*domain]("isVerified", odata.Boolean, odata.Bool(true)),
	fixed[*domain]("passwordNotificationWindowInDays", odata.Number, odata.Int(14)),
	fixed[*domain]("passwordValidityPeriodInDays", odata.Number, odata.Int(neverExpires)),
	fixed[*domain]("supportedServices", odata.Collection, odata.List(odata.String("Email"))),
)

func (g *server) domains() (list []*domain) {
	for i, name := range g.tenant.Domains() {
		list = append(list, &domain{name, i == 0})
	}
	return list
}

func (q *request) listDomains() (reply, *fault) {
	return q.list(collection{context: "domains", schema: domains.schema, page: directoryPage, most: directoryMost}, domains.rows(q.graph.domains()))
}

func (q *request) getDomain() (reply, *fault) {
	for _, d := range q.graph.domains() {
		if strings.EqualFold(d.name, q.args[0]) {
			return q.one("domains", domains.row(d), false)
		}
	}
	return reply{}, missingObject(q.args[0])
}

var rolePermissions = complexType("defaultUserRolePermissions")

// authorisation is the authorization policy, of which the lab keeps whether
// administrators may reset (R-POL-84, R-POL-86).
var authorisation = newTable("authorizationPolicy", true, func(*entra.Policy) string { return "authorizationPolicy" },
	fixed[*entra.Policy]("id", odata.Text, odata.String("authorizationPolicy")),
	fixed[*entra.Policy]("allowInvitesFrom", odata.Text, odata.String("everyone")),
	fixed[*entra.Policy]("allowedToSignUpEmailBasedSubscriptions", odata.Boolean, odata.Bool(true)),
	yes("allowedToUseSSPR", func(p *entra.Policy) bool { return p.AdminReset }),
	fixed[*entra.Policy]("allowEmailVerifiedUsersToJoinOrganization", odata.Boolean, odata.Bool(false)),
	never[*entra.Policy]("allowUserConsentForRiskyApps"),
	fixed[*entra.Policy]("blockMsolPowerShell", odata.Boolean, odata.Bool(false)),
	fixed[*entra.Policy]("description", odata.Text, odata.String("Used to manage authorization related settings across the company.")),
	fixed[*entra.Policy]("displayName", odata.Text, odata.String("Authorization Policy")),
	fixed[*entra.Policy]("guestUserRoleId", odata.GUID, odata.ID("10dae51f-b6af-4016-8d66-8c2a99b929b3")),
	complexes("defaultUserRolePermissions", rolePermissions, false, func(*entra.Policy) odata.Value {
		return odata.Object(field("allowedToCreateApps", odata.Bool(true)), field("allowedToCreateSecurityGroups", odata.Bool(true)),
			field("allowedToCreateTenants", odata.Bool(true)), field("allowedToReadBitlockerKeysForOwnedDevice", odata.Bool(true)),
			field("allowedToReadOtherUsers", odata.Bool(true)), field("permissionGrantPoliciesAssigned", odata.List()))
	}),
)

func (q *request) getAuthorisationPolicy() (reply, *fault) {
	p := q.graph.tenant.Policy()
	return q.singleton("policies/authorizationPolicy/$entity", authorisation.row(&p))
}

func (q *request) patchAuthorisationPolicy() (reply, *fault) {
	body, _, f := q.object()
	if f != nil {
		return reply{}, f
	}
	var allowed json.RawMessage
	for name, raw := range body {
		switch {
		case strings.EqualFold(name, "allowedToUseSSPR"):
			allowed = raw
		case authorisation.schema.Find(name) < 0:
			return reply{}, badf("Could not find a property named '%s' on type 'microsoft.graph.authorizationPolicy'.", name)
		default:
			return reply{}, unmodelled("writing " + name + " of the authorization policy")
		}
	}
	p := q.graph.tenant.Policy()
	if allowed != nil {
		if f := read(allowed, &p.AdminReset, "allowedToUseSSPR", "AuthorizationPolicy"); f != nil {
			return reply{}, f
		}
		savePolicy(q.graph.tenant, p, q.claims)
	}
	return done()
}
