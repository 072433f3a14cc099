package activedirectory

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// restriction is a password that is refused, with the text by which clients
// tell why (R-WB-38, R-WB-97).
func restriction(status, why string) error {
	return refuse(constraintViolation, "%s: Constraint violation - check_password_restrictions: %s", status, why)
}

// checkAge refuses a change that comes too soon. An account that must change
// has no age (R-WB-106).
func (p policy) checkAge(o *object, now time.Time) error {
	if set := o.values.number(attrPwdLastSet); set > 0 && after(set, p.minAge) > fileTime(now) {
		return restriction("0000052D", "password is too young to change!")
	}
	return nil
}

// checkQuality checks length and complexity (R-WB-97, R-WB-108).
func (p policy) checkQuality(password string) error {
	if int64(utf8.RuneCountInString(password)) < p.minLength {
		return restriction("0000052D",
			fmt.Sprintf("the password is too short. It should be equal or longer than %d characters!", p.minLength))
	}
	if p.complex && !isComplex(password) {
		return restriction("0000052D", "the password does not meet the complexity criteria!")
	}
	return nil
}

// isComplex reports whether a password has three of five kinds of characters.
// Names of the account are not looked for (R-PWD-17, R-WB-107).
func isComplex(password string) bool {
	const symbols = "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/"
	var lower, upper, digit, symbol, other int
	for _, c := range password {
		switch {
		case unicode.IsLower(c):
			lower = 1
		case unicode.IsUpper(c):
			upper = 1
		case c >= '0' && c <= '9':
			digit = 1
		case c >= utf8.RuneSelf:
			other = 1
		case strings.ContainsRune(symbols, c):
			symbol = 1
		}
	}
	return lower+upper+digit+symbol+other >= 3
}

// inHistory reports whether a hash is among the passwords that the policy
// remembers, the one in use included.
func (p policy) inHistory(s secret, h ntHash) bool {
	return slices.Contains(s.history[:min(len(s.history), max(int(p.history), 0))], h)
}
