package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const printed = `goos: linux
cpu: Some Processor
BenchmarkStart-2   	 12	 300471083 ns/op	 100 launch-ms	 0.05 of-launch	 0.25 of-slapd	 40 slapd-ms	 10 start-ms
BenchmarkStart-2   	 12	 300471083 ns/op	 100 launch-ms	 0.20 of-launch	 0.35 of-slapd	 40 slapd-ms	 30 start-ms
BenchmarkStart-2   	 12	 300471083 ns/op	 100 launch-ms	 0.15 of-launch	 0.30 of-slapd	 40 slapd-ms	 20 start-ms
BenchmarkReset/http-2	 255	 17511671 ns/op	 5 cpu-ms	 240 journeys/s	 160 per-cpu-s
    --- SKIP: BenchmarkReset/browser
        browser_test.go:30: no browser was found
PASS
`

func TestTheTableTellsWhatIsReached(t *testing.T) {
	file := filepath.Join(t.TempDir(), "benchmarks.md")
	if err := os.WriteFile(file, []byte("# Before\n\n"+begin+"old\n"+end+"\n\nAfter\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var echo strings.Builder
	if err := run(strings.NewReader(printed), &echo, file); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(echo.String(), printed) {
		t.Error("the benchmarks' own lines are not passed on")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# Before\n\n" + begin, end + "\n\nAfter\n", "Some Processor",
		"**0.30 times**; 20.0 ms; slapd 40.0 ms | reached |",
		"**0.150 of it**; launch 100 ms | **not reached**: 1.50 of the target |",
		"**240 a second by the clock** | **not reached**: 0.80 of the target |",
		"**320 a second in 2 processors' time**; 5.00 ms each | reached |",
		"| not measured on this machine | unknown |", "Skipped: browser_test.go:30: no browser was found.",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the file lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "old") {
		t.Error("the old table is still there")
	}
}

func TestWhatCannotBeWrittenIsSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "benchmarks.md")
	if err := os.WriteFile(file, []byte("no marks\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ in, path, want string }{
		"a failed benchmark":  {printed + "FAIL\n", file, "failed"},
		"nothing measured":    {"PASS\n", file, "failed"},
		"a file without mark": {printed, file, "figures"},
		"no file":             {printed, file + ".none", "no such file"},
	} {
		err := run(strings.NewReader(c.in), new(strings.Builder), c.path)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
