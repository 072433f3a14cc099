package activedirectory

import (
	"encoding/binary"
	"fmt"
)

// The encoding is read and written by hand rather than through go-asn1-ber,
// which copies the content once per level of nesting: a message of 10 MiB in a
// hundred levels would hold a gigabyte. Here nothing is copied, and what is
// not read costs nothing.

// Tags of LDAP's universal types.
const (
	tagBoolean    = 0x01
	tagInteger    = 0x02
	tagOctets     = 0x04
	tagEnumerated = 0x0a
	tagSequence   = 0x30
	tagSet        = 0x31

	contextPrimitive = 0x80 // plus the number: a primitive element of the operation's own
)

// malformed is an encoding or a message that is none of LDAP.
type malformed struct{ what string }

func (m *malformed) Error() string { return m.what }

func notLDAP(format string, args ...any) error {
	return &malformed{fmt.Sprintf(format, args...)}
}

// reader walks over a sequence of encoded elements.
type reader struct{ rest []byte }

// element is one encoded element; body is a part of the message itself.
type element struct {
	tag  byte
	body []byte
}

func (r *reader) empty() bool { return len(r.rest) == 0 }

// peek returns the next element's tag; 0, which LDAP does not use, at the end.
func (r *reader) peek() byte {
	if r.empty() {
		return 0
	}
	return r.rest[0]
}

func (r *reader) next() (element, error) {
	if len(r.rest) < 2 {
		return element{}, notLDAP("an element ends within its header")
	}
	tag := r.rest[0]
	if tag&0x1f == 0x1f {
		return element{}, notLDAP("a tag of more than one byte")
	}
	length, header, err := readLength(r.rest[1:])
	if err != nil {
		return element{}, err
	}
	rest := r.rest[1+header:]
	if length > len(rest) {
		return element{}, notLDAP("an element claims %d bytes, %d are there", length, len(rest))
	}
	r.rest = rest[length:]
	return element{tag, rest[:length]}, nil
}

// readLength reads a length and tells how many bytes it takes. LDAP has no
// indefinite lengths; four bytes are more than any message may have.
func readLength(b []byte) (length, header int, err error) {
	if len(b) == 0 {
		return 0, 0, notLDAP("an element ends before its length")
	}
	if b[0] < 0x80 {
		return int(b[0]), 1, nil
	}
	n := int(b[0] & 0x7f)
	if n == 0 || n > 4 {
		return 0, 0, notLDAP("a length of %d bytes", n)
	}
	if len(b) <= n {
		return 0, 0, notLDAP("an element ends within its length")
	}
	for _, digit := range b[1 : 1+n] {
		length = length<<8 | int(digit)
	}
	return length, 1 + n, nil
}

func (r *reader) expect(tag byte) (element, error) {
	e, err := r.next()
	if err == nil && e.tag != tag {
		err = notLDAP("an element of tag %#02x where %#02x is expected", e.tag, tag)
	}
	return e, err
}

func (r *reader) nested(tag byte) (reader, error) {
	e, err := r.expect(tag)
	return reader{e.body}, err
}

func (r *reader) text(tag byte) (string, error) {
	e, err := r.expect(tag)
	return string(e.body), err
}

func (r *reader) integer(tag byte) (int64, error) {
	e, err := r.expect(tag)
	if err != nil {
		return 0, err
	}
	if len(e.body) == 0 || len(e.body) > 8 {
		return 0, notLDAP("an integer of %d bytes", len(e.body))
	}
	v := int64(int8(e.body[0]))
	for _, digit := range e.body[1:] {
		v = v<<8 | int64(digit)
	}
	return v, nil
}

// boolean takes every value but zero for true, as BER does; the usual Go
// client sends 1.
func (r *reader) boolean(tag byte) (bool, error) {
	e, err := r.expect(tag)
	if err == nil && len(e.body) != 1 {
		err = notLDAP("a boolean of %d bytes", len(e.body))
	}
	return err == nil && e.body[0] != 0, err
}

// writer encodes. Constructed elements have lengths of five bytes, as the real
// product writes them, so that nothing needs to be moved when they end.
type writer struct{ out []byte }

// begin opens a constructed element and returns the mark to end it with.
func (w *writer) begin(tag byte) int {
	w.out = append(w.out, tag, 0x84, 0, 0, 0, 0)
	return len(w.out)
}

func (w *writer) end(mark int) {
	binary.BigEndian.PutUint32(w.out[mark-4:], uint32(len(w.out)-mark))
}

func (w *writer) octets(tag byte, value string) {
	w.out = append(w.out, tag)
	if n := len(value); n < 0x80 {
		w.out = append(w.out, byte(n))
	} else {
		w.out = append(w.out, 0x84)
		w.out = binary.BigEndian.AppendUint32(w.out, uint32(n))
	}
	w.out = append(w.out, value...)
}

func (w *writer) integer(tag byte, v int64) {
	n := 1
	for x := v; x > 127 || x < -128; x >>= 8 {
		n++
	}
	w.out = append(w.out, tag, byte(n))
	for i := n - 1; i >= 0; i-- {
		w.out = append(w.out, byte(v>>(8*i)))
	}
}
