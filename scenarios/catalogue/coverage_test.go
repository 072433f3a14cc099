package catalogue

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestRepositoryNamesOnlyKnownRules reads this repository: an id that is
// misspelt anywhere proves nothing and misleads whoever looks it up.
func TestRepositoryNamesOnlyKnownRules(t *testing.T) {
	report, err := Coverage(os.DirFS(moduleRoot(t)))
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Err(); err != nil {
		t.Error(err)
	}
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = filepath.Dir(dir)
	}
}

func file(lines ...string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(strings.Join(lines, "\n"))}
}

func sample() fstest.MapFS {
	return fstest.MapFS{
		"fakes/entra/doc.go": file(
			"// Package entra follows R-POL-20..22 and R-POL-38/39.",
			"//",
			"// Not modelled: R-POL-84,",
			"// and R-POL-85.",
			"//",
			"// See R-POL-78.",
			"package entra"),
		"fakes/entra/policy_test.go":               file("package entra", "// R-POL-20", `const id = "R-POL-59"`),
		"scenarios/report/demo_test.go":            file("// R-RST-86"),
		"lab/directory/conformance/suite.go":       file("package conformance // R-WB-97"),
		"scenarios/reset/happy.yaml":               file("name: R-RST-90", "# R-RST-89", "rules: [R-RST-01,", "  R-RST-02]", "steps:", "  - do: x", "    rules:", "    - R-RST-03", "    expect: R-RST-88", "  - rules: [R-RST-04]", "    say: R-RST-87"),
		"scenarios/script/testdata/bad.yaml":       file("rules: [R-RST-999]"), // catalogue:ignore
		"scenarios/catalogue/rules_test.go":        file("// R-RST-998"),       // catalogue:ignore
		"fakes/page/help.gohtml":                   file("{{/* R-GAP-41 */}}"),
		"docs/guide.md":                            file("R-GAP-40", "R-GAP-99"),                                     // catalogue:ignore
		".git/description":                         file("R-RST-997"),                                                // catalogue:ignore
		"e2e/suite_test.go":                        file("// R-RST-06", "// R-RST-5 catalogue:ignore", "// R-RST-6"), // catalogue:ignore
		"lab/picture.png":                          file("R-RST-996"),                                                // catalogue:ignore
		"fakes/activedirectory/lockscreen_test.go": file("// R-RST-79"),
	}
}

func TestCoverage(t *testing.T) {
	report, err := Coverage(sample())
	if err != nil {
		t.Fatal(err)
	}
	want := map[State][]string{
		Proved:      {"R-POL-20", "R-POL-59", "R-RST-01", "R-RST-02", "R-RST-03", "R-RST-04", "R-RST-06", "R-WB-97"},
		Implemented: {"R-POL-21", "R-POL-22", "R-POL-38", "R-POL-39", "R-POL-78"},
	}
	got := map[State][]string{}
	for _, s := range report.Standings {
		got[s.State()] = append(got[s.State()], s.Rule.ID)
	}
	for state, ids := range want {
		if !slices.Equal(got[state], ids) {
			t.Errorf("%s: %v, expected %v", state, got[state], ids)
		}
	}
	if !slices.Contains(got[NotModelled], "R-RST-84") || !slices.Contains(got[Open], "R-POL-84") {
		t.Errorf("not modelled: %v; R-POL-84 open: %t", got[NotModelled], slices.Contains(got[Open], "R-POL-84"))
	}
	wantErr := "docs/guide.md:2: unknown rule R-GAP-99, did you mean R-GAP-09?\n" + // catalogue:ignore
		"e2e/suite_test.go:3: unknown rule R-RST-6, did you mean R-RST-06?" // catalogue:ignore
	if err := report.Err(); err == nil || err.Error() != wantErr {
		t.Errorf("unknown ids:\n%v\nexpected:\n%s", err, wantErr)
	}
	both := report.Contradictions()
	if len(both) != 1 || both[0].Rule.ID != "R-RST-79" {
		t.Errorf("contradictions: %v, expected R-RST-79", both)
	}
}

func TestMarkdown(t *testing.T) {
	report, err := Coverage(sample())
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := report.Markdown(&page); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| Policy (POL) | 91 | 2 | 5 |",
		"| **All** | 801 | 8 |",
		"\nProved:\nR-RST-01..04, R-RST-06.\n",
		"\n- R-RST-79..84: the Windows lock screen",
		"- R-RST-79 at fakes/activedirectory/lockscreen_test.go:1:",
		"- docs/guide.md:2: unknown rule",
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("no %q in\n%s", want, page.String())
		}
	}
}

func TestNotModelledSaysWhatIsWrong(t *testing.T) {
	tests := map[string]string{
		"R-POL-190: gone":               "not-modelled.yml:1: unknown rule R-POL-190, did you mean", // catalogue:ignore
		"# x\nR-POL-19:\n":              "not-modelled.yml:2: R-POL-19 needs a reason",
		"R-POL-19: ''":                  "needs a reason",
		"lockscreen: no device":         `"lockscreen" is neither an id nor a range`,
		"R-POL-1..3: a\nR-POL-19: [a]":  "unknown rule R-POL-1, did you mean R-POL-01?", // catalogue:ignore
		"R-POL-01..03: a\nR-POL-02: b":  "not-modelled.yml:2: R-POL-02 has a reason already",
		"R-POL-19: a\nR-POL-19: b":      "R-POL-19",
		"R-POL-19: [":                   "not-modelled.yml:",
		"R-POL-19: {a: b}\nR-POL-18: a": "R-POL-19 needs a reason",
	}
	for data, want := range tests {
		if _, err := load().notModelled([]byte(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("read %q: %v, expected %q", data, err, want)
		}
	}
	reasons, err := load().notModelled([]byte("T-01/02: >\n  two\n  lines\n"))
	if err != nil || len(reasons) != 2 {
		t.Fatalf("reasons: %v, %v", reasons, err)
	}
	for _, reason := range reasons {
		if reason != "two lines" {
			t.Errorf("reason %q", reason)
		}
	}
}

func BenchmarkCoverage(b *testing.B) {
	root := os.DirFS("../..")
	for b.Loop() {
		if _, err := Coverage(root); err != nil {
			b.Fatal(err)
		}
	}
}
