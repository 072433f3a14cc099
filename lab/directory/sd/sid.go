package sd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	maxSubAuthorities = 15
	maxAuthority      = 1<<48 - 1
)

// SID is a security identifier. SIDs compare with == and serve as map keys;
// the zero value stands for none.
type SID struct {
	revision  byte // 1 in every SID that is not zero
	count     byte
	authority uint64
	sub       [maxSubAuthorities]uint32
}

// NewSID returns the SID S-1-authority-sub… It returns an error when there are
// more than 15 sub-authorities or the authority is wider than 48 bits.
func NewSID(authority uint64, sub ...uint32) (SID, error) {
	if len(sub) > maxSubAuthorities || authority > maxAuthority {
		return SID{}, fmt.Errorf("make SID of authority %d with %d sub-authorities: at most 48 bits and %d sub-authorities",
			authority, len(sub), maxSubAuthorities)
	}
	s := SID{revision: 1, count: byte(len(sub)), authority: authority}
	copy(s.sub[:], sub)
	return s, nil
}

// ParseSID reads the form S-1-5-21-1-2-3-1104.
func ParseSID(text string) (SID, error) {
	parts := strings.Split(text, "-")
	if len(parts) < 3 || !strings.EqualFold(parts[0], "S") || parts[1] != "1" {
		return SID{}, fmt.Errorf("parse SID %q: expected the form S-1-5-21-1-2-3-1104", text)
	}
	base := 10
	if hex, ok := strings.CutPrefix(parts[2], "0x"); ok {
		parts[2], base = hex, 16 // how Windows writes an authority wider than 32 bits
	}
	authority, err := strconv.ParseUint(parts[2], base, 48)
	if err != nil {
		return SID{}, fmt.Errorf("parse authority of SID %q: %w", text, err)
	}
	sub := make([]uint32, 0, len(parts)-3)
	for _, part := range parts[3:] {
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return SID{}, fmt.Errorf("parse sub-authority of SID %q: %w", text, err)
		}
		sub = append(sub, uint32(n))
	}
	return NewSID(authority, sub...)
}

// SIDFromBytes reads the binary form of objectSid, and nothing behind it.
func SIDFromBytes(b []byte) (SID, error) {
	s, n, err := readSID(b)
	if err != nil {
		return SID{}, err
	}
	if n != len(b) {
		return SID{}, fmt.Errorf("read SID %s: %d bytes behind its end", s, len(b)-n)
	}
	return s, nil
}

// readSID reads the SID at the start of b and tells its length.
func readSID(b []byte) (SID, int, error) {
	if len(b) < 8 {
		return SID{}, 0, errors.New("read SID: it ends within its first 8 bytes")
	}
	if b[0] != 1 || b[1] > maxSubAuthorities {
		return SID{}, 0, fmt.Errorf("read SID: revision %d with %d sub-authorities, expected revision 1 with at most %d",
			b[0], b[1], maxSubAuthorities)
	}
	s := SID{revision: 1, count: b[1]}
	s.authority = uint64(binary.BigEndian.Uint16(b[2:]))<<32 | uint64(binary.BigEndian.Uint32(b[4:]))
	n := s.size()
	if len(b) < n {
		return SID{}, 0, fmt.Errorf("read SID: %d sub-authorities need %d bytes, only %d are there", s.count, n, len(b))
	}
	for i := range int(s.count) {
		s.sub[i] = binary.LittleEndian.Uint32(b[8+4*i:])
	}
	return s, n, nil
}

// size is the length of the binary form in bytes.
func (s SID) size() int {
	if s.IsZero() {
		return 0
	}
	return 8 + 4*int(s.count)
}

// Bytes returns the binary form, as in objectSid; nil for the zero SID.
func (s SID) Bytes() []byte { return s.append(nil) }

func (s SID) append(b []byte) []byte {
	if s.IsZero() {
		return b
	}
	b = append(b, s.revision, s.count)
	b = binary.BigEndian.AppendUint16(b, uint16(s.authority>>32))
	b = binary.BigEndian.AppendUint32(b, uint32(s.authority))
	for _, sub := range s.sub[:s.count] {
		b = binary.LittleEndian.AppendUint32(b, sub)
	}
	return b
}

// String returns the form S-1-5-21-1-2-3-1104; "" for the zero SID.
func (s SID) String() string {
	if s.IsZero() {
		return ""
	}
	b := append([]byte("S-1-"), strconv.FormatUint(s.authority, 10)...)
	for _, sub := range s.sub[:s.count] {
		b = append(b, '-')
		b = strconv.AppendUint(b, uint64(sub), 10)
	}
	return string(b)
}

// IsZero reports whether s stands for none.
func (s SID) IsZero() bool { return s.revision == 0 }

// RID returns the last sub-authority, which is what primaryGroupID holds; 0 if
// there is none.
func (s SID) RID() uint32 {
	if s.count == 0 {
		return 0
	}
	return s.sub[s.count-1]
}

// WithRID returns the SID of an account of the domain s. It returns an error
// when s has 15 sub-authorities already or is zero.
func (s SID) WithRID(rid uint32) (SID, error) {
	if s.IsZero() || s.count == maxSubAuthorities {
		return SID{}, fmt.Errorf("add RID %d to SID %q: no room for it", rid, s)
	}
	s.sub[s.count] = rid
	s.count++
	return s, nil
}

// Domain returns s without its last sub-authority: of an account's SID, the
// SID of its domain. The zero SID is returned for a SID without any.
func (s SID) Domain() SID {
	if s.count == 0 {
		return SID{}
	}
	s.count--
	s.sub[s.count] = 0
	return s
}
