package token

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// NameGUID returns the GUID that the parts name: the same parts, the same
// GUID. It is for ids that must not draw from the lab's chance, because how
// often somebody reads must not change what the next user is called.
func NameGUID(parts ...string) string {
	b := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	b[6] = b[6]&0x0f | 0x80 // version 8: by the maker's own recipe
	b[8] = b[8]&0x3f | 0x80
	x := hex.EncodeToString(b[:16])
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}
