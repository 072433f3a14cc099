package entra

import "time"

// Grant is a finished sign-in on its way to an application: the login surface
// issues it, the application redeems it once for who it is.
type Grant struct {
	User        string // id
	Client      string // application
	RedirectURI string
	Nonce       string
	At          time.Time // of the sign-in
	MFA         bool
	expires     time.Time
}

// grantLifetime is how long a code may travel.
const grantLifetime = 10 * time.Minute

// Issue stores g and returns the one-time code for it.
func (t *Tenant) Issue(g Grant) (code string) {
	g.expires = t.Now().Add(grantLifetime)
	code = t.ids.Token(24)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.grants[code] = g
	return code
}

// Redeem returns the grant of a code, once, to the application and address it
// was issued for.
func (t *Tenant) Redeem(code, client, redirectURI string) (Grant, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g, ok := t.grants[code]
	delete(t.grants, code)
	ok = ok && g.Client == client && g.RedirectURI == redirectURI && t.config.Clock.Now().Before(g.expires)
	return g, ok
}
