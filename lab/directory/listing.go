package directory

import (
	"context"
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

// Accounts returns every account at or below the DN under, "" being the whole
// base, in the directory's order. [Account.CannotChange] is left false.
func (d *Directory) Accounts(ctx context.Context, under string) ([]Account, error) {
	return d.accounts(ctx, under, accountFilter)
}

func (d *Directory) accounts(ctx context.Context, under, filter string) ([]Account, error) {
	entries, err := d.search(ctx, query{base: d.or(under), filter: filter, attributes: accountAttributes()})
	if err != nil {
		return nil, err
	}
	guard := d.newGuard()
	accounts := make([]Account, len(entries))
	for i, e := range entries {
		accounts[i] = accountOf(e)
		if err := guard.look(ctx, e, &accounts[i]); err != nil {
			return nil, err
		}
	}
	return accounts, nil
}

func (d *Directory) or(under string) string {
	if under == "" {
		return d.base
	}
	return under
}

// Delta is what was made or changed. What was deleted is not in it: compare
// with [Directory.Anchors].
type Delta struct {
	Accounts []Account
	Groups   []Group
}

// Changes returns the accounts and groups whose update sequence number is
// above since, 0 being everything, and the number to ask with next time. A
// change that happens meanwhile may be told twice, but is never lost. Numbers
// belong to one controller and start anew when it is restored from a copy.
func (d *Directory) Changes(ctx context.Context, since int64) (delta Delta, next int64, err error) {
	root, err := d.readRoot(ctx, "highestCommittedUSN")
	if err != nil {
		return Delta{}, since, err
	}
	next = max(number(root, "highestCommittedUSN"), since)
	newer := fmt.Sprintf("(uSNChanged>=%d)", since+1)
	if delta.Accounts, err = d.accounts(ctx, "", "(&"+accountFilter+newer+")"); err != nil {
		return Delta{}, since, err
	}
	if delta.Groups, err = d.groups(ctx, "", "(&"+groupFilter+newer+")"); err != nil {
		return Delta{}, since, err
	}
	return delta, next, nil
}

// Anchors returns the DN of every account and group at or below the DN under,
// "" being the whole base, by source anchor: the cheapest listing there is,
// made to find out what is gone.
func (d *Directory) Anchors(ctx context.Context, under string) (map[string]string, error) {
	entries, err := d.search(ctx, query{
		base:       d.or(under),
		filter:     "(|" + accountFilter + groupFilter + ")",
		attributes: []string{"objectGUID", "mS-DS-ConsistencyGuid"},
	})
	if err != nil {
		return nil, err
	}
	anchors := make(map[string]string, len(entries))
	for _, e := range entries {
		anchors[anchorOf(e)] = e.DN
	}
	return anchors, nil
}

// Attributes returns the named attributes of the object dn, raw, by name in
// the spelling asked for. What the object does not have is not in the map.
func (d *Directory) Attributes(ctx context.Context, dn string, names ...string) (map[string][]string, error) {
	e, err := d.readEntry(ctx, dn, names...)
	if err != nil {
		return nil, err
	}
	return attributesOf(e, names), nil
}

func attributesOf(e *ldap.Entry, names []string) map[string][]string {
	values := make(map[string][]string, len(names))
	for _, name := range names {
		if v := e.GetEqualFoldAttributeValues(name); len(v) > 0 {
			values[name] = v
		}
	}
	return values
}
