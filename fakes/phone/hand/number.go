package hand

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Number is a number that a person types, written in JSON as text or as a
// number. Leading zeros and blanks do not count.
type Number string

// UnmarshalJSON reads "42" and 42 alike.
func (n *Number) UnmarshalJSON(b []byte) error {
	var text string
	if string(b) == "null" {
		return nil
	}
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
	} else {
		text = string(b)
	}
	parsed, err := ParseNumber(text)
	*n = parsed
	return err
}

// ParseNumber reads a number that a person typed; none at all is no error.
func ParseNumber(text string) (Number, error) {
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789") != "" {
		return "", fmt.Errorf("a number has digits only")
	}
	return Number(text), nil
}

// Equal reports whether both are the same number.
func (n Number) Equal(other Number) bool { return n.digits() == other.digits() }

func (n Number) digits() string {
	digits := strings.TrimLeft(string(n), "0")
	if digits == "" && n != "" {
		return "0"
	}
	return digits
}
