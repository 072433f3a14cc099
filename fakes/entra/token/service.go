package token

import (
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// Options is what a [Service] is made of beside its tenant.
type Options struct {
	Apps []App
	Keys *KeyRing // default: a ring of its own
}

// Service is the token service of one tenant. It is safe for concurrent use.
type Service struct {
	tenant *entra.Tenant
	apps   []App
	keys   *KeyRing
	seal   cipher.AEAD // of refresh tokens
	count  atomic.Uint64

	mu       sync.Mutex
	redeemed map[string]time.Time // codes that were used, until they would have expired
}

// New returns the token service of a tenant. It makes no RSA key: see
// [KeyRing].
func New(tenant *entra.Tenant, o Options) *Service {
	return &Service{
		tenant: tenant, apps: slices.Clone(o.Apps), keys: cmp.Or(o.Keys, new(KeyRing)),
		seal: newSeal(), redeemed: map[string]time.Time{},
	}
}

// newSeal returns a cipher with a fresh key, AES-256 in Galois counter mode.
func newSeal() cipher.AEAD {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for key lengths that are not used here
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has the block size that the mode needs
	}
	return seal
}

// endpoint answers one request; tenant is the first segment of its path.
type endpoint func(w http.ResponseWriter, r *http.Request, tenant string)

// find returns the endpoint for a request, or nil. Double slashes are one, and
// case does not matter: a redirect would turn a POST into a GET.
func (s *Service) find(r *http.Request) (endpoint, string) {
	parts := strings.FieldsFunc(r.URL.Path, func(c rune) bool { return c == '/' })
	if len(parts) < 2 {
		return nil, ""
	}
	tenant, rest := parts[0], strings.ToLower(strings.Join(parts[1:], "/"))
	common := strings.EqualFold(tenant, "common")
	switch {
	case common && rest == "discovery/instance":
		return get(s.instance), tenant
	case common && len(parts) == 3 && strings.EqualFold(parts[1], "userrealm"):
		name := parts[2]
		return get(func(w http.ResponseWriter, r *http.Request, _ string) { s.realm(w, r, name) }), tenant
	}
	switch rest {
	case "v2.0/.well-known/openid-configuration":
		return get(s.configuration), tenant
	case ".well-known/openid-configuration":
		return get(s.legacyConfiguration), tenant
	case "discovery/v2.0/keys":
		return get(s.keySet), tenant
	case "discovery/keys":
		return get(s.legacyKeySet), tenant
	case "oauth2/v2.0/token":
		return post(s.token), tenant
	case "oauth2/token":
		return post(s.legacyToken), tenant
	}
	return nil, ""
}

func get(e endpoint) endpoint  { return only(e, http.MethodGet) }
func post(e endpoint) endpoint { return only(e, http.MethodPost) }

func only(e endpoint, method string) endpoint {
	return func(w http.ResponseWriter, r *http.Request, tenant string) {
		if r.Method != method {
			w.Header().Set("Allow", method)
			http.Error(w, method+" only", http.StatusMethodNotAllowed)
			return
		}
		e(w, r, tenant)
	}
}

// Match reports whether the request is for the token service, so that the
// login host can send everything else to its pages.
func (s *Service) Match(r *http.Request) bool {
	e, _ := s.find(r)
	return e != nil
}

// Handler returns the endpoints. What they do not know is answered with 501
// and noted in the tenant.
func (s *Service) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e, tenant := s.find(r)
		if e == nil {
			s.unmodelled(w, r, r.Method+" "+r.URL.Path)
			return
		}
		e(w, r, tenant)
	})
}

// unmodelled answers what the product knows and this service does not.
func (s *Service) unmodelled(w http.ResponseWriter, r *http.Request, what string) {
	s.tenant.Unhandled(r)
	answer(s, w, http.StatusNotImplemented, s.trace(), problem{
		Error: "not_modelled", Description: "The lab's token service does not know " + what + ".",
		Timestamp: s.tenant.Now().Format("2006-01-02 15:04:05Z"), Codes: []int{}, Correlation: s.correlation(r),
	})
}

// trace returns the id of a request. It is counted, not drawn: reading must
// not change the lab's chance.
func (s *Service) trace() string {
	return NameGUID(s.tenant.ID, "request", strconv.FormatUint(s.count.Add(1), 10))
}

// correlation is the id by which the client knows its request.
func (s *Service) correlation(r *http.Request) string {
	id := cmp.Or(r.Header.Get("Client-Request-Id"), r.URL.Query().Get("client-request-id"))
	if len(id) == 36 {
		return id
	}
	return s.trace()
}

// knownHosts are the product's own login hosts: a client that is pointed here
// by a proxy must find them again in the documents.
var knownHosts = []string{"login.microsoftonline.com", "login.windows.net"}

// base is the address of the login host as the client knows it.
func (s *Service) base(r *http.Request) string {
	if slices.Contains(knownHosts, strings.ToLower(r.Host)) {
		return "https://" + strings.ToLower(r.Host)
	}
	return s.tenant.Hosts().URL(entra.LoginHost, "")
}

// authority is what the first segment of a path stands for.
type authority uint8

const (
	ownTenant     authority = iota // the tenant, by id or verified domain
	organisations                  // any tenant
	common                         // any tenant, consumers too
)

func (s *Service) authority(segment string) (authority, *fault) {
	switch {
	case strings.EqualFold(segment, "organizations"):
		return organisations, nil
	case strings.EqualFold(segment, "common"):
		return common, nil
	case strings.EqualFold(segment, s.tenant.ID), s.verified(segment):
		return ownTenant, nil
	}
	return 0, faultOf(90002, "Tenant '"+segment+"' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. "+
		"Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.")
}

func (s *Service) verified(domain string) bool {
	return slices.ContainsFunc(s.tenant.Domains(), func(d string) bool { return strings.EqualFold(d, domain) })
}
