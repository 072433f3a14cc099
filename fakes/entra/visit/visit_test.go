package visit

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/ssprlab/ssprlab/lab/seed"
)

// step sends a request with the cookies so far through act and returns those
// that a browser then has.
func step(cookie *http.Cookie, act func(http.ResponseWriter, *http.Request)) *http.Cookie {
	r := httptest.NewRequest(http.MethodGet, "https://a.test/", nil)
	if cookie != nil {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	act(w, r)
	set := w.Result().Cookies()
	switch {
	case len(set) == 0:
		return cookie
	case set[0].MaxAge < 0:
		return nil
	}
	return set[0]
}

func found[T any](s *Store[T], c *http.Cookie) (v *T) {
	step(c, func(_ http.ResponseWriter, r *http.Request) { v = s.Find(r) })
	return v
}

func TestAVisitFromBeginningToEnd(t *testing.T) {
	s := New[int]("v", seed.New(1).Stream("test"))
	one, two := 1, 2
	begin := func(v *int) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) { s.Begin(w, r, v) }
	}
	if found(s, nil) != nil || found(s, &http.Cookie{Name: "__Host-v", Value: "guess"}) != nil {
		t.Error("somebody unknown is known")
	}
	first := step(nil, begin(&one))
	if found(s, first) != &one {
		t.Error("the visit is not found")
	}
	second := step(first, begin(&two))
	if found(s, first) != nil || found(s, second) != &two {
		t.Error("a browser is on two visits")
	}
	third := step(second, s.Renew)
	if third.Value == second.Value || found(s, second) != nil || found(s, third) != &two {
		t.Error("the visit was not renewed")
	}
	if step(nil, s.Renew) != nil {
		t.Error("nobody's visit was renewed")
	}
	if step(third, s.End) != nil || found(s, third) != nil {
		t.Error("the visit goes on after its end")
	}
}

// TestTheOldestAreForgotten when there are too many, and only those that are
// under way count.
func TestTheOldestAreForgotten(t *testing.T) {
	s := New[int]("v", seed.New(1).Stream("test"))
	const kept = 20
	s.most = kept
	v := 0
	begin := func(w http.ResponseWriter, r *http.Request) { s.Begin(w, r, &v) }
	long := step(nil, begin)
	last := step(nil, begin)
	for range 3 * kept {
		last = step(last, begin)
	}
	if found(s, long) == nil {
		t.Error("a visit under way gave way to those that were over")
	}
	if len(s.visits) != 2 || len(s.order) > 2*kept+1 {
		t.Errorf("%d visits, %d remembered", len(s.visits), len(s.order))
	}
	for range kept {
		step(nil, begin)
	}
	if found(s, long) != nil || len(s.visits) != kept {
		t.Error("there are " + strconv.Itoa(len(s.visits)))
	}
}
