package entra

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// AddUser adds u. Id and creation time are filled when empty. It is an error
// when the UPN, the id or the source anchor is taken.
func (t *Tenant) AddUser(u User) (User, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, taken := t.users[u.ID]; taken {
		return User{}, fmt.Errorf("add user %s: another object has the same id", u.UPN)
	}
	if err := t.free(&u); err != nil {
		return User{}, fmt.Errorf("add user %s: %w", cmp.Or(u.UPN, u.Name), err)
	}
	if u.ID == "" {
		u.ID = t.ids.GUID()
	}
	if u.Created.IsZero() {
		u.Created = t.Now()
	}
	stored := u.clone()
	t.index(&stored)
	return stored.clone(), nil
}

// free reports why the names of u cannot be its own: they must be nobody
// else's.
func (t *Tenant) free(u *User) error {
	if u.UPN == "" {
		return errors.New("a user principal name is required")
	}
	if id, taken := t.names[strings.ToLower(u.UPN)]; taken && id != u.ID {
		return fmt.Errorf("another object with the user principal name %s already exists", u.UPN)
	}
	if u.OnPremises == nil {
		return nil
	}
	if id, taken := t.anchors[u.OnPremises.ImmutableID]; taken && id != u.ID {
		return errors.New("another object has the same source anchor")
	}
	return nil
}

func (t *Tenant) index(u *User) {
	t.users[u.ID] = u
	t.names[strings.ToLower(u.UPN)] = u.ID
	if u.OnPremises != nil {
		t.anchors[u.OnPremises.ImmutableID] = u.ID
	}
}

func (t *Tenant) unindex(u *User) {
	delete(t.users, u.ID)
	delete(t.names, strings.ToLower(u.UPN))
	if u.OnPremises != nil {
		delete(t.anchors, u.OnPremises.ImmutableID)
	}
}

// RemoveUser deletes a user and takes it out of its groups. Not modelled: the
// recycle bin.
func (t *Tenant) RemoveUser(key string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.find(key)
	if u == nil {
		return notFound("user", key)
	}
	t.unindex(u)
	for _, g := range t.groups {
		g.Members = slices.DeleteFunc(g.Members, func(m string) bool { return m == u.ID })
	}
	return nil
}

// NotFoundError says that the tenant has no such object.
type NotFoundError struct{ Kind, Key string }

func (e NotFoundError) Error() string { return "no " + e.Kind + " " + e.Key + " in the tenant" }

func notFound(kind, key string) error { return NotFoundError{kind, key} }

// find looks a user up by id, UPN or source anchor.
func (t *Tenant) find(key string) *User {
	if u := t.users[key]; u != nil {
		return u
	}
	if u := t.users[t.names[strings.ToLower(key)]]; u != nil {
		return u
	}
	return t.users[t.anchors[key]]
}

// User returns the user with that id, UPN (whatever the case) or source
// anchor.
func (t *Tenant) User(key string) (User, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	u := t.find(key)
	if u == nil {
		return User{}, false
	}
	return u.clone(), true
}

// Users returns every user, by UPN.
func (t *Tenant) Users() []User {
	t.mu.RLock()
	defer t.mu.RUnlock()
	list := make([]User, 0, len(t.users))
	for _, u := range t.users {
		list = append(list, u.clone())
	}
	slices.SortFunc(list, func(a, b User) int { return cmp.Compare(a.UPN, b.UPN) })
	return list
}

// Update changes a user: change works on a copy, which is kept when change
// returns nil and thrown away otherwise, as it is when it takes the name or the
// source anchor of another (R-AAC-23). It returns the user as it then is.
func (t *Tenant) Update(key string, change func(*User) error) (User, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := t.find(key)
	if old == nil {
		return User{}, notFound("user", key)
	}
	next := old.clone()
	if err := change(&next); err != nil {
		return old.clone(), err
	}
	if err := t.free(&next); err != nil {
		return old.clone(), fmt.Errorf("update user %s: %w", old.UPN, err)
	}
	t.unindex(old)
	t.index(&next)
	return next.clone(), nil
}
