package contained_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/browser/contained"
	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/web/conformance"
)

// engine opens the engine. Without one, or one whose containers cannot use this
// machine's network, the test is left out; in CI it fails.
func engine(t *testing.T) *container.Engine {
	t.Helper()
	e, err := container.Open(t.Context())
	if err == nil {
		t.Cleanup(func() { e.Close() })
		err = e.HostNetwork()
	}
	if err != nil {
		if u := (*container.Unusable)(nil); errors.As(err, &u) && os.Getenv("CI") != "true" {
			t.Skipf("without a browser in a container: %v", err)
		}
		t.Fatal(err)
	}
	return e
}

// launch starts Chrome for a test.
func launch(t *testing.T, cfg browser.Config) *browser.Browser {
	t.Helper()
	engine(t)
	b, err := contained.Launch(t.Context(), cfg, func(p container.Progress) { t.Logf("%+v", p) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// mine lists the containers that a process owns, as the docker command sees
// them.
func mine(t *testing.T, mark string) (ids []string) {
	t.Helper()
	return strings.Fields(docker(t, "ps", "--all", "--quiet", "--filter", "label=io.github.ssprlab.owner="+mark))
}

// ours is this process's mark.
func ours(t *testing.T) string {
	t.Helper()
	mark, err := container.Mark()
	if err != nil {
		t.Fatal(err)
	}
	return mark
}

// docker runs the docker command, the judge from outside.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestConformance proves that a person in the container acts like one in the
// browser of this machine.
func TestConformance(t *testing.T) {
	site := conformance.NewSite(t)
	b := launch(t, browser.Config{KeyPins: []string{site.CA.KeyPin()}})
	conformance.Run(t, site, b)
}

// TestNothingIsLogged proves that what people type is not kept by the engine.
func TestNothingIsLogged(t *testing.T) {
	launch(t, browser.Config{})
	ids := mine(t, ours(t))
	if len(ids) != 1 {
		t.Fatalf("there are containers %v, want one", ids)
	}
	if driver := docker(t, "inspect", "--format", "{{.HostConfig.LogConfig.Type}}", ids[0]); driver != "none\n" {
		t.Errorf("the engine logs what goes through the pipe: driver %s", driver)
	}
}

// TestDeathOfChromeEndsEveryAct proves that a person learns of it as with the
// browser of this machine.
func TestDeathOfChromeEndsEveryAct(t *testing.T) {
	asked, release := make(chan struct{}, 1), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-release
	}))
	defer server.Close()
	defer close(release)
	b := launch(t, browser.Config{})
	v, err := b.Visitor(t.Context(), "Ada")
	if err != nil {
		t.Fatal(err)
	}
	failed := make(chan error, 1)
	go func() {
		_, err := v.Open(t.Context(), strings.Replace(server.URL, "127.0.0.1", "slow.lab.localhost", 1))
		failed <- err
	}()
	<-asked
	docker(t, append([]string{"kill"}, mine(t, ours(t))...)...)
	select {
	case err = <-failed:
	case <-time.After(10 * time.Second):
		t.Fatal("an act outlives Chrome")
	}
	var exited *browser.ExitError
	if !errors.As(err, &exited) || !strings.Contains(err.Error(), "browser: Chrome exited: signal: killed") {
		t.Errorf("the act ended with %v", err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if left := mine(t, ours(t)); len(left) > 0 {
		t.Errorf("containers left: %v", left)
	}
}

// TestLaunchSaysWhyItFails proves that Chrome's own words come through.
func TestLaunchSaysWhyItFails(t *testing.T) {
	engine(t)
	_, err := contained.Launch(t.Context(), browser.Config{Args: []string{"--user-data-dir=/proc/none"}}, nil)
	for _, want := range []string{"browser: Chrome in the container ", " did not start: browser: Chrome exited: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
	t.Logf("read aloud: %v", err)
	if left := mine(t, ours(t)); len(left) > 0 {
		t.Errorf("containers left: %v", left)
	}
}
