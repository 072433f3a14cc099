package checkup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/own"
)

// fact is a line about the directory.
type fact struct{ Label, Text string }

// facts reads which directory it is from its rootDSE.
func facts(ctx context.Context, d *directory.Directory, c *own.Config) ([]fact, error) {
	root, err := d.Attributes(ctx, "", "vendorName", "vendorVersion", "domainFunctionality", "forestFunctionality",
		"domainControllerFunctionality", "dnsHostName", "objectClass")
	if err != nil {
		return nil, err
	}
	first := func(name string) string { return strings.Join(root[name][:min(1, len(root[name]))], "") }
	all := []fact{{"address", c.URL}, {"product", product(c.Dialect, first("vendorName"), first("vendorVersion"), root["objectClass"])}}
	add := func(label, text string) {
		if text != "" {
			all = append(all, fact{label, text})
		}
	}
	add("controller", first("dnsHostName"))
	add("domain", c.Domain())
	add("functional level", levels(first("domainFunctionality"), first("forestFunctionality"), first("domainControllerFunctionality")))
	if c.Dialect == directory.ActiveDirectory {
		hints := "not there (R-WB-99): the agent looks at its own history of passwords"
		if d.Supports("1.2.840.113556.1.4.2239") || d.Supports("1.2.840.113556.1.4.2066") {
			hints = "there (R-WB-34): the directory checks the history of passwords on a reset"
		}
		add("policy hints", hints)
	}
	if now, err := d.Time(ctx); err == nil {
		add("its clock", now.Format("2006-01-02 15:04:05 MST"))
	}
	add("connector account", c.Connector.User)
	add("sets people up", c.SetUp.User)
	add("writes only below", c.Unit)
	return all, nil
}

// product names the directory as far as it does so itself. Active Directory of
// Windows names no vendor.
func product(dialect directory.Kind, vendor, version string, classes []string) string {
	switch {
	case vendor != "":
		return strings.TrimSpace(vendor + " " + version)
	case slices.ContainsFunc(classes, func(c string) bool { return strings.EqualFold(c, "OpenLDAProotDSE") }):
		return "OpenLDAP (it does not tell its version)"
	case dialect == directory.ActiveDirectory:
		return "Active Directory (it names no vendor, as Windows does not)"
	}
	return "unknown (it names no vendor)"
}

// levels puts the numbers of the functional levels into words.
func levels(domain, forest, controller string) string {
	if domain == "" {
		return ""
	}
	return fmt.Sprintf("domain %s, forest %s, controller %s", level(domain), level(forest), level(controller))
}

func level(number string) string {
	name, known := map[string]string{"0": "2000", "1": "2003 interim", "2": "2003", "3": "2008", "4": "2008 R2", "5": "2012", "6": "2012 R2", "7": "2016", "10": "2025"}[number]
	if !known {
		return number
	}
	return number + " (" + name + ")"
}

// policyOf puts a password policy into a line.
func policyOf(p directory.Policy) string {
	complexity := "no complexity"
	if p.Complexity {
		complexity = "complexity"
	}
	lockout := "no lockout"
	if p.LockoutThreshold > 0 {
		lockout = fmt.Sprintf("lockout after %d", p.LockoutThreshold)
	}
	return fmt.Sprintf("length %d, %s, history %d, age %s to %s, %s", p.MinLength, complexity, p.History, days(p.MinAge), days(p.MaxAge), lockout)
}

func days(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return d.String()
}
