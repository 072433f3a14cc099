package report

import "strings"

// softBreak passes the line break that quoted-printable puts anywhere.
func softBreak(text string, at int) int {
	for _, sign := range []string{"=\r\n", "=\n"} {
		if strings.HasPrefix(text[at:], sign) {
			return at + len(sign)
		}
	}
	return at
}

// wrap passes the line break of wrapped base64, also one written as an escape.
func wrap(text string, at int) int {
	for _, sign := range []string{"\r\n", "\n", `\r\n`, `\n`} {
		if rest, ok := strings.CutPrefix(text[at:], sign); ok {
			return len(text) - len(strings.TrimLeft(rest, " \t"))
		}
	}
	return softBreak(text, at)
}

// longestGap is how many signs or tags may stand between two digits.
const longestGap = 4

// apart passes what people and pages put between the digits of a code or the
// groups of a key: blanks, hyphens, dots, commas, tags.
func apart(text string, at int) int {
	for range longestGap {
		next := separator(text, at)
		if next == at {
			break
		}
		at = next
	}
	return at
}

func separator(text string, at int) int {
	if at >= len(text) {
		return at
	}
	if end := softBreak(text, at); end > at {
		return end
	}
	if text[at] == '<' {
		return tag(text, at)
	}
	for _, sign := range []string{" ", "-", ".", ",", "\u00a0", "\u2009", "\u202f", "\r", "\n", "\t"} {
		if strings.HasPrefix(text[at:], sign) {
			return at + len(sign)
		}
	}
	if strings.HasPrefix(text[at:], "=C2=A0") || strings.HasPrefix(text[at:], "%C2%A0") {
		return at + len("=C2=A0")
	}
	if decoded, end := unescape(text, at); end > at && (decoded == " " || decoded == "\u00a0" || decoded == "-") {
		return end
	}
	return at
}

// tag passes one HTML tag of reasonable length.
func tag(text string, at int) int {
	const longest = 200
	end := strings.IndexByte(text[at:min(at+longest, len(text))], '>')
	if end < 0 {
		return at
	}
	return at + end + 1
}

// wholeNumber reports whether the n digits between start and end stand for
// themselves, not for a part of a longer number, of a time or of an id.
func wholeNumber(text string, start, end, n int) bool {
	matched := text[start:end]
	bare := strings.ReplaceAll(strings.ReplaceAll(matched, "=\r\n", ""), "=\n", "")
	switch {
	case len(bare) == n:
		return standsAlone(text, start, end)
	case escaped(bare):
		return true
	default:
		return !digitBefore(text, start) && !digitAt(text, end) && (everyDigitApart(bare) || groups(bare))
	}
}

// escaped reports whether digits are written as escapes (%31%32); no id is.
func escaped(matched string) bool {
	return strings.ContainsAny(matched, `%&\`) || strings.Contains(matched, "=3")
}

func standsAlone(text string, start, end int) bool {
	if digitBefore(text, start) || digitAt(text, end) {
		return false
	}
	if start >= 2 && isDigit(text[start-2]) && (text[start-1] == '.' || text[start-1] == 'T') {
		return false // the fraction of a number, the time behind a date
	}
	if end < len(text) && text[end] == '.' && digitAt(text, end+1) {
		return false
	}
	return !identifier(text, start, end)
}

func digitAt(text string, at int) bool { return at < len(text) && isDigit(text[at]) }

func digitBefore(text string, start int) bool {
	return start > 0 && isDigit(text[start-1]) && !escapeBefore(text, start)
}

// escapeBefore reports whether an escape such as %20, %2520, =3D or \u0020
// ends at a place; its digits are none.
func escapeBefore(text string, at int) bool {
	if at < 3 || !hexAt(text, at-2, 2) {
		return false
	}
	if text[at-3] == '%' || text[at-3] == '=' || at >= 5 && text[at-5:at-2] == "%25" {
		return true
	}
	return at >= 6 && text[at-6:at-4] == `\u` && hexAt(text, at-4, 4)
}

// identifier reports whether the digits are part of a GUID or of a longer
// string of hexadecimal.
func identifier(text string, start, end int) bool {
	from, to := start, end
	for from > 0 && isHex(text[from-1]) && !escapeBefore(text, from) {
		from--
	}
	for to < len(text) && isHex(text[to]) {
		to++
	}
	const shortestHash = 8
	if to-from > end-start && to-from >= shortestHash && !wordAt(text, from-1) && !wordAt(text, to) {
		return true
	}
	for from > 0 && (isHex(text[from-1]) || text[from-1] == '-') {
		from--
	}
	for to < len(text) && (isHex(text[to]) || text[to] == '-') {
		to++
	}
	return guid(text[from:to])
}

func wordAt(text string, at int) bool {
	if at < 0 || at >= len(text) {
		return false
	}
	c := text[at] | 0x20
	return isDigit(text[at]) || c >= 'a' && c <= 'z'
}

func guid(s string) bool {
	const length = len("00000000-0000-0000-0000-000000000000")
	return len(s) == length && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-'
}

// everyDigitApart reports whether something stands between any two digits.
func everyDigitApart(matched string) bool {
	for i := 1; i < len(matched); i++ {
		if isDigit(matched[i]) && isDigit(matched[i-1]) {
			return false
		}
	}
	return true
}

// groups reports whether digits are written in groups by single signs, as in
// 123 456 or 123-456. A tag or a full stop makes two numbers of them.
func groups(matched string) bool {
	return !strings.ContainsAny(matched, "<.,\r\n\t") && !strings.Contains(matched, "  ")
}
