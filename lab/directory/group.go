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
	DN      string
	Name    string // displayName, or else cn
	SAM     string // sAMAccountName
	Mail    string
	Anchor  string   // as of an Account
	SID     string   // objectSid as S-1-5-…
	Members []string // DNs, direct, all of them however many; without those whose primary group it is
	USN     int64
}

const groupFilter = "(objectClass=group)"

func groupAttributes() []string {
	return []string{"displayName", "cn", "sAMAccountName", "mail", "objectGUID", "mS-DS-ConsistencyGuid", "objectSid", "member", "uSNChanged"}
}

// Groups returns every group at or below the DN under, "" being the whole
// base.
func (d *Directory) Groups(ctx context.Context, under string) ([]Group, error) {
	return d.groups(ctx, under, groupFilter)
}

// Group returns the group at dn.
func (d *Directory) Group(ctx context.Context, dn string) (Group, error) {
	e, err := d.readWith(ctx, query{base: dn, filter: groupFilter, attributes: groupAttributes()})
	if err != nil {
		return Group{}, err
	}
	return d.groupOf(ctx, e)
}

func (d *Directory) groups(ctx context.Context, under, filter string) ([]Group, error) {
	entries, err := d.search(ctx, query{base: d.or(under), filter: filter, attributes: groupAttributes()})
	if err != nil {
		return nil, err
	}
	groups := make([]Group, len(entries))
	for i, e := range entries {
		if groups[i], err = d.groupOf(ctx, e); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

func (d *Directory) groupOf(ctx context.Context, e *ldap.Entry) (Group, error) {
	text := e.GetEqualFoldAttributeValue
	g := Group{
		DN: e.DN, Name: text("displayName"), SAM: text("sAMAccountName"), Mail: text("mail"),
		Anchor: anchorOf(e), USN: number(e, "uSNChanged"),
	}
	if g.Name == "" {
		g.Name = text("cn")
	}
	if sid, err := sd.SIDFromBytes(e.GetEqualFoldRawAttributeValue("objectSid")); err == nil {
		g.SID = sid.String()
	}
	var err error
	g.Members, err = d.members(ctx, e)
	return g, err
}

// members returns all members. A controller hands out at most 1,500 values at
// once and names the rest by a range.
func (d *Directory) members(ctx context.Context, e *ldap.Entry) ([]string, error) {
	all, next, last := memberPage(e)
	for !last {
		more, err := d.readEntry(ctx, e.DN, fmt.Sprintf("member;range=%d-*", next))
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
