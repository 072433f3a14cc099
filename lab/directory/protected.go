package directory

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// guard finds out who is in a protected group. It walks memberOf upwards and
// remembers each group, so that a listing reads every group once. A directory
// need not stamp adminCount (R-WB-109), hence the walk.
type guard struct {
	d        *Directory
	protects func(group *ldap.Entry) bool
	seen     map[string]groupTies
}

// groupTies is what a walk needs of a group.
type groupTies struct {
	protected bool
	parents   []string
}

func (d *Directory) newGuard(protects func(group *ldap.Entry) bool) guard {
	return guard{d, protects, map[string]groupTies{}}
}

// look sets a.Protected if one of the account's groups is protected.
func (g guard) look(ctx context.Context, a *Account) error {
	if a.Protected {
		return nil
	}
	next := slices.Clone(a.Groups)
	passed := map[string]bool{}
	for len(next) > 0 {
		dn := next[0]
		next = next[1:]
		if passed[dn] {
			continue
		}
		passed[dn] = true
		ties, err := g.ties(ctx, dn)
		if err != nil {
			return err
		}
		if ties.protected {
			a.Protected = true
			return nil
		}
		next = append(next, ties.parents...)
	}
	return nil
}

// ties reads the group dn. A group that the bound account may not see cannot
// tell anything and is passed over.
func (g guard) ties(ctx context.Context, dn string) (groupTies, error) {
	if t, known := g.seen[dn]; known {
		return t, nil
	}
	e, err := g.d.readEntry(ctx, dn, "objectSid", "adminCount", "memberOf")
	var refusal *Refusal
	if errors.As(err, &refusal) && (refusal.Reason == NoSuchObject || refusal.Reason == NoRight) {
		g.seen[dn] = groupTies{}
		return groupTies{}, nil
	}
	if err != nil {
		return groupTies{}, err
	}
	t := groupTies{protected: g.protects(e), parents: e.GetEqualFoldAttributeValues("memberOf")}
	g.seen[dn] = t
	return t, nil
}

// protectedEntry reports whether Active Directory protects an account or a
// group by what its entry tells.
func protectedEntry(e *ldap.Entry) bool {
	sid, err := sd.SIDFromBytes(e.GetEqualFoldRawAttributeValue("objectSid"))
	return number(e, "adminCount") == 1 || err == nil && protectedRID(sid.RID())
}

// firstMade is the lowest relative id of what people make in a domain.
const firstMade = 1000

// critical reports whether a SID is that of an object which every domain has:
// built in, or with a relative id below those that people's objects get.
func critical(sid sd.SID) bool {
	return strings.HasPrefix(sid.String(), "S-1-5-32-") || sid.RID() < firstMade
}

// protectedRID reports whether a group of that relative id is one of Active
// Directory's protected groups: the administrators of domain, schema and
// enterprise, the domain controllers, the key administrators, and the built-in
// administrators, account, server, print and backup operators and replicators.
// Ids of groups that people make start at 1000.
func protectedRID(rid uint32) bool {
	switch rid {
	case 512, 516, 518, 519, 521, 526, 527, 544, 548, 549, 550, 551, 552:
		return true
	}
	return false
}
