package report

import (
	"strings"
	"sync"
)

// shortest is the length in bytes below which a secret is not looked for:
// such strings are everywhere.
const shortest = 4

// A Redactor takes secrets out of text. It knows a secret in clear and in the
// forms it takes on its way: URL-encoded, escaped for HTML or JSON, in
// quoted-printable with soft line breaks, in base64 at any offset and with
// line breaks, in hexadecimal, both also of UTF-16, and in any mixture of
// these escapes; digits also apart from each other ("1 2 3", "123 456"), keys
// also in groups and in either case.
//
// A secret of digits is found only where it is a whole number, so that
// timestamps and ids live. The zero value knows no secret. A nil Redactor
// changes nothing. It may be used from many goroutines at a time.
type Redactor struct {
	mu     sync.RWMutex
	known  map[[2]string]bool
	plain  trie      // passwords and the like, in clear
	loose  trie      // digits and keys, which people write with gaps
	coded  trie      // base64 and hexadecimal, which machines wrap
	starts [256]bool // what any of them, or an escape, begins with
}

// Add makes a secret known, to be replaced by its kind in brackets: the kind
// "code" becomes "[code]". Kinds in use are password, code, key and token; what
// is of the kind key is found in groups and in either case. A secret of less
// than 4 bytes is ignored.
func (r *Redactor) Add(kind, secret string) {
	if len(secret) < shortest {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	id := [2]string{kind, secret}
	if r.known[id] {
		return
	}
	if r.known == nil {
		r.known = map[[2]string]bool{}
	}
	r.known[id] = true
	label := "[" + kind + "]"
	if digits(secret) {
		r.put(&r.loose, secret, &pattern{label: label, number: len(secret)})
	} else if kind == "key" {
		for _, form := range []string{secret, strings.ToUpper(secret), strings.ToLower(secret)} {
			r.put(&r.loose, form, &pattern{label: label})
		}
	} else {
		r.put(&r.plain, secret, &pattern{label: label})
	}
	for _, form := range codedForms(secret) {
		r.put(&r.coded, form, &pattern{label: label})
	}
}

func (r *Redactor) put(t *trie, form string, p *pattern) {
	t.add(form, p)
	r.starts[form[0]] = true
	for _, escape := range "%&=+\\" {
		r.starts[escape] = true
	}
}

// Text returns s without the secrets that were added so far.
func (r *Redactor) Text(s string) string {
	if r == nil || len(s) < shortest {
		return s
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.known) == 0 {
		return s
	}
	var out strings.Builder
	done := 0
	for i := 0; i < len(s); i++ {
		if !r.starts[s[i]] {
			continue
		}
		end, label := r.match(s, i)
		if end == 0 {
			continue
		}
		out.WriteString(s[done:i])
		out.WriteString(label)
		done, i = end, end-1
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

// match finds the longest secret that begins at i, in whatever form.
func (r *Redactor) match(s string, i int) (end int, label string) {
	_, escape := unescape(s, i)
	for _, search := range [...]struct {
		trie *trie
		gap  func(string, int) int
	}{{&r.plain, softBreak}, {&r.loose, apart}, {&r.coded, wrap}} {
		if escape == 0 && !search.trie.starts[s[i]] {
			continue
		}
		m := matching{text: s, start: i, gap: search.gap}
		m.walk(&search.trie.root, i, false)
		if m.end > end {
			end, label = m.end, m.found.label
		}
	}
	return end, label
}

func digits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
