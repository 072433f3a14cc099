package script

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/invopop/jsonschema"
)

// schemaID is where the schema is checked in.
const schemaID = "https://raw.githubusercontent.com/ssprlab/ssprlab/main/scenarios/script/scenario.schema.json"

// Schema is the JSON Schema (2020-12) of one scenario, for editors. It is made
// from the tables that the reader reads by, and knows the keys, words, forms
// and ranges; what ties one part of a scenario to another (people and groups
// that must be declared, methods against their number) only Parse knows.
func Schema() ([]byte, error) {
	d := &definitions{all: jsonschema.Definitions{}}
	root := &jsonschema.Schema{Version: jsonschema.Version, ID: schemaID, Title: "A scenario of ssprlab"}
	root.Ref = scenarioShape().schema(d).Ref
	root.Definitions = d.all
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		return nil, fmt.Errorf("write the schema of scenarios: %w", err)
	}
	return b.Bytes(), nil
}

// definitions collects the named parts of the schema.
type definitions struct{ all jsonschema.Definitions }

// define makes a part once and refers to it.
func (d *definitions) define(name string, build func() *jsonschema.Schema) *jsonschema.Schema {
	key := strings.ReplaceAll(name, " ", "-")
	if _, known := d.all[key]; !known {
		d.all[key] = nil // a part may hold itself
		d.all[key] = build()
	}
	return &jsonschema.Schema{Ref: "#/$defs/" + key}
}

// object is the schema of a mapping with these keys and no others.
func (d *definitions) object(about string, fields []field) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "object", Description: about,
		Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
	for _, f := range fields {
		if f.key == "" {
			continue
		}
		s.Properties.Set(f.key, described(f.schema(d), f.about))
		if f.required {
			s.Required = append(s.Required, f.key)
		}
	}
	return s
}

// described puts what the key is about over what its value is like.
func described(s *jsonschema.Schema, about string) *jsonschema.Schema {
	c := *s
	c.Description = about
	return &c
}

// acts is the schema of one act: a word, or a mapping of one verb.
func (d *definitions) acts(table []verb) *jsonschema.Schema {
	word := &jsonschema.Schema{Description: "an act that needs no more"}
	full := &jsonschema.Schema{Type: "object", Description: "an act",
		Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema,
		MinProperties: size(1), MaxProperties: size(1)}
	for _, v := range table {
		if v.bare != nil {
			word.Enum = append(word.Enum, v.name)
		}
		if v.schema != nil {
			full.Properties.Set(v.name, described(v.schema(d), v.about))
		}
	}
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{word, full}}
}

// stepKinds says in the schema what checkKind says of a step.
func (d *definitions) stepKinds(name string) {
	s := d.all[name]
	s.DependentRequired = map[string][]string{"as": {"do"}, "do": {"as"}}
	s.OneOf = nil
	for _, k := range stepKeys() {
		only := &jsonschema.Schema{Required: []string{k}}
		if k == "expect" {
			only.Not = &jsonschema.Schema{Required: []string{"do"}}
		}
		s.OneOf = append(s.OneOf, only)
	}
}
