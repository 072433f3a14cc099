package supervise

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// maxWords is how much of a server's log is kept for the error that tells of
// its end, in bytes.
const maxWords = 4 << 10

// words passes a server's log on and remembers the end of it.
type words struct {
	to io.Writer

	mu   sync.Mutex
	last []byte
}

// Write takes what the server says.
func (w *words) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = append(w.last, b...)
	if over := len(w.last) - maxWords; over > 0 {
		w.last = w.last[over:]
		if i := bytes.IndexByte(w.last, '\n'); i >= 0 {
			w.last = w.last[i+1:] // a line that is whole
		}
	}
	return w.to.Write(b)
}

// String returns the last lines.
func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.TrimSpace(string(w.last))
}
