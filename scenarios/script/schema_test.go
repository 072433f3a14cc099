package script_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ssprlab/ssprlab/scenarios/script"
)

var update = flag.Bool("update", false, "write the schema and the golden files anew")

const schemaFile = "scenario.schema.json"

func TestSchemaIsCurrent(t *testing.T) {
	now, err := script.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, now, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	checkedIn, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(now, checkedIn) {
		t.Error(schemaFile + " is not what the tables say; run: go test ./scenarios/script -run TestSchemaIsCurrent -update")
	}
}

// compiled is the schema as an editor sees it.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := script.Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaFile, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instances are the documents of a file as JSON values.
func instances(t *testing.T, data []byte) (all []any) {
	t.Helper()
	for _, doc := range strings.Split("\n"+string(data), "\n---\n") {
		asJSON, err := yaml.YAMLToJSON([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			t.Fatal(err)
		}
		if v != nil {
			all = append(all, v)
		}
	}
	return all
}

func TestSchemaAcceptsGoodSamples(t *testing.T) {
	s := compiled(t)
	files, err := filepath.Glob("testdata/good/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range instances(t, data) {
			if err := s.Validate(v); err != nil {
				t.Errorf("%s, document %d: %v", f, i+1, err)
			}
		}
	}
}
