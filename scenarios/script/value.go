package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
)

// Value is a text that may hold ${…}; the runner fills those in when the step
// runs. The zero value is the empty text.
type Value struct {
	At    Position
	Parts []Part
}

// Part is a piece of a Value: literal text, or what Ref names when Ref is set.
type Part struct {
	Text string
	Ref  *Ref
}

// Ref is one ${…}: a value of a person ("${adele.mobile}"), of the actor of
// the step ("${text code}"), of the scenario ("${domain}"), or one that an act
// saved under a name.
type Ref struct {
	At     Position
	Person string // the owner; "" for a value of the scenario or a saved one
	Name   string // "mobile", "text code", "domain", or the saved name
}

// String is the reference as it is written: "${adele.mobile}".
func (r Ref) String() string {
	if r.Person != "" {
		return "${" + r.Person + "." + r.Name + "}"
	}
	return "${" + r.Name + "}"
}

// Secret reports whether the value must not appear in a report: passwords,
// codes and keys (guard rails of the lab).
func (r Ref) Secret() bool {
	for _, known := range append(personValues(), actorValues()...) {
		if known.name == r.Name {
			return known.secret
		}
	}
	return false
}

// String is the value as it is written, without its quotes.
func (v Value) String() string {
	var b strings.Builder
	for _, p := range v.Parts {
		if p.Ref != nil {
			b.WriteString(p.Ref.String())
		} else {
			b.WriteString(strings.ReplaceAll(p.Text, "${", "$${"))
		}
	}
	return b.String()
}

// Empty reports whether the value is the empty text.
func (v Value) Empty() bool { return len(v.Parts) == 0 }

// Literal is the text of a value without ${…}; false when it has one.
func (v Value) Literal() (string, bool) {
	var b strings.Builder
	for _, p := range v.Parts {
		if p.Ref != nil {
			return "", false
		}
		b.WriteString(p.Text)
	}
	return b.String(), true
}

// Resolve fills in the references by asking lookup for each. An error of
// lookup ends it, with the file, line and reference put before it.
func (v Value) Resolve(lookup func(Ref) (string, error)) (string, error) {
	var b strings.Builder
	for _, p := range v.Parts {
		if p.Ref == nil {
			b.WriteString(p.Text)
			continue
		}
		s, err := lookup(*p.Ref)
		if err != nil {
			return "", fmt.Errorf("%s: %s: %w", p.Ref.At, p.Ref, err)
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

// valueName is a name that may stand in ${…}.
type valueName struct {
	name   string
	secret bool
	about  string
}

// personValues are what ${adele.…} can name.
func personValues() []valueName {
	return []valueName{
		{"name", false, "given name and surname"},
		{"given name", false, "the first word of the name"},
		{"surname", false, "the rest of the name"},
		{"user name", false, "the part of the UPN before @"},
		{"upn", false, "the user principal name"},
		{"mail", false, "the primary address"},
		{"alternate email", false, "the alternate address"},
		{"mobile", false, "the mobile number"},
		{"office phone", false, "the office number"},
		{"own mobile", false, "the own mobile number"},
		{"own email", false, "the own mailbox"},
		{"password", true, "the password when the scenario starts"},
	}
}

// actorValues are what the steps give a person: ${text code} is the actor's,
// ${adele.text code} anyone's.
func actorValues() []valueName {
	return []valueName{
		{"captcha", true, "the answer to the CAPTCHA on the page"},
		{"text code", true, "the code of the newest text"},
		{"mail code", true, "the code of the newest mail that holds one"},
		{"app code", true, "what the authenticator app shows now"},
		{"app key", true, "the key that the authenticator app was enrolled with"},
		{"app number", true, "the number that the page asks the app for"},
		{"new password", true, "the password chosen last"},
		{"old password", true, "the password before that"},
	}
}

// scenarioValues belong to nobody.
func scenarioValues() []valueName {
	return []valueName{
		{"organisation", false, "the organisation's name"},
		{"domain", false, "the cloud domain"},
		{"directory domain", false, "the domain on-premises"},
	}
}

func namesOf(values ...[]valueName) (names []string) {
	for _, v := range slices.Concat(values...) {
		names = append(names, v.name)
	}
	return names
}

// value is a text with ${…}; it may be the empty text only where empty says so.
func value(expected string, empty bool) shape[Value] {
	return shape[Value]{expected, func(r *reader, n *node) (Value, bool) {
		s, ok := r.scalar(n, expected)
		if !ok {
			return Value{}, false
		}
		if s == "" && !empty {
			r.problem(n.at, "the text is empty", expected, "")
			return Value{}, false
		}
		v, ok := r.value(n, s)
		return v, ok && r.fictional(n, v)
	}, func(d *definitions) *jsonschema.Schema { return textSchema(d, expected) }}
}

// value cuts s, the text of n or a tail of it, at its references. "$${" is the
// text "${".
func (r *reader) value(n *node, s string) (Value, bool) {
	v := Value{At: n.at}
	skipped := len(n.text) - len(s)
	for s != "" {
		at := strings.Index(s, "${")
		if at < 0 {
			v.literal(s)
			break
		}
		if at > 0 && s[at-1] == '$' {
			v.literal(s[:at-1] + "${")
			skipped, s = skipped+at+2, s[at+2:]
			continue
		}
		v.literal(s[:at])
		end := strings.IndexByte(s[at:], '}')
		if end < 0 {
			r.problem(r.inside(n, skipped+at), "a ${ without its }", `${…}; write "$${" for the characters themselves`, "")
			return v, false
		}
		ref := reference(s[at+2 : at+end])
		ref.At = r.inside(n, skipped+at)
		r.uses = append(r.uses, use{kind: usesValue, at: ref.At, ref: &ref})
		v.Parts = append(v.Parts, Part{Ref: &ref})
		skipped, s = skipped+at+end+1, s[at+end+1:]
	}
	return v, true
}

func (v *Value) literal(s string) {
	if s == "" {
		return
	}
	if last := len(v.Parts) - 1; last >= 0 && v.Parts[last].Ref == nil {
		v.Parts[last].Text += s
		return
	}
	v.Parts = append(v.Parts, Part{Text: s})
}

// reference reads what stands between the braces.
func reference(s string) Ref {
	if person, name, ok := strings.Cut(s, "."); ok {
		return Ref{Person: strings.TrimSpace(person), Name: strings.TrimSpace(name)}
	}
	return Ref{Name: strings.TrimSpace(s)}
}

// inside is the position of a byte of n's text: exact when the text stands in
// its line as it is, else where the text begins.
func (r *reader) inside(n *node, offset int) Position {
	if n.at.Line < 1 || n.at.Line > len(r.lines) || offset > len(n.text) {
		return n.at
	}
	line := []rune(r.lines[n.at.Line-1])
	from := n.at.Column - 1
	if from < len(line) && (line[from] == '"' || line[from] == '\'') {
		from++
	}
	before := []rune(n.text[:offset])
	if from+len(before) > len(line) || string(line[from:from+len(before)]) != string(before) {
		return n.at
	}
	return Position{n.at.File, n.at.Line, from + len(before) + 1}
}

const passwordIsForm = `^is (not )?.`

// passwordIs reads "is ${…}" and "is not ${…}".
func passwordIs() shape[PasswordExpected] {
	const expected = "is ${…}, or is not ${…}"
	return shape[PasswordExpected]{expected, func(r *reader, n *node) (p PasswordExpected, ok bool) {
		s, ok := r.scalar(n, expected)
		if !ok {
			return p, false
		}
		rest, is := strings.CutPrefix(s, "is ")
		rest, not := strings.CutPrefix(rest, "not ")
		if !is || rest == "" {
			r.wrong(n, expected)
			return p, false
		}
		p.Is = !not
		p.Value, ok = r.value(n, rest)
		return p, ok
	}, func(*definitions) *jsonschema.Schema {
		return &jsonschema.Schema{Type: "string", Description: expected, Pattern: passwordIsForm}
	}}
}
