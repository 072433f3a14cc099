package browser

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab/web"
)

func TestFindTellsWhatToDo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv(Variable, "no-such-browser")
	if _, err := Find(); err == nil || !strings.Contains(err.Error(), "$SSPRLAB_BROWSER") {
		t.Errorf("Find: %v", err)
	}
	own := filepath.Join(t.TempDir(), "mine")
	if err := os.WriteFile(own, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv(Variable, own)
	if got, err := Find(); got != own || err != nil {
		t.Errorf("Find: %q, %v", got, err)
	}
}

func TestAdvice(t *testing.T) {
	for _, c := range []struct {
		system       string
		distribution []string
		want         string
	}{
		{"linux", []string{"debian"}, "sudo apt-get install -y chromium-headless-shell"},
		{"linux", []string{"linuxmint", "ubuntu", "debian"}, "sudo apt-get install -y chromium-headless-shell"},
		{"linux", []string{"fedora"}, "dnf install"},
		{"linux", []string{"unheard-of"}, "chromium"},
		{"darwin", nil, "brew install"},
		{"windows", nil, "winget install"},
	} {
		if got := advice(c.system, c.distribution); !strings.Contains(got, c.want) {
			t.Errorf("%s %v: %q", c.system, c.distribution, got)
		}
	}
}

func TestUnwrap(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	for name, c := range map[string]struct{ text, want string }{
		"a wrapper of one line":        {"#!/bin/sh -e\n\n# comment\n" + program + ` "$@"` + "\n", program},
		"with exec":                    {"#!/bin/sh\nexec " + program + ` "$@"`, program},
		"of two lines":                 {"#!/bin/sh\nexport X=1\n" + program + ` "$@"`, "wrapper"},
		"with an argument of its own":  {"#!/bin/sh\n" + program + ` --x "$@"`, "wrapper"},
		"of what is not there":         {"#!/bin/sh\n" + dir + `/none "$@"`, "wrapper"},
		"no script":                    {"\x7fELF", "wrapper"},
		"with a variable in its place": {"#!/bin/sh\n/$HOME/x \"$@\"", "wrapper"},
	} {
		t.Run(name, func(t *testing.T) {
			wrapper := filepath.Join(t.TempDir(), "wrapper")
			for path, text := range map[string]string{program: "#!/bin/true", wrapper: c.text} {
				if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if got := unwrap(wrapper); filepath.Base(got) != filepath.Base(c.want) {
				t.Errorf("unwrap returns %s", got)
			}
		})
	}
}

func TestArguments(t *testing.T) {
	cfg, err := Config{Path: "/bin/true", KeyPins: []string{"a", "b"}, Width: 800, Height: 600, Args: []string{"--mine"},
		Hosts: web.Hosts{"*.lab.test": "127.0.0.1", "login.lab.test": "127.0.0.2:8443"}}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	args := slices.Concat(argumentsHere(cfg, "/profile"), arguments(cfg))
	for _, want := range []string{
		"--ignore-certificate-errors-spki-list=a,b", "--window-size=800,600", "--mine", "--user-data-dir=/profile",
		"--host-resolver-rules=MAP login.lab.test 127.0.0.2:8443, MAP *.lab.test 127.0.0.1, MAP localhost 127.0.0.1, " +
			"MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE [::1]",
	} {
		if !slices.Contains(args, want) {
			t.Errorf("no argument %q in %q", want, args)
		}
	}
	if os.Geteuid() == 0 != slices.Contains(args, "--no-sandbox") && os.Geteuid() == 0 {
		t.Error("root keeps the sandbox, which Chrome refuses")
	}
}
