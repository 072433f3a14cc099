package token

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// header is the first part of a JSON web token.
type header struct {
	Type       string `json:"typ"`
	Algorithm  string `json:"alg"`
	Thumbprint string `json:"x5t,omitempty"`
	Key        string `json:"kid"`
}

// idClaims are those of an id token (v2).
type idClaims struct {
	Audience string `json:"aud"`
	Issuer   string `json:"iss"`
	IssuedAt int64  `json:"iat"`
	From     int64  `json:"nbf"`
	Expires  int64  `json:"exp"`
	AuthTime int64  `json:"auth_time,omitempty"`
	Name     string `json:"name,omitempty"`
	Email    string `json:"email,omitempty"`
	Nonce    string `json:"nonce,omitempty"`
	Object   string `json:"oid"`
	UserName string `json:"preferred_username,omitempty"`
	Subject  string `json:"sub"`
	Tenant   string `json:"tid"`
	Unique   string `json:"uti"`
	Version  string `json:"ver"`
}

// accessClaims are those of an access token for a resource of the product
// itself, which is of version 1 whatever endpoint issued it.
type accessClaims struct {
	Audience   string   `json:"aud"`
	Issuer     string   `json:"iss"`
	IssuedAt   int64    `json:"iat"`
	From       int64    `json:"nbf"`
	Expires    int64    `json:"exp"`
	Context    string   `json:"acr,omitempty"`
	Methods    []string `json:"amr,omitempty"`
	AppName    string   `json:"app_displayname"`
	App        string   `json:"appid"`
	AppAuth    string   `json:"appidacr"` // "0" public, "1" by secret
	FamilyName string   `json:"family_name,omitempty"`
	GivenName  string   `json:"given_name,omitempty"`
	Kind       string   `json:"idtyp"` // "user" or "app"
	Name       string   `json:"name,omitempty"`
	Object     string   `json:"oid"`
	OnPremSID  string   `json:"onprem_sid,omitempty"`
	Roles      []string `json:"roles,omitempty"`
	Scope      string   `json:"scp,omitempty"`
	Subject    string   `json:"sub"`
	Tenant     string   `json:"tid"`
	UniqueName string   `json:"unique_name,omitempty"`
	UPN        string   `json:"upn,omitempty"`
	Unique     string   `json:"uti"`
	Version    string   `json:"ver"`
	Templates  []string `json:"wids,omitempty"` // of the user's directory roles
}

func encode(part []byte) string { return base64.RawURLEncoding.EncodeToString(part) }

// sign makes a token of claims. Only access tokens name the certificate.
func sign[C idClaims | accessClaims](k signingKey, claims C, thumbprint string) (string, error) {
	head, err := json.Marshal(header{"JWT", "RS256", thumbprint, k.id})
	if err != nil {
		return "", fmt.Errorf("write a token's header: %w", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("write a token's claims: %w", err)
	}
	text := encode(head) + "." + encode(body)
	signature, err := k.sign(text)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return text + "." + encode(signature), nil
}

var (
	errMalformed = errors.New("not a JSON web token")
	errSignature = errors.New("signed by another key")
)

// open checks the signature of an access token and returns its claims.
func (k signingKey) open(token string) (accessClaims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return accessClaims{}, errMalformed
	}
	var raw [3][]byte
	for i, p := range parts {
		b, err := base64.RawURLEncoding.DecodeString(p)
		if err != nil {
			return accessClaims{}, errMalformed
		}
		raw[i] = b
	}
	var h header
	if json.Unmarshal(raw[0], &h) != nil {
		return accessClaims{}, errMalformed
	}
	if h.Algorithm != "RS256" || h.Key != k.id || !k.signed(parts[0]+"."+parts[1], raw[2]) {
		return accessClaims{}, errSignature
	}
	var c accessClaims
	if json.Unmarshal(raw[1], &c) != nil {
		return accessClaims{}, errMalformed
	}
	return c, nil
}
