package main_test

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/container"
)

func TestExitStatus(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	for name, c := range map[string]struct {
		args   []string
		env    []string
		status int
		says   []string
	}{
		"passed":           {args: []string{"run", "--driver", "http", "house.yaml"}, says: []string{"PASS  embedded  http", "1 passed, 0 failed"}},
		"failed":           {args: []string{"run", "--driver", "http", "testdata/failing.yaml"}, status: 1, says: []string{"FAIL  embedded  http", "0 passed, 1 failed"}},
		"bad scenario":     {args: []string{"run", "testdata/bad.yaml"}, status: 2, says: []string{"testdata/bad.yaml:3:", "2 errors in the scenarios"}},
		"mail image alone": {args: []string{"run", "--mail-image", "mailhog/mailhog", "house.yaml"}, status: 2, says: []string{"--mail-image mailhog/mailhog is for a lab in containers: --directory samba or openldap"}},
		"missing file":     {args: []string{"run", "nowhere.yaml"}, status: 2, says: []string{"nowhere.yaml: cannot be read: no such file or directory"}},
		"empty folder":     {args: []string{"run", empty}, status: 2, says: []string{"the folder holds no scenario file"}},
		"unknown flag":     {args: []string{"run", "--drivers", "http"}, status: 2, says: []string{"unknown flag: --drivers", "ssprlab --help"}},
		"unknown verb":     {args: []string{"rum"}, status: 2, says: []string{`unknown command "rum"`}},
		"unknown driver":   {args: []string{"run", "--driver", "telnet"}, status: 2, says: []string{`--driver "telnet": expected browser or http`}},
		"no worker":        {args: []string{"run", "--workers", "0"}, status: 2, says: []string{"--workers 0: expected 1 to 64"}},
		"negative seed":    {args: []string{"run", "--seed", "-1"}, status: 2, says: []string{"--seed"}},
		"report on a file": {args: []string{"run", "--driver", "http", "--report", file, "house.yaml"}, status: 2, says: []string{"--report " + file}},
		"no browser":       {args: []string{"run", "house.yaml"}, env: []string{"SSPRLAB_BROWSER=/nonexistent"}, status: 3, says: []string{`$SSPRLAB_BROWSER is "/nonexistent"`, "ssprlab run --driver http"}},
		"no such browser":  {args: []string{"run", "house.yaml"}, env: []string{"SSPRLAB_BROWSER=/bin/false"}, status: 3, says: []string{"browser: /bin/false did not start"}},
		"two houses":       {args: []string{"up", "house.yaml", "walkthrough.yaml"}, status: 2, says: []string{"accepts at most 1 arg"}},
		"bad house":        {args: []string{"up", "testdata/bad.yaml"}, status: 2, says: []string{"testdata/bad.yaml:3:"}},
		"port too high":    {args: []string{"up", "--port", "70000"}, status: 2, says: []string{"--port 70000: expected 0 to 65535"}},
	} {
		t.Run(name, func(t *testing.T) {
			args := c.args
			if args[0] == "run" && !strings.Contains(strings.Join(args, " "), "--report") {
				args = append(args, "--report", t.TempDir())
			}
			call(t, c.env, args...).says(t, c.status, c.says...)
		})
	}
}

func TestPortTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	call(t, nil, "up", "--port", port).says(t, 3, "start the lab: addresses: tenant: listen on port "+port+" of 127.0.0.1", "0 takes any free one")
}

// TestFailureIsShown proves that a failing scenario names its step and its
// place, and that the line it prints runs it again with the same outcome.
func TestFailureIsShown(t *testing.T) {
	dir := t.TempDir()
	first := call(t, nil, "run", "--driver", "http", "--seed", "3", "--report", dir, "testdata/failing.yaml")
	first.says(t, 1,
		"step:     grace: She looks for what is not there", "at:       testdata/failing.yaml:10",
		`expected: "The end of the rainbow"`, `found:    "Good to see you, Grace"`, "again:    ssprlab run testdata/failing.yaml --driver http --seed 3")
	_, again, _ := strings.Cut(first.out, "again:    ssprlab ")
	again, _, _ = strings.Cut(again, "\n")
	call(t, nil, append(strings.Fields(again), "--report", dir)...).says(t, 1, "at:       testdata/failing.yaml:10")

	var results struct {
		Seed      uint64
		Scenarios []struct {
			Passed bool
			Steps  []struct {
				Passed bool
				Error  string
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &results); err != nil {
		t.Fatal(err)
	}
	if len(results.Scenarios) != 1 || len(results.Scenarios[0].Steps) != 3 || results.Scenarios[0].Passed || results.Seed != 3 {
		t.Fatalf("results.json says %s", text)
	}
	if s := results.Scenarios[0].Steps; !s[0].Passed || s[1].Passed || s[2].Passed || s[2].Error != "not run" {
		t.Errorf("the steps are %+v", s)
	}
}

// TestBuiltInByName proves that the line of a built-in scenario, which names a
// file that is on nobody's disk, runs it too.
func TestBuiltInByName(t *testing.T) {
	call(t, nil, "lint", "reset", "house.yaml").says(t, 0, "no errors")
	call(t, nil, "lint", "house.yaml", "testdata/failing.yaml").says(t, 0, "2 scenarios, no errors")
	call(t, nil, "lint", "../../scenarios/house.yaml").says(t, 0, "1 scenario, no errors")
}

// TestRunWithBrowser proves the default driver, and that it leaves nothing.
func TestRunWithBrowser(t *testing.T) {
	if _, err := browser.Find(); err != nil {
		t.Skip(err)
	}
	tmp := t.TempDir()
	call(t, []string{"TMPDIR=" + tmp}, "run", "--report", t.TempDir(), "house.yaml").says(t, 0, "PASS  embedded  browser")
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("the run left %v, %v", left, err)
	}
}

// TestRunWithBrowserInContainer proves that people may act in the image's
// browser, and that without an engine it is said what to do.
func TestRunWithBrowserInContainer(t *testing.T) {
	call(t, []string{"DOCKER_HOST=unix:///nonexistent"}, "run", "--browser", "container", "--report", t.TempDir(), "house.yaml").says(t, 3,
		"start Chrome in a container: the Docker engine at unix:///nonexistent is absent", "--driver http")
	call(t, nil, "run", "--browser", "firefox", "house.yaml").says(t, 2, `--browser "firefox": expected host or container`)
	call(t, nil, "run", "--browser", "container", "--driver", "http", "house.yaml").says(t, 2, "is for --driver browser")
	e, err := container.Open(t.Context())
	if err == nil {
		defer e.Close()
		err = e.HostNetwork()
	}
	if err != nil && os.Getenv("CI") != "true" {
		t.Skipf("without a browser in a container: %v", err)
	}
	call(t, nil, "run", "--browser", "container", "--report", t.TempDir(), "house.yaml").says(t, 0, "PASS  embedded  browser")
}

func TestLint(t *testing.T) {
	call(t, nil, "lint").says(t, 0, "no errors")
	call(t, nil, "lint", "testdata/bad.yaml", "testdata/worse.yaml", "nowhere").says(t, 2,
		"testdata/bad.yaml:3:30: unknown key", "nearest:  licence", "testdata/bad.yaml:7:9:", "nearest:  sign in",
		"     7 |       - sing in", "testdata/worse.yaml:3:12:", "expected: ", "nowhere: cannot be read", "4 errors in the scenarios")
	call(t, nil, "lint", "testdata").says(t, 2, "testdata/bad.yaml:3:30", "testdata/worse.yaml:3:12")
}

func TestDoctor(t *testing.T) {
	well := call(t, nil, "doctor")
	well.says(t, 0, "ok       loopback", "localhost", "ok       temporary", "browser", "docker")
	if lines := strings.Count(well.out, "\n"); lines != 5 {
		t.Errorf("%d lines, want one for each thing", lines)
	}
	call(t, []string{"SSPRLAB_BROWSER=/nonexistent"}, "doctor").says(t, 0, "optional browser", "/nonexistent", "Mend it: ")
	call(t, []string{"DOCKER_HOST=unix:///nonexistent"}, "doctor").says(t, 0, "optional docker", "the engine at unix:///nonexistent is absent. Mend it: Install Docker")
	call(t, []string{"TMPDIR=/nonexistent"}, "doctor").says(t, 3, "missing  temporary", "make /nonexistent writable", "cannot do without")
}

func TestHelp(t *testing.T) {
	for verb, flags := range map[string][]string{
		"":       {"up", "run", "lint", "doctor", "images", "clean", "completion"},
		"images": {"build", "list", "remove"},
		"clean":  {"dead labs"},
		"run":    {"--driver", "--workers", "--report", "--seed", "--keep-on-failure", "FILE|FOLDER", "Exit status: 0 all passed"},
		"up":     {"--json", "--seed", "--port", "FILE"},
		"lint":   {"FILE|FOLDER"},
		"doctor": {"what the lab needs"},
	} {
		t.Run(verb, func(t *testing.T) {
			args := append(strings.Fields(verb), "--help")
			r := call(t, nil, args...)
			r.says(t, 0, flags...)
			if r.err != "" {
				t.Errorf("help complains: %s", r.err)
			}
		})
	}
	call(t, nil).says(t, 0, "Usage:")
}
