package token

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// accessLifetime is how long an access token lives, as clients are told it.
const accessLifetime = 3599 * time.Second

// issue is a grant that was accepted: who gets tokens for what.
type issue struct {
	app     App
	user    *entra.User // nil: the application itself
	request request
	scope   string   // as the client put it
	granted []string // delegated permissions
	since   time.Time
	mfa     bool
	nonce   string
}

// tokens is the answer of the v2 endpoint.
type tokens struct {
	Type       string `json:"token_type"`
	Scope      string `json:"scope,omitempty"`
	Expires    int64  `json:"expires_in"`
	ExtExpires int64  `json:"ext_expires_in"`
	Access     string `json:"access_token"`
	ID         string `json:"id_token,omitempty"`
	Refresh    string `json:"refresh_token,omitempty"`
	ClientInfo string `json:"client_info,omitempty"`
}

// legacyTokens is the answer of the v1 endpoint, whose numbers are strings.
type legacyTokens struct {
	Type       string `json:"token_type"`
	Scope      string `json:"scope,omitempty"`
	Expires    string `json:"expires_in"`
	ExtExpires string `json:"ext_expires_in"`
	ExpiresOn  string `json:"expires_on"`
	NotBefore  string `json:"not_before"`
	Resource   string `json:"resource"`
	Access     string `json:"access_token"`
	ID         string `json:"id_token,omitempty"`
	Refresh    string `json:"refresh_token,omitempty"`
}

func (s *Service) respond(w http.ResponseWriter, c call, i issue) {
	key, err := s.keys.get()
	if err != nil {
		s.broken(w, err)
		return
	}
	now := s.tenant.Now()
	t, err := s.make(key, c, i, now)
	if err != nil {
		s.broken(w, err)
		return
	}
	if !c.legacy {
		answer(s, w, http.StatusOK, s.trace(), t)
		return
	}
	seconds := func(n int64) string { return strconv.FormatInt(n, 10) }
	answer(s, w, http.StatusOK, s.trace(), legacyTokens{
		Type: t.Type, Scope: t.Scope, Expires: seconds(t.Expires), ExtExpires: seconds(t.ExtExpires), Access: t.Access, ID: t.ID, Refresh: t.Refresh,
		ExpiresOn: seconds(now.Unix() + t.Expires), NotBefore: seconds(now.Unix()), Resource: i.audience(),
	})
}

// make makes the tokens. An application that asks for itself gets nothing but
// the access token (graph-fidelity 3.2).
func (s *Service) make(key signingKey, c call, i issue, now time.Time) (t tokens, err error) {
	lifetime := int64(accessLifetime / time.Second)
	t = tokens{Type: "Bearer", Expires: lifetime, ExtExpires: lifetime}
	if t.Access, err = sign(key, s.access(i, now), key.id); err != nil || i.user == nil {
		return t, err
	}
	t.Scope = i.request.answer(i.granted)
	if i.request.asks("openid") {
		if t.ID, err = sign(key, s.identity(i, now, s.base(c.Request)), ""); err != nil {
			return t, err
		}
	}
	if i.request.asks("offline_access") {
		t.Refresh, err = s.sealSession(session{
			User: i.user.ID, App: i.app.ID, Scope: i.scope, Since: i.since, Issued: now, MFA: i.mfa, Expires: now.Add(refreshLifetime),
		})
	}
	if c.form.Get("client_info") == "1" {
		t.ClientInfo = clientInfo(i.user.ID, s.tenant.ID)
	}
	return t, err
}

// audience is the resource as the client called it.
func (i issue) audience() string {
	if i.request.name != "" {
		return i.request.name
	}
	return i.request.resource.id
}

func (s *Service) access(i issue, now time.Time) accessClaims {
	object := s.principal(i.app)
	if i.user != nil {
		object = i.user.ID
	}
	c := accessClaims{
		Audience: i.audience(), Issuer: legacyIssuer(s.tenant.ID), IssuedAt: now.Unix(), From: now.Unix(), Expires: now.Add(accessLifetime).Unix(),
		AppName: i.app.Name, App: i.app.ID, AppAuth: "1", Kind: "app", Object: object, Subject: object,
		Roles: i.app.Roles, Tenant: s.tenant.ID, Unique: s.unique(), Version: "1.0",
	}
	if i.app.public() {
		c.AppAuth = "0"
	}
	if i.user == nil {
		return c
	}
	u := i.user
	c.Kind, c.Roles, c.Scope, c.Context, c.Methods = "user", nil, strings.Join(i.granted, " "), "1", []string{"pwd"}
	if i.mfa {
		c.Methods = append(c.Methods, "mfa")
	}
	c.Name, c.GivenName, c.FamilyName, c.UPN, c.UniqueName = u.Name, u.GivenName, u.Surname, u.UPN, u.UPN
	c.Subject = pairwise(s.tenant.ID, i.request.resource.id, u.ID)
	for _, name := range u.Roles {
		if role, ok := entra.FindRole(name); ok {
			c.Templates = append(c.Templates, role.Template)
		}
	}
	if u.OnPremises != nil {
		c.OnPremSID = u.OnPremises.SID
	}
	return c
}

func (s *Service) identity(i issue, now time.Time, base string) idClaims {
	u := i.user
	c := idClaims{
		Audience: i.app.ID, Issuer: base + "/" + s.tenant.ID + "/v2.0", IssuedAt: now.Unix(), From: now.Unix(),
		Expires: now.Add(accessLifetime).Unix(), AuthTime: i.since.Unix(), Name: u.Name, Nonce: i.nonce, Object: u.ID,
		UserName: u.UPN, Subject: pairwise(s.tenant.ID, i.app.ID, u.ID), Tenant: s.tenant.ID, Unique: s.unique(), Version: "2.0",
	}
	if i.request.asks("email") {
		c.Email = u.Mail
	}
	return c
}

// pairwise is the subject of a user towards one application.
func pairwise(tenant, app, user string) string {
	sum := sha256.Sum256([]byte(tenant + "\x00" + app + "\x00" + user))
	return encode(sum[:])
}

// unique is the id of one token.
func (s *Service) unique() string {
	sum := sha256.Sum256([]byte(s.trace()))
	return encode(sum[:16])
}

// clientInfo is what clients of the product name their cache entries by.
func clientInfo(user, tenant string) string {
	b, err := json.Marshal(struct {
		User   string `json:"uid"`
		Tenant string `json:"utid"`
	}{user, tenant})
	if err != nil {
		panic(err) // two strings always encode
	}
	return base64.RawURLEncoding.EncodeToString(b)
}
