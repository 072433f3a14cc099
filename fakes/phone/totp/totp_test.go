package totp_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	reference "github.com/pquerna/otp/totp"

	"github.com/ssprlab/ssprlab/fakes/phone/totp"
	"github.com/ssprlab/ssprlab/lab/seed"
)

var rfcSecret = []byte("12345678901234567890")

// The vectors of RFC 6238, appendix B, for SHA-1, cut to six digits (R-REG-46).
func TestRFC6238(t *testing.T) {
	for seconds, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := totp.Code(rfcSecret, time.Unix(seconds, 0)); got != want {
			t.Errorf("at %d: %s, want %s", seconds, got, want)
		}
	}
}

// Another implementation computes the same codes.
func TestAgainstAnotherImplementation(t *testing.T) {
	random := seed.New(1).Stream("totp")
	at := time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC)
	for range 500 {
		secret := random.Bytes(totp.KeyBytes + random.IntN(20))
		at = at.Add(time.Duration(random.IntN(1e9)) * time.Microsecond)
		want, err := reference.GenerateCode(strings.ToUpper(totp.EncodeKey(secret)), at)
		if err != nil {
			t.Fatal(err)
		}
		if got := totp.Code(secret, at); got != want {
			t.Fatalf("at %s: %s, want %s", at, got, want)
		}
	}
}

func TestVerify(t *testing.T) {
	at := time.Unix(1111111111, 0)
	step := int64(1111111111 / 30)
	for _, test := range []struct {
		name  string
		typed string
		skew  int
		step  int64
		ok    bool
	}{
		{"now", totp.Code(rfcSecret, at), 0, step, true},
		{"typed with a blank", "050 471", 0, step, true},
		{"one step early", totp.Code(rfcSecret, at.Add(totp.Step)), 1, step + 1, true},
		{"one step late", totp.Code(rfcSecret, at.Add(-totp.Step)), 1, step - 1, true},
		{"late without skew", totp.Code(rfcSecret, at.Add(-totp.Step)), 0, 0, false},
		{"two steps late", totp.Code(rfcSecret, at.Add(-2*totp.Step)), 1, 0, false},
		{"wrong", "000000", 1, 0, false},
		{"empty", "", 1, 0, false},
		{"too short", "50471", 1, 0, false},
	} {
		if s, ok := totp.Verify(rfcSecret, test.typed, at, test.skew); s != test.step || ok != test.ok {
			t.Errorf("%s: step %d, %t, want %d, %t", test.name, s, ok, test.step, test.ok)
		}
	}
}

func TestLeft(t *testing.T) {
	for seconds, want := range map[int64]time.Duration{0: 30 * time.Second, 1: 29 * time.Second, 59: time.Second, 60: 30 * time.Second, -1: time.Second} {
		if got := totp.Left(time.Unix(seconds, 0)); got != want {
			t.Errorf("at %d: %s, want %s", seconds, got, want)
		}
	}
}

func TestKeys(t *testing.T) {
	secret := []byte("0123456789")
	key := totp.EncodeKey(secret)
	if len(key) != 16 || key != strings.ToLower(key) {
		t.Errorf("key %s, want 16 lower-case characters", key)
	}
	for _, typed := range []string{key, strings.ToUpper(key), key[:4] + " " + key[4:8] + "-" + key[8:] + "====\n"} {
		if got, err := totp.DecodeKey(typed); err != nil || !bytes.Equal(got, secret) {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "abcd", "0189018901890189", "äöüäöüäöüäöüäöüä"} {
		_, err := totp.DecodeKey(typed)
		if err == nil || (typed != "" && strings.Contains(err.Error(), typed)) {
			t.Errorf("%q: error %v", typed, err)
		}
	}
}

func TestURIHasTheProductsForm(t *testing.T) {
	key := totp.Key{Prefix: "Alder Ltd & Co", Account: "adele@alder.example.com", Issuer: "Microsoft", Secret: []byte("0123456789")}
	const want = "otpauth://totp/Alder%20Ltd%20%26%20Co%3Aadele%40alder.example.com?secret=gaytemzugu3doobz&issuer=Microsoft"
	if got := key.URI(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	back, err := totp.ParseURI(want)
	if err != nil || back.Prefix != key.Prefix || back.Account != key.Account || back.Issuer != key.Issuer || !bytes.Equal(back.Secret, key.Secret) {
		t.Errorf("%+v, %v", back, err)
	}
	theirs, err := otp.NewKeyFromURL(want)
	if err != nil || theirs.AccountName() != key.Account || !strings.EqualFold(theirs.Secret(), totp.EncodeKey(key.Secret)) {
		t.Errorf("another implementation reads %v, %v", theirs, err)
	}
}

func TestURIsOfOthers(t *testing.T) {
	const secret = "secret=JBSWY3DPEHPK3PXP"
	for uri, want := range map[string]totp.Key{
		"otpauth://totp/ACME%20Co:john@example.com?" + secret + "&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30": {Prefix: "ACME Co", Account: "john@example.com", Issuer: "ACME Co"},
		"otpauth://totp/john@example.com?" + secret + "&algorithm=sha-1":                                              {Account: "john@example.com"},
	} {
		key, err := totp.ParseURI(uri)
		key.Secret = nil
		if err != nil || key.Prefix != want.Prefix || key.Account != want.Account || key.Issuer != want.Issuer {
			t.Errorf("%s: %+v, %v", uri, key, err)
		}
	}
	for uri, want := range map[string]string{
		"https://example.com/":                        "scheme",
		"otpauth://hotp/x?" + secret:                  "hotp",
		"otpauth://totp/x?issuer=y":                   "key",
		"otpauth://totp/x?secret=1!":                  "key",
		"otpauth://totp/x?algorithm=SHA256&" + secret: "algorithm=SHA256",
		"otpauth://totp/x?digits=8&" + secret:         "digits=8",
		"otpauth://totp/x?period=60&" + secret:        "period=60",
		"otpauth://totp/%zz?" + secret:                "well-formed",
		"otpauth://totp/x?a=%zz&" + secret:            "well formed",
	} {
		if _, err := totp.ParseURI(uri); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "JBSWY3DP") {
			t.Errorf("%s: error %v, want one about %s", uri, err, want)
		}
	}
}

func FuzzParseURI(f *testing.F) {
	f.Add("otpauth://totp/Alder%3Aadele%40example.com?secret=gaytemzugu3doobz&issuer=Microsoft")
	f.Add("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=6")
	f.Add("otpauth://hotp/?secret=")
	f.Fuzz(func(t *testing.T, uri string) {
		key, err := totp.ParseURI(uri)
		if err != nil || strings.Contains(key.Prefix+key.Account, ":") {
			return
		}
		if back, err := totp.ParseURI(key.URI()); err != nil || !bytes.Equal(back.Secret, key.Secret) || back.Issuer != key.Issuer {
			t.Errorf("%q: %+v became %+v (%v)", uri, key, back, err)
		}
	})
}
