package script_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/scenarios/script"
)

// TestProblems holds what is said of each bad file against its golden text.
func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			scenarios, problems := script.ReadFiles(f)
			var b strings.Builder
			for _, p := range problems {
				b.WriteString(strings.ReplaceAll(p.Render(), "testdata/bad/", "") + "\n")
			}
			golden := strings.TrimSuffix(f, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("want:\n%s\ngot:\n%s", want, b.String())
			}
			for _, s := range scenarios {
				if s.Name != "Twice" && s.Name != "Times" {
					t.Errorf("a scenario with a problem was read: %s", s.Name)
				}
			}
		})
	}
}
