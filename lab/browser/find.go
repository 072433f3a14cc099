package browser

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

// Variable names the environment variable that chooses the browser.
const Variable = "SSPRLAB_BROWSER"

// names are the browsers to look for, the leanest first.
func names() []string {
	return []string{
		"chromium-headless-shell", "chrome-headless-shell", "headless-shell", "headless_shell",
		"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge",
		"/usr/lib/chromium/chromium-headless-shell", "/headless-shell/headless-shell",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
		"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
	}
}

// Find returns the browser that $SSPRLAB_BROWSER names, or the first one
// installed. The error tells the command that installs one.
func Find() (path string, err error) {
	if chosen := os.Getenv(Variable); chosen != "" {
		path, err := exec.LookPath(chosen)
		if err != nil {
			return "", fmt.Errorf("browser: $%s is %q: %w; unset it, or set it to a Chrome or Chromium", Variable, chosen, err)
		}
		return path, nil
	}
	for _, name := range names() {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("browser: no Chrome or Chromium found; %s, or set $%s to one, or use the http driver",
		advice(runtime.GOOS, osRelease()), Variable)
}

// advice names the command that installs a browser.
func advice(system string, distribution []string) string {
	is := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(distribution, n) })
	}
	switch {
	case system == "darwin":
		return "install it with: brew install --cask chromium"
	case system == "windows":
		return "install it with: winget install Google.Chrome"
	case is("debian", "ubuntu"):
		return "install it with: sudo apt-get install -y chromium-headless-shell"
	case is("fedora", "rhel", "centos"):
		return "install it with: sudo dnf install -y chromium-headless"
	case is("alpine"):
		return "install it with: apk add chromium"
	case is("arch"):
		return "install it with: sudo pacman -S chromium"
	case is("suse", "opensuse"):
		return "install it with: sudo zypper install chromium"
	}
	return "install the package chromium of this system"
}

// osRelease returns the names of this distribution and of those it is like.
func osRelease() []string {
	f, err := os.Open("/etc/os-release")
	if err != nil {
		return nil
	}
	defer f.Close()
	var out []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), "=")
		if key == "ID" || key == "ID_LIKE" {
			out = append(out, strings.Fields(strings.Trim(value, `"'`))...)
		}
	}
	return out
}

// unwrap returns the program that a wrapper script of one line runs, so that
// the process started is Chrome itself and not a shell that waits for it. Any
// other path is returned as it is.
func unwrap(path string) string {
	const most = 4 << 10
	text, err := os.ReadFile(path)
	if err != nil || len(text) > most || !strings.HasPrefix(string(text), "#!/bin/sh") {
		return path
	}
	program := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		command, plain := strings.CutSuffix(strings.TrimPrefix(line, "exec "), ` "$@"`)
		if program != "" || !plain || !strings.HasPrefix(command, "/") || strings.ContainsAny(command, " $`'\"\\") {
			return path
		}
		program = command
	}
	if _, err := exec.LookPath(program); err != nil {
		return path
	}
	return program
}
