package odata

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Kind is the type of a value.
type Kind uint8

// The kinds.
const (
	Nothing Kind = iota
	Text
	Boolean
	Number
	Moment
	GUID
	Complex
	Collection
)

// edm names a kind as the errors of the real service do.
func (k Kind) edm() string {
	return [...]string{"<null>", "Edm.String", "Edm.Boolean", "Edm.Int32", "Edm.DateTimeOffset", "Edm.Guid", "Edm.ComplexType", "Collection"}[k]
}

// Value is a value of a property. The zero value is null.
type Value struct {
	kind   Kind
	number int64 // of a number; 1 for true
	text   string
	moment time.Time
	items  []Value
	fields []Field
}

// Field is a named part of a complex value.
type Field struct {
	Name  string
	Value Value
}

// Null is the null value.
func Null() Value { return Value{} }

// String returns a text.
func String(s string) Value { return Value{kind: Text, text: s} }

// Optional returns a text, or null for "".
func Optional(s string) Value {
	if s == "" {
		return Null()
	}
	return String(s)
}

// ID returns a GUID.
func ID(s string) Value { return Value{kind: GUID, text: s} }

// Bool returns a boolean.
func Bool(b bool) Value {
	if b {
		return Value{kind: Boolean, number: 1}
	}
	return Value{kind: Boolean}
}

// Int returns a number.
func Int(n int) Value { return Value{kind: Number, number: int64(n)} }

// tick is the resolution of moments on the wire: seven fractional digits.
const tick = 100 * time.Nanosecond

// At returns a moment, or null for the zero time.
func At(t time.Time) Value {
	if t.IsZero() {
		return Null()
	}
	return Value{kind: Moment, moment: t.UTC().Truncate(tick)}
}

// List returns a collection; without items it is empty, not null.
func List(items ...Value) Value { return Value{kind: Collection, items: items} }

// Texts returns a collection of texts.
func Texts(list []string) Value {
	items := make([]Value, len(list))
	for i, s := range list {
		items[i] = String(s)
	}
	return List(items...)
}

// Object returns a complex value.
func Object(fields ...Field) Value { return Value{kind: Complex, fields: fields} }

// IsNull reports whether v is null.
func (v Value) IsNull() bool { return v.kind == Nothing }

// field returns the named part of a complex value, or null.
func (v Value) field(name string) Value {
	for _, f := range v.fields {
		if f.Name == name {
			return f.Value
		}
	}
	return Null()
}

// compare orders two values of one kind. Texts compare whatever their case, as
// the directory does. Null comes first.
func (v Value) compare(w Value) int {
	if v.kind != w.kind {
		return cmp.Compare(v.kind, w.kind)
	}
	switch v.kind {
	case Text, GUID:
		return compareFold(v.text, w.text)
	case Moment:
		return v.moment.Compare(w.moment)
	}
	return cmp.Compare(v.number, w.number)
}

func compareFold(a, b string) int {
	if a == b || strings.EqualFold(a, b) {
		return 0
	}
	return strings.Compare(strings.ToLower(a), strings.ToLower(b))
}

// Append writes v as JSON behind b.
func (v Value) Append(b []byte) []byte {
	switch v.kind {
	case Text, GUID:
		return AppendText(b, v.text)
	case Boolean:
		return strconv.AppendBool(b, v.number != 0)
	case Number:
		return strconv.AppendInt(b, v.number, 10)
	case Moment:
		b = append(b, '"')
		b = v.moment.AppendFormat(b, "2006-01-02T15:04:05.9999999Z")
		return append(b, '"')
	case Collection:
		b = append(b, '[')
		for i, item := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.Append(b)
		}
		return append(b, ']')
	case Complex:
		return v.appendFields(b)
	}
	return append(b, "null"...)
}

func (v Value) appendFields(b []byte) []byte {
	b = append(b, '{')
	for i, f := range v.fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendText(b, f.Name), ':')
		b = f.Value.Append(b)
	}
	return append(b, '}')
}

// AppendText writes s as a JSON string behind b.
func AppendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, err := json.Marshal(s)
			if err != nil {
				panic(err) // a string always encodes
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
