package browser

import (
	"fmt"
	"strings"

	"github.com/ssprlab/ssprlab/lab/web"
)

// arguments returns the part of Chrome's command line that is the same wherever
// it runs.
func arguments(cfg Config) []string {
	args := []string{
		"--headless", "--remote-debugging-pipe",
		"--host-resolver-rules=" + resolverRules(cfg.Hosts), "--no-proxy-server",
		fmt.Sprintf("--window-size=%d,%d", cfg.Width, cfg.Height), "--force-device-scale-factor=1",
		"--hide-scrollbars", "--mute-audio", "--force-color-profile=srgb", "--lang=en-US", "--accept-lang=en-US,en",
		"--no-first-run", "--no-default-browser-check", "--no-startup-window", "--no-pings",
		"--disable-background-networking", "--disable-component-update", "--disable-default-apps",
		"--disable-extensions", "--disable-sync", "--disable-breakpad", "--disable-crash-reporter",
		"--disable-client-side-phishing-detection", "--disable-domain-reliability", "--metrics-recording-only",
		"--disable-hang-monitor", "--disable-popup-blocking", "--disable-prompt-on-repost",
		"--disable-ipc-flooding-protection", "--disable-gpu", "--use-mock-keychain", "--password-store=basic",
		"--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
		"--disable-renderer-backgrounding",
		// A page restored from the back/forward cache would skip the server and
		// the events that tell that it is there.
		"--disable-features=BackForwardCache,Translate,MediaRouter,OptimizationHints,PaintHolding",
	}
	if len(cfg.KeyPins) > 0 {
		args = append(args, "--ignore-certificate-errors-spki-list="+strings.Join(cfg.KeyPins, ","))
	}
	return append(args, cfg.Args...)
}

// argumentsHere returns the part that depends on this machine.
func argumentsHere(cfg Config, profile string) []string {
	args := []string{"--user-data-dir=" + profile}
	if why := noSandbox(cfg.Path); why != "" {
		cfg.Log.Info("browser runs without its sandbox", "because", why)
		args = append(args, "--no-sandbox")
	}
	if sharedMemorySmall() {
		args = append(args, "--disable-dev-shm-usage")
	}
	return args
}

// resolverRules keeps every call on this machine: hosts lead where they are
// told, names below localhost to 127.0.0.1, the rest nowhere.
func resolverRules(hosts web.Hosts) string {
	var rules []string
	for _, pattern := range hosts.Patterns() {
		rules = append(rules, "MAP "+pattern+" "+hosts[pattern])
	}
	rules = append(rules, "MAP localhost 127.0.0.1", "MAP *.localhost 127.0.0.1",
		"MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1", "EXCLUDE [::1]")
	return strings.Join(rules, ", ")
}
