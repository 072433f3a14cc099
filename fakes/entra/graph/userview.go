package graph

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/graph/odata"
)

// users is the type user. Only the first eleven properties are returned
// without $select (graph-fidelity 2.1).
var users = newTable("user", false, func(u *entra.User) string { return u.ID }, append([]column[*entra.User]{
	list("businessPhones", func(u *entra.User) []string { return present(u.OfficePhone) }),
	text("displayName", func(u *entra.User) string { return u.Name }).sorted(),
	text("givenName", func(u *entra.User) string { return u.GivenName }),
	never[*entra.User]("jobTitle"),
	text("mail", func(u *entra.User) string { return u.Mail }).ends(),
	text("mobilePhone", func(u *entra.User) string { return u.MobilePhone }).filters(odata.Basic, odata.Advanced),
	never[*entra.User]("officeLocation"),
	text("preferredLanguage", func(u *entra.User) string { return u.PreferredLanguage }),
	text("surname", func(u *entra.User) string { return u.Surname }),
	text("userPrincipalName", func(u *entra.User) string { return u.UPN }).sorted().ends(),
	text("id", func(u *entra.User) string { return u.ID }),
}, hiddenUserColumns()...)...)

func hiddenUserColumns() []column[*entra.User] {
	all := []column[*entra.User]{
		yes("accountEnabled", func(u *entra.User) bool { return u.Enabled }),
		complexes("assignedLicenses", assignedLicence, true, assignedLicences),
		moment("createdDateTime", func(u *entra.User) odata.Value { return odata.At(u.Created.Truncate(time.Second)) }),
		complexes("identities", identity, true, identities),
		empty[*entra.User]("imAddresses"),
		moment("lastPasswordChangeDateTime", func(u *entra.User) odata.Value { return odata.At(u.PasswordSet.Truncate(time.Second)) }),
		text("mailNickname", func(u *entra.User) string { return nickname(u.UPN) }),
		list("otherMails", func(u *entra.User) []string { return u.AlternateMails }).ends(),
		list("proxyAddresses", func(u *entra.User) []string { return proxies(u.Mail) }).ends(),
		text("securityIdentifier", func(u *entra.User) string { return securityIdentifier(u.ID) }).filters(odata.Basic, odata.No),
		moment("signInSessionsValidFromDateTime", func(u *entra.User) odata.Value { return odata.At(u.SessionsValidFrom.Truncate(time.Second)) }),
		text("usageLocation", func(u *entra.User) string { return u.UsageLocation }),
		text("userType", userType),
	}
	all = append(all, onPremisesColumns()...)
	for _, name := range unkeptUser {
		all = append(all, never[*entra.User](name))
	}
	for i := range all {
		all[i] = all[i].hidden()
	}
	return all
}

// unkeptUser are properties that the tenant does not keep: they read as null.
var unkeptUser = []string{
	"aboutMe", "ageGroup", "city", "companyName", "consentProvidedForMinor", "country", "creationType", "deletedDateTime", "department",
	"employeeHireDate", "employeeId", "employeeType", "externalUserState", "faxNumber", "isResourceAccount", "legalAgeGroupClassification",
	"passwordPolicies", "passwordProfile", "postalCode", "preferredDataLocation", "showInAddressList", "state", "streetAddress",
}

// onPremisesColumns are what synchronisation knows; onPremisesSyncEnabled is
// null, not false, for who never came from there (graph-fidelity 2.5).
func onPremisesColumns() []column[*entra.User] {
	from := func(name string, value func(*entra.OnPremises) string) column[*entra.User] {
		return text(name, func(u *entra.User) string {
			if u.OnPremises == nil {
				return ""
			}
			return value(u.OnPremises)
		})
	}
	return []column[*entra.User]{
		from("onPremisesDistinguishedName", func(o *entra.OnPremises) string { return o.DN }).filters(odata.No, odata.No),
		from("onPremisesDomainName", func(o *entra.OnPremises) string { return o.Domain }).filters(odata.No, odata.No),
		from("onPremisesImmutableId", func(o *entra.OnPremises) string { return o.ImmutableID }).filters(odata.Basic, odata.No),
		from("onPremisesSamAccountName", func(o *entra.OnPremises) string { return o.SAM }),
		from("onPremisesSecurityIdentifier", func(o *entra.OnPremises) string { return o.SID }).filters(odata.Basic, odata.No),
		text("onPremisesUserPrincipalName", syncedUPN).filters(odata.No, odata.No),
		moment("onPremisesLastSyncDateTime", func(u *entra.User) odata.Value { return lastSync(u.OnPremises) }),
		{odata.Property{Name: "onPremisesSyncEnabled", Kind: odata.Boolean, Filter: odata.Basic},
			func(u *entra.User) odata.Value { return syncEnabled(u.OnPremises) }},
		empty[*entra.User]("onPremisesProvisioningErrors"),
	}
}

func syncedUPN(u *entra.User) string {
	if u.Synced() {
		return u.UPN
	}
	return ""
}

func syncEnabled(o *entra.OnPremises) odata.Value {
	if o == nil {
		return odata.Null()
	}
	return odata.Bool(true)
}

func lastSync(o *entra.OnPremises) odata.Value {
	if o == nil {
		return odata.Null()
	}
	return odata.At(o.LastSync.Truncate(time.Second))
}

var assignedLicence = complexType("assignedLicense", odata.Property{Name: "disabledPlans", Kind: odata.GUID, List: true}, part("skuId", odata.GUID))

func assignedLicences(u *entra.User) odata.Value {
	var items []odata.Value
	for _, part := range u.Licences {
		if sku, ok := entra.FindSKU(part); ok {
			items = append(items, odata.Object(field("disabledPlans", odata.List()), field("skuId", odata.ID(sku.ID))))
		}
	}
	return odata.List(items...)
}

var identity = complexType("objectIdentity", part("signInType", odata.Text), part("issuer", odata.Text), part("issuerAssignedId", odata.Text))

func identities(u *entra.User) odata.Value {
	_, domain, _ := strings.Cut(u.UPN, "@")
	return odata.List(odata.Object(field("signInType", odata.String("userPrincipalName")),
		field("issuer", odata.String(domain)), field("issuerAssignedId", odata.String(u.UPN))))
}

func userType(u *entra.User) string {
	if u.Guest {
		return "Guest"
	}
	return "Member"
}

func present(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func nickname(upn string) string {
	name, _, _ := strings.Cut(upn, "@")
	return name
}

func proxies(mail string) []string {
	if mail == "" {
		return nil
	}
	return []string{"SMTP:" + mail}
}

// securityIdentifier is the SID that the product makes of an object's id.
func securityIdentifier(id string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(id, "-", ""))
	if err != nil || len(b) != 16 {
		return ""
	}
	first := binary.BigEndian.Uint32(b)
	second := uint32(binary.BigEndian.Uint16(b[6:]))<<16 | uint32(binary.BigEndian.Uint16(b[4:]))
	return fmt.Sprintf("S-1-12-1-%d-%d-%d-%d", first, second, binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[12:]))
}
