package token_test

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net/url"
	"strings"
	"testing"
)

// TestDiscovery: the documents lead from one to the other (graph-fidelity 3.1).
func TestDiscovery(t *testing.T) {
	l := start(t)
	base := "https://login.ssprlab.localhost:8443/"
	cases := []struct{ path, issuer, token string }{
		{l.tenant.ID + "/v2.0/.well-known/openid-configuration?", base + l.tenant.ID + "/v2.0", base + l.tenant.ID + "/oauth2/v2.0/token"},
		{"alder.example.com/v2.0/.well-known/openid-configuration", base + l.tenant.ID + "/v2.0", base + l.tenant.ID + "/oauth2/v2.0/token"},
		{"common/v2.0/.well-known/openid-configuration", base + "{tenantid}/v2.0", base + "common/oauth2/v2.0/token"},
		{"organizations/.well-known/openid-configuration", "https://sts.windows.net/{tenantid}/", base + "organizations/oauth2/token"},
		{l.tenant.ID + "/.well-known/openid-configuration", "https://sts.windows.net/" + l.tenant.ID + "/", base + l.tenant.ID + "/oauth2/token"},
	}
	for _, c := range cases {
		a := l.get("/" + c.path)
		if a.status != 200 || a.text("issuer") != c.issuer || a.text("token_endpoint") != c.token || a.text("authorization_endpoint") == "" {
			t.Errorf("%s: %d %v", c.path, a.status, a.body)
		}
	}
	if a := l.get("/beech.example.com/v2.0/.well-known/openid-configuration"); a.status != 400 || code(a) != 90002 {
		t.Errorf("unknown tenant: %d %v", a.status, a.body)
	}
}

// TestKeySet: key id and thumbprint are the certificate's, and the key opens
// the tokens; otherwise clients refuse the whole set (graph-fidelity 1).
func TestKeySet(t *testing.T) {
	l := start(t)
	a := l.get("/" + l.tenant.ID + "/discovery/v2.0/keys")
	key := a.body["keys"].([]any)[0].(map[string]any)
	der, err := base64.StdEncoding.DecodeString(key["x5c"].([]any)[0].(string))
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha1.Sum(der)
	if id := base64.RawURLEncoding.EncodeToString(sum[:]); key["kid"] != id || key["x5t"] != id {
		t.Errorf("kid %v, x5t %v, thumbprint %s", key["kid"], key["x5t"], id)
	}
	n, _ := base64.RawURLEncoding.DecodeString(key["n"].(string))
	if public := cert.PublicKey.(*rsa.PublicKey); public.N.Cmp(new(big.Int).SetBytes(n)) != 0 || public.N.BitLen() != 2048 {
		t.Error("the modulus is not the certificate's, or not of 2048 bits")
	}
	jwt := strings.Split(l.post(l.path(), byPassword()).text("id_token"), ".")
	signature, _ := base64.RawURLEncoding.DecodeString(jwt[2])
	if err := cert.CheckSignature(x509.SHA256WithRSA, []byte(jwt[0]+"."+jwt[1]), signature); err != nil {
		t.Errorf("the published key does not open an id token: %v", err)
	}
}

// TestRealmAndInstance: what clients ask before they send a password.
func TestRealmAndInstance(t *testing.T) {
	l := start(t)
	if a := l.get("/common/UserRealm/" + ada + "?api-version=1.0"); a.text("account_type") != "Managed" || a.text("cloud_audience_urn") == "" {
		t.Errorf("realm %v", a.body)
	}
	if a := l.get("/common/userrealm/x@beech.example.com?api-version=2.0"); a.text("NameSpaceType") != "Unknown" {
		t.Errorf("realm of a stranger %v", a.body)
	}
	own := "https://login.ssprlab.localhost:8443/" + l.tenant.ID + "/oauth2/v2.0/authorize"
	if a := l.get("/common/discovery/instance?api-version=1.1&authorization_endpoint=" + url.QueryEscape(own)); a.status != 200 ||
		a.text("tenant_discovery_endpoint") != "https://login.ssprlab.localhost:8443/"+l.tenant.ID+"/v2.0/.well-known/openid-configuration" {
		t.Errorf("instance %v", a.body)
	}
	if a := l.get("/common/discovery/instance?authorization_endpoint=https://evil.example.com/x"); a.status != 400 || code(a) != 50049 {
		t.Errorf("unknown authority %v", a.body)
	}
}
