// Package cloud puts the surfaces of one tenant behind their host names, and
// the lab's control of the tenant on a port of its own.
//
// Adding a surface is adding its package, its host in package entra and a line
// in [New].
//
// Modelled: one tenant. Not modelled: other tenants and people who come from
// them.
package cloud

import (
	"net"
	"net/http"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/account"
	"github.com/ssprlab/ssprlab/fakes/entra/admin"
	"github.com/ssprlab/ssprlab/fakes/entra/captcha"
	"github.com/ssprlab/ssprlab/fakes/entra/graph"
	"github.com/ssprlab/ssprlab/fakes/entra/office"
	"github.com/ssprlab/ssprlab/fakes/entra/passwordreset"
	"github.com/ssprlab/ssprlab/fakes/entra/provisioning"
	"github.com/ssprlab/ssprlab/fakes/entra/relay"
	"github.com/ssprlab/ssprlab/fakes/entra/securityinfo"
	"github.com/ssprlab/ssprlab/fakes/entra/signin"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
)

// Config is what a cloud is made of beside the tenant's own configuration.
type Config struct {
	Tenant entra.Config
	Apps   []token.App    // registered for machines
	Keys   *token.KeyRing // signing keys; nil: a ring of its own
}

// Cloud is a tenant with its surfaces. It is an http.Handler for all hosts.
type Cloud struct {
	Tenant   *entra.Tenant
	captchas *captcha.Store
	security *securityinfo.Site
	hosts    map[string]http.Handler // by the first label of the host name
}

// New returns the cloud of a fresh tenant.
func New(c Config) *Cloud {
	t := entra.New(c.Tenant)
	tokens := token.New(t, token.Options{Apps: c.Apps, Keys: c.Keys})
	agents := relay.New(t, func(r *http.Request) (relay.Caller, error) {
		claims, err := tokens.Verify(r, token.GraphAudience)
		if err != nil || claims.User == nil {
			return relay.Caller{}, err
		}
		return relay.Caller{User: claims.User.ID}, nil
	})
	t.UseAgent(agents)
	cloud := &Cloud{Tenant: t, captchas: captcha.New(t.Clock(), c.Tenant.Seed), security: securityinfo.New(t)}
	portal := http.NewServeMux()
	portal.Handle("/api/", graph.PortalAPI(t, tokens.For(token.PortalAudience)))
	portal.Handle("/", admin.New(t))
	cloud.hosts = map[string]http.Handler{
		entra.LoginHost:        signin.New(t, tokens),
		entra.ResetHost:        passwordreset.New(t, cloud.captchas),
		entra.SecurityInfoHost: cloud.security,
		entra.AccountHost:      account.New(t),
		entra.PortalHost:       portal,
		entra.GraphHost:        graph.New(t, tokens.For(token.GraphAudience)),
		entra.OfficeHost:       office.New(t),
		entra.RelayHost:        agents,
		entra.ProvisionHost:    provisioning.New(t, agents),
	}
	return cloud
}

// Close ends what the tenant keeps open to other parts, when no request is
// served any more.
func (c *Cloud) Close() error { return c.Tenant.Close() }

// ServeHTTP sends a request to the surface of its host. A host that the cloud
// does not have is answered with 501.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	name, domain, _ := strings.Cut(strings.ToLower(host), ".")
	surface := c.hosts[name]
	if surface == nil || domain != c.Tenant.Hosts().Domain {
		c.Tenant.Unhandled(r)
		http.Error(w, "ssprlab has no surface at "+r.Host, http.StatusNotImplemented)
		return
	}
	surface.ServeHTTP(w, r)
}
