package entra

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// Config is what a tenant is made of. The zero value is a tenant of today
// called "Alder Works" that can neither mail nor call.
type Config struct {
	Organisation string   // display name, default "Alder Works"
	Domains      []string // verified ones, the first is the default; default "alder.example.com"
	Era          Era
	Clock        *clock.Clock // default: the machine's time
	Seed         seed.Source
	Log          *slog.Logger // default: none

	Hosts Hosts        // where the surfaces are
	SMTP  string       // host:port of the mail server that takes the tenant's mail
	Phone string       // base URL of the carrier
	HTTP  *http.Client // for calls to the carrier; trusts the lab's authority
}

// Hosts builds the addresses of the surfaces: https://NAME.Domain:Port.
type Hosts struct {
	Domain string // "ssprlab.localhost"
	Port   int    // 0: 443
}

// The surfaces' host names.
const (
	LoginHost        = "login"
	ResetHost        = "passwordreset"
	SecurityInfoHost = "mysignins"
	AccountHost      = "myaccount"
	PortalHost       = "portal"
	GraphHost        = "graph"
	OfficeHost       = "office"
	RelayHost        = "relay"        // agents dial here (R-WB-03)
	ProvisionHost    = "provisioning" // synchronisation exports to it
)

// URL returns the address of path on the surface name.
func (h Hosts) URL(name, path string) string {
	if h.Port == 0 || h.Port == 443 {
		return "https://" + name + "." + h.Domain + path
	}
	return fmt.Sprintf("https://%s.%s:%d%s", name, h.Domain, h.Port, path)
}

// Names lists the host names of every surface, fully qualified.
func (h Hosts) Names() (names []string) {
	for _, n := range []string{LoginHost, ResetHost, SecurityInfoHost, AccountHost, PortalHost, GraphHost, OfficeHost, RelayHost, ProvisionHost} {
		names = append(names, n+"."+h.Domain)
	}
	return names
}

// Group is a security group. Members are ids of users or groups (nested).
type Group struct {
	ID, Name, Description string
	Members               []string
	OnPremises            *OnPremises
	Created               time.Time
}

// Tenant is the tenant's state. It is safe for concurrent use; what it hands
// out are copies.
type Tenant struct {
	ID     string
	config Config
	ids    *seed.Stream
	codes  *seed.Stream

	mu        sync.RWMutex
	users     map[string]*User  // by id
	names     map[string]string // id by lower-case UPN
	anchors   map[string]string // id by source anchor
	groups    map[string]*Group
	policy    Policy
	banned    []string
	preview   Preview
	agent     Agent
	audit     []AuditEntry
	grants    map[string]Grant
	unhandled []string
}

// Preview says for whom combined registration is on in 2019 (R-REG-02).
type Preview struct {
	Scope Enablement
	Group string // id, with Selected
}

// New returns a tenant with no users, under the default policy.
func New(c Config) *Tenant {
	c.Organisation = cmp.Or(c.Organisation, "Alder Works")
	if len(c.Domains) == 0 {
		c.Domains = []string{"alder.example.com"}
	}
	if c.Clock == nil {
		c.Clock = new(clock.Clock)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	ids := c.Seed.Stream("entra/ids")
	return &Tenant{
		ID: ids.GUID(), config: c, ids: ids, codes: c.Seed.Stream("entra/codes"),
		users: map[string]*User{}, names: map[string]string{}, anchors: map[string]string{}, groups: map[string]*Group{},
		grants: map[string]Grant{}, policy: DefaultPolicy(), agent: noAgent{},
	}
}

// Clock returns the lab's clock.
func (t *Tenant) Clock() *clock.Clock { return t.config.Clock }

// Now returns the lab's time.
func (t *Tenant) Now() time.Time { return t.config.Clock.Now() }

// Era returns the era whose figures hold.
func (t *Tenant) Era() Era { return t.config.Era }

// Organisation returns the tenant's display name.
func (t *Tenant) Organisation() string { return t.config.Organisation }

// Domains returns the verified domains, the default one first.
func (t *Tenant) Domains() []string { return slices.Clone(t.config.Domains) }

// Hosts returns where the surfaces are.
func (t *Tenant) Hosts() Hosts { return t.config.Hosts }

// Log returns the tenant's log. Secrets never go there.
func (t *Tenant) Log() *slog.Logger { return t.config.Log }

// Carrier returns the base URL of the telephone carrier and the client that
// calls it.
func (t *Tenant) Carrier() (string, *http.Client) { return t.config.Phone, t.config.HTTP }

// NewCode draws a code of six digits for a mail or a text (R-GAP-40).
func (t *Tenant) NewCode() string { return t.codes.Digits(6) }

// NewSecret draws the secret of an authenticator app, n bytes.
func (t *Tenant) NewSecret(n int) []byte { return t.codes.Bytes(n) }

// Chance returns the stream that ids are drawn from.
func (t *Tenant) Chance() *seed.Stream { return t.ids }

// AddUser adds u. Id and creation time are filled when empty. It is an error
// when the UPN is taken or the source anchor is known.
func (t *Tenant) AddUser(u User) (User, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	name := strings.ToLower(u.UPN)
	if name == "" {
		return User{}, fmt.Errorf("add user %q: a user principal name is required", u.Name)
	}
	if _, taken := t.names[name]; taken {
		return User{}, fmt.Errorf("add user %s: another object with the same user principal name already exists", u.UPN)
	}
	if u.OnPremises != nil {
		if _, taken := t.anchors[u.OnPremises.ImmutableID]; taken {
			return User{}, fmt.Errorf("add user %s: another object has the same source anchor", u.UPN)
		}
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
// returns nil and thrown away otherwise. It returns the user as it then is.
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
	if id, taken := t.names[strings.ToLower(next.UPN)]; taken && id != old.ID {
		return old.clone(), fmt.Errorf("rename %s: %s is taken", old.UPN, next.UPN)
	}
	t.unindex(old)
	t.index(&next)
	return next.clone(), nil
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

// Policy returns the Password reset policy.
func (t *Tenant) Policy() Policy {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.policy
}

// Facts returns what the brain needs to know beside the user.
func (t *Tenant) Facts(u User) Facts {
	agent := t.Agent().State()
	t.mu.RLock()
	defer t.mu.RUnlock()
	p := t.policy
	return Facts{
		Policy:  p,
		Agent:   agent,
		InScope: p.Enabled == All || p.Enabled == Selected && t.member(p.Group, u.ID, map[string]bool{}),
		OneGate: false, // every lab tenant has a custom domain (R-POL-79)
		Now:     t.config.Clock.Now(),
	}
}

// Decide asks the brain about a user.
func (t *Tenant) Decide(u User) Verdict { return Decide(u, t.Facts(u)) }

// Combined reports whether u registers in the combined wizard: always today,
// by the preview in 2019 (R-REG-02).
func (t *Tenant) Combined(u User) bool {
	if t.Era() == Now {
		return true
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.preview.Scope == All || t.preview.Scope == Selected && t.member(t.preview.Group, u.ID, map[string]bool{})
}

// Preview returns for whom combined registration is on.
func (t *Tenant) Preview() Preview {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.preview
}

// SetPreview switches combined registration on for all, a group, or nobody.
func (t *Tenant) SetPreview(p Preview) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.preview = p
}

// Banned returns the custom banned-password list (R-PWD-20).
func (t *Tenant) Banned() []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.banned)
}

// SetBanned replaces the custom banned-password list.
func (t *Tenant) SetBanned(terms []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.banned = slices.Clone(terms)
}

// Agent returns the Connect agent; without one, an agent that was never
// installed.
func (t *Tenant) Agent() Agent {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.agent
}

// UseAgent makes a the tenant's way to the on-premises directory.
func (t *Tenant) UseAgent(a Agent) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.agent = a
}

// Unhandled notes a request that no surface knows, for the log and the run's
// evidence.
func (t *Tenant) Unhandled(r *http.Request) {
	line := r.Method + " " + r.Host + r.URL.Path
	t.Log().Warn("unhandled request", "request", line)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unhandled = append(t.unhandled, line)
}

// UnhandledRequests returns what [Tenant.Unhandled] noted.
func (t *Tenant) UnhandledRequests() []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.unhandled)
}
