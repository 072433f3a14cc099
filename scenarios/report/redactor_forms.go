package report

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf16"
)

// leastCoded is how many characters of base64 or hexadecimal tell a secret
// from chance.
const leastCoded = 5

// codedForms returns what to look for where a secret was encoded as bytes,
// alone or in the middle of something longer: a mail body, an authorisation
// header, the value of unicodePwd.
func codedForms(secret string) []string {
	var forms []string
	for _, raw := range []string{secret, wide(secret)} {
		code := hex.EncodeToString([]byte(raw))
		forms = append(forms, code, strings.ToUpper(code))
		for offset := range 3 {
			form := middle(raw, offset)
			forms = append(forms, form, urlAlphabet(form))
		}
		whole := base64.StdEncoding.EncodeToString([]byte(raw))
		forms = append(forms, whole, urlAlphabet(whole), strings.TrimRight(whole, "="), strings.TrimRight(urlAlphabet(whole), "="))
	}
	kept := forms[:0]
	for _, form := range forms {
		if len(form) >= leastCoded {
			kept = append(kept, form)
		}
	}
	return kept
}

// middle returns the characters of base64 that depend on raw alone if it
// stands offset bytes behind a multiple of three.
func middle(raw string, offset int) string {
	padded := strings.Repeat("\x00", offset) + raw
	code := base64.RawStdEncoding.EncodeToString([]byte(padded))
	first := (8*offset + 5) / 6
	last := 8 * len(padded) / 6
	return code[min(first, last):last]
}

func urlAlphabet(code string) string {
	return strings.NewReplacer("+", "-", "/", "_").Replace(code)
}

// wide is s in UTF-16, little end first, as Active Directory takes passwords.
func wide(s string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(unit))
		b.WriteByte(byte(unit >> 8))
	}
	return b.String()
}
