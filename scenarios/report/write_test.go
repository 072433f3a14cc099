package report

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// outputs writes a report and returns its files by name.
func outputs(t testing.TB, run *Run, r *Redactor) map[string]string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new", "report")
	if err := Write(dir, run, r); err != nil {
		t.Fatal(err)
	}
	return filesOf(t, dir)
}

func filesOf(t testing.TB, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(data)
	}
	return files
}

func TestWriteLeavesThreeFilesAndNothingElse(t *testing.T) {
	run, r := demoRun(t)
	files := outputs(t, run, r)
	for _, name := range []string{"index.html", "results.json", "junit.xml"} {
		if files[name] == "" {
			t.Errorf("%s is not there or empty", name)
		}
	}
	if len(files) != 3 {
		t.Errorf("%d files, expected 3", len(files))
	}
}

func TestWriteIsRepeatable(t *testing.T) {
	run, r := demoRun(t)
	first, second := outputs(t, run, r), outputs(t, run, r)
	for name := range first {
		if first[name] != second[name] {
			t.Errorf("%s differs from one call to the next", name)
		}
	}
}

func TestFailedWriteLeavesTheOldReport(t *testing.T) {
	dir := t.TempDir()
	run, r := demoRun(t)
	if err := Write(dir, run, r); err != nil {
		t.Fatal(err)
	}
	before := filesOf(t, dir)
	if err := os.Mkdir(filepath.Join(dir, ".junit.xml.partial"), 0o755); err != nil {
		t.Fatal(err)
	}
	run.Seed++
	err := Write(dir, run, r)
	if err == nil || !strings.Contains(err.Error(), "junit.xml") {
		t.Fatalf("write over a folder: %v, expected an error that names junit.xml", err)
	}
	if after := filesOf(t, dir); !reflect.DeepEqual(before, after) {
		t.Errorf("files after a failed call: %d, changed or left over", len(after))
	}
}

func TestWriteOverwritesWhatAKilledRunLeft(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".index.html.partial"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	run, r := demoRun(t)
	if err := Write(dir, run, r); err != nil {
		t.Fatal(err)
	}
	if files := filesOf(t, dir); len(files) != 3 || strings.HasPrefix(files["index.html"], "half") {
		t.Errorf("%d files, expected 3 new ones", len(files))
	}
}

func TestWriteOfAnEmptyRun(t *testing.T) {
	files := outputs(t, &Run{}, nil)
	if !strings.Contains(files["index.html"], "No scenario was run") {
		t.Error("the page of an empty run does not say so")
	}
	if want := "{\n  \"seed\": 0,\n  \"scenarios\": []\n}\n"; files["results.json"] != want {
		t.Errorf("results of an empty run: %s", files["results.json"])
	}
}

// fill puts a text into every string that can be reached from a value, and
// makes slices one long, so that a field added later is covered too.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return // pictures mask themselves
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), text)
		}
	default: // numbers and flags hold no secret
	}
}

// TestNoFormOfASecretSurvives fills every string of a run with a secret in
// every disguise, and looks for it in every file, as it stands and with the
// escapes of the file taken off.
func TestNoFormOfASecretSurvives(t *testing.T) {
	for secret, kind := range secrets() {
		r := &Redactor{}
		r.Add(kind, secret)
		var all []string
		for _, text := range disguises(t, secret) {
			all = append(all, text)
		}
		slices.Sort(all)
		for _, passed := range []bool{true, false} {
			run := &Run{}
			fill(reflect.ValueOf(run).Elem(), strings.Join(all, "\n"))
			run.Scenarios[0].Passed = passed
			run.Scenarios[0].Steps[0].Passed = passed
			for name, data := range outputs(t, run, r) {
				if !strings.Contains(data, "["+kind+"]") {
					t.Errorf("%s does not show that a %s was there", name, kind)
				}
				for _, form := range forms(secret) {
					if at := strings.Index(data, form); at >= 0 {
						t.Errorf("%s shows %q as %q: …%s…", name, secret, form, data[max(0, at-40):min(len(data), at+80)])
					}
				}
				if plain := html.UnescapeString(html.UnescapeString(data)); strings.Contains(plain, secret) {
					t.Errorf("%s shows %q once its escapes are taken off", name, secret)
				}
			}
		}
	}
}

// forms returns how a secret would look if it stood somewhere in a file.
func forms(secret string) []string {
	raw, utf16 := []byte(secret), []byte(wide(secret))
	all := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret),
		percent(secret, "%%%02x"), percent(secret, "%%%02X"), percent(secret, "=%02X"), escapes(secret),
		base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
		hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)),
		hex.EncodeToString(utf16), base64.StdEncoding.EncodeToString(utf16),
	}
	return all
}

// TestRedactionReachesEveryString fills a run with plain text and asks that not
// one string comes through unchanged.
func TestRedactionReachesEveryString(t *testing.T) {
	r := &Redactor{}
	r.Add("password", demoPassword)
	run := &Run{}
	fill(reflect.ValueOf(run).Elem(), demoPassword)
	seen := fmt.Sprintf("%#v", flat(reflect.ValueOf(r.Run(run)).Elem()))
	if strings.Contains(seen, demoPassword) {
		t.Errorf("a string was left out: %s", seen)
	}
	if !strings.Contains(fmt.Sprintf("%#v", flat(reflect.ValueOf(run).Elem())), demoPassword) {
		t.Error("the run itself was changed")
	}
}

// flat returns every string of a value with the path to it.
func flat(v reflect.Value) map[string]string {
	all := map[string]string{}
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			all[path] = v.String()
		case reflect.Pointer:
			walk(path, v.Elem())
		case reflect.Slice:
			for i := range v.Len() {
				walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				walk(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		default:
		}
	}
	walk("", v)
	return all
}

func TestDemoHidesItsSecrets(t *testing.T) {
	run, r := demoRun(t)
	const id = "6d1b9a52-0d0e-4f3a-9df1-2b8a4829130f" // the digits of the code stand in it
	for name, data := range outputs(t, run, r) {
		data = strings.ReplaceAll(data, id, "")
		for _, secret := range []string{demoCode, "4 8 2 9 1 3", "jbsw y3dp", "Quiet-Meadow"} {
			if strings.Contains(data, secret) {
				t.Errorf("%s shows %s", name, secret)
			}
		}
	}
}

func TestPicturesAreStoredOnce(t *testing.T) {
	run, r := demoRun(t)
	page := outputs(t, run, r)["index.html"]
	if n := strings.Count(page, "data:image/png;base64,"); n != 3 {
		t.Errorf("%d pictures stored, expected the 3 that differ", n)
	}
	contact := base64.StdEncoding.EncodeToString(picture1(t, "contact.png"))
	if n := strings.Count(page, contact); n != 1 {
		t.Errorf("the picture that five steps show is stored %d times", n)
	}
}

func BenchmarkWrite(b *testing.B) {
	run, r := demoRun(b)
	for b.Loop() {
		var page bytes.Buffer
		if err := writeIndex(&page, r.Run(run)); err != nil {
			b.Fatal(err)
		}
	}
}
