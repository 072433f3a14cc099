// Package seed is where a lab's chance comes from. One number starts it, each
// part draws from a stream of its own, and a run with the same seed repeats
// whatever the other parts did meanwhile.
//
// Not for keys: TLS, token and writeback keys come from crypto/rand, because a
// key that can be repeated is no key. Everything else that is random (ids,
// codes, CAPTCHA texts, drawn questions) comes from here.
package seed

import (
	"encoding/hex"
	"hash/fnv"
	"math/rand/v2"
	"sync"
)

// Source hands out streams. The zero value is the source of seed 0.
type Source struct{ seed uint64 }

// New returns the source that n starts.
func New(n uint64) Source { return Source{n} }

// Stream returns the stream of that name; the same name of the same seed gives
// the same sequence. Name it for its reader: "entra/code", "phone/call".
func (s Source) Stream(name string) *Stream {
	h := fnv.New64a()
	h.Write([]byte(name))
	return &Stream{rng: rand.New(rand.NewPCG(s.seed, h.Sum64()))}
}

// Stream is a sequence of random values, safe for concurrent use.
type Stream struct {
	mu  sync.Mutex
	rng *rand.Rand
}

// IntN returns a number from 0 up to but not including n; it panics if n <= 0.
func (s *Stream) IntN(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rng.IntN(n)
}

// Perm returns the numbers from 0 to n-1 in random order.
func (s *Stream) Perm(n int) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rng.Perm(n)
}

// Bytes returns n random bytes.
func (s *Stream) Bytes(n int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(s.rng.Uint32())
	}
	return b
}

// Text returns n characters, each drawn from alphabet (ASCII).
func (s *Stream) Text(n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[s.IntN(len(alphabet))]
	}
	return string(b)
}

// Digits returns n decimal digits, leading zeros included.
func (s *Stream) Digits(n int) string { return s.Text(n, "0123456789") }

// Token returns an opaque word of n bytes in hex, for ids that are not GUIDs.
func (s *Stream) Token(n int) string { return hex.EncodeToString(s.Bytes(n)) }

// GUID returns a version 4 GUID in its usual lower-case form.
func (s *Stream) GUID() string {
	b := s.Bytes(16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	x := hex.EncodeToString(b)
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}
