package source_test

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/e2e/house/source"
)

func parse(t *testing.T, text string) *source.File {
	t.Helper()
	f, err := source.Parse("a/b_test.go", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestUses(t *testing.T) {
	for name, c := range map[string]struct{ path, text, want string }{
		"plain":     {"time", "package a\nimport \"time\"\nvar x = time.Now()\n", "Now:3"},
		"alias":     {"time", "package a\nimport clock \"time\"\nvar x = clock.Now\n", "Now:3"},
		"version":   {"math/rand/v2", "package a\nimport \"math/rand/v2\"\nvar x = rand.IntN(3)\n", "IntN:3"},
		"twice":     {"time", "package a\nimport \"time\"\nimport t2 \"time\"\nvar x, y = t2.Now(), time.Since\n", "Now:4 Since:4"},
		"dot":       {"time", "package a\nimport . \"time\"\nvar x = Now()\n", ".:2"},
		"blank":     {"time", "package a\nimport _ \"time\"\n", ""},
		"hidden":    {"time", "package a\nimport \"time\"\nfunc f(time s) { time.Now() }\ntype s struct{ x time.Duration }\n", "Duration:4"},
		"variable":  {"time", "package a\nimport \"time\"\nfunc f() { now := time.Now; now() }\n", "Now:3"},
		"other":     {"time", "package a\nimport \"my/time\"\nvar x = time.Now()\n", ""},
		"method":    {"time", "package a\nimport \"time\"\nfunc (x *elsewhere) f() { y := unknown(time.Now()); y.z(time.Since) }\n", "Now:3 Since:3"},
		"no import": {"time", "package a\nvar x = time.Now()\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, u := range parse(t, c.text).Uses(c.path) {
				got = append(got, fmt.Sprintf("%s:%d", u.Name, u.Line))
			}
			if all := strings.Join(got, " "); all != c.want {
				t.Errorf("uses of %s are %q, want %q", c.path, all, c.want)
			}
		})
	}
}

func TestFile(t *testing.T) {
	f := parse(t, "package a\nimport n \"net\"\nfunc f() { n.Listen(g(), \"\") }\n")
	if i := f.Imports(); len(i) != 1 || i[0] != (source.Import{Path: "net", Name: "n", Line: 2}) {
		t.Errorf("imports are %v", i)
	}
	if f.Dir() != "a" || !f.Test() {
		t.Errorf("folder %s, test %v", f.Dir(), f.Test())
	}
	calls := 0
	f.Calls(func(*ast.CallExpr) { calls++ })
	if calls != 2 {
		t.Errorf("%d calls, want 2", calls)
	}
}

func TestReadFindsThisModule(t *testing.T) {
	root, err := source.Find(".")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := source.Read(root)
	if err != nil {
		t.Fatal(err)
	}
	if tree.Module != "github.com/ssprlab/ssprlab" || len(tree.Files) < 100 {
		t.Errorf("module %q with %d files", tree.Module, len(tree.Files))
	}
	for _, f := range tree.Files {
		if strings.Contains(f.Path, "testdata/") {
			t.Errorf("%s was read", f.Path)
		}
	}
	if _, err := source.Find(string(filepath.Separator)); err == nil {
		t.Error("there is a module at the root of the machine")
	}
	if _, err := source.Read(t.TempDir()); err == nil {
		t.Error("a folder without go.mod was read")
	}
}
