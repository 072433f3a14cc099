package graph

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/graph/odata"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
)

// plans are the ids of the service plans that matter here (graph-fidelity 2.4).
var plans = map[string]string{
	"AAD_PREMIUM":    "41781fb2-bc02-4b7c-bd55-b576c07bb09d",
	"AAD_PREMIUM_P2": "eec0eb4f-6444-4f95-aba0-50c24d67f998",
	"MFA_PREMIUM":    "8a256a2b-b617-496d-b51b-e76466e88db0",
}

// unitsOwned is how many units of every product the tenant owns: the lab's
// convention.
const unitsOwned = 1000

// subscription is a product that the tenant owns.
type subscription struct {
	entra.SKU
	id       string
	consumed int
}

var planInfo = complexType("servicePlanInfo", part("servicePlanId", odata.GUID), part("servicePlanName", odata.Text),
	part("provisioningStatus", odata.Text), part("appliesTo", odata.Text))

var units = complexType("licenseUnitsDetail", part("enabled", odata.Number), part("suspended", odata.Number), part("warning", odata.Number), part("lockedOut", odata.Number))

var subscriptions = newTable("subscribedSku", true, func(s *subscription) string { return s.id },
	fixed[*subscription]("accountName", odata.Text, odata.String("ssprlab")),
	fixed[*subscription]("appliesTo", odata.Text, odata.String("User")),
	fixed[*subscription]("capabilityStatus", odata.Text, odata.String("Enabled")),
	column[*subscription]{odata.Property{Name: "consumedUnits", Kind: odata.Number}, func(s *subscription) odata.Value { return odata.Int(s.consumed) }},
	text("id", func(s *subscription) string { return s.id }).filters(odata.No, odata.No),
	column[*subscription]{odata.Property{Name: "skuId", Kind: odata.GUID}, func(s *subscription) odata.Value { return odata.ID(s.SKU.ID) }},
	text("skuPartNumber", func(s *subscription) string { return s.Part }).filters(odata.No, odata.No),
	complexes("prepaidUnits", units, false, func(*subscription) odata.Value {
		return odata.Object(field("enabled", odata.Int(unitsOwned)), field("suspended", odata.Int(0)), field("warning", odata.Int(0)), field("lockedOut", odata.Int(0)))
	}),
	complexes("servicePlans", planInfo, true, func(s *subscription) odata.Value { return servicePlans(s.SKU) }),
	empty[*subscription]("subscriptionIds"),
)

func servicePlans(s entra.SKU) odata.Value {
	var items []odata.Value
	for _, name := range s.Plans {
		items = append(items, odata.Object(field("servicePlanId", odata.ID(plans[name])), field("servicePlanName", odata.String(name)),
			field("provisioningStatus", odata.String("Success")), field("appliesTo", odata.String("User"))))
	}
	return odata.List(items...)
}

// subscribed are the products of the tenant with the units in use.
func (g *server) subscribed() []*subscription {
	used := map[string]int{}
	for _, u := range g.tenant.Users() {
		for _, part := range u.Licences {
			if s, ok := entra.FindSKU(part); ok {
				used[s.ID]++
			}
		}
	}
	var list []*subscription
	for _, s := range entra.SKUs() {
		list = append(list, &subscription{s, g.tenant.ID + "_" + s.ID, used[s.ID]})
	}
	return list
}

var subscriptionCollection = collection{context: "subscribedSkus", schema: subscriptions.schema, page: directoryPage}

func (q *request) listSubscriptions() (reply, *fault) {
	return q.list(subscriptionCollection, subscriptions.rows(q.graph.subscribed()))
}

func (q *request) getSubscription() (reply, *fault) {
	for _, s := range q.graph.subscribed() {
		if strings.EqualFold(s.id, q.args[0]) {
			return q.one("subscribedSkus", subscriptions.row(s), false)
		}
	}
	return reply{}, missingObject(q.args[0])
}

// licenceHeld is a licence of a user.
type licenceHeld struct {
	entra.SKU
	user string
}

var licences = newTable("licenseDetails", true, func(l *licenceHeld) string { return token.NameGUID(l.user, l.SKU.ID) },
	text("id", func(l *licenceHeld) string { return token.NameGUID(l.user, l.SKU.ID) }).filters(odata.No, odata.No),
	column[*licenceHeld]{odata.Property{Name: "skuId", Kind: odata.GUID, Filter: odata.Basic}, func(l *licenceHeld) odata.Value { return odata.ID(l.SKU.ID) }},
	text("skuPartNumber", func(l *licenceHeld) string { return l.Part }),
	complexes("servicePlans", planInfo, true, func(l *licenceHeld) odata.Value { return servicePlans(l.SKU) }),
)

func (q *request) licenceDetails() (reply, *fault) {
	u, f := q.user(q.args[0])
	if f != nil {
		return reply{}, f
	}
	var rows []entity
	for _, part := range u.Licences {
		if s, ok := entra.FindSKU(part); ok {
			rows = append(rows, licences.row(&licenceHeld{s, u.ID}))
		}
	}
	return q.list(collection{context: "users('" + u.ID + "')/licenseDetails", schema: licences.schema, page: directoryPage, most: directoryMost}, rows)
}

// licenceOrder is the body of assignLicense; both lists are required.
type licenceOrder struct {
	Add *[]struct {
		SKU      string   `json:"skuId"`
		Disabled []string `json:"disabledPlans"`
	} `json:"addLicenses"`
	Remove *[]string `json:"removeLicenses"`
}

// assignLicence gives and takes licences (R-LIC-06).
func (q *request) assignLicence() (reply, *fault) {
	var order licenceOrder
	if f := readBody(q, &order); f != nil {
		return reply{}, f
	}
	if order.Add == nil || order.Remove == nil {
		return reply{}, bad("One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: addLicenses or removeLicenses.")
	}
	u, f := q.user(q.args[0])
	if f != nil {
		return reply{}, f
	}
	next, f := q.ordered(u, order)
	if f != nil {
		return reply{}, f
	}
	after, err := q.graph.tenant.Update(u.ID, func(u *entra.User) error { u.Licences = next; return nil })
	if err != nil {
		return reply{}, missingObject(q.args[0])
	}
	q.record("Change user license", "UserManagement", "Update", after.By(),
		[]entra.Change{{Property: "AssignedLicense", Old: strings.Join(u.Licences, " "), New: strings.Join(next, " ")}})
	return q.show(http.StatusOK, "users", "/$entity", users.row(&after), false)
}

// ordered returns the licences that u has after an order.
func (q *request) ordered(u entra.User, order licenceOrder) ([]string, *fault) {
	next := slices.Clone(u.Licences)
	for _, id := range *order.Remove {
		sku, ok := entra.FindSKU(id)
		i := slices.Index(next, sku.Part)
		if !ok || i < 0 {
			return nil, bad("User does not have a corresponding license.")
		}
		next = slices.Delete(next, i, i+1)
	}
	for _, add := range *order.Add {
		sku, ok := entra.FindSKU(add.SKU)
		switch {
		case !ok || !strings.EqualFold(sku.ID, add.SKU):
			return nil, badf("License %s does not correspond to a valid company License.", add.SKU)
		case len(add.Disabled) > 0:
			return nil, unmodelled("licences with disabled plans")
		case u.UsageLocation == "":
			return nil, bad("License assignment cannot be done for user with invalid usage location.")
		case slices.Contains(next, sku.Part):
			continue
		case q.graph.used(sku) >= unitsOwned:
			return nil, badf("Subscription with SKU %s does not have any available licenses.", sku.ID)
		}
		next = append(next, sku.Part)
	}
	return next, nil
}

func (g *server) used(sku entra.SKU) int {
	for _, s := range g.subscribed() {
		if s.SKU.ID == sku.ID {
			return s.consumed
		}
	}
	return 0
}
