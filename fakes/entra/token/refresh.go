package token

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// refreshLifetime is how long a refresh token lives unused.
const refreshLifetime = 90 * 24 * time.Hour

// session is what a refresh token remembers. It travels sealed inside the
// token, so the service keeps nothing.
type session struct {
	User    string    // id
	App     string    // client id
	Scope   string    // as first asked for
	Since   time.Time // of the sign-in: what a new password ends (R-RST-58)
	Issued  time.Time
	MFA     bool
	Expires time.Time
}

// refreshPrefix begins the product's refresh tokens too.
const refreshPrefix = "1."

func (s *Service) sealSession(x session) (string, error) {
	plain, err := json.Marshal(x)
	if err != nil {
		return "", fmt.Errorf("write a refresh token: %w", err)
	}
	nonce := make([]byte, s.seal.NonceSize())
	rand.Read(nonce) // never fails
	return refreshPrefix + base64.RawURLEncoding.EncodeToString(s.seal.Seal(nonce, nonce, plain, nil)), nil
}

var errForeign = errors.New("not a refresh token of this tenant")

func (s *Service) openSession(token string) (x session, err error) {
	if len(token) < len(refreshPrefix) || token[:len(refreshPrefix)] != refreshPrefix {
		return x, errForeign
	}
	sealed, err := base64.RawURLEncoding.DecodeString(token[len(refreshPrefix):])
	if err != nil || len(sealed) < s.seal.NonceSize() {
		return x, errForeign
	}
	n := s.seal.NonceSize()
	plain, err := s.seal.Open(nil, sealed[:n], sealed[n:], nil)
	if err != nil {
		return x, errForeign
	}
	if err := json.Unmarshal(plain, &x); err != nil {
		return x, fmt.Errorf("read a refresh token: %w", err)
	}
	return x, nil
}
