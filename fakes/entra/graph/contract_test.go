package graph_test

import (
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// contractFile is the strict slice of the product's schema, generated from its
// CSDL; it lies beside the repository.
const contractFile = "../../../../shared/reference/graph-openapi.yaml"

// contract loads the schema once; nil without the file.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	if _, err := os.Stat(contractFile); err != nil {
		return nil, nil
	}
	return openapi3.NewLoader().LoadFromFile(contractFile)
})

// validate holds an answer against the product's schema: a misspelt property
// or a wrong type fails.
func validate(t testing.TB, method, path string, a answer) {
	t.Helper()
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	if doc == nil || a.body == nil || strings.Contains(a.header.Get("Content-Type"), "metadata=none") {
		return
	}
	schema := schemaOf(doc, method, path, a.status)
	if schema == nil {
		return
	}
	if err := schema.VisitJSON(a.body, openapi3.VisitAsResponse()); err != nil {
		t.Errorf("%s %s: %d: the answer breaks the product's schema: %v", method, path, a.status, err)
	}
}

func schemaOf(doc *openapi3.T, method, path string, status int) *openapi3.Schema {
	path, _, _ = strings.Cut(path, "?")
	segments := strings.Split(strings.Replace(path, "/beta/", "/v1.0/", 1), "/")
	for template, item := range doc.Paths.Map() {
		operation := item.GetOperation(method)
		if operation == nil || !fits(strings.Split(template, "/"), segments) {
			continue
		}
		response := operation.Responses.Value(strconv.Itoa(status))
		if response == nil {
			response = operation.Responses.Default()
		}
		if content := response.Value.Content.Get("application/json"); content != nil {
			return content.Schema.Value
		}
	}
	return nil
}

func fits(template, segments []string) bool {
	if len(template) != len(segments) {
		return false
	}
	for i, want := range template {
		got, _ := url.PathUnescape(segments[i])
		if !strings.HasPrefix(want, "{") && !strings.EqualFold(want, got) || want == "{id}" && strings.HasPrefix(got, "$") {
			return false
		}
	}
	return true
}

// TestContract says whether the answers of these tests were held against the
// schema, and that the schema can refuse.
func TestContract(t *testing.T) {
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	if doc == nil {
		t.Skip("no " + contractFile + ": answers are not held against the product's schema")
	}
	schema := schemaOf(doc, "GET", "/v1.0/users", 200)
	if schema == nil {
		t.Fatal("the schema does not know /users")
	}
	if schema.VisitJSON(map[string]any{"value": []any{map[string]any{"dispayName": "x"}}}) == nil {
		t.Error("a misspelt property passes")
	}
}
