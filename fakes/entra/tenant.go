package entra

import (
	"cmp"
	"log/slog"
	"net/http"
	"slices"
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
	Initial      bool     // the first domain is the one a tenant is born with, no custom one (R-POL-80)
	Era          Era
	Clock        *clock.Clock // default: the machine's time
	Seed         seed.Source
	Log          *slog.Logger // default: none

	Hosts Hosts        // where the surfaces are
	SMTP  string       // host:port of the mail server that takes the tenant's mail
	Phone string       // base URL of the carrier
	HTTP  *http.Client // for calls to the carrier; trusts the lab's authority
}

// Tenant is the tenant's state. It is safe for concurrent use; what it hands
// out are copies.
type Tenant struct {
	ID      string
	config  Config
	ids     *seed.Stream
	codes   *seed.Stream
	courier *courier

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
		ID: ids.GUID(), config: c, ids: ids, codes: c.Seed.Stream("entra/codes"), courier: &courier{address: c.SMTP},
		users: map[string]*User{}, names: map[string]string{}, anchors: map[string]string{}, groups: map[string]*Group{},
		grants: map[string]Grant{}, policy: DefaultPolicy(), agent: noAgent{},
	}
}

// Close ends the connections that the tenant keeps to the mail server. It says
// nothing to people; a tenant that is closed goes on to work without them.
func (t *Tenant) Close() error {
	t.courier.close()
	return nil
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

// Policy returns the Password reset policy.
func (t *Tenant) Policy() Policy {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.policy.clone()
}

// Facts returns what the brain needs to know beside the user.
func (t *Tenant) Facts(u User) Facts {
	agent := t.Agent().State()
	t.mu.RLock()
	defer t.mu.RUnlock()
	p := t.policy.clone()
	return Facts{
		Policy:  p,
		Agent:   agent,
		InScope: p.Enabled == All || p.Enabled == Selected && t.member(p.Group, u.ID, map[string]bool{}),
		OneGate: t.config.Initial && len(t.config.Domains) == 1 && !agent.Installed, // R-POL-79, R-POL-80
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
