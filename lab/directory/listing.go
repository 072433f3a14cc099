package directory

import (
	"cmp"
	"context"
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

// Accounts returns every account at or below the DN under, "" being the whole
// base, in the directory's order. [Account.CannotChange] is left false.
func (d *Directory) Accounts(ctx context.Context, under string) ([]Account, error) {
	return d.accounts(ctx, under, "")
}

// accounts lists those that also satisfy the filter, "" being all.
func (d *Directory) accounts(ctx context.Context, under, filter string) ([]Account, error) {
	entries, err := d.search(ctx, d.dialect.accountQuery(false).below(d.or(under), filter))
	if err != nil {
		return nil, err
	}
	return d.dialect.accountsOf(ctx, entries)
}

func (d *Directory) or(under string) string { return cmp.Or(under, d.base) }

// Delta is what was made or changed. What was deleted is not in it: compare
// with [Directory.Anchors].
type Delta struct {
	Accounts []Account
	Groups   []Group
}

// Latest returns the number of the directory's last change: the highest update
// sequence number. It only grows, until the directory is restored from a copy.
func (d *Directory) Latest(ctx context.Context) (int64, error) { return d.dialect.latest(ctx) }

func (ad activeDirectory) latest(ctx context.Context) (int64, error) {
	root, err := ad.readRoot(ctx, "highestCommittedUSN")
	if err != nil {
		return 0, err
	}
	return number(root, "highestCommittedUSN"), nil
}

func (activeDirectory) newer(since int64) string { return fmt.Sprintf("(uSNChanged>=%d)", since+1) }

// Changes returns the accounts and groups whose update sequence number is
// above since, 0 being everything, and the number to ask with next time. A
// change that happens meanwhile may be told twice, but is never lost. Numbers
// belong to one controller and start anew when it is restored from a copy.
func (d *Directory) Changes(ctx context.Context, since int64) (delta Delta, next int64, err error) {
	latest, err := d.Latest(ctx)
	if err != nil {
		return Delta{}, since, err
	}
	newer := d.dialect.newer(since)
	if delta.Accounts, err = d.accounts(ctx, "", newer); err != nil {
		return Delta{}, since, err
	}
	if delta.Groups, err = d.groups(ctx, "", newer); err != nil {
		return Delta{}, since, err
	}
	return delta, max(latest, since), nil
}

// Anchors returns the DN of every account and group at or below the DN under,
// "" being the whole base, by source anchor: the cheapest listing there is,
// made to find out what is gone.
func (d *Directory) Anchors(ctx context.Context, under string) (map[string]string, error) {
	entries, err := d.search(ctx, d.dialect.anchorQuery().below(d.or(under), ""))
	if err != nil {
		return nil, err
	}
	anchors := make(map[string]string, len(entries))
	for _, e := range entries {
		anchors[d.dialect.anchorOf(e)] = e.DN
	}
	return anchors, nil
}

func (activeDirectory) anchorQuery() query {
	return query{filter: "(|" + accountFilter + groupFilter + ")", attributes: []string{"objectGUID", "mS-DS-ConsistencyGuid"}}
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
