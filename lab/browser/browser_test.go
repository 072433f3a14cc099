package browser_test

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/conformance"
)

// launch starts Chrome for a test, or skips it. Its profiles lie in a directory
// of the test's own.
func launch(t *testing.T, cfg browser.Config) *browser.Browser {
	t.Helper()
	if _, err := browser.Find(); err != nil {
		t.Skip(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	b, err := browser.Launch(t.Context(), cfg)
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

// visitor opens a window.
func visitor(t *testing.T, b *browser.Browser) *browser.Visitor {
	t.Helper()
	v, err := b.Visitor(t.Context(), "Ada")
	if err != nil {
		t.Fatal(err)
	}
	return v.(*browser.Visitor)
}

// serve serves pages by their paths, over TLS, and returns where.
func serve(t *testing.T, pages map[string]string) (string, *pki.Authority) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!DOCTYPE html><html lang=en><title>%s</title><main><h1>%[1]s %s</h1>%s</main>", r.URL.Path, r.FormValue("word"), body)
	}))
	ca, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	if server.TLS, err = ca.ServerConfig("*.lab.localhost", "login.example.com"); err != nil {
		t.Fatal(err)
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "pages.lab.localhost", 1), ca
}

func open(t *testing.T, v web.Visitor, url string) *web.View {
	t.Helper()
	view, err := v.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

func TestConformance(t *testing.T) {
	site := conformance.NewSite(t)
	b := launch(t, browser.Config{KeyPins: []string{site.CA.KeyPin()}})
	conformance.Run(t, site, b)
}

func TestKeyByKey(t *testing.T) {
	base, ca := serve(t, map[string]string{
		"/": `<form action="/sent" method="post"><label>Word <input name="word" value="old" oninput="document.title += '.'"></label><button>Send</button></form>`, "/sent": ""})
	v := visitor(t, launch(t, browser.Config{KeyPins: []string{ca.KeyPin()}}))
	open(t, v, base)
	view, err := v.Type(t.Context(), "word", "Größe €5")
	if err != nil {
		t.Fatal(err)
	}
	if got := view.Field("Word").Value; got != "Größe €5" {
		t.Errorf("the field holds %q", got)
	}
	if !strings.HasSuffix(view.Title, "........") {
		t.Errorf("the page saw no eight keys: title %q", view.Title)
	}
	if view, err = v.Type(t.Context(), "Word", "Ada\r"); err != nil || view.Heading != "/sent Ada" {
		t.Errorf("Enter led to %+v, %v", view, err)
	}
}

func TestProblemsAreCollected(t *testing.T) {
	base, ca := serve(t, map[string]string{
		"/": `<link rel="stylesheet" href="/no.css"><img src="/no.png" alt="x"><script>console.error("bad", 1); alert("Hello"); throw new TypeError("oops")</script>`})
	v := visitor(t, launch(t, browser.Config{KeyPins: []string{ca.KeyPin()}}))
	open(t, v, base)
	open(t, v, base+"/missing") // a 404 that is looked at is no problem
	got := strings.Join(v.Problems(), "\n")
	for _, want := range []string{"console: bad 1", "alert dismissed: Hello", "exception: TypeError: oops", "404", "/no.css", "/no.png"} {
		if !strings.Contains(got, want) {
			t.Errorf("problems lack %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "/missing") {
		t.Errorf("the page itself counts as a problem:\n%s", got)
	}
}

func TestPressWithoutConsequence(t *testing.T) {
	base, ca := serve(t, map[string]string{"/": `<button type="button" onclick="console.error('nothing here')">Dead</button>`})
	v := visitor(t, launch(t, browser.Config{KeyPins: []string{ca.KeyPin()}, Timeout: 8 * time.Second}))
	open(t, v, base)
	_, err := v.Act(t.Context(), web.Act{Press: "Dead"})
	for _, want := range []string{"Ada", `press "Dead"`, base, "waited 8s", "nothing here"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v is no DeadlineExceeded", err)
	}
}

func TestControlsHiddenByStyleAreRefused(t *testing.T) {
	site := conformance.NewSite(t)
	v := visitor(t, launch(t, browser.Config{KeyPins: []string{site.CA.KeyPin()}}))
	open(t, v, site.Here+"/style")
	var refused *web.RefusedError
	_, err := v.Act(t.Context(), web.Act{Fill: []web.Fill{{Label: "Away", Value: "x"}}})
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "not visible") {
		t.Errorf("filled in what nobody sees: %v", err)
	}
	if p := v.Problems(); len(p) != 0 {
		t.Errorf("problems: %q", p)
	}
	shot, err := v.Screenshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.DecodeConfig(strings.NewReader(string(shot)))
	if err != nil || img.Width != 1280 || img.Height < 3000 {
		t.Errorf("the picture is %d×%d (%v), want the whole page", img.Width, img.Height, err)
	}
}

func TestScriptsMayChangeThePage(t *testing.T) {
	base, ca := serve(t, map[string]string{
		"/": `<form action="/sent" method="post" novalidate><label>Word <input name="word" id="w"></label><button>Send</button></form>
<script>addEventListener("change", () => document.forms[0].insertAdjacentHTML("afterbegin", "<label>More <input name=more></label>"))</script>`,
		"/sent": "", "/hop": `<script>location.replace("/sent?word=hopped")</script>`,
		"/strict": `<form action="/sent" method="post"><label>Mail <input type="email" name="word"></label><button>Send</button></form>`})
	v := visitor(t, launch(t, browser.Config{KeyPins: []string{ca.KeyPin()}}))
	open(t, v, base)
	view, err := v.Act(t.Context(), web.Act{Fill: []web.Fill{{Label: "Word", Value: "a"}}})
	if err != nil || view.Field("More") == nil {
		t.Fatalf("the new field is not seen: %+v, %v", view, err)
	}
	view, err = v.Act(t.Context(), web.Act{Fill: []web.Fill{{Label: "Word", Value: "b"}}, Press: "Send"})
	if err != nil || view.Heading != "/sent b" {
		t.Errorf("the act led to %+v, %v", view, err)
	}
	if _, err := v.Open(t.Context(), base+"/hop"); err != nil {
		t.Error(err)
	}
	open(t, v, base+"/strict")
	_, err = v.Act(t.Context(), web.Act{Fill: []web.Fill{{Label: "Mail", Value: "no address"}}, Press: "Send"})
	var refused *web.RefusedError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "does not send the form: word") {
		t.Errorf("the browser's own check went unseen: %v", err)
	}
}

func TestWindowsArePrivate(t *testing.T) {
	site := conformance.NewSite(t)
	b := launch(t, browser.Config{KeyPins: []string{site.CA.KeyPin()}})
	var all sync.WaitGroup
	for i := range 4 {
		v := visitor(t, b)
		all.Go(func() {
			defer v.Close()
			path := "/echo"
			if i == 0 {
				path = "/cookie"
			}
			for range 3 {
				view, err := v.Open(t.Context(), site.Here+path)
				if err != nil {
					t.Error(err)
				} else if has := strings.Contains(view.Text, "plain=1"); has != (i == 0) {
					t.Errorf("window %d: cookie there is %t", i, has)
				}
			}
		})
	}
	all.Wait()
	v := visitor(t, b)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Open(t.Context(), site.Here); err == nil {
		t.Error("a closed window opens pages")
	}
}

func TestHosts(t *testing.T) {
	base, ca := serve(t, map[string]string{"/": ""})
	port := base[strings.LastIndex(base, ":")+1:]
	v := visitor(t, launch(t, browser.Config{KeyPins: []string{ca.KeyPin()}, Hosts: web.Hosts{"login.example.com": "127.0.0.1:" + port}}))
	if view := open(t, v, "https://login.example.com/"); view.URL != "https://login.example.com/" {
		t.Errorf("came to %s", view.URL)
	}
	for _, stray := range []string{"https://www.example.com/", "https://example.org:" + port + "/"} {
		if _, err := v.Open(t.Context(), stray); err == nil || !strings.Contains(err.Error(), "ERR_NAME_NOT_RESOLVED") {
			t.Errorf("%s: %v", stray, err)
		}
	}
}

func TestUntrustedCertificateIsRefused(t *testing.T) {
	base, _ := serve(t, map[string]string{"/": ""})
	v := visitor(t, launch(t, browser.Config{}))
	if _, err := v.Open(t.Context(), base); err == nil || !strings.Contains(err.Error(), "ERR_CERT_AUTHORITY_INVALID") {
		t.Errorf("a page of an unknown authority: %v", err)
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	base, ca := serve(t, map[string]string{"/": ""})
	before := runtime.NumGoroutine()
	b := launch(t, browser.Config{KeyPins: []string{ca.KeyPin()}})
	open(t, visitor(t, b), base)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "*")); err != nil || len(left) != 0 {
		t.Errorf("files left: %v, %v", left, err)
	}
	eventually(t, "goroutines to end", func() bool { return runtime.NumGoroutine() <= before+2 }) // the server's connection may linger
	if _, err := b.Visitor(t.Context(), "Late"); err == nil {
		t.Error("a closed browser opens windows")
	}
}

func TestLaunchSaysWhyItFails(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "chrome")
	if err := os.WriteFile(broken, []byte("#!/bin/bash\necho no such library >&2\nexit 7\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	_, err := browser.Launch(t.Context(), browser.Config{Path: broken})
	for _, want := range []string{broken, "exit status 7", "no such library"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
	if _, err := browser.Launch(t.Context(), browser.Config{Path: broken + "er"}); err == nil {
		t.Error("launched what is not there")
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*")); len(left) != 0 {
		t.Errorf("files left: %v", left)
	}
}

// eventually waits for a state of the machine that tells of itself to nobody.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
