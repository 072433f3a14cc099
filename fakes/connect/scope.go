package connect

import (
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra/provisioning/export"
)

// inScope reports whether an object is synchronised: it lies below one of the
// chosen units (nil: everything), and the default filter lets it through.
func (o object) inScope(units []string) bool {
	if units != nil && !slices.ContainsFunc(units, func(u string) bool { return below(o.dn, u) }) {
		return false
	}
	switch {
	case o.account != nil:
		return o.account.SAM != "" && !o.account.Critical && !serviceAccount(o.account.SAM)
	case o.group != nil:
		return o.group.Name != "" && !o.group.Critical
	}
	return false
}

// below reports whether dn is the unit or lies in it.
func below(dn, unit string) bool {
	dn, unit = strings.ToLower(dn), strings.ToLower(unit)
	return dn == unit || strings.HasSuffix(dn, ","+unit)
}

// serviceAccount reports whether a name is one that synchronisation itself
// uses.
func serviceAccount(sam string) bool {
	upper := strings.ToUpper(sam)
	return strings.HasPrefix(upper, "MSOL_") || strings.HasPrefix(upper, "AAD_")
}

// domainOf returns the DNS name of the domain that a DN is in.
func domainOf(dn string) string {
	var labels []string
	for _, part := range strings.Split(dn, ",") {
		if label, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(part)), "dc="); ok {
			labels = append(labels, label)
		}
	}
	return strings.Join(labels, ".")
}

// user maps an account to what is exported: R-POL-46.
func user(o object) export.User {
	a := o.account
	return export.User{
		Anchor: o.anchor, DN: o.dn, SAM: a.SAM, Domain: domainOf(o.dn), SID: a.SID, UPN: a.UPN,
		DisplayName: a.Name, GivenName: a.GivenName, Surname: a.Surname, Mail: a.Mail,
		OfficePhone: a.OfficePhone, MobilePhone: a.Mobile,
		Enabled: a.Enabled, MustChange: a.MustChange, PasswordSet: a.PasswordSet,
	}
}

// group maps a group with its members, those in scope alone.
func group(o object, scope map[string]bool) export.Group {
	g := export.Group{Anchor: o.anchor, DN: o.dn, SAM: o.group.SAM, Domain: domainOf(o.dn), SID: o.group.SID, Name: o.group.Name}
	for _, m := range o.members {
		if scope[m] {
			g.Members = append(g.Members, m)
		}
	}
	return g
}

// unitsOf returns the containers that hold objects, with those above them,
// below base.
func unitsOf(dns []string, base string) []string {
	seen := map[string]string{}
	for _, dn := range dns {
		for parent := parentOf(dn); parent != "" && below(parent, base) && !strings.EqualFold(parent, base); parent = parentOf(parent) {
			seen[strings.ToLower(parent)] = parent
		}
	}
	var units []string
	for _, u := range seen {
		units = append(units, u)
	}
	slices.SortFunc(units, func(a, b string) int { return strings.Compare(reversed(a), reversed(b)) })
	return units
}

// reversed makes units sort under the one they are in.
func reversed(dn string) string {
	parts := strings.Split(strings.ToLower(dn), ",")
	slices.Reverse(parts)
	return strings.Join(parts, ",")
}

// parentOf returns the container of dn; "" if it has none.
func parentOf(dn string) string {
	for i := 0; i < len(dn); i++ {
		switch dn[i] {
		case '\\':
			i++
		case ',':
			return strings.TrimLeft(dn[i+1:], " ")
		}
	}
	return ""
}
