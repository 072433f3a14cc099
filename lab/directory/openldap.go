package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// openLDAP is the dialect of slapd with the overlay ppolicy; see [OpenLDAP].
type openLDAP struct{ *Directory }

var _ dialect = openLDAP{}

// start picks the naming context that the configured base lies in.
func (ol openLDAP) start(ctx context.Context) (base string, controls []string, err error) {
	e, err := ol.readRoot(ctx, "namingContexts", "supportedControl")
	if err != nil {
		return "", nil, err
	}
	return contextOf(ol.config.Base, e.GetEqualFoldAttributeValues("namingContexts")), e.GetEqualFoldAttributeValues("supportedControl"), nil
}

// contextOf returns the one of the naming contexts that base lies in, or the
// first for a base of "".
func contextOf(base string, contexts []string) string {
	for _, c := range contexts {
		if base == "" || within(base, c) {
			return c
		}
	}
	return ""
}

// within reports whether the DN lies at or below ancestor.
func within(dn, ancestor string) bool {
	for ; dn != ""; dn = parentOf(dn) {
		if sameDN(dn, ancestor) {
			return true
		}
	}
	return false
}

// sameDN compares two DNs, in whichever case and spacing.
func sameDN(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	x, errX := ldap.ParseDN(a)
	y, errY := ldap.ParseDN(b)
	return errX == nil && errY == nil && x.EqualFold(y)
}

// clockEntry is where slapd shows its clock, to the second.
const clockEntry = "cn=Current,cn=Time,cn=Monitor"

func (ol openLDAP) time(ctx context.Context) (time.Time, error) {
	e, err := ol.readEntry(ctx, clockEntry, "monitorTimestamp")
	if reasonIs(err, NoSuchObject) {
		return time.Time{}, fmt.Errorf("read the directory's clock: slapd needs \"database monitor\", and %s readable for this account: %w", clockEntry, err)
	}
	if err != nil {
		return time.Time{}, err
	}
	text := e.GetEqualFoldAttributeValue("monitorTimestamp")
	t := generalizedTime(text)
	if t.IsZero() {
		return time.Time{}, fmt.Errorf("read monitorTimestamp of %s: %q is no time", clockEntry, text)
	}
	return t, nil
}

func (openLDAP) resolution() time.Duration { return time.Second }

// latest is the number of the context's last change, which the overlay
// syncprov keeps.
func (ol openLDAP) latest(ctx context.Context) (int64, error) {
	e, err := ol.readEntry(ctx, ol.root, "contextCSN")
	if err != nil {
		return 0, err
	}
	var last int64
	for _, text := range e.GetEqualFoldAttributeValues("contextCSN") { // one for each server that writes
		last = max(last, changeNumber(text))
	}
	if last == 0 {
		return 0, fmt.Errorf("read contextCSN of %s: it has none; slapd needs the overlay syncprov", ol.root)
	}
	return last, nil
}

func (openLDAP) newer(since int64) string {
	if since <= 0 {
		return "(objectClass=*)"
	}
	return "(entryCSN>=" + changeText(since+1) + ")"
}

// reasonIs reports whether err is a refusal for that reason.
func reasonIs(err error, reason Reason) bool {
	var r *Refusal
	return errors.As(err, &r) && r.Reason == reason
}
