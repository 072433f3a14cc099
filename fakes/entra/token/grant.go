package token

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// maxForm is the largest body of a token request, in bytes.
const maxForm = 64 << 10

// call is a token request on its way.
type call struct {
	*http.Request
	form      url.Values
	authority authority
	app       App
	legacy    bool // the v1 endpoint
}

func (s *Service) token(w http.ResponseWriter, r *http.Request, tenant string) {
	s.serve(w, r, tenant, false)
}

func (s *Service) legacyToken(w http.ResponseWriter, r *http.Request, tenant string) {
	s.serve(w, r, tenant, true)
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request, tenant string, legacy bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, faultOf(90014, "The request body cannot be read as a form: "+err.Error()))
		return
	}
	c := call{Request: r, form: r.PostForm, legacy: legacy}
	kind := c.form.Get("grant_type")
	if unmodelledGrants[kind] || c.form.Has("client_assertion") {
		s.unmodelled(w, r, "grant_type "+kind+" with these credentials")
		return
	}
	var f *fault
	if c.authority, f = s.authority(tenant); f == nil {
		f = s.identify(&c)
	}
	if f != nil {
		s.refuse(w, r, f)
		return
	}
	issue, f := s.grant(&c, kind)
	if f != nil {
		s.refuse(w, r, f)
		return
	}
	s.respond(w, c, issue)
}

// unmodelledGrants are grants of the product that this service does not know.
var unmodelledGrants = map[string]bool{
	"device_code": true, "urn:ietf:params:oauth:grant-type:device_code": true,
	"urn:ietf:params:oauth:grant-type:jwt-bearer": true, "urn:ietf:params:oauth:grant-type:saml1_1-bearer": true,
	"urn:ietf:params:oauth:grant-type:saml2-bearer": true,
}

func (s *Service) grant(c *call, kind string) (issue, *fault) {
	switch kind {
	case "client_credentials":
		return s.clientCredentials(c)
	case "password":
		return s.password(c)
	case "refresh_token":
		return s.refresh(c)
	case "authorization_code":
		return s.code(c)
	case "":
		return issue{}, missing("grant_type")
	}
	return issue{}, faultOf(70003, "The app requested an unsupported grant type '"+kind+"'.")
}

// identify finds the application and checks its secret, which comes in the
// form or by HTTP Basic, both halves URL-encoded (RFC 6749, 2.3.1).
func (s *Service) identify(c *call) *fault {
	id, secret := c.form.Get("client_id"), c.form.Get("client_secret")
	if user, password, ok := c.BasicAuth(); ok {
		id, secret = unescape(user), unescape(password)
	}
	if id == "" {
		return missing("client_id")
	}
	app, known := s.app(id)
	switch {
	case !known && !isGUID(id):
		return faultOf(700038, id+" is not a valid application identifier.")
	case !known:
		return faultOf(700016, "Application with identifier '"+id+"' was not found in the directory '"+s.tenant.Organisation()+
			"'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. "+
			"You may have sent your authentication request to the wrong tenant.")
	case app.public() && secret != "":
		return faultOf(700025, "")
	case !app.public() && secret == "":
		return faultOf(7000218, "")
	case !app.proves(secret):
		return faultOf(7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "+
			"not the client secret ID, for a secret added to app '"+app.ID+"'.")
	}
	c.app = app
	return nil
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range strings.ToLower(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdef", c) {
			return false
		}
	}
	return true
}

// asked reads what the client wants: the scope, or on the v1 endpoint the
// resource.
func (s *Service) asked(c *call, fallback string) (string, request, *fault) {
	scope := c.form.Get("scope")
	if resource := c.form.Get("resource"); c.legacy && resource != "" {
		scope = strings.TrimSpace("openid offline_access " + strings.TrimRight(resource, "/") + "/" + defaultScope)
	}
	if scope == "" {
		scope = fallback
	}
	if scope == "" {
		return "", request{}, missing("scope")
	}
	q, f := s.parse(scope)
	return scope, q, f
}

func (s *Service) clientCredentials(c *call) (issue, *fault) {
	if c.authority != ownTenant {
		return issue{}, faultOf(50059, "")
	}
	if c.app.public() {
		return issue{}, faultOf(7000218, "")
	}
	scope, q, f := s.asked(c, "")
	if f != nil {
		return issue{}, f
	}
	if len(q.scopes) != 1 || q.scopes[0] != defaultScope || q.name == "" {
		return issue{}, faultOf(70011, "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope "+
			scope+" is not valid: client credential flows need the resource identifier with /.default.")
	}
	return issue{app: c.app, request: request{resource: q.resource, name: q.name, scopes: q.scopes}}, nil
}

// password is the resource owner's password grant. It knows no interrupts and
// no second factor.
func (s *Service) password(c *call) (issue, *fault) {
	if c.authority == common {
		return issue{}, faultOf(9001023, "")
	}
	for _, field := range []string{"username", "password"} {
		if c.form.Get(field) == "" {
			return issue{}, missing(field)
		}
	}
	scope, q, f := s.asked(c, "")
	if f != nil {
		return issue{}, f
	}
	u, verdict := s.tenant.Authenticate(c.Context(), c.form.Get("username"), c.form.Get("password"))
	if verdict != entra.SignedIn {
		return issue{}, signInFault(verdict)
	}
	return s.forUser(c, u, scope, q, issue{since: s.tenant.Now()})
}

// forUser completes an issue for a user with what the application may do.
func (s *Service) forUser(c *call, u entra.User, scope string, q request, i issue) (issue, *fault) {
	granted, f := q.grantable(c.app)
	if f != nil {
		return issue{}, f
	}
	i.app, i.user, i.request, i.scope, i.granted = c.app, &u, q, scope, granted
	return i, nil
}

// refresh trades a refresh token for new tokens, unless the session it stands
// for has ended: by a new password (R-RST-58), by age or with the account.
func (s *Service) refresh(c *call) (issue, *fault) {
	if c.form.Get("refresh_token") == "" {
		return issue{}, missing("refresh_token")
	}
	x, err := s.openSession(c.form.Get("refresh_token"))
	if err != nil || !strings.EqualFold(x.App, c.app.ID) {
		return issue{}, faultOf(70000, "")
	}
	u, ok := s.tenant.User(x.User)
	switch {
	case !ok:
		return issue{}, faultOf(50034, "")
	case !u.Enabled:
		return issue{}, faultOf(50057, "")
	case x.Since.Before(u.SessionsValidFrom):
		return issue{}, revoked(x.Since, u.SessionsValidFrom)
	case !s.tenant.Now().Before(x.Expires):
		return issue{}, faultOf(700082, "")
	}
	scope, q, f := s.asked(c, x.Scope)
	if f != nil {
		return issue{}, f
	}
	q.oidc = append(q.oidc, "offline_access") // a refresh always brings the next one
	return s.forUser(c, u, scope, q, issue{since: x.Since, mfa: x.MFA})
}

func revoked(since, validFrom time.Time) *fault {
	const form = "2006-01-02T15:04:05.0000000Z"
	return faultOf(50173, "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. "+
		"The grant was issued on '"+since.Format(form)+"' and the TokensValidFrom date (before which tokens are not valid) for this user is '"+validFrom.Format(form)+"'.")
}

// code redeems an authorization code that the sign-in pages issued.
func (s *Service) code(c *call) (issue, *fault) {
	for _, field := range []string{"code", "redirect_uri"} {
		if c.form.Get(field) == "" {
			return issue{}, missing(field)
		}
	}
	code := c.form.Get("code")
	g, ok := s.tenant.Redeem(code, c.app.ID, c.form.Get("redirect_uri"))
	if again := s.note(code, ok); again {
		return issue{}, faultOf(54005, "")
	}
	if !ok {
		return issue{}, faultOf(70008, "")
	}
	u, ok := s.tenant.User(g.User)
	switch {
	case !ok:
		return issue{}, faultOf(50034, "")
	case !u.Enabled:
		return issue{}, faultOf(50057, "")
	case g.At.Before(u.SessionsValidFrom):
		return issue{}, faultOf(50133, "")
	}
	scope, q, f := s.asked(c, "openid profile")
	if f != nil {
		return issue{}, f
	}
	return s.forUser(c, u, scope, q, issue{since: g.At, mfa: g.MFA, nonce: g.Nonce})
}

// codeMemory is how long a used code is remembered: longer than it lives.
const codeMemory = 15 * time.Minute

// note remembers a code that was just redeemed and reports whether it had been
// before.
func (s *Service) note(code string, redeemed bool) (again bool) {
	now := s.tenant.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for old, at := range s.redeemed {
		if now.Sub(at) > codeMemory {
			delete(s.redeemed, old)
		}
	}
	if redeemed {
		s.redeemed[code] = now
		return false
	}
	_, again = s.redeemed[code]
	return again
}
