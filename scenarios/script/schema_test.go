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

// TestSamplesUseEveryWord: the good samples use each key and act.
func TestSamplesUseEveryWord(t *testing.T) {
	files, err := filepath.Glob("testdata/good/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all string
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all += string(data)
	}
	data, err := script.Schema()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	keys := words(schema, false)
	for _, v := range script.Verbs() {
		delete(keys, v)
		if !strings.Contains(all, v) {
			t.Errorf("no sample uses the act %q", v)
		}
	}
	for k := range keys {
		if !strings.Contains(all, k+":") {
			t.Errorf("no sample uses the key %q", k)
		}
	}
}

// TestSchemaRefusesBadOnes: what an editor can know, it says as Parse does.
func TestSchemaRefusesBadOnes(t *testing.T) {
	s := compiled(t)
	const people = "\npeople: {adele: {name: Adele Birch, from: directory}}\n"
	const time = "\nsteps: [{after: 1 minute}]"
	for _, text := range []string{
		"steps: [{after: 1 minute}]",
		"name: A" + time + "\nnaem: B",
		"name: A\nsteps: []",
		"name: [A]" + time,
		"name: A\nrules: [RST-11]" + time,
		"name: A\nrules: [R-RST-11, R-RST-11]" + time,
		"name: A\neras: [2018]" + time,
		"name: A\nstart: yesterday" + time,
		"name: A\ndomain: a b" + time,
		"name: A\ndirectory: {password policy: {history: 25}}" + time,
		"name: A\ndirectory: {password policy: {minimum age: 6 weeks}}" + time,
		"name: A\ntenant: {password reset: {methods required: 3}}" + time,
		"name: A\ntenant: {password reset: {methods: []}}" + time,
		"name: A\ntenant: {password reset: {methods: [app code]}}" + time,
		"name: A\ntenant: {password reset: {registration: {reconfirm after: 731}}}" + time,
		"name: A\ntenant: {password reset: {notifications: {users: maybe}}}" + time,
		"name: A\ntenant: {banned passwords: [abc]}" + time,
		"name: A\npeople: {Adele: {name: Adele Birch}}" + time,
		"name: A\npeople: {adele: {name: Adele}}" + time,
		"name: A\npeople: {adele: {}}" + time,
		"name: A\npeople: {adele: {name: Adele Birch, mobile: none}}" + time,
		"name: A\npeople: {adele: {name: Adele Birch, licence: P3}}" + time,
		"name: A\nsteps: [{after: 1 minute, lab: stop mail}]",
		"name: A\nsteps: [{}]",
		"name: A\nsteps: [{lab: stop agnet}]",
		"name: A" + people + "steps: [{as: adele}]",
		"name: A" + people + "steps: [{do: back}]",
		"name: A" + people + "steps: [{as: adele, do: press}]",
		"name: A" + people + "steps: [{as: adele, do: {back: now}}]",
		"name: A" + people + "steps: [{as: adele, do: {press: Next, reload: yes}}]",
		"name: A" + people + "steps: [{as: adele, do: {open: offcie}}]",
		"name: A" + people + "steps: [{as: adele, do: {fill: {}}}]",
		"name: A" + people + "steps: [{as: adele, do: {see: {}}}]",
		"name: A" + people + "steps: [{as: adele, do: {see: {titel: A}}}]",
		"name: A" + people + "steps: [{as: adele, do: {bind: {times: 51}}}]",
		"name: A" + people + "steps: [{as: adele, do: {answer call: 10}}]",
		"name: A" + people + "steps: [{expect: {}}]",
		"name: A" + people + "steps: [{expect: {phone: {}}}]",
		"name: A" + people + "steps: [{expect: {agent: {events: [1]}}}]",
		"name: A" + people + "steps: [{expect: {directory: {adele: {password: maybe}}}}]",
		"name: A" + people + "steps: [{expect: {audit: {activity: Nothing}}}]",
		"name: A" + people + "steps: [{expect: {no audit: {activity: Add user, count: 1}}}]",
	} {
		if len(complain(text)) == 0 {
			t.Errorf("Parse accepts\n%s", text)
		}
		for _, v := range instances(t, []byte(text)) {
			if s.Validate(v) == nil {
				t.Errorf("the schema accepts\n%s", text)
			}
		}
	}
}
