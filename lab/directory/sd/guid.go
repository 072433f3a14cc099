package sd

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
)

// GUID is a GUID in the byte order of the directory: the first three fields
// little-endian, the rest as written. The zero value stands for none.
type GUID [16]byte

// ParseGUID reads the form 00299570-246d-11d0-a768-00aa006e0529, in either
// case and with or without braces.
func ParseGUID(text string) (GUID, error) {
	var g GUID
	bare := strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}")
	if len(bare) != 36 || bare[8] != '-' || bare[13] != '-' || bare[18] != '-' || bare[23] != '-' {
		return g, fmt.Errorf("parse GUID %q: expected the form 00299570-246d-11d0-a768-00aa006e0529", text)
	}
	if _, err := hex.Decode(g[:], []byte(bare[:8]+bare[9:13]+bare[14:18]+bare[19:23]+bare[24:])); err != nil {
		return GUID{}, fmt.Errorf("parse GUID %q: %w", text, err)
	}
	return g.swapped(), nil
}

// GUIDFromBytes reads the 16 bytes of objectGUID and of object types in
// entries.
func GUIDFromBytes(b []byte) (GUID, error) {
	if len(b) != 16 {
		return GUID{}, fmt.Errorf("read GUID: %d bytes, expected 16", len(b))
	}
	return GUID(b), nil
}

// swapped turns the directory's byte order into that of the text, and back.
func (g GUID) swapped() GUID {
	s := g
	binary.LittleEndian.PutUint32(s[0:], binary.BigEndian.Uint32(g[0:]))
	binary.LittleEndian.PutUint16(s[4:], binary.BigEndian.Uint16(g[4:]))
	binary.LittleEndian.PutUint16(s[6:], binary.BigEndian.Uint16(g[6:]))
	return s
}

// String returns the usual lower-case form without braces.
func (g GUID) String() string {
	s := g.swapped()
	x := hex.EncodeToString(s[:])
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

// Bytes returns the 16 bytes as the directory stores them.
func (g GUID) Bytes() []byte { return append([]byte(nil), g[:]...) }

// IsZero reports whether g stands for none.
func (g GUID) IsZero() bool { return g == GUID{} }
