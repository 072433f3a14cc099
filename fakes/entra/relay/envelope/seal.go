package envelope

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// KeyBits is the size of an agent's key (R-WB-06).
const KeyBits = 2048

// ErrSealed says that a package cannot be opened: it is for another key, or
// was changed on the way (32004, R-WB-65).
var ErrSealed = errors.New("the package cannot be decrypted with this agent's key")

// parcel is an operation inside its package. The names are short because a
// message is to stay under 1 KB.
type parcel struct {
	Kind         entra.Kind `json:"k"`
	TrackingID   string     `json:"t"`
	CloudAnchor  string     `json:"c,omitempty"`
	SourceAnchor string     `json:"s,omitempty"`
	UPN          string     `json:"u,omitempty"`
	Password     string     `json:"p,omitempty"`
	OldPassword  string     `json:"o,omitempty"`
	MustChange   bool       `json:"m,omitempty"`
}

// Seal packs op for the agent whose public key is given.
func Seal(key *rsa.PublicKey, agent string, id uint64, expires time.Time, op entra.Operation) (Message, error) {
	m := Message{Type: Operate, ID: id, Expires: expires}
	plain, err := json.Marshal(parcel(op))
	if err != nil {
		return Message{}, fmt.Errorf("seal operation %s: %w", op.TrackingID, err)
	}
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	box, err := newBox(secret)
	if err != nil {
		return Message{}, fmt.Errorf("seal operation %s: %w", op.TrackingID, err)
	}
	m.Package = box.Seal(nil, nil, plain, m.bound(agent))
	if m.Key, err = rsa.EncryptOAEP(sha256.New(), rand.Reader, key, secret, nil); err != nil {
		return Message{}, fmt.Errorf("seal operation %s: %w", op.TrackingID, err)
	}
	return m, nil
}

// Open unpacks the operation of m. The error is [ErrSealed] when the key does
// not fit or anything was changed.
func (m Message) Open(key *rsa.PrivateKey, agent string) (entra.Operation, error) {
	secret, err := rsa.DecryptOAEP(sha256.New(), nil, key, m.Key, nil)
	if err != nil {
		return entra.Operation{}, ErrSealed
	}
	box, err := newBox(secret)
	if err != nil {
		return entra.Operation{}, ErrSealed
	}
	plain, err := box.Open(nil, nil, m.Package, m.bound(agent))
	if err != nil {
		return entra.Operation{}, ErrSealed
	}
	var p parcel
	if err := json.Unmarshal(plain, &p); err != nil {
		return entra.Operation{}, ErrSealed // its text might quote a password
	}
	return entra.Operation(p), nil
}

// newBox returns AES-256-GCM that draws its own nonces.
func newBox(secret []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// bound is what is not secret but must not be changed either.
func (m Message) bound(agent string) []byte {
	b := append([]byte(agent), '/')
	b = strconv.AppendUint(b, m.ID, 10)
	return strconv.AppendInt(append(b, '/'), m.Expires.UnixNano(), 10)
}

// PublicKey returns the form in which an agent posts its key: PKIX, DER.
func PublicKey(key *rsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("write the agent's public key: %w", err)
	}
	return der, nil
}

// ParsePublicKey reads the form of [PublicKey] and refuses every key but an
// RSA one of [KeyBits].
func ParsePublicKey(der []byte) (*rsa.PublicKey, error) {
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("read the agent's public key: %w", err)
	}
	pub, ok := key.(*rsa.PublicKey)
	if !ok || pub.N.BitLen() != KeyBits {
		return nil, fmt.Errorf("read the agent's public key: expected RSA of %d bits", KeyBits)
	}
	return pub, nil
}
