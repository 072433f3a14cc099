package directory

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A change sequence number of OpenLDAP is a time to the microsecond and, after
// a #, a hexadecimal count of the changes within it: no two changes of a server
// have the same. As a number it is the microseconds since 1970 with the count
// in the lowest bits.
const countBits = 10

// stamp is the time in a change sequence number.
const stamp = "20060102150405.000000Z"

// changeNumber reads a change sequence number; 0 if it is none. A count beyond
// the bits, which takes more than 1,000 changes in a microsecond, is cut: such
// changes are told again rather than lost.
func changeNumber(text string) int64 {
	when, rest, _ := strings.Cut(text, "#")
	count, _, _ := strings.Cut(rest, "#")
	t, err := time.Parse(stamp, when)
	n, errCount := strconv.ParseInt(count, 16, 64)
	if err != nil || errCount != nil {
		return 0
	}
	return t.UnixMicro()<<countBits | min(n, 1<<countBits-1)
}

// changeText is the least change sequence number that counts at least n.
func changeText(n int64) string {
	return fmt.Sprintf("%s#%06x#000#000000", time.UnixMicro(n>>countBits).UTC().Format(stamp), n&(1<<countBits-1))
}
