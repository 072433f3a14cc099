package activedirectory

import (
	"encoding/hex"
	"errors"
	"strings"
	"unicode/utf8"
)

// rdn is one step of a distinguished name, its value without any escapes.
type rdn struct{ kind, value string }

// dn is a distinguished name, the object's own step first.
type dn []rdn

var errDN = errors.New("no distinguished name")

// maxSteps bounds the depth of a name. The real product's limit on the length
// of a name comes to about the same.
const maxSteps = 256

// parseDN reads a name in the form of RFC 4514. Steps of several values, hex
// values (#…) and quoted values, which the real product does not use, are
// errors. The empty text is the empty name.
func parseDN(text string) (dn, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	name := make(dn, 0, 8)
	for {
		step, rest, more, err := parseStep(text)
		if err != nil || len(name) == maxSteps {
			return nil, errDN
		}
		name = append(name, step)
		if !more {
			return name, nil
		}
		text = rest
	}
}

// parseStep reads up to the next comma that is not escaped.
func parseStep(text string) (step rdn, rest string, more bool, err error) {
	kind, value, ok := strings.Cut(text, "=")
	step.kind = strings.ToUpper(strings.TrimSpace(kind))
	if !ok || !isKeyword(step.kind) {
		return rdn{}, "", false, errDN
	}
	value = strings.TrimLeft(value, " ")
	end := strings.IndexAny(value, `,\+"<>;#`)
	switch {
	case end < 0:
		step.value = strings.TrimRight(value, " ")
	case value[end] == ',':
		step.value, rest, more = strings.TrimRight(value[:end], " "), value[end+1:], true
	default:
		step.value, rest, more, err = unescape(value)
	}
	if step.value == "" || !utf8.ValidString(step.value) {
		err = errDN
	}
	return step, rest, more, err
}

func isKeyword(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.' {
			return false
		}
	}
	return s != ""
}

// unescape reads a value that has escapes.
func unescape(s string) (value, rest string, more bool, err error) {
	var out []byte
	kept := 0 // up to here spaces at the end belong to the value
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case ',':
			return string(trimSpaces(out, kept)), s[i+1:], true, nil
		case '\\':
			char, n := escaped(s[i+1:])
			if n == 0 {
				return "", "", false, errDN
			}
			out, i, kept = append(out, char), i+n, len(out)+1
		case '+', '"', '<', '>', ';':
			return "", "", false, errDN
		case '#':
			if len(out) == 0 {
				return "", "", false, errDN
			}
			out = append(out, c)
		default:
			out = append(out, c)
		}
	}
	return string(trimSpaces(out, kept)), "", false, nil
}

func trimSpaces(b []byte, kept int) []byte {
	for len(b) > kept && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// escaped reads what follows a backslash and tells how many bytes it took; 0
// when it is no escape.
func escaped(s string) (char byte, n int) {
	if len(s) >= 2 {
		if b, err := hex.DecodeString(s[:2]); err == nil {
			return b[0], 2
		}
	}
	if s != "" && strings.IndexByte(`,\+"<>;#= `, s[0]) >= 0 {
		return s[0], 1
	}
	return 0, 0
}

// key is the form by which names are compared: without regard to case.
func (d dn) key() string {
	n := 0
	for _, step := range d {
		n += len(step.kind) + len(step.value) + 2
	}
	var b strings.Builder
	b.Grow(n)
	for _, step := range d {
		step.writeKey(&b)
	}
	return b.String()
}

func (r rdn) key() string {
	var b strings.Builder
	r.writeKey(&b)
	return b.String()
}

// writeKey ends a value with a zero and a comma; a zero in the value is doubled,
// so that no two names share a key.
func (r rdn) writeKey(b *strings.Builder) {
	b.WriteString(r.kind)
	b.WriteByte('=')
	b.WriteString(strings.ReplaceAll(strings.ToLower(r.value), "\x00", "\x00\x00"))
	b.WriteString("\x00,")
}

// String returns the name in the form of RFC 4514, as a search returns it.
func (d dn) String() string {
	var b strings.Builder
	for i, step := range d {
		if i > 0 {
			b.WriteByte(',')
		}
		step.write(&b)
	}
	return b.String()
}

func (r rdn) String() string {
	var b strings.Builder
	r.write(&b)
	return b.String()
}

func (r rdn) write(b *strings.Builder) {
	b.WriteString(r.kind)
	b.WriteByte('=')
	last := len(r.value) - 1
	for i := range len(r.value) {
		switch c := r.value[i]; {
		case strings.IndexByte(`,\+"<>;=`, c) >= 0, c == '#' && i == 0, c == ' ' && (i == 0 || i == last):
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			b.WriteByte('\\')
			b.WriteString(strings.ToUpper(hex.EncodeToString([]byte{c})))
		default:
			b.WriteByte(c)
		}
	}
}
