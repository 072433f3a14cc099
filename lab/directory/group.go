package directory

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// Group is a group as the directory shows it.
type Group struct {
	DN     string
	Name   string // displayName, or else cn
	SAM    string // sAMAccountName
	Mail   string
	Anchor string // as of an Account
	SID    string // objectSid as S-1-5-…
	// Critical is as of an Account.
	Critical bool
	Members  []string // DNs, direct, all of them however many; without those whose primary group it is
	USN      int64
}

const groupFilter = "(objectClass=group)"

func groupAttributes() []string {
	return []string{"displayName", "cn", "sAMAccountName", "mail", "objectGUID", "mS-DS-ConsistencyGuid", "objectSid", "member", "uSNChanged"}
}

// Groups returns every group at or below the DN under, "" being the whole
// base.
func (d *Directory) Groups(ctx context.Context, under string) ([]Group, error) {
	return d.groups(ctx, under, "")
}

// Group returns the group at dn.
func (d *Directory) Group(ctx context.Context, dn string) (Group, error) {
	e, err := d.readWith(ctx, d.dialect.groupQuery().below(dn, ""))
	if err != nil {
		return Group{}, err
	}
	groups, err := d.dialect.groupsOf(ctx, []*ldap.Entry{e})
	if err != nil {
		return Group{}, err
	}
	return groups[0], nil
}

// groups lists those that also satisfy the filter, "" being all.
func (d *Directory) groups(ctx context.Context, under, filter string) ([]Group, error) {
	entries, err := d.search(ctx, d.dialect.groupQuery().below(d.or(under), filter))
	if err != nil {
		return nil, err
	}
	return d.dialect.groupsOf(ctx, entries)
}

func (activeDirectory) groupQuery() query {
	return query{filter: groupFilter, attributes: groupAttributes()}
}

func (ad activeDirectory) groupsOf(ctx context.Context, entries []*ldap.Entry) (groups []Group, err error) {
	groups = make([]Group, len(entries))
	for i, e := range entries {
		if groups[i], err = ad.groupOf(ctx, e); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

func (ad activeDirectory) groupOf(ctx context.Context, e *ldap.Entry) (Group, error) {
	text := e.GetEqualFoldAttributeValue
	g := Group{
		DN: e.DN, Name: text("displayName"), SAM: text("sAMAccountName"), Mail: text("mail"),
		Anchor: ad.anchorOf(e), USN: number(e, "uSNChanged"),
	}
	if g.Name == "" {
		g.Name = text("cn")
	}
	if sid, err := sd.SIDFromBytes(e.GetEqualFoldRawAttributeValue("objectSid")); err == nil {
		g.SID, g.Critical = sid.String(), critical(sid)
	}
	var err error
	g.Members, err = ad.members(ctx, e)
	return g, err
}

// members returns all members. A controller hands out at most 1,500 values at
// once and names the rest by a range.
func (ad activeDirectory) members(ctx context.Context, e *ldap.Entry) ([]string, error) {
	all, next, last := memberPage(e)
	for !last {
		more, err := ad.readEntry(ctx, e.DN, fmt.Sprintf("member;range=%d-*", next))
		if err != nil {
			return nil, err
		}
		page, after, end := memberPage(more)
		if len(page) == 0 {
			break
		}
		all, next, last = append(all, page...), after, end
	}
	return all, nil
}

// memberPage returns the members that e shows, where the next page starts, and
// whether this was the last.
func memberPage(e *ldap.Entry) (members []string, next int, last bool) {
	for _, a := range e.Attributes {
		name := strings.ToLower(a.Name)
		if name == "member" && len(a.Values) > 0 {
			return a.Values, 0, true
		}
		bounds, ranged := strings.CutPrefix(name, "member;range=")
		if !ranged {
			continue
		}
		var from, to int
		if n, _ := fmt.Sscanf(bounds, "%d-%d", &from, &to); n == 2 {
			return a.Values, to + 1, false
		}
		return a.Values, 0, true
	}
	return nil, 0, true
}
