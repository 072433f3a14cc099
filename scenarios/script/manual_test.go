package script_test

import (
	"encoding/json"
	"fmt"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/scenarios/script"
)

// manual is the text of doc.go and the examples in it.
func manual(t *testing.T) (text string, examples []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	text = f.Doc.Text()
	var p comment.Parser
	for _, b := range p.Parse(text).Content {
		if c, ok := b.(*comment.Code); ok {
			examples = append(examples, c.Text)
		}
	}
	return text, examples
}

// sections a scenario needs so that an example of one of them can be linted.
var sections = map[string]string{
	"name":   "name: An example\n",
	"tenant": "tenant: {password reset: {enabled: all}}\n",
	"people": "people:\n  adele: {name: Adele Birch, from: directory, mobile: \"+1 4255550101\"}\n  grace: {name: Grace Alder}\n",
	"groups": "groups:\n  SSPR pilot: {members: [adele]}\n  New pilot: {exists: no}\n",
	"steps":  "steps:\n  - after: 6 minutes\n",
}

// whole makes a scenario of an example: of sections, of acts (do) or of an
// expectation (expect).
func whole(example string) string {
	if strings.HasPrefix(example, "do:") || strings.HasPrefix(example, "expect:") {
		step := "\n" + example
		if strings.HasPrefix(example, "expect:") {
			step = "\ndo: back" + step
		}
		example = "steps:\n  - as: adele" + strings.ReplaceAll(step, "\n", "\n    ")
	}
	for _, key := range []string{"name", "tenant", "people", "groups", "steps"} {
		if !strings.HasPrefix(example, key+":") && !strings.Contains(example, "\n"+key+":") {
			example = sections[key] + example
		}
	}
	return example
}

func TestManualsExamplesAreGood(t *testing.T) {
	_, examples := manual(t)
	if len(examples) < 10 {
		t.Fatalf("only %d examples found", len(examples))
	}
	schema := compiled(t)
	for _, e := range examples {
		doc := whole(e)
		_, problems := script.Parse("doc.go", []byte(doc))
		for _, p := range problems {
			t.Errorf("%s\nin:\n%s", p.Render(), doc)
		}
		for _, v := range instances(t, []byte(doc)) {
			if err := schema.Validate(v); err != nil {
				t.Errorf("%v\nin:\n%s", err, doc)
			}
		}
	}
}

func TestManualNamesEveryWord(t *testing.T) {
	text, _ := manual(t)
	text = strings.Join(strings.Fields(text), " ")
	for _, v := range script.Verbs() {
		if !strings.Contains(text, v) {
			t.Errorf("the manual does not say %q", v)
		}
	}
	data, err := script.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema any
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	for word := range words(schema, true) {
		if !strings.Contains(text, word) {
			t.Errorf("the manual does not say %q", word)
		}
	}
}

// words are the keys of a schema and, on demand, its vocabularies, but for
// activities and event numbers, which the catalogue lists.
func words(v any, vocabularies bool) map[string]bool {
	all := map[string]bool{}
	var walk func(v any, key string)
	walk = func(v any, key string) {
		switch v := v.(type) {
		case map[string]any:
			for k, inner := range v {
				if key == "properties" {
					all[k] = true
				}
				if k == "activity" && key == "properties" {
					continue
				}
				walk(inner, k)
			}
		case []any:
			for _, inner := range v {
				if s, ok := inner.(string); ok && vocabularies && key == "enum" && len(s) > 1 {
					all[s] = true
				}
				walk(inner, fmt.Sprint(key, "[]"))
			}
		}
	}
	walk(v, "")
	return all
}
