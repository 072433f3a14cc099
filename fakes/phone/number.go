package phone

import (
	"fmt"
	"net/http"
	"strings"
)

// parseNumber returns the digits of a phone number as people write them: with
// or without plus, blanks, dashes, dots and brackets. Extensions belong to the
// caller, who strips them (R-POL-50).
func (e *Exchange) parseNumber(text string) (string, error) {
	malformed := func(why string) error {
		return problem{http.StatusBadRequest, "malformedNumber",
			fmt.Sprintf("%q is no phone number: %s, as in +1 4255550123", text, why)}
	}
	var digits strings.Builder
	for i, r := range strings.TrimSpace(text) {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r == '+' && i == 0, strings.ContainsRune(" -().\u00a0", r):
		default:
			return "", malformed("write country code and number in digits")
		}
	}
	if n := digits.Len(); n < 8 || n > 15 {
		return "", malformed(fmt.Sprintf("it has %d digits, and needs 8 to 15 with its country code", n))
	}
	if !e.config.InService(digits.String()) {
		return "", problem{http.StatusNotFound, "notInService",
			fmt.Sprintf("%s is not in service; the lab's phones have fictional numbers, +1 XXX 555 01XX or +44 7700 900XXX", text)}
	}
	return digits.String(), nil
}

// isFictional knows the numbers that two countries keep for stories.
func isFictional(digits string) bool {
	switch {
	case len(digits) == 11 && digits[0] == '1':
		return digits[4:9] == "55501"
	case len(digits) == 12:
		return strings.HasPrefix(digits, "447700900")
	}
	return false
}

// display writes digits as people read them.
func display(digits string) string {
	if len(digits) == 11 && digits[0] == '1' {
		return fmt.Sprintf("+1 %s %s %s", digits[1:4], digits[4:7], digits[7:])
	}
	return "+" + digits
}
