package token

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// configuration is the OpenID Connect discovery document (graph-fidelity 3.1).
type configuration struct {
	Token              string   `json:"token_endpoint"`
	TokenAuth          []string `json:"token_endpoint_auth_methods_supported"`
	Keys               string   `json:"jwks_uri"`
	ResponseModes      []string `json:"response_modes_supported"`
	SubjectTypes       []string `json:"subject_types_supported"`
	Algorithms         []string `json:"id_token_signing_alg_values_supported"`
	ResponseTypes      []string `json:"response_types_supported"`
	Scopes             []string `json:"scopes_supported"`
	Issuer             string   `json:"issuer"`
	RequestURI         bool     `json:"request_uri_parameter_supported"`
	UserInfo           string   `json:"userinfo_endpoint"`
	Authorization      string   `json:"authorization_endpoint"`
	DeviceCode         string   `json:"device_authorization_endpoint"`
	HTTPLogout         bool     `json:"http_logout_supported"`
	FrontChannelLogout bool     `json:"frontchannel_logout_supported"`
	EndSession         string   `json:"end_session_endpoint"`
	Claims             []string `json:"claims_supported"`
	Kerberos           string   `json:"kerberos_endpoint"`
	Region             string   `json:"tenant_region_scope,omitempty"`
	Instance           string   `json:"cloud_instance_name"`
	CloudGraph         string   `json:"cloud_graph_host_name"`
	Graph              string   `json:"msgraph_host"`
	RBAC               string   `json:"rbac_url"`
}

// cloudInstance is the name of the product's public cloud, which clients
// compare.
const cloudInstance = "microsoftonline.com"

// placeholder is what the product puts for the tenant where it cannot know it.
const placeholder = "{tenantid}"

func (s *Service) configuration(w http.ResponseWriter, r *http.Request, segment string) {
	s.discover(w, r, segment, "/oauth2/v2.0", "/discovery/v2.0/keys", func(base, tenant string) string { return base + "/" + tenant + "/v2.0" })
}

func (s *Service) legacyConfiguration(w http.ResponseWriter, r *http.Request, segment string) {
	s.discover(w, r, segment, "/oauth2", "/discovery/keys", func(_, tenant string) string { return legacyIssuer(tenant) })
}

// legacyIssuer issues the access tokens of the product's own resources.
func legacyIssuer(tenant string) string { return "https://sts.windows.net/" + tenant + "/" }

func (s *Service) discover(w http.ResponseWriter, r *http.Request, segment, oauth, keys string, issuer func(base, tenant string) string) {
	kind, f := s.authority(segment)
	if f != nil {
		s.refuse(w, r, f)
		return
	}
	tenant, region := s.tenant.ID, "NA"
	issued := tenant
	if kind != ownTenant {
		tenant, issued, region = strings.ToLower(segment), placeholder, ""
	}
	base := s.base(r)
	root := base + "/" + tenant
	graph := s.tenant.Hosts().URL(entra.GraphHost, "")
	answer(s, w, http.StatusOK, s.trace(), configuration{
		Token: root + oauth + "/token", TokenAuth: []string{"client_secret_post", "client_secret_basic"},
		Keys: root + keys, ResponseModes: []string{"query", "fragment", "form_post"}, SubjectTypes: []string{"pairwise"},
		Algorithms: []string{"RS256"}, ResponseTypes: []string{"code", "id_token", "code id_token", "id_token token"},
		Scopes: oidcScopes, Issuer: issuer(base, issued), UserInfo: graph + "/oidc/userinfo",
		Authorization: root + oauth + "/authorize", DeviceCode: root + oauth + "/devicecode", HTTPLogout: true, FrontChannelLogout: true,
		EndSession: root + oauth + "/logout", Kerberos: root + "/kerberos", Region: region, Instance: cloudInstance,
		Claims:     []string{"sub", "iss", "cloud_instance_name", "aud", "exp", "iat", "auth_time", "nonce", "preferred_username", "name", "tid", "ver", "email"},
		CloudGraph: "graph.windows.net", Graph: strings.TrimPrefix(graph, "https://"), RBAC: "https://pas.windows.net",
	})
}

// keySet is the published key set.
type keySet struct {
	Keys []webKey `json:"keys"`
}

func (s *Service) keySet(w http.ResponseWriter, r *http.Request, segment string) {
	s.publish(w, r, segment, s.base(r)+"/"+s.tenant.ID+"/v2.0")
}

func (s *Service) legacyKeySet(w http.ResponseWriter, r *http.Request, segment string) {
	s.publish(w, r, segment, "")
}

func (s *Service) publish(w http.ResponseWriter, r *http.Request, segment, issuer string) {
	if _, f := s.authority(segment); f != nil {
		s.refuse(w, r, f)
		return
	}
	key, err := s.keys.get()
	if err != nil {
		s.broken(w, err)
		return
	}
	answer(s, w, http.StatusOK, s.trace(), keySet{[]webKey{key.public(issuer)}})
}

func (s *Service) broken(w http.ResponseWriter, err error) {
	s.tenant.Log().Error("token service", "error", err)
	http.Error(w, err.Error(), http.StatusInternalServerError)
}

// realm says how an account signs in, in the form of api-version 1.0.
type realm struct {
	Version  string `json:"ver"`
	Type     string `json:"account_type"` // Managed or Unknown
	Domain   string `json:"domain_name"`
	Instance string `json:"cloud_instance_name"`
	Audience string `json:"cloud_audience_urn"`
}

// realmV2 is the same in the form of api-version 2.0.
type realmV2 struct {
	Type      string `json:"NameSpaceType"`
	Login     string `json:"Login"`
	Domain    string `json:"DomainName,omitempty"`
	Brand     string `json:"FederationBrandName,omitempty"`
	Instance  string `json:"CloudInstanceName"`
	Authority string `json:"cloud_instance_issuer_uri"`
}

// realm answers for a user name whether its domain is managed here. It says
// nothing of whether the user exists.
func (s *Service) realm(w http.ResponseWriter, r *http.Request, userName string) {
	_, domain, _ := strings.Cut(userName, "@")
	kind, brand := "Unknown", ""
	if s.verified(domain) {
		kind, brand = "Managed", s.tenant.Organisation()
	}
	const audience = "urn:federation:MicrosoftOnline"
	if r.URL.Query().Get("api-version") == "2.0" {
		answer(s, w, http.StatusOK, s.trace(), realmV2{kind, userName, domain, brand, cloudInstance, audience})
		return
	}
	answer(s, w, http.StatusOK, s.trace(), realm{"1.0", kind, domain, cloudInstance, audience})
}

// instances says which hosts are one and the same cloud.
type instances struct {
	Discovery string     `json:"tenant_discovery_endpoint"`
	Version   string     `json:"api-version"`
	Metadata  []instance `json:"metadata"`
}

type instance struct {
	Network string   `json:"preferred_network"`
	Cache   string   `json:"preferred_cache"`
	Aliases []string `json:"aliases"`
}

func (s *Service) instance(w http.ResponseWriter, r *http.Request, _ string) {
	asked, err := url.Parse(r.URL.Query().Get("authorization_endpoint"))
	own, _ := url.Parse(s.tenant.Hosts().URL(entra.LoginHost, ""))
	if err != nil || asked.Scheme != "https" || asked.Host != own.Host && !slices.Contains(knownHosts, asked.Host) {
		s.refuse(w, r, faultOf(50049, ""))
		return
	}
	tenant, _, _ := strings.Cut(strings.TrimPrefix(asked.Path, "/"), "/")
	answer(s, w, http.StatusOK, s.trace(), instances{
		Discovery: "https://" + asked.Host + "/" + tenant + "/v2.0/.well-known/openid-configuration", Version: "1.1",
		Metadata: []instance{
			{own.Host, own.Host, []string{own.Host}},
			{knownHosts[0], knownHosts[1], knownHosts},
		},
	})
}
