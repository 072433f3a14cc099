package directory

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/go-ldap/ldap/v3"
)

// epochSeconds is 1601-01-01, where the directory's times start, as Unix time.
const epochSeconds = -11644473600

// ticks is how many of the directory's 100 ns make a second.
const ticks = 10_000_000

// number reads an integer attribute; 0 if it is absent or none.
func number(e *ldap.Entry, attribute string) int64 {
	n, err := strconv.ParseInt(e.GetEqualFoldAttributeValue(attribute), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// fileTime reads a count of 100 ns since 1601. What stands for never, 0 and
// the largest number, is the zero time.
func fileTime(n int64) time.Time {
	if n <= 0 || n == math.MaxInt64 {
		return time.Time{}
	}
	return time.Unix(n/ticks+epochSeconds, n%ticks*100).UTC()
}

// toFileTime is the inverse of fileTime; the zero time becomes 0.
func toFileTime(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return (t.Unix()-epochSeconds)*ticks + int64(t.Nanosecond())/100
}

// generalizedTime reads 20191104080000.0Z; the zero time if it is none.
func generalizedTime(text string) time.Time {
	for _, layout := range []string{"20060102150405Z", "20060102150405.9Z"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// interval reads a policy's duration, which the directory keeps as a negative
// count of 100 ns. 0 and the smallest number (never, for ever) are 0.
func interval(n int64) time.Duration {
	if n >= 0 || n == math.MinInt64 {
		return 0
	}
	if n < -int64(math.MaxInt64/100) {
		return math.MaxInt64
	}
	return time.Duration(-n) * 100
}

// toInterval is the inverse of interval; 0 becomes zero.
func toInterval(d time.Duration, zero int64) string {
	if d == 0 {
		return strconv.FormatInt(zero, 10)
	}
	return strconv.FormatInt(-int64(d)/100, 10)
}

// quoted returns a password as unicodePwd takes it: in double quotes, UTF-16,
// little-endian (R-WB-32).
func quoted(password string) string {
	units := utf16.Encode([]rune(`"` + password + `"`))
	b := make([]byte, 0, 2*len(units))
	for _, u := range units {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

// anchorOf returns the source anchor: mS-DS-ConsistencyGuid where there is one,
// else objectGUID, in base64.
func (activeDirectory) anchorOf(e *ldap.Entry) string {
	id := e.GetEqualFoldRawAttributeValue("mS-DS-ConsistencyGuid")
	if len(id) == 0 {
		id = e.GetEqualFoldRawAttributeValue("objectGUID")
	}
	return base64.StdEncoding.EncodeToString(id)
}

// escapeBytes writes binary into a filter.
func escapeBytes(b []byte) string {
	const digits = "0123456789abcdef"
	var s strings.Builder
	for _, c := range b {
		s.WriteByte('\\')
		s.WriteByte(digits[c>>4])
		s.WriteByte(digits[c&15])
	}
	return s.String()
}

// parentOf returns the DN of the container of dn; "" if it has none.
func parentOf(dn string) string {
	for i := 0; i < len(dn); i++ {
		switch dn[i] {
		case '\\':
			i++
		case ',':
			return strings.TrimLeft(dn[i+1:], " ")
		}
	}
	return ""
}

// rdnOf returns the first component of dn, as it is written there.
func rdnOf(dn string) string {
	parent := parentOf(dn)
	if parent == "" {
		return dn
	}
	return strings.TrimRight(strings.TrimSuffix(dn, parent), ", ")
}
