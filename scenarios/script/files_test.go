package script_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ssprlab/ssprlab/scenarios/script"
)

func scenario(name string) string { return "name: " + name + "\nsteps: [{after: 1 minute}]\n" }

func TestReadFS(t *testing.T) {
	fsys := fstest.MapFS{
		"b.yaml":           {Data: []byte(scenario("B"))},
		"a/z.yaml":         {Data: []byte(scenario("Z") + "---\n" + scenario("Y"))},
		"a/notes.txt":      {Data: []byte("not one")},
		"testdata/x.yaml":  {Data: []byte("bad: yes")},
		".hidden/x.yaml":   {Data: []byte("bad: yes")},
		"_drafts/x.yaml":   {Data: []byte("bad: yes")},
		"c/bad.yaml":       {Data: []byte("bad: yes")},
		"empty/readme.txt": {Data: []byte("nothing")},
	}
	scenarios, problems := script.ReadFS(fsys)
	var names []string
	for _, s := range scenarios {
		names = append(names, s.At.File+" "+s.Name)
	}
	if got := strings.Join(names, ", "); got != "a/z.yaml Z, a/z.yaml Y, b.yaml B" {
		t.Error(got)
	}
	if len(problems) != 3 || problems[0].File != "c/bad.yaml" {
		t.Errorf("%v", problems)
	}
	if _, problems := script.ReadFS(fsys, "empty", "missing.yaml", "b.yaml"); len(problems) != 2 ||
		problems[0].Error() != "empty: the folder holds no scenario file" ||
		!strings.HasPrefix(problems[1].Render(), "missing.yaml: cannot be read: ") {
		t.Errorf("%v", problems)
	}
}

func TestReadFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.yaml": scenario("A"), "b.yaml": scenario("A") + "---\n" + scenario("B"), "c.scenario": scenario("C")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The folder holds a.yaml too, which is read once; c.scenario is named.
	scenarios, problems := script.ReadFiles(filepath.Join(dir, "a.yaml"), dir, filepath.Join(dir, "c.scenario"))
	if len(scenarios) != 3 || scenarios[0].Name != "A" || scenarios[2].Name != "C" {
		t.Errorf("%d scenarios", len(scenarios))
	}
	want := filepath.Join(dir, "b.yaml") + `:1:1: a scenario named "A" stands at ` + filepath.Join(dir, "a.yaml") + ":1"
	if len(problems) != 1 || problems[0].Error() != want {
		t.Errorf("want %s, got %v", want, problems)
	}
}

func TestReadWhatIsNoFile(t *testing.T) {
	_, problems := script.ReadFiles(os.DevNull, filepath.Join(t.TempDir(), "none.yaml"), t.TempDir())
	if len(problems) != 3 || !strings.Contains(problems[0].Error(), "not a regular file") {
		t.Errorf("%v", problems)
	}
	for _, p := range problems {
		if p.Expected == "" || strings.Contains(p.Render(), "\n     0") {
			t.Errorf("%+v", p)
		}
	}
}
