package activedirectory

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// readAnyGUID reads a GUID as text, as 32 hex digits in the directory's byte
// order, or as the 16 bytes themselves.
func readAnyGUID(text string) (sd.GUID, error) {
	switch len(text) {
	case 16:
		return sd.GUIDFromBytes([]byte(text))
	case 32:
		b, err := hex.DecodeString(text)
		if err != nil {
			return sd.GUID{}, fmt.Errorf("read GUID %q: %w", text, err)
		}
		return sd.GUIDFromBytes(b)
	}
	return sd.ParseGUID(text)
}

// readAnySID reads a SID as text, as hex digits, or as the bytes themselves.
func readAnySID(text string) (sd.SID, error) {
	if len(text) > 2 && strings.EqualFold(text[:2], "S-") {
		return sd.ParseSID(text)
	}
	if b, err := hex.DecodeString(text); err == nil && len(b) > 0 {
		return sd.SIDFromBytes(b)
	}
	return sd.SIDFromBytes([]byte(text))
}

// epoch is the seconds from 1601, from where the directory counts, to 1970.
const epoch = 11_644_473_600

// ticks is how many of the directory's units of time, 100 ns, a second has.
const ticks = 10_000_000

// fileTime turns a moment into the form of pwdLastSet and its like.
func fileTime(t time.Time) int64 { return (t.Unix()+epoch)*ticks + int64(t.Nanosecond())/100 }

// interval turns a duration into the negative form of the domain's policy.
func interval(d time.Duration) int64 { return -int64(d / 100) }

// never is the date that does not come, forever the interval that does not end.
const (
	never   = math.MaxInt64
	forever = math.MinInt64
)

// after returns the moment that is one of the directory's negative intervals
// after t.
func after(t, interval int64) int64 {
	if interval < t-never {
		return never
	}
	return t - interval
}

// seconds is the form of a moment without its fraction, which the directory
// always writes as ".0Z".
const seconds = "20060102150405"

func moment(t time.Time) string { return t.UTC().Format(seconds) + ".0Z" }

// readMoment turns a generalised time into the directory's own form, in which
// moments compare as text does. A fraction of a second is dropped.
func readMoment(text string) (string, bool) {
	bare, isUTC := strings.CutSuffix(text, "Z")
	bare, _, _ = strings.Cut(bare, ".")
	t, err := time.Parse(seconds, bare)
	return moment(t), isUTC && err == nil
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
