package envelope

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, KeyBits)
	if err != nil {
		panic(err)
	}
	return key
})

func ordinary() entra.Operation {
	return entra.Operation{
		Kind: entra.OpChange, TrackingID: "7d9fb9b2-5a14-4b5a-9d57-8f0f1c2d3e4f",
		CloudAnchor: "User_0f8fad5b-d9cb-469f-a165-70867728950e", SourceAnchor: "AAECAwQFBgcICQoLDA0ODw==",
		UPN: "adele.vance@alder.example.com", Password: "Sunny-Harbor-43", OldPassword: "Sunny-Harbor-42",
	}
}

var expiry = time.Date(2019, 11, 4, 8, 5, 0, 123456789, time.UTC)

func seal(t *testing.T, op entra.Operation) Message {
	t.Helper()
	m, err := Seal(&testKey().PublicKey, "agent-1", 7, expiry, op)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// R-WB-06, R-WB-07.
func TestAnOperationTravelsSealedAndSmall(t *testing.T) {
	op := ordinary()
	line, err := seal(t, op).Line()
	if err != nil {
		t.Fatal(err)
	}
	if len(line) > 1024 {
		t.Errorf("message of %d bytes, want at most 1024 (R-WB-07)", len(line))
	}
	for _, secret := range []string{op.Password, op.OldPassword, op.UPN, op.SourceAnchor} {
		if bytes.Contains(line, []byte(secret)) {
			t.Errorf("the line shows %s", secret)
		}
	}
	m, err := NewReader(bytes.NewReader(line)).Next()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Open(testKey(), "agent-1"); err != nil || got != op {
		t.Errorf("opened %+v, %v; want %+v", got, err, op)
	}
}

// R-WB-65: 32004 for a key that does not fit.
func TestAPackageOpensOnlyAsItWasSealed(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, KeyBits)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]func(m *Message) (*rsa.PrivateKey, string){
		"another key":    func(*Message) (*rsa.PrivateKey, string) { return other, "agent-1" },
		"another agent":  func(*Message) (*rsa.PrivateKey, string) { return testKey(), "agent-2" },
		"another number": func(m *Message) (*rsa.PrivateKey, string) { m.ID++; return testKey(), "agent-1" },
		"a later expiry": func(m *Message) (*rsa.PrivateKey, string) {
			m.Expires = m.Expires.Add(time.Hour)
			return testKey(), "agent-1"
		},
		"a changed package": func(m *Message) (*rsa.PrivateKey, string) { m.Package[20] ^= 1; return testKey(), "agent-1" },
		"a short package":   func(m *Message) (*rsa.PrivateKey, string) { m.Package = m.Package[:5]; return testKey(), "agent-1" },
		"no key":            func(m *Message) (*rsa.PrivateKey, string) { m.Key = nil; return testKey(), "agent-1" },
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			m := seal(t, ordinary())
			key, agent := spoil(&m)
			if _, err := m.Open(key, agent); !errors.Is(err, ErrSealed) {
				t.Errorf("error %v, want ErrSealed", err)
			}
		})
	}
}

func TestTheLongestPasswordsFitOneLine(t *testing.T) {
	op := ordinary()
	op.Password, op.OldPassword = strings.Repeat("\U0001F511", 256), strings.Repeat("\x01", 256)
	line, err := seal(t, op).Line()
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewReader(bytes.NewReader(line)).Next()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Open(testKey(), "agent-1"); err != nil || got != op {
		t.Errorf("the operation came back changed: %v", err)
	}
}

func TestTheReaderRefusesWhatIsNoMessage(t *testing.T) {
	for name, line := range map[string]string{
		"no JSON":                      "hello",
		"another type":                 `{"type":"shutdown"}`,
		"no type":                      `{}`,
		"an operation without its key": `{"type":"operation","id":1,"expires":"2019-11-04T08:00:00Z","package":"AAAA"}`,
		"a line without end":           `{"type":"ready","x":"` + strings.Repeat("x", MaxLine) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := NewReader(strings.NewReader(line + "\n")).Next(); !errors.Is(err, ErrLine) {
				t.Errorf("error %v, want ErrLine", err)
			}
		})
	}
	if _, err := NewReader(strings.NewReader("")).Next(); err != io.EOF {
		t.Errorf("error %v at the end, want io.EOF", err)
	}
}

func TestOnlyRSAKeysOfTheRightSizeAreTaken(t *testing.T) {
	der, err := PublicKey(testKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParsePublicKey(der); err != nil {
		t.Errorf("the agent's own key was refused: %v", err)
	}
	curve, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	wrong, _ := x509.MarshalPKIXPublicKey(curve.Public())
	for name, der := range map[string][]byte{"rubbish": []byte("rubbish"), "an elliptic curve": wrong, "nothing": nil} {
		if _, err := ParsePublicKey(der); err == nil {
			t.Errorf("%s was taken for a key", name)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("{\"type\":\"ready\"}\n{\"type\":\"heartbeat\"}\n"))
	f.Add([]byte(`{"type":"operation","id":1,"expires":"2019-11-04T08:00:00Z","key":"AAAA","package":"AAAA"}`))
	f.Add(bytes.Repeat([]byte("x"), MaxLine+1))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewReader(bytes.NewReader(data))
		for {
			m, err := r.Next()
			if err != nil {
				return
			}
			if m.Type == Operate && m.ID == 0 {
				t.Fatal("an operation without its number was let through")
			}
		}
	})
}
