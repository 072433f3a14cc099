package entra

import (
	"slices"
	"strings"
)

// SKU is a product that is licensed per user.
type SKU struct {
	Part  string // AAD_PREMIUM
	ID    string // GUID
	Name  string
	Plans []string // service plans that matter here
	// Reset: a cloud-only user may reset (R-LIC-02). Writeback: a hybrid user
	// may (R-LIC-03).
	Reset, Writeback bool
}

var skus = []SKU{
	{"AAD_PREMIUM", "078d2b04-f1bd-4111-bbd4-b4b1b354cef4", "Premium P1", []string{"AAD_PREMIUM", "MFA_PREMIUM"}, true, true},
	{"AAD_PREMIUM_P2", "84a661c4-e949-4bd2-a560-ed7766fcaf2b", "Premium P2", []string{"AAD_PREMIUM_P2", "AAD_PREMIUM", "MFA_PREMIUM"}, true, true},
	{"EMS", "efccb6f7-5641-4e0e-bd10-b4976e1bf68e", "Enterprise Mobility + Security E3", []string{"AAD_PREMIUM"}, true, true},
	{"EMSPREMIUM", "b05e124f-c7cc-45a0-a6aa-8cf78c946968", "Enterprise Mobility + Security E5", []string{"AAD_PREMIUM", "AAD_PREMIUM_P2"}, true, true},
	{"SPE_E3", "05e9a617-0261-4cee-bb44-138d3ef5d965", "365 E3", []string{"AAD_PREMIUM"}, true, true},
	{"SPE_E5", "06ebc4ee-1bb5-47dd-8120-11324bc54e06", "365 E5", []string{"AAD_PREMIUM", "AAD_PREMIUM_P2"}, true, true},
	{"SPB", "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46", "365 Business Premium", []string{"AAD_PREMIUM"}, true, true},
	{"ENTERPRISEPACK", "6fd2c87f-b296-42f0-b197-1e91e994b900", "Office 365 E3", nil, true, false},
	{"ENTERPRISEPREMIUM", "c7df2760-2c81-4ef7-b578-5b5392b571df", "Office 365 E5", nil, true, false},
	{"O365_BUSINESS_PREMIUM", "f245ecc8-75af-4f8e-b61f-27d8114de5f3", "365 Business Standard", nil, true, false},
}

// SKUs lists the products the tenant may own.
func SKUs() []SKU { return slices.Clone(skus) }

// FindSKU finds a product by part number or id, whatever the case.
func FindSKU(key string) (SKU, bool) {
	i := slices.IndexFunc(skus, func(s SKU) bool { return strings.EqualFold(s.Part, key) || strings.EqualFold(s.ID, key) })
	if i < 0 {
		return SKU{}, false
	}
	return skus[i], true
}

// LicensedToReset reports whether the user's licences allow a reset: any paid
// plan for a cloud-only user, one with writeback for a hybrid one (R-LIC-02,
// R-LIC-03, R-LIC-04).
func (u *User) LicensedToReset() bool {
	return slices.ContainsFunc(u.Licences, func(part string) bool {
		s, ok := FindSKU(part)
		return ok && s.Reset && (s.Writeback || !u.Synced())
	})
}

// Premium reports whether anybody in the tenant holds a licence that includes
// Premium P1. Writeback (R-LIC-03, R-LIC-05) and a banned list of one's own
// (R-LIC-07, R-PWD-21) come with it.
func (t *Tenant) Premium() bool {
	return slices.ContainsFunc(t.Users(), func(u User) bool {
		return slices.ContainsFunc(u.Licences, func(part string) bool {
			s, ok := FindSKU(part)
			return ok && s.Writeback
		})
	})
}
