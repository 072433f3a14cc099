package script

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/invopop/jsonschema"
)

// scalar is the text of a scalar as it is written. A number is its digits; a
// plain true or false is refused, because it hardly is the word.
func (r *reader) scalar(n *node, expected string) (string, bool) {
	if n.kind == truth {
		expected += "; in quotes if the word itself is meant"
	}
	if n.kind != text && n.kind != number {
		r.wrong(n, expected)
		return "", false
	}
	return n.text, true
}

// textSchema is a text, or a number taken as text.
func textSchema(d *definitions, about string) *jsonschema.Schema {
	return described(d.define("text", func() *jsonschema.Schema {
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string"}, {Type: "number"}}}
	}), about)
}

// plainText is a text that is not empty and holds no ${…}.
func plainText(expected string) shape[string] {
	return shape[string]{expected, func(r *reader, n *node) (string, bool) {
		s, ok := r.scalar(n, expected)
		if ok && strings.TrimSpace(s) == "" {
			r.problem(n.at, "the text is empty", expected, "")
			return s, false
		}
		if at := strings.Index(s, "${"); ok && at >= 0 {
			r.problem(r.inside(n, at), "no ${…} can stand here: it is fixed before the scenario starts", expected, "")
			return s, false
		}
		return s, ok
	}, func(d *definitions) *jsonschema.Schema { return textSchema(d, expected) }}
}

// matching is a plain text of a form.
func matching(expected, pattern string) shape[string] {
	s := checked(plainText(expected), func(r *reader, n *node, v string) bool {
		if !r.form(pattern).MatchString(v) {
			r.wrong(n, expected)
			return false
		}
		return true
	})
	s.schema = func(*definitions) *jsonschema.Schema {
		form := regexp.MustCompile(pattern)
		words := &jsonschema.Schema{Description: expected, Type: "string", Pattern: pattern}
		if !form.MatchString("12345678") && !form.MatchString("+14255550101") {
			return words
		}
		return &jsonschema.Schema{Description: expected, Pattern: pattern, AnyOf: []*jsonschema.Schema{{Type: "string"}, {Type: "number"}}}
	}
	return s
}

// yesNo is yes, no, true or false.
func yesNo() shape[bool] {
	const expected = "yes or no"
	return shape[bool]{expected, func(r *reader, n *node) (bool, bool) {
		if n.kind == text || n.kind == truth {
			switch strings.ToLower(n.text) {
			case "yes", "true":
				return true, true
			case "no", "false":
				return false, true
			}
			r.problem(n.at, n.called()+" does not fit here", expected, nearest(n.text, []string{"yes", "no"}))
			return false, false
		}
		r.wrong(n, expected)
		return false, false
	}, func(*definitions) *jsonschema.Schema {
		return &jsonschema.Schema{Enum: []any{"yes", "no", true, false}}
	}}
}

// whole is a whole number within bounds.
func whole(least, most int) shape[int] {
	expected := fmt.Sprintf("a whole number from %d to %d", least, most)
	return shape[int]{expected, func(r *reader, n *node) (int, bool) {
		if n.kind != number {
			r.wrong(n, expected)
			return 0, false
		}
		v, err := strconv.Atoi(n.text)
		if err != nil || v < least || v > most || strconv.Itoa(v) != n.text {
			r.problem(n.at, shorten(n.text)+" does not fit here", expected, "")
			return 0, false
		}
		return v, true
	}, func(*definitions) *jsonschema.Schema {
		return &jsonschema.Schema{Type: "integer", Minimum: figure(least), Maximum: figure(most)}
	}}
}

func figure(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// word is one entry of a closed vocabulary.
type word[T any] struct {
	name  string
	value T
}

// oneOf is one word of a vocabulary.
func oneOf[T any](what string, words []word[T]) shape[T] {
	known := make([]string, len(words))
	for i, w := range words {
		known[i] = w.name
	}
	return shape[T]{what + ": " + list(known), func(r *reader, n *node) (v T, ok bool) {
		s, ok := r.scalar(n, what+": "+list(known))
		if !ok {
			return v, false
		}
		for _, w := range words {
			if w.name == s {
				return w.value, true
			}
		}
		r.unknown(n.at, what, s, "", known)
		return v, false
	}, func(*definitions) *jsonschema.Schema { return enum(what, known) }}
}

// enum is the schema of a vocabulary; a word of digits may also be a number.
func enum(what string, words []string) *jsonschema.Schema {
	s := &jsonschema.Schema{Description: what}
	for _, w := range words {
		if n, err := strconv.Atoi(w); err == nil {
			s.Enum = append(s.Enum, n)
		}
		s.Enum = append(s.Enum, w)
	}
	return s
}

// called makes words of names that stand for themselves.
func called[T ~string](names ...T) (words []word[T]) {
	for _, n := range names {
		words = append(words, word[T]{name: string(n), value: n})
	}
	return words
}

const durationForm = `^\d{1,6} (seconds?|minutes?|hours?|days?)( \d{1,6} (seconds?|minutes?|hours?|days?))*$`

// duration is a time such as "31 minutes" or "1 hour 30 minutes".
func duration(least, most time.Duration) shape[time.Duration] {
	expected := fmt.Sprintf(`a time from %s to %s, such as "6 minutes" or "1 hour 30 minutes"`, spoken(least), spoken(most))
	form := matching(expected, durationForm)
	return shape[time.Duration]{expected, func(r *reader, n *node) (time.Duration, bool) {
		s, ok := form.read(r, n)
		if !ok {
			return 0, false
		}
		d := parseDuration(s)
		if d < least || d > most {
			r.wrong(n, expected)
			return 0, false
		}
		return d, true
	}, form.schema}
}

// parseDuration adds up what durationForm has let through; six digits of days
// fit a time.Duration only below 106,751, so the sum stops there.
func parseDuration(s string) (sum time.Duration) {
	const most = 36_500 * 24 * time.Hour
	words := strings.Fields(s)
	for i := 0; i+1 < len(words); i += 2 {
		n, _ := strconv.ParseInt(words[i], 10, 32) // at most six digits, by durationForm
		unit := unitOf(words[i+1])
		if n > int64(most/unit) {
			return 2 * most
		}
		if sum += time.Duration(n) * unit; sum > most {
			return 2 * most
		}
	}
	return sum
}

func unitOf(word string) time.Duration {
	switch strings.TrimSuffix(word, "s") {
	case "second":
		return time.Second
	case "minute":
		return time.Minute
	case "hour":
		return time.Hour
	}
	return 24 * time.Hour
}

// spoken is a duration in the language's own words.
func spoken(d time.Duration) string {
	for _, u := range []struct {
		name string
		unit time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		if d >= u.unit && d%u.unit == 0 {
			return plural(int(d/u.unit), u.name)
		}
	}
	return plural(int(d/time.Second), "second")
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}

const momentForm = `^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2}))?$`

// moment is a date, or a date and time of day.
func moment() shape[time.Time] {
	const expected = "a time such as 2019-11-04T08:00:00Z, or a date such as 2019-11-04, from 2010 to 2099"
	form := matching(expected, momentForm)
	return shape[time.Time]{expected, func(r *reader, n *node) (t time.Time, ok bool) {
		s, ok := form.read(r, n)
		if !ok {
			return t, false
		}
		layout := time.RFC3339
		if !strings.Contains(s, "T") {
			layout = time.DateOnly
		}
		t, err := time.Parse(layout, s)
		if err != nil || t.Year() < 2010 || t.Year() > 2099 {
			r.wrong(n, expected)
			return t, false
		}
		return t.UTC(), true
	}, form.schema}
}

const ruleForm = `^(R-(AAC|AUD|CHG|ELG|GAP|LIC|NOT|POL|PWD|REG|ROL|RST|TRB|WB)-\d{2,3}[a-z]?|T-\d{2}[a-z]?)$`

// rule is the id of a rule of the catalogue.
func rule() shape[string] {
	const expected = "a rule's id such as R-RST-11, R-PWD-31a or T-13"
	s := plainText(expected)
	return shape[string]{expected, func(r *reader, n *node) (string, bool) {
		v, ok := s.read(r, n)
		if form := r.form(ruleForm); ok && !form.MatchString(v) {
			near := nearestRule(v)
			if !form.MatchString(near) {
				near = ""
			}
			r.problem(n.at, n.called()+" is no rule's id", expected, near)
			return "", false
		}
		return v, ok
	}, func(*definitions) *jsonschema.Schema {
		return &jsonschema.Schema{Type: "string", Description: expected, Pattern: ruleForm}
	}}
}

// nearestRule mends the area of a rule's id.
func nearestRule(id string) string {
	areas := []string{"AAC", "AUD", "CHG", "ELG", "GAP", "LIC", "NOT", "POL", "PWD", "REG", "ROL", "RST", "TRB", "WB"}
	parts := strings.Split(strings.ToUpper(strings.TrimPrefix(strings.ToUpper(id), "R-")), "-")
	if len(parts) != 2 {
		return ""
	}
	return "R-" + nearest(parts[0], areas) + "-" + strings.ToLower(parts[1])
}

// eventNumber is a number of the agent's event log.
func eventNumber() shape[int] {
	const expected = "a number of the agent's event log, such as 31002 or 33008 (R-WB-55..79)"
	known := agentEvents()
	return shape[int]{expected, func(r *reader, n *node) (int, bool) {
		v, err := strconv.Atoi(n.text)
		if n.kind != number || err != nil || !slices.Contains(known, v) {
			var words []string
			for _, k := range known {
				words = append(words, strconv.Itoa(k))
			}
			r.problem(n.at, n.called()+" is no event of the agent", expected, nearest(n.text, words))
			return 0, false
		}
		return v, true
	}, func(*definitions) *jsonschema.Schema {
		s := &jsonschema.Schema{Type: "integer"}
		for _, k := range known {
			s.Enum = append(s.Enum, k)
		}
		return s
	}}
}
