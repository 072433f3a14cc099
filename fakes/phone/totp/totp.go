// Package totp is the code of an authenticator app: RFC 6238 with SHA-1, six
// digits and steps of 30 seconds, as the product uses it (R-REG-46), and the
// addresses that carry its keys.
//
// Not modelled, and refused: other hashes, lengths and steps, and counter-based
// codes (HOTP).
package totp

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

const (
	// Step is how long one code is shown.
	Step = 30 * time.Second
	// Digits is how long a code is.
	Digits = 6
	// KeyBytes is the length of the product's keys: 16 characters of base32.
	// Shorter ones are refused.
	KeyBytes = 10
)

// modulus cuts a number down to [Digits] digits.
const modulus = 1_000_000

// Code returns the code of secret at t.
func Code(secret []byte, t time.Time) string { return code(secret, counter(t)) }

// Left returns how long the code of t is still shown.
func Left(t time.Time) time.Duration {
	return Step - time.Duration(t.UnixNano()-counter(t)*int64(Step))
}

// Verify reports whether typed is the code of secret at t, or up to skew steps
// before or after, and of which step it is: a caller who remembers the step of
// the last code it took can refuse the same code twice. Blanks in typed do not
// count.
func Verify(secret []byte, typed string, t time.Time, skew int) (step int64, ok bool) {
	typed = strings.Join(strings.Fields(typed), "")
	now := counter(t)
	for distance := range int64(skew) + 1 {
		for _, c := range []int64{now - distance, now + distance} {
			if subtle.ConstantTimeCompare([]byte(code(secret, c)), []byte(typed)) == 1 {
				return c, true
			}
		}
	}
	return 0, false
}

func counter(t time.Time) int64 {
	seconds := t.Unix()
	c := seconds / int64(Step/time.Second)
	if seconds%int64(Step/time.Second) < 0 { // before 1970: down, not towards zero
		c--
	}
	return c
}

// code is RFC 4226: four bytes of the hash, from where its last four bits say.
func code(secret []byte, counter int64) string {
	hash := hmac.New(sha1.New, secret)
	binary.Write(hash, binary.BigEndian, counter)
	sum := hash.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	number := binary.BigEndian.Uint32(sum[at:]) & 0x7fff_ffff
	return fmt.Sprintf("%0*d", Digits, number%modulus)
}

// EncodeKey returns secret as people type it: lower-case base32 without
// padding, as the product shows it.
func EncodeKey(secret []byte) string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret))
}

// DecodeKey reads a key as people type it: letter case, blanks, dashes and
// padding do not count.
func DecodeKey(key string) ([]byte, error) {
	clean := strings.NewReplacer(" ", "", "-", "", "\t", "", "\n", "", "\r", "").Replace(strings.ToUpper(key))
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(clean, "="))
	if err != nil {
		// The library's error names the offset only, never the key.
		return nil, fmt.Errorf("read key: a key has the letters A to Z and the digits 2 to 7: %w", err)
	}
	if len(secret) < KeyBytes {
		return nil, fmt.Errorf("read key: it has %d bytes, and needs at least %d (16 characters)", len(secret), KeyBytes)
	}
	return secret, nil
}

// Key is what the QR code of an authenticator app carries.
type Key struct {
	Prefix  string // before the account in the label; the product puts the tenant's name there
	Account string // whose key it is, mostly a user principal name
	Issuer  string // who gave it out; the product says "Microsoft", whatever the prefix
	Secret  []byte
}

// URI returns the key as an address, in the product's form:
// otpauth://totp/PREFIX%3AACCOUNT?secret=…&issuer=…. A colon separates the two
// halves of the label, so neither may hold one.
func (k Key) URI() string {
	label := escape(k.Account)
	if k.Prefix != "" {
		label = escape(k.Prefix) + "%3A" + label
	}
	uri := "otpauth://totp/" + label + "?secret=" + EncodeKey(k.Secret)
	if k.Issuer != "" {
		uri += "&issuer=" + escape(k.Issuer)
	}
	return uri
}

// escape is safe in a path and in a query; apps show a plus as a plus, so a
// blank is %20 in both.
func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// ParseURI reads an otpauth address. What this package does not compute is
// refused by name, never ignored. The error does not contain the key.
func ParseURI(uri string) (Key, error) {
	u, err := url.Parse(strings.TrimSpace(uri))
	if err != nil {
		return Key{}, fmt.Errorf("read otpauth address: it is not a well-formed address")
	}
	if u.Scheme != "otpauth" {
		return Key{}, fmt.Errorf("read otpauth address: its scheme is %q, not otpauth", u.Scheme)
	}
	if u.Host != "totp" {
		return Key{}, fmt.Errorf("read otpauth address: codes of type %q are not modelled, only totp", u.Host)
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Key{}, fmt.Errorf("read otpauth address: its parameters are not well formed")
	}
	for name, want := range map[string]string{"algorithm": "SHA1", "digits": "6", "period": "30"} {
		if got := query.Get(name); got != "" && !strings.EqualFold(strings.ReplaceAll(got, "-", ""), want) {
			return Key{}, fmt.Errorf("read otpauth address: %s=%s is not modelled, only %s", name, got, want)
		}
	}
	secret, err := DecodeKey(query.Get("secret"))
	if err != nil {
		return Key{}, fmt.Errorf("read otpauth address: %w", err)
	}
	key := Key{Issuer: query.Get("issuer"), Secret: secret}
	prefix, account, ok := strings.Cut(strings.TrimPrefix(u.Path, "/"), ":")
	if !ok {
		prefix, account = "", prefix
	}
	key.Prefix, key.Account = prefix, strings.TrimSpace(account)
	return key, nil
}
