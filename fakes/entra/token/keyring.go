package token

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" // the thumbprint of a certificate is SHA-1 by RFC 7517
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"sync"
	"time"
)

// keyBits is the size of the product's signing keys.
const keyBits = 2048

// KeyRing holds the key that signs tokens. The zero value is ready: the key is
// made once, by whoever needs it first or by [KeyRing.Prepare]. One ring
// serves every tenant of a process, as the product's keys do not depend on the
// tenant. A KeyRing must not be copied after first use.
type KeyRing struct {
	once    sync.Once
	working sync.WaitGroup
	key     signingKey
	err     error
}

// signingKey is a key with the certificate that names it. The certificate is
// real because clients refuse a whole key set over a thumbprint that is not.
type signingKey struct {
	id      string // kid and x5t: base64url of the certificate's SHA-1
	private *rsa.PrivateKey
	der     []byte
}

// Prepare makes the key in the background, so that the first token need not
// wait for it. [KeyRing.Close] waits for the work to end.
func (k *KeyRing) Prepare() { k.working.Go(func() { k.get() }) }

// Close waits for what Prepare started.
func (k *KeyRing) Close() { k.working.Wait() }

func (k *KeyRing) get() (signingKey, error) {
	k.once.Do(func() { k.key, k.err = newSigningKey() })
	return k.key, k.err
}

func newSigningKey() (signingKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return signingKey{}, fmt.Errorf("make the token signing key: %w", err)
	}
	// The dates are fixed: nobody checks them, and the key dies with the process.
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "ssprlab token signing"},
		NotBefore:    time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2049, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return signingKey{}, fmt.Errorf("certify the token signing key: %w", err)
	}
	thumbprint := sha1.Sum(der)
	return signingKey{id: base64.RawURLEncoding.EncodeToString(thumbprint[:]), private: private, der: der}, nil
}

func (k signingKey) sign(text string) ([]byte, error) {
	sum := sha256.Sum256([]byte(text))
	return rsa.SignPKCS1v15(rand.Reader, k.private, crypto.SHA256, sum[:])
}

func (k signingKey) signed(text string, signature []byte) bool {
	sum := sha256.Sum256([]byte(text))
	return rsa.VerifyPKCS1v15(&k.private.PublicKey, crypto.SHA256, sum[:], signature) == nil
}

// webKey is one key of the published set.
type webKey struct {
	Type       string   `json:"kty"`
	Use        string   `json:"use"`
	ID         string   `json:"kid"`
	Thumbprint string   `json:"x5t"`
	Modulus    string   `json:"n"`
	Exponent   string   `json:"e"`
	Chain      []string `json:"x5c"`
	Issuer     string   `json:"issuer,omitempty"` // v2 only
}

func (k signingKey) public(issuer string) webKey {
	public := k.private.PublicKey
	return webKey{
		Type: "RSA", Use: "sig", ID: k.id, Thumbprint: k.id, Issuer: issuer,
		Modulus:  base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		Exponent: base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
		Chain:    []string{base64.StdEncoding.EncodeToString(k.der)},
	}
}
