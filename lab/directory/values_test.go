package directory

import (
	"math"
	"testing"
	"testing/quick"
	"time"

	"github.com/go-ldap/ldap/v3"
)

func TestFileTimeBothWays(t *testing.T) {
	moment := time.Date(2019, 11, 4, 8, 0, 0, 123_456_700, time.UTC)
	if got := toFileTime(moment); got != 132173280001234567 {
		t.Errorf("%s is %d", moment, got)
	}
	if got := fileTime(toFileTime(moment)); !got.Equal(moment) {
		t.Errorf("came back as %s", got)
	}
	for _, never := range []int64{0, -1, math.MaxInt64} {
		if got := fileTime(never); !got.IsZero() {
			t.Errorf("%d is %s", never, got)
		}
	}
	if got := toFileTime(time.Time{}); got != 0 {
		t.Errorf("no time is %d", got)
	}
}

func TestGeneralizedTime(t *testing.T) {
	want := time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC)
	for _, text := range []string{"20191104080000.0Z", "20191104080000Z"} {
		if got := generalizedTime(text); !got.Equal(want) {
			t.Errorf("%s is %s", text, got)
		}
	}
	if got := generalizedTime("yesterday"); !got.IsZero() {
		t.Errorf("got %s", got)
	}
}

func TestIntervals(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "-9223372036854775808": 0, "-18000000000": 30 * time.Minute, "-864000000000": 24 * time.Hour,
		"-9223372036854775807": math.MaxInt64,
	} {
		e := ldap.NewEntry("", map[string][]string{"lockoutDuration": {text}})
		if got := interval(number(e, "lockoutDuration")); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	if got := toInterval(30*time.Minute, 0); got != "-18000000000" {
		t.Errorf("30 minutes are %s", got)
	}
	if got := toInterval(0, math.MinInt64); got != "-9223372036854775808" {
		t.Errorf("for ever is %s", got)
	}
}

func TestQuoted(t *testing.T) { // R-WB-32
	if got := quoted("Aé😀"); got != "\"\x00A\x00\xe9\x00\x3d\xd8\x00\xde\"\x00" {
		t.Errorf("%x", got)
	}
}

func TestDNParts(t *testing.T) {
	for dn, want := range map[string][2]string{
		"CN=Anna,OU=People,DC=example,DC=com": {"CN=Anna", "OU=People,DC=example,DC=com"},
		`CN=Berg\, Bo,OU=x`:                   {`CN=Berg\, Bo`, "OU=x"},
		`CN=a\\,OU=x`:                         {`CN=a\\`, "OU=x"},
		"CN=a, OU=x":                          {"CN=a", "OU=x"},
		"DC=com":                              {"DC=com", ""},
		`CN=a\`:                               {`CN=a\`, ""},
		"":                                    {"", ""},
	} {
		if rdn, parent := rdnOf(dn), parentOf(dn); rdn != want[0] || parent != want[1] {
			t.Errorf("%s: %q below %q", dn, rdn, parent)
		}
	}
}

func TestAChildsNameSurvivesItsDN(t *testing.T) {
	survives := func(name string) bool {
		dn := child("CN", "x"+name, "OU=People,DC=example,DC=com")
		return parentOf(dn) == "OU=People,DC=example,DC=com"
	}
	if err := quick.Check(survives, nil); err != nil {
		t.Error(err)
	}
}

func TestGroupPages(t *testing.T) {
	for _, c := range []struct {
		name string
		next int
		last bool
	}{
		{"member", 0, true},
		{"member;range=0-1499", 1500, false},
		{"Member;Range=1500-*", 0, true},
	} {
		members, next, last := memberPage(ldap.NewEntry("CN=g", map[string][]string{c.name: {"CN=a", "CN=b"}}))
		if len(members) != 2 || next != c.next || last != c.last {
			t.Errorf("%s: %v, next %d, last %v", c.name, members, next, last)
		}
	}
	if members, _, last := memberPage(ldap.NewEntry("CN=g", nil)); members != nil || !last {
		t.Error("an empty group has members")
	}
}

func TestControlsSayTrueAs0xFF(t *testing.T) {
	packet := integerControl(oidPolicyHints, 1).Encode().Bytes() // R-WB-34
	want := "\x30\x24\x04\x17" + oidPolicyHints + "\x01\x01\xff\x04\x05\x30\x03\x02\x01\x01"
	want = "\x30" + string(rune(len(want)-2)) + want[2:]
	if string(packet) != want {
		t.Errorf("%x, want %x", packet, want)
	}
}
