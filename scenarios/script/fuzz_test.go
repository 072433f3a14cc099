package script_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ssprlab/ssprlab/scenarios/script"
)

// FuzzParse: whatever the file, Parse ends without a panic, and each problem
// points into the file and can be shown.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, s := range []string{"", "a: &a [*a]", "? [a]: b", "{a: b, ? c : d}", "- - a\n -b", "a: |2\n x", "\"\\x\"", "'", "a: ${", "!!binary x", "%YAML 9\n---\na", "name: x\nsteps: [{do: {fill: {? a: b}}}]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		scenarios, problems := script.Parse("f.yaml", data)
		if len(scenarios) == 0 && len(problems) == 0 {
			t.Error("neither a scenario nor a problem")
		}
		lines := 1 + strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data)), "\n")
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Message == "" {
				t.Errorf("%+v is not in %d lines", p, lines)
			}
			if p.SourceLine != "" && p.Column > utf8.RuneCountInString(p.SourceLine)+1 {
				t.Errorf("%+v is beyond its line", p)
			}
			_ = p.Render()
		}
	})
}
