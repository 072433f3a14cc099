package token

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// Claims is who calls a resource and what the token lets them do.
type Claims struct {
	AppID   string // client id
	AppName string
	// Object is the id of the user, or of the application's service principal.
	Object string
	User   *entra.User // as the tenant has it now; nil for an application alone
	Roles  []string    // application permissions, without a user
	Scopes []string    // delegated permissions, with a user
	// Templates are the template ids of the user's directory roles.
	Templates []string
	Issued    time.Time
	Expires   time.Time
}

// AppOnly reports whether an application calls for itself.
func (c Claims) AppOnly() bool { return c.User == nil }

// Party returns the caller as a party of an audit entry.
func (c Claims) Party() entra.Party {
	if c.User != nil {
		return c.User.By()
	}
	return entra.Party{ID: c.Object, Name: c.AppName, Type: "App"}
}

// Rejection is the error of [Service.Verify]: why a token is not good. Its
// text is the product's.
type Rejection struct{ Text string }

// Error returns the text.
func (r *Rejection) Error() string { return r.Text }

// The rejections.
var (
	errEmpty    = &Rejection{"Access token is empty."}
	errCompact  = &Rejection{"CompactToken parsing failed with error code: 80049217"}
	errInvalid  = &Rejection{"Access token validation failure. Invalid signature."}
	errIssuer   = &Rejection{"Access token validation failure. Invalid issuer."}
	errAudience = &Rejection{"Access token validation failure. Invalid audience."}
	errExpired  = &Rejection{"Access token has expired or is not yet valid."}
	errUser     = &Rejection{"Access token validation failure. The user does not exist."}
)

// Verify checks the bearer token of a request to a resource: signature,
// issuer, audience ([GraphAudience], [PortalAudience]) and time on the lab's
// clock. An access token lives on until it expires, whatever became of the
// session. The error is a *[Rejection] when the token is at fault.
func (s *Service) Verify(r *http.Request, audience string) (Claims, error) {
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return Claims{}, errEmpty
	}
	key, err := s.keys.get()
	if err != nil {
		return Claims{}, err
	}
	c, err := key.open(token)
	switch {
	case errors.Is(err, errMalformed):
		return Claims{}, errCompact
	case err != nil:
		return Claims{}, errInvalid
	case c.Issuer != legacyIssuer(s.tenant.ID):
		return Claims{}, errIssuer
	}
	if resource, ok := s.resource(c.Audience); !ok || resource.id != audience {
		return Claims{}, errAudience
	}
	if now := s.tenant.Now().Unix(); now >= c.Expires || now < c.From {
		return Claims{}, errExpired
	}
	return s.claims(c)
}

func (s *Service) claims(c accessClaims) (Claims, error) {
	out := Claims{
		AppID: c.App, AppName: c.AppName, Object: c.Object, Roles: c.Roles, Scopes: strings.Fields(c.Scope), Templates: c.Templates,
		Issued: time.Unix(c.IssuedAt, 0).UTC(), Expires: time.Unix(c.Expires, 0).UTC(),
	}
	if c.Kind != "user" {
		return out, nil
	}
	u, ok := s.tenant.User(c.Object)
	if !ok {
		return Claims{}, errUser
	}
	out.User = &u
	return out, nil
}

// For returns [Service.Verify] for one audience, in the form that the resource
// surfaces take.
func (s *Service) For(audience string) func(*http.Request) (Claims, error) {
	return func(r *http.Request) (Claims, error) { return s.Verify(r, audience) }
}
