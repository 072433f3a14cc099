package graph

import (
	"slices"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/graph/odata"
)

var (
	keyValue = complexType("keyValue", part("key", odata.Text), part("value", odata.Text))

	userIdentity = complexType("userIdentity", part("id", odata.Text), part("displayName", odata.Text),
		part("userPrincipalName", odata.Text), part("ipAddress", odata.Text))
	appIdentity = complexType("appIdentity", part("appId", odata.Text), part("displayName", odata.Text),
		part("servicePrincipalId", odata.Text), part("servicePrincipalName", odata.Text))
	initiator = complexType("auditActivityInitiator",
		odata.Property{Name: "user", Kind: odata.Complex, Of: userIdentity}, odata.Property{Name: "app", Kind: odata.Complex, Of: appIdentity})

	modified = complexType("modifiedProperty", part("displayName", odata.Text), part("oldValue", odata.Text), part("newValue", odata.Text))
	target   = complexType("targetResource", part("id", odata.Text), part("displayName", odata.Text), part("type", odata.Text),
		part("userPrincipalName", odata.Text), part("groupType", odata.Text), odata.Property{Name: "modifiedProperties", Kind: odata.Complex, List: true, Of: modified})
)

// audits is the type of the audit log's records (R-AUD-58).
var audits = newTable("directoryAudit", true, func(e *entra.AuditEntry) string { return e.ID },
	text("id", func(e *entra.AuditEntry) string { return e.ID }).filters(odata.No, odata.No),
	text("category", func(e *entra.AuditEntry) string { return e.Category }),
	text("correlationId", func(e *entra.AuditEntry) string { return e.Correlation }).filters(odata.Basic, odata.No),
	text("result", result).filters(odata.Basic, odata.No),
	text("resultReason", func(e *entra.AuditEntry) string { return e.Reason }).filters(odata.No, odata.No),
	text("activityDisplayName", func(e *entra.AuditEntry) string { return e.Activity }).sorted(),
	moment("activityDateTime", func(e *entra.AuditEntry) odata.Value { return odata.At(e.Time) }).sorted(),
	text("loggedByService", func(e *entra.AuditEntry) string { return e.Service }),
	text("operationType", func(e *entra.AuditEntry) string { return e.Operation }).filters(odata.No, odata.No),
	complexes("initiatedBy", initiator, false, initiatedBy),
	complexes("targetResources", target, true, targets),
	complexes("additionalDetails", keyValue, true, details),
)

func result(e *entra.AuditEntry) string {
	if e.Success {
		return "success"
	}
	return "failure"
}

func initiatedBy(e *entra.AuditEntry) odata.Value {
	user, app := odata.Null(), odata.Null()
	switch a := e.Actor; {
	case a.Type == "App":
		app = odata.Object(field("appId", odata.Null()), field("displayName", odata.Optional(a.Name)),
			field("servicePrincipalId", odata.Optional(a.ID)), field("servicePrincipalName", odata.Null()))
	case a != entra.Party{}:
		user = odata.Object(field("id", odata.String(a.ID)), field("displayName", odata.Optional(a.Name)),
			field("userPrincipalName", odata.Optional(a.UPN)), field("ipAddress", odata.Optional(a.IP)))
	}
	return odata.Object(field("user", user), field("app", app))
}

func targets(e *entra.AuditEntry) odata.Value {
	if e.Target == (entra.Party{}) {
		return odata.List()
	}
	var changes []odata.Value
	for _, c := range e.Changes {
		changes = append(changes, odata.Object(field("displayName", odata.String(c.Property)),
			field("oldValue", odata.Optional(c.Old)), field("newValue", odata.Optional(c.New))))
	}
	kind, groupType := e.Target.Type, odata.Null()
	switch kind {
	case "":
		kind = "User"
	case "Group":
		groupType = odata.String("azureAD")
	}
	return odata.List(odata.Object(field("id", odata.String(e.Target.ID)), field("displayName", odata.Optional(e.Target.Name)),
		field("type", odata.String(kind)), field("userPrincipalName", odata.Optional(e.Target.UPN)), field("groupType", groupType),
		field("modifiedProperties", odata.List(changes...))))
}

func details(e *entra.AuditEntry) odata.Value {
	var items []odata.Value
	for _, d := range e.Details {
		items = append(items, odata.Object(field("key", odata.String(d.Key)), field("value", odata.String(d.Value))))
	}
	return odata.List(items...)
}

// audit returns the records, the newest first.
func (g *server) audit() []entity {
	log := g.tenant.Audit()
	rows := make([]entity, len(log))
	for i := range log {
		rows[i] = audits.row(&log[i])
	}
	slices.Reverse(rows)
	return rows
}

var auditCollection = collection{context: "auditLogs/directoryAudits", schema: audits.schema, page: auditPage, most: auditPage}

func (q *request) listAudits() (reply, *fault) { return q.list(auditCollection, q.graph.audit()) }

func (q *request) getAudit() (reply, *fault) {
	for _, e := range q.graph.audit() {
		if e.ID() == q.args[0] {
			return q.one("auditLogs/directoryAudits", e, false)
		}
	}
	return reply{}, missingItem(q.args[0])
}
