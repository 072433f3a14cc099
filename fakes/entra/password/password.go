// Package password holds the cloud's password rules as pure functions: length,
// classes and characters (R-PWD-01..04), and the banned-password check
// (R-PWD-19..31).
//
// Modelled: the published normalisation, the edit distance to whole passwords,
// the names, the score. Not modelled: the product's own list, which is secret
// (a short list of the lab's stands in, see global.txt), and the rules of
// education tenants.
package password

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind says which rule a password broke.
type Kind uint8

// The kinds, in the order in which they are looked for.
const (
	TooShort Kind = iota + 1
	TooLong
	BadCharacter
	TooFewClasses
	ContainsName
	BannedByAdmin
	BannedByAll
)

// Refusal says why a password was refused.
type Refusal struct {
	Kind Kind
	Rule string
	Text string // for the person; never holds the password
}

func (r *Refusal) Error() string { return r.Text + " (" + r.Rule + ")" }

// Limits are the figures that differ between eras (R-PWD-01, R-PWD-03).
type Limits struct {
	MaxLength     int  // 256; 16 in 2019
	SpaceAndAngle bool // space, < and > are allowed; not in 2019
}

// Today and Era2019 are the figures of the two eras.
var (
	Today   = Limits{MaxLength: 256, SpaceAndAngle: true}
	Era2019 = Limits{MaxLength: 16}
)

// minLength is the same in both eras (R-PWD-01).
const minLength = 8

// symbols are the characters allowed beside letters and digits (R-PWD-03).
const symbols = "@#$%^&*-_!+=[]{}|\\:',.?/`~\"();"

// Form checks length, characters and classes of a cloud-only user's password
// (R-PWD-01..04). It returns nil or the first rule broken.
func Form(candidate string, l Limits) *Refusal {
	n := utf8.RuneCountInString(candidate)
	if n < minLength {
		return &Refusal{TooShort, "R-PWD-01", fmt.Sprintf("Your password must have at least %d characters.", minLength)}
	}
	if n > l.MaxLength {
		return &Refusal{TooLong, "R-PWD-01", fmt.Sprintf("Your password must have at most %d characters.", l.MaxLength)}
	}
	if l.badCharacter(candidate) {
		rule := "R-PWD-03"
		if strings.ContainsFunc(candidate, func(r rune) bool { return r > unicode.MaxASCII }) {
			rule = "R-PWD-04"
		}
		return &Refusal{BadCharacter, rule, "Your password has a character that is not allowed. Use letters from A to Z, digits and common symbols."}
	}
	if classes(candidate) < 3 {
		return &Refusal{TooFewClasses, "R-PWD-02", "Use at least three of these: lower-case letters, upper-case letters, digits, symbols."}
	}
	return nil
}

func (l Limits) badCharacter(s string) bool {
	if !l.SpaceAndAngle && strings.Contains(s, ".@") {
		return true
	}
	return strings.ContainsFunc(s, func(r rune) bool {
		switch {
		case r > unicode.MaxASCII:
			return true
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(symbols, r):
			return false
		}
		return !(l.SpaceAndAngle && strings.ContainsRune(" <>", r))
	})
}

func classes(s string) (n int) {
	for _, class := range []func(rune) bool{unicode.IsLower, unicode.IsUpper, unicode.IsDigit} {
		if strings.ContainsFunc(s, class) {
			n++
		}
	}
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		n++
	}
	return n
}

//go:embed global.txt
var globalText string

var global = strings.Fields(globalText)

// minScore is how many points a password needs (R-PWD-25).
const minScore = 5

// Banned checks a password against the banned lists and the names it must not
// contain: the person's first and last name and the tenant's (R-PWD-24). custom
// is the tenant's own list.
func Banned(candidate string, custom, names []string) *Refusal {
	p := Normalise(candidate)
	for _, name := range names {
		if name = Normalise(name); len(name) >= 4 && strings.Contains(p, name) {
			return &Refusal{ContainsName, "R-PWD-24", "Your password contains a word, phrase or pattern that makes it easy to guess. Leave out your name and your organisation's."}
		}
	}
	if hits(p, custom) {
		return &Refusal{BannedByAdmin, "R-PWD-30", "Your password contains a word, phrase or pattern that your administrator has blocked. Try again with a different one."}
	}
	if hits(p, append(custom[:len(custom):len(custom)], global...)) {
		return &Refusal{BannedByAll, "R-PWD-23", "Too many people have used this password, or one like it. Pick something harder to guess."}
	}
	return nil
}

// hits reports whether the banned terms refuse the normalised password p.
func hits(p string, terms []string) bool {
	normal := make([]string, len(terms))
	found := false
	for i, t := range terms {
		normal[i] = Normalise(t)
		if within1(p, normal[i]) {
			return true
		}
		found = found || strings.Contains(p, normal[i])
	}
	return found && Score(p, normal) < minScore
}

var substitutions = strings.NewReplacer("0", "o", "1", "l", "$", "s", "@", "a")

// Normalise lower-cases s and undoes the four published substitutions
// (R-PWD-22).
func Normalise(s string) string { return substitutions.Replace(strings.ToLower(s)) }

// Score counts one point for each banned term in p and one for each character
// that none covers; of several coverings the lowest counts (R-PWD-25..29). Both
// p and terms are normalised.
func Score(p string, terms []string) int {
	best := make([]int, len(p)+1) // best[i]: lowest score of p[i:]
	for i := len(p) - 1; i >= 0; i-- {
		best[i] = best[i+1]
		if utf8.RuneStart(p[i]) {
			best[i]++
		}
		for _, t := range terms {
			if t != "" && strings.HasPrefix(p[i:], t) {
				best[i] = min(best[i], 1+best[i+len(t)])
			}
		}
	}
	return best[0]
}

// within1 reports whether one insertion, deletion or replacement at most makes
// a into b (R-PWD-23, R-PWD-26: of whole passwords only).
func within1(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) == len(y) {
		return i == len(x) || string(x[i+1:]) == string(y[i+1:])
	}
	return string(x[i:]) == string(y[i+1:])
}
