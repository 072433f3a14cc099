package odata

import (
	"regexp"
	"strings"
)

// class is what a token is.
type class uint8

const (
	end class = iota
	word
	text
	number
	moment
	guid
	mark   // one of ( ) , / :
	broken // a text without its closing quote, or a character of no token
)

// lexeme is one token with its place.
type lexeme struct {
	class class
	text  string // without quotes
	at    int
}

// is reports whether the token is that mark or that word, whatever its case.
func (l lexeme) is(s string) bool {
	return l.class == mark && l.text == s || l.class == word && strings.EqualFold(l.text, s)
}

var (
	guidForm   = regexp.MustCompile(`^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}`)
	momentForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,12})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?`)
	numberForm = regexp.MustCompile(`^-?[0-9]{1,18}`)
	wordForm   = regexp.MustCompile(`^[A-Za-z_$@][A-Za-z0-9_.]*`)
)

// lexer cuts an option into tokens.
type lexer struct {
	source string
	at     int
}

func (l *lexer) next() lexeme {
	for l.at < len(l.source) && (l.source[l.at] == ' ' || l.source[l.at] == '\t') {
		l.at++
	}
	start, rest := l.at, l.source[l.at:]
	if rest == "" {
		return lexeme{end, "", start}
	}
	switch c := rest[0]; {
	case strings.IndexByte("(),/:", c) >= 0:
		l.at++
		return lexeme{mark, rest[:1], start}
	case c == '\'':
		return l.quoted()
	}
	for _, f := range [...]struct {
		class class
		form  *regexp.Regexp
	}{{guid, guidForm}, {moment, momentForm}, {number, numberForm}, {word, wordForm}} {
		if found := f.form.FindString(rest); found != "" {
			l.at += len(found)
			return lexeme{f.class, found, start}
		}
	}
	l.at = len(l.source)
	return lexeme{broken, rest, start}
}

// quoted reads a text in single quotes; two quotes in it stand for one.
func (l *lexer) quoted() lexeme {
	start := l.at
	var b strings.Builder
	for i := start + 1; i < len(l.source); i++ {
		if l.source[i] != '\'' {
			b.WriteByte(l.source[i])
			continue
		}
		if i+1 < len(l.source) && l.source[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		l.at = i + 1
		return lexeme{text, b.String(), start}
	}
	l.at = len(l.source)
	return lexeme{broken, l.source[start:], start}
}
