package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
)

const (
	journeyPages = 6 // of a reset
	atOnce       = 4
)

// journeySite serves a journey of pages of a usual size: each has a form that
// posts to itself and redirects to the next.
func journeySite(tb testing.TB) (base string, ca *pki.Authority) {
	tb.Helper()
	filler := strings.Repeat(`<p class="hint">A sentence of help, with a <a href="/help">link</a>.</p>`, 20)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{n}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><head><title>Page %[1]s</title><link rel="stylesheet" href="/s.css"></head>
<body><header><a href="/1">Start</a></header><main><h1>Page %[1]s</h1><form method="post" novalidate>
<input type="hidden" name="state" value="0123456789abcdef"><label for="u">User ID</label><input id="u" name="u">
<label for="p">Password</label><input id="p" name="p" type="password"><label><input type="checkbox" name="c"> Agree</label>
<button>Next</button></form>%[2]s</main></body></html>`, r.PathValue("n"), filler)
	})
	mux.HandleFunc("GET /s.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		w.Header().Set("Cache-Control", "max-age=3600")
		fmt.Fprint(w, "main { max-width: 40em }")
	})
	mux.HandleFunc("POST /{n}", func(w http.ResponseWriter, r *http.Request) {
		var n int
		fmt.Sscan(r.PathValue("n"), &n)
		http.Redirect(w, r, fmt.Sprintf("/%d", n+1), http.StatusSeeOther)
	})
	ca, err := pki.NewAuthority()
	if err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewUnstartedServer(mux)
	if server.TLS, err = ca.ServerConfig("*.lab.localhost"); err != nil {
		tb.Fatal(err)
	}
	server.StartTLS()
	tb.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "pages.lab.localhost", 1), ca
}

// walk is a journey through the driver: a window, six pages, five forms.
func walk(ctx context.Context, d web.Driver, base string) error {
	v, err := d.Visitor(ctx, "Ada")
	if err != nil {
		return err
	}
	defer v.Close()
	if _, err := v.Open(ctx, base+"/1"); err != nil {
		return err
	}
	act := web.Act{Fill: []web.Fill{{Label: "User ID", Value: "ada@example.com"}, {Label: "Password", Value: "pw"}}, Tick: []string{"Agree"}, Press: "Next"}
	for range journeyPages - 1 {
		if _, err := v.Act(ctx, act); err != nil {
			return err
		}
	}
	return nil
}

// bareWalk loads the same six pages by chromedp alone.
func bareWalk(chrome context.Context, base string) error {
	ctx, cancel := chromedp.NewContext(chrome, chromedp.WithNewBrowserContext())
	defer cancel()
	for n := range journeyPages {
		if err := chromedp.Do(ctx, chromedp.Navigate(fmt.Sprintf("%s/%d", base, n+1)), chromedp.WaitReady(chromedp.CSS("button"))); err != nil {
			return err
		}
	}
	return nil
}

// bareChrome starts Chrome as chromedp does by default.
func bareChrome(b *testing.B, path string, ca *pki.Authority) context.Context {
	b.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(b.TempDir()),
		chromedp.Flag("ignore-certificate-errors-spki-list", ca.KeyPin()))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	b.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	b.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		b.Fatal(err)
	}
	return ctx
}

// timed runs n journeys, four at a time, and returns how long one takes.
func timed(b *testing.B, n int, journey func() error) time.Duration {
	b.Helper()
	begin := time.Now()
	var all sync.WaitGroup
	places := make(chan struct{}, atOnce)
	for range n {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			if err := journey(); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	return time.Since(begin) / time.Duration(n)
}

// BenchmarkAct sets journeys through the driver against bare chromedp loads of
// the same pages, in the same run: "ratio" is the one over the other.
func BenchmarkAct(b *testing.B) {
	path, err := browser.Find()
	if err != nil {
		b.Skip(err)
	}
	base, ca := journeySite(b)
	ours, err := browser.Launch(b.Context(), browser.Config{Path: path, KeyPins: []string{ca.KeyPin()}})
	if err != nil {
		b.Fatal(err)
	}
	defer ours.Close()
	theirs := bareChrome(b, path, ca)
	var driven, bare time.Duration
	rounds := 0
	for b.Loop() {
		driven += timed(b, 2*atOnce, func() error { return walk(b.Context(), ours, base) })
		bare += timed(b, 2*atOnce, func() error { return bareWalk(theirs, base) })
		rounds++
	}
	b.ReportMetric(float64(driven)/float64(bare), "ratio")
	b.ReportMetric(float64(rounds)/driven.Seconds(), "journeys/s")
	b.ReportMetric(float64(rounds)/bare.Seconds(), "bare/s")
}
