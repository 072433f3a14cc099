package connect

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"slices"
	"sync"
)

// maxHistory is the longest history that a directory can ask for.
const maxHistory = 1024

// history remembers which passwords the agent has written, or seen to be right,
// because no controller without policy hints checks a set against its own
// history (R-WB-98, R-WB-99). It keeps verifiers, each with its own salt, under
// a key that dies with the process.
type history struct {
	key [32]byte

	mu     sync.Mutex
	people map[string][]verifier // by source anchor, the latest first
}

type verifier struct{ salt, sum [sha256.Size]byte }

func newHistory() *history {
	h := &history{people: map[string][]verifier{}}
	rand.Read(h.key[:]) // never fails
	return h
}

func (h *history) sum(salt [32]byte, password string) (sum [sha256.Size]byte) {
	m := hmac.New(sha256.New, h.key[:])
	m.Write(salt[:])
	m.Write([]byte(password))
	copy(sum[:], m.Sum(nil))
	return sum
}

// repeats reports whether password is among the last n.
func (h *history) repeats(anchor, password string, n int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	known := h.people[anchor]
	return h.find(known[:min(n, len(known))], password) >= 0
}

func (h *history) find(list []verifier, password string) int {
	return slices.IndexFunc(list, func(v verifier) bool {
		sum := h.sum(v.salt, password)
		return hmac.Equal(sum[:], v.sum[:])
	})
}

// remember notes that password is the present one.
func (h *history) remember(anchor, password string) {
	var v verifier
	rand.Read(v.salt[:]) // never fails
	v.sum = h.sum(v.salt, password)
	h.mu.Lock()
	defer h.mu.Unlock()
	list := h.people[anchor]
	switch i := h.find(list, password); {
	case i == 0:
		return
	case i > 0:
		list = slices.Delete(list, i, i+1)
	}
	list = slices.Insert(list, 0, v)
	h.people[anchor] = list[:min(len(list), maxHistory)]
}
