package envelope

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// Type says what a message of the relay is.
type Type string

// The messages that arrive on an agent's listener.
const (
	Ready     Type = "ready"     // the listener is open
	Operate   Type = "operation" // a sealed operation
	Heartbeat Type = "heartbeat" // the relay asks for a beat now
)

// Message is one line on an agent's listener.
type Message struct {
	Type Type `json:"type"`
	// ID numbers the operations of a relay; the verdict repeats it.
	ID uint64 `json:"id,omitempty"`
	// Expires is when the operation is void, on the lab's clock (R-GAP-51).
	Expires time.Time `json:"expires,omitzero"`
	Key     []byte    `json:"key,omitempty"`     // the package's key, for the agent's RSA key
	Package []byte    `json:"package,omitempty"` // nonce and ciphertext
}

// Verdict is an agent's answer to one operation.
type Verdict struct {
	ID uint64 `json:"id"`
	// Stale: the operation arrived after its expiry and was not carried out.
	Stale  bool         `json:"stale,omitempty"`
	Result entra.Result `json:"result,omitempty"`
	Event  int          `json:"event,omitempty"`
	Detail string       `json:"detail,omitempty"`
}

// MaxLine is the longest line, in bytes, that either side reads. The longest
// operation that can be sealed, a change between two passwords of 256
// characters outside ASCII, stays under it.
const MaxLine = 16 << 10

// ErrLine says that a line on the wire is no message.
var ErrLine = errors.New("no message of the relay")

// Reader reads messages, one per line.
type Reader struct{ lines *bufio.Scanner }

// NewReader returns a reader of r.
func NewReader(r io.Reader) *Reader {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 4<<10), MaxLine)
	return &Reader{s}
}

// Next returns the next message. It returns io.EOF at the end, an error that
// is [ErrLine] for a line that is too long or not a message, and otherwise that
// of the reader beneath.
func (r *Reader) Next() (Message, error) {
	if !r.lines.Scan() {
		err := r.lines.Err()
		switch {
		case err == nil:
			return Message{}, io.EOF
		case errors.Is(err, bufio.ErrTooLong):
			return Message{}, fmt.Errorf("%w: a line is longer than %d bytes", ErrLine, MaxLine)
		}
		return Message{}, err
	}
	var m Message
	if err := json.Unmarshal(r.lines.Bytes(), &m); err != nil {
		return Message{}, fmt.Errorf("%w: %w", ErrLine, err)
	}
	switch m.Type {
	case Ready, Heartbeat:
		return m, nil
	case Operate:
		if m.ID == 0 || m.Expires.IsZero() || len(m.Key) == 0 || len(m.Package) == 0 {
			return Message{}, fmt.Errorf("%w: an operation without number, expiry, key or package", ErrLine)
		}
		return m, nil
	}
	return Message{}, fmt.Errorf("%w: type %.20q is unknown", ErrLine, m.Type)
}

// Line returns m as it goes over the wire, with the end of the line.
func (m Message) Line() ([]byte, error) {
	line, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write message %d: %w", m.ID, err)
	}
	if len(line) >= MaxLine {
		return nil, fmt.Errorf("write message %d: %d bytes are more than the %d of a line", m.ID, len(line), MaxLine)
	}
	return append(line, '\n'), nil
}
