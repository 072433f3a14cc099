package entra

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Group is a security group. Members are ids of users or groups (nested).
type Group struct {
	ID, Name, Description string
	Members               []string
	OnPremises            *OnPremises
	Created               time.Time
}

// AddGroup adds g; id and creation time are filled when empty.
func (t *Tenant) AddGroup(g Group) (Group, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if strings.TrimSpace(g.Name) == "" {
		return Group{}, fmt.Errorf("add group: a name is required")
	}
	if g.ID == "" {
		g.ID = t.ids.GUID()
	}
	if g.Created.IsZero() {
		g.Created = t.Now()
	}
	g.Members = slices.Clone(g.Members)
	t.groups[g.ID] = &g
	return g.clone(), nil
}

func (g Group) clone() Group {
	g.Members = slices.Clone(g.Members)
	return g
}

// Group returns the group with that id, source anchor or name.
func (t *Tenant) Group(key string) (Group, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if g := t.group(key); g != nil {
		return g.clone(), true
	}
	return Group{}, false
}

func (t *Tenant) group(key string) *Group {
	if g := t.groups[key]; g != nil {
		return g
	}
	for _, g := range t.groups {
		if strings.EqualFold(g.Name, key) || g.OnPremises != nil && g.OnPremises.ImmutableID == key {
			return g
		}
	}
	return nil
}

// Groups returns every group, by name.
func (t *Tenant) Groups() []Group {
	t.mu.RLock()
	defer t.mu.RUnlock()
	list := make([]Group, 0, len(t.groups))
	for _, g := range t.groups {
		list = append(list, g.clone())
	}
	slices.SortFunc(list, func(a, b Group) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return list
}

// UpdateGroup changes a group, as [Tenant.Update] does a user.
func (t *Tenant) UpdateGroup(key string, change func(*Group) error) (Group, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := t.group(key)
	if old == nil {
		return Group{}, notFound("group", key)
	}
	next := old.clone()
	if err := change(&next); err != nil {
		return old.clone(), err
	}
	t.groups[next.ID] = &next
	return next.clone(), nil
}

// RemoveGroup deletes a group.
func (t *Tenant) RemoveGroup(key string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.group(key)
	if g == nil {
		return notFound("group", key)
	}
	delete(t.groups, g.ID)
	return nil
}

// Member reports whether the user is in the group, directly or through nested
// groups (R-POL-12).
func (t *Tenant) Member(group, user string) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.member(group, user, map[string]bool{})
}

func (t *Tenant) member(group, user string, seen map[string]bool) bool {
	g := t.groups[group]
	if g == nil || seen[group] {
		return false
	}
	seen[group] = true
	for _, m := range g.Members {
		if m == user || t.member(m, user, seen) {
			return true
		}
	}
	return false
}
