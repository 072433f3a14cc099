package page

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestFormsAreReadOrRefused(t *testing.T) {
	for name, c := range map[string]struct {
		body, header, value string
		status              int // 200: read
	}{
		"a form":                     {"a=1", "", "", 200},
		"its own":                    {"a=1", "Origin", "https://a.test", 200},
		"its own, says the browser":  {"a=1", "Sec-Fetch-Site", "same-origin", 200},
		"one that a person typed":    {"a=1", "Sec-Fetch-Site", "none", 200},
		"another's":                  {"a=1", "Origin", "https://b.test", 403},
		"a sister's":                 {"a=1", "Origin", "https://x.a.test", 403},
		"one of another port":        {"a=1", "Origin", "https://a.test:8443", 403},
		"one of no origin":           {"a=1", "Origin", "null", 403},
		"one of rubbish":             {"a=1", "Origin", "://", 403},
		"another's, the browser":     {"a=1", "Sec-Fetch-Site", "cross-site", 403},
		"malformed":                  {"a=%zz", "", "", 400},
		"as large as a form may be":  {"a=" + strings.Repeat("x", maxForm-2), "", "", 200},
		"larger than a form may be":  {"a=" + strings.Repeat("x", maxForm), "", "", 413},
		"none at all, which is read": {"", "", "", 200},
	} {
		r := httptest.NewRequest(http.MethodPost, "https://a.test/", strings.NewReader(c.body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if c.header != "" {
			r.Header.Set(c.header, c.value)
		}
		w := httptest.NewRecorder()
		if read := Read(w, r, "Test"); read != (c.status == 200) || !read && w.Code != c.status {
			t.Errorf("%s: read %t, status %d, want %d", name, read, w.Code, c.status)
		}
	}
}

func TestLostRequests(t *testing.T) {
	mux := http.NewServeMux()
	page := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
	mux.HandleFunc("GET /both", page)
	mux.HandleFunc("POST /both", page)
	mux.HandleFunc("POST /form/{id}", page)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { Lost(w, r, mux, "Test") })
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/both", 204, ""}, {"DELETE", "/both", 405, "GET, POST"}, {"GET", "/form/1", 405, "POST"}, {"GET", "/form", 404, ""}, {"POST", "/nowhere", 404, ""},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.status || w.Header().Get("Allow") != c.allow {
			t.Errorf("%s %s: status %d, Allow %q", c.method, c.path, w.Code, w.Header().Get("Allow"))
		}
	}
}
