package conformance

import (
	"embed"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab/pki"
)

//go:embed pages/*.html
var pages embed.FS

// Site is the server whose pages the suite acts on. It answers on two hosts of
// one site and on one of another.
type Site struct {
	CA    *pki.Authority
	Port  string
	Here  string // https://pages.lab.localhost:port
	There string // https://other.lab.localhost:port
	Far   string // https://far.abroad.localhost:port
}

// NewSite starts the server; it stops with the test.
func NewSite(t testing.TB) *Site {
	t.Helper()
	ca, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{CA: ca}
	server := httptest.NewUnstartedServer(s.routes())
	if server.TLS, err = ca.ServerConfig("*.lab.localhost", "*.abroad.localhost"); err != nil {
		t.Fatal(err)
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.Port = u.Port()
	s.Here = "https://pages.lab.localhost:" + s.Port
	s.There = "https://other.lab.localhost:" + s.Port
	s.Far = "https://far.abroad.localhost:" + s.Port
	return s
}

// dot is the smallest PNG.
const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// Dot returns the picture that the site shows.
func Dot() []byte {
	b, err := base64.StdEncoding.DecodeString(dot)
	if err != nil {
		panic(err) // a constant of this file
	}
	return b
}

func (s *Site) routes() http.Handler {
	mux := http.NewServeMux()
	for _, name := range []string{"controls", "names", "text", "links", "form", "errors", "style", "required"} {
		mux.HandleFunc("GET /"+name, s.page(name, 200))
	}
	mux.HandleFunc("GET /{$}", s.page("form", 200))
	mux.HandleFunc("GET /deep/base", s.page("base", 200))
	mux.HandleFunc("GET /gone", s.page("gone", 404))
	mux.HandleFunc("GET /boom", s.page("boom", 500))
	mux.HandleFunc("GET /private", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Referrer-Policy", "no-referrer")
		s.page("form", 200)(w, r)
	})
	mux.HandleFunc("GET /secret", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		s.page("form", 200)(w, r)
	})
	mux.HandleFunc("/echo", echo)
	mux.HandleFunc("/echo/{more...}", echo)
	mux.HandleFunc("/go/{status}", s.redirect)
	mux.HandleFunc("GET /cookie", s.setCookies)
	mux.HandleFunc("GET /empty", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusNotFound)
	})
	mux.HandleFunc("GET /nothing", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"error":{}}`)
	})
	mux.HandleFunc("GET /loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, "main { max-width: 40em } .away { display: none } .tall { height: 3000px }")
	})
	mux.HandleFunc("GET /dot.png", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("X-Cookies", r.Header.Get("Cookie"))
		_, _ = w.Write(Dot())
	})
	mux.HandleFunc("GET /mine.txt", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprint(w, "cookies "+cookies(r))
	})
	return mux
}

// page serves a page of the folder, with the hosts' addresses filled in.
func (s *Site) page(name string, status int) http.HandlerFunc {
	text, err := pages.ReadFile("pages/" + name + ".html")
	if err != nil {
		panic(err) // embedded above
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprint(w, strings.NewReplacer("{there}", s.There, "{far}", s.Far).Replace(string(text)))
	}
}

// redirect answers with a status and the destination that the query asks for.
func (s *Site) redirect(w http.ResponseWriter, r *http.Request) {
	status := map[string]int{"301": 301, "302": 302, "303": 303, "307": 307, "308": 308}[r.PathValue("status")]
	if status == 0 {
		http.NotFound(w, r)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "hop", Value: r.PathValue("status"), Path: "/", Secure: true})
	to := strings.NewReplacer("{there}", s.There, "{far}", s.Far, "{here}", s.Here).Replace(r.URL.Query().Get("to"))
	w.Header().Set("Location", to)
	w.WriteHeader(status)
}

func (s *Site) setCookies(w http.ResponseWriter, r *http.Request) {
	for _, c := range []http.Cookie{
		{Name: "plain", Value: "1", Path: "/"},
		{Name: "quoted", Value: "a b", Path: "/"},
		{Name: "deep", Value: "2", Path: "/echo/deep"},
		{Name: "shared", Value: "3", Path: "/", Domain: "lab.localhost", Secure: true, HttpOnly: true},
		{Name: "public", Value: "4", Path: "/", Domain: "localhost"},
		{Name: "dead", Value: "5", Path: "/", MaxAge: -1},
	} {
		http.SetCookie(w, &c)
	}
	http.Redirect(w, r, "/echo", http.StatusSeeOther)
}

func cookies(r *http.Request) string {
	var out []string
	for _, c := range r.Cookies() {
		out = append(out, c.Name+"="+c.Value)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// echo shows what a request said.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="en"><title>Echo</title><main><h1>Echo</h1><table>`)
	row := func(key, value string) {
		fmt.Fprintf(&b, "<tr><th>%s<td>%s", html.EscapeString(key), html.EscapeString(value))
	}
	row("request", r.Method+" "+r.Host+r.URL.RequestURI())
	for _, key := range []string{"Content-Type", "Referer", "Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Accept-Language"} {
		value := r.Header.Get(key)
		if kind, _, ok := strings.Cut(value, "; boundary="); ok {
			value = kind
		}
		row(key, value)
	}
	row("cookies", cookies(r))
	for _, e := range entries(r) {
		row("entry", e)
	}
	b.WriteString(`</table><a href="/form">Form</a></main></html>`)
	fmt.Fprint(w, b.String())
}

// entries lists what a form sent, in order as far as the encoding keeps it.
func entries(r *http.Request) []string {
	var out []string
	if mr, err := r.MultipartReader(); err == nil {
		for {
			part, err := mr.NextPart()
			if err != nil {
				return out
			}
			value := make([]byte, 1<<10)
			n, _ := part.Read(value)
			out = append(out, fmt.Sprintf("%s=%q", part.FormName(), value[:n]))
		}
	}
	raw := make([]byte, 64<<10)
	n := 0
	for {
		k, err := r.Body.Read(raw[n:])
		n += k
		if err != nil {
			break
		}
	}
	for pair := range strings.SplitSeq(string(raw[:n]), "&") {
		key, value, _ := strings.Cut(pair, "=")
		key, _ = url.QueryUnescape(key)
		value, _ = url.QueryUnescape(value)
		out = append(out, fmt.Sprintf("%s=%q", key, value))
	}
	return out
}
