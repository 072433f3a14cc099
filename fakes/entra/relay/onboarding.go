package relay

import (
	"crypto/rsa"
	"net/http"
	"slices"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
)

// HybridIdentityAdministrator suffices today for what only a Global
// Administrator could in 2019 (R-AAC-04, R-GAP-26).
const HybridIdentityAdministrator = "Hybrid Identity Administrator"

// SyncAccount is the role of the account that synchronisation runs under.
const SyncAccount = "Directory Synchronization Accounts"

// accountOf reads the bearer token of a request.
func (r *Relay) accountOf(q *http.Request) (envelope.Account, entra.Party, *envelope.Problem) {
	c, err := r.verify(q)
	if err != nil {
		return envelope.Account{}, entra.Party{}, problem(envelope.Unauthorized, "the access token was not accepted: "+err.Error())
	}
	t := r.tenant
	acc := envelope.Account{Tenant: t.ID, Organisation: t.Organisation(), Domains: t.Domains(), Roles: slices.Clone(c.Roles), Licensed: r.tenant.Premium()}
	by := entra.Party{Name: "application", Type: "App"}
	if c.User != "" {
		u, ok := t.User(c.User)
		if !ok {
			return envelope.Account{}, by, problem(envelope.Unauthorized, "the access token is of a user who is not in the tenant any more")
		}
		acc.UPN, by = u.UPN, u.By()
		acc.Roles = append(acc.Roles, u.Roles...)
	}
	acc.MayConfigure = slices.Contains(acc.Roles, entra.GlobalAdministrator) ||
		t.Era() == entra.Now && slices.Contains(acc.Roles, HybridIdentityAdministrator)
	return acc, by, nil
}

func (r *Relay) account(w http.ResponseWriter, q *http.Request) {
	acc, _, fault := r.accountOf(q)
	if fault != nil {
		refuse(w, http.StatusUnauthorized, fault)
		return
	}
	answer(w, acc)
}

func (r *Relay) install(w http.ResponseWriter, q *http.Request) {
	acc, _, fault := r.accountOf(q)
	if fault != nil {
		refuse(w, http.StatusUnauthorized, fault)
		return
	}
	if !acc.MayConfigure && !slices.Contains(acc.Roles, SyncAccount) {
		refuse(w, http.StatusForbidden, r.roleFault(acc))
		return
	}
	var i envelope.Installation
	if !read(w, q, &i) {
		return
	}
	a := newAgent(r.tenant.Chance().GUID(), i.Version)
	secret := a.roll()
	r.mu.Lock()
	r.agents[a.id] = a
	r.current = a
	r.mu.Unlock()
	r.tenant.Log().Info("agent installed", "agent", a.id, "server", i.Server, "version", i.Version)
	answer(w, envelope.Credentials{Agent: a.id, Secret: secret, Tenant: r.tenant.ID})
}

func (r *Relay) roleFault(acc envelope.Account) *envelope.Problem {
	needed := r.tenant.Era().Names().GlobalAdmin
	if r.tenant.Era() == entra.Now {
		needed += " or " + HybridIdentityAdministrator
	}
	return problem(envelope.Forbidden, acc.UPN+" is not "+needed)
}

// admitted reads the request of an administrator about an agent and checks
// both: the administrator's token and role, the agent's secret.
func (r *Relay) admitted(w http.ResponseWriter, q *http.Request) (a *agent, o envelope.Onboarding, by entra.Party, ok bool) {
	acc, by, fault := r.accountOf(q)
	if fault != nil {
		refuse(w, http.StatusUnauthorized, fault)
		return nil, o, by, false
	}
	if !acc.MayConfigure {
		refuse(w, http.StatusForbidden, r.roleFault(acc))
		return nil, o, by, false
	}
	if !read(w, q, &o) {
		return nil, o, by, false
	}
	r.mu.Lock()
	a = r.agents[q.PathValue("id")]
	r.mu.Unlock()
	if a == nil || !a.knows(o.Secret) {
		refuse(w, http.StatusNotFound, problem(envelope.NoSuchAgent, "no such agent, or its secret was rolled"))
		return nil, o, by, false
	}
	return a, o, by, true
}

// onboard enables writeback: licence, key, a new secret (R-AAC-12, R-AAC-13).
func (r *Relay) onboard(w http.ResponseWriter, q *http.Request) {
	a, o, by, ok := r.admitted(w, q)
	if !ok {
		return
	}
	if !r.tenant.Premium() {
		refuse(w, http.StatusForbidden, problem(envelope.NotLicensed, "nobody in the tenant holds a licence that includes password writeback"))
		return
	}
	key, err := envelope.ParsePublicKey(o.PublicKey)
	if err != nil {
		refuse(w, http.StatusBadRequest, problem(envelope.BadRequest, err.Error()))
		return
	}
	r.reconfigure(w, a, o, by, key)
}

// offboard disables writeback. The agent stays, for sign-in and sync.
func (r *Relay) offboard(w http.ResponseWriter, q *http.Request) {
	a, o, by, ok := r.admitted(w, q)
	if !ok {
		return
	}
	r.reconfigure(w, a, o, by, nil)
}

// reconfigure closes the listener, which has the old secret, and answers with
// the new one. Writeback is on with a key and off without.
func (r *Relay) reconfigure(w http.ResponseWriter, a *agent, o envelope.Onboarding, by entra.Party, key *rsa.PublicKey) {
	on := key != nil
	secret := a.roll()
	a.drop() // before the key, or an operation for the new one might reach who has the old one
	if on {
		a.setKey(key)
	}
	a.configure(on)
	r.mu.Lock()
	r.current = a
	r.mu.Unlock()
	activity := entra.ActivityDisableWB
	if on {
		activity = entra.ActivityEnableWB
	}
	r.tenant.Record(entra.AuditEntry{
		Service: entra.SSPRService, Category: "DirectoryManagement", Activity: activity, Success: true, Actor: by,
		Target:  entra.Party{ID: r.tenant.ID, Name: r.tenant.Organisation(), Type: "Directory"},
		Details: []entra.Detail{{Key: "AgentVersion", Value: o.Version}},
	})
	r.tenant.Log().Info("writeback configured", "agent", a.id, "enabled", on)
	answer(w, envelope.Credentials{Agent: a.id, Secret: secret, Tenant: r.tenant.ID})
}

// Agent returns the id of the agent whose credentials a request shows; other
// surfaces that agents talk to ask it.
func (r *Relay) Agent(q *http.Request) (id string, err error) {
	a, err := r.agentOf(q)
	if err != nil {
		return "", err
	}
	return a.id, nil
}

// SyncCaller reports whether a request shows the token of somebody who may
// synchronise: the synchronisation account, or who may configure Connect.
func (r *Relay) SyncCaller(q *http.Request) bool {
	acc, _, fault := r.accountOf(q)
	return fault == nil && (acc.MayConfigure || slices.Contains(acc.Roles, SyncAccount))
}

// Synchronised notes that the agent finished a cycle at the lab's present time.
func (r *Relay) Synchronised(id string) {
	r.mu.Lock()
	a := r.agents[id]
	r.mu.Unlock()
	if a == nil {
		return
	}
	now := r.tenant.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lastSync = now
}
