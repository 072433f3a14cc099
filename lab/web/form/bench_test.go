package form_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/form"
)

// journeyPages is how many pages a reset journey has.
const journeyPages = 6

// journeySite serves a journey of pages of a usual size: each has a form that
// posts to itself and redirects to the next.
func journeySite(tb testing.TB) (base string, ca *pki.Authority) {
	tb.Helper()
	filler := strings.Repeat(`<p class="hint">A sentence of help, with a <a href="/help">link</a>.</p>`, 20)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{n}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "abcdef", Path: "/", Secure: true})
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
		if r.FormValue("u") == "" {
			http.Error(w, "no user", http.StatusBadRequest)
			return
		}
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

// BenchmarkJourney is one reset journey, six pages with five POSTs and their
// redirects, with the server in the same process.
func BenchmarkJourney(b *testing.B) {
	base, ca := journeySite(b)
	c := form.New(form.Config{RootCAs: ca.Pool()})
	defer c.Close()
	b.ReportAllocs()
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := walk(b.Context(), c, base); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "journeys/s")
}

// BenchmarkAct is one filled-in form with its POST, redirect and next page.
func BenchmarkAct(b *testing.B) {
	base, ca := journeySite(b)
	c := form.New(form.Config{RootCAs: ca.Pool()})
	defer c.Close()
	v, err := c.Visitor(b.Context(), "Ada")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := v.Open(b.Context(), base+"/1"); err != nil {
		b.Fatal(err)
	}
	act := web.Act{Fill: []web.Fill{{Label: "User ID", Value: "ada@example.com"}}, Press: "Next"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Act(b.Context(), act); err != nil {
			b.Fatal(err)
		}
	}
}
