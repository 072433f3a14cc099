package report

import (
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestLine(t *testing.T) {
	tests := map[string]struct {
		scenario *Scenario
		want     string
	}{
		"passed": {
			&Scenario{Name: "A name", Directory: "embedded", Driver: "browser", Passed: true, Duration: 1250 * time.Millisecond},
			"PASS  embedded  browser    1.2s  A name\n",
		},
		"failed": {
			&Scenario{Name: "A\nname\x1b[31m", File: "a b.yaml", Directory: "samba", Driver: "http", Duration: 125 * time.Second, Seed: 7, Steps: []*Step{
				{Name: "first", Passed: true},
				{Name: "second", Actor: "Nora", Line: 12, Error: "it went wrong\nbadly", Expected: "this", Found: "that"},
				{Name: "third", Skipped: true},
			}},
			"FAIL  samba     http      2m05s  A name [31m\n" +
				"      step:     Nora: second\n" +
				"      at:       a b.yaml:12\n" +
				"      error:    it went wrong badly\n" +
				"      expected: this\n" +
				"      found:    that\n" +
				"      again:    ssprlab run 'a b.yaml' --directory samba --driver http --seed 7\n",
		},
		"failed outside its steps": {
			&Scenario{Name: "A name", Driver: "http", Duration: 3 * time.Millisecond, Error: "the lab did not start"},
			"FAIL            http        3ms  A name\n" +
				"      lab:      the lab did not start\n" +
				"      again:    ssprlab run --driver http\n",
		},
	}
	for name, test := range tests {
		var out strings.Builder
		if err := Line(&out, test.scenario); err != nil {
			t.Fatal(err)
		}
		if out.String() != test.want {
			t.Errorf("%s:\n%s\nexpected:\n%s", name, out.String(), test.want)
		}
	}
}

// TestAgainIsOneCommandForAShell asks a shell how it reads the command.
func TestAgainIsOneCommandForAShell(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no POSIX shell here")
	}
	for _, file := range []string{"a.yaml", "a b's \"$HOME\" `id` \\ .yaml", "-rf.yaml", "~/a*.yaml", "a\nb", "ä;b&c|d>e#f"} {
		run := &Run{Seed: 42}
		s := &Scenario{File: file, Directory: "ldaps://dc.example.com:636", Driver: "browser"}
		command := "printf '<%s>' " + strings.TrimPrefix(Again(run, s), "ssprlab ")
		got, err := exec.CommandContext(t.Context(), shell, "-c", command).Output()
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(file, "-") {
			file = "./" + file
		}
		want := "<run><" + file + "><--directory><ldaps://dc.example.com:636><--driver><browser><--seed><42>"
		if string(got) != want {
			t.Errorf("the shell reads %q as %s, expected %s", command, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	tests := map[time.Duration]string{
		0: "0ms", 999 * time.Microsecond: "0ms", 340 * time.Millisecond: "340ms",
		59990 * time.Millisecond: "59.9s", time.Minute: "1m00s", 61*time.Minute + time.Second: "61m01s",
	}
	for d, want := range tests {
		if got := short(d); got != want {
			t.Errorf("%v is %q, expected %q", d, got, want)
		}
	}
}

func TestMachine(t *testing.T) {
	here := ThisMachine()
	if here.OS == "" || here.Cores == 0 || here.Go == "" {
		t.Errorf("this machine is %+v", here)
	}
	tests := map[string]Machine{
		"":                          {},
		"linux/amd64, 2 cores":      {OS: "linux", Arch: "amd64", Cores: 2},
		"4 × Example, go1.26, Lynx": {CPU: "Example", Cores: 4, Go: "go1.26", Browser: "Lynx"},
	}
	for want, m := range tests {
		if got := m.String(); got != want {
			t.Errorf("%+v is %q, expected %q", m, got, want)
		}
	}
	if got := processor(strings.NewReader("processor\t: 0\nmodel name\t: Example CPU\n")); got != "Example CPU" {
		t.Errorf("processor %q", got)
	}
}
