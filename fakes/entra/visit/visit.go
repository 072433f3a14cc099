// Package visit keeps what a surface knows of a browser between two requests,
// behind a cookie of the surface's own host. Cookies live in real time, as the
// browser that keeps them does; what they stand for ends on the lab's clock,
// which is the surface's business.
package visit

import (
	"net/http"
	"slices"
	"sync"

	"github.com/ssprlab/ssprlab/lab/seed"
)

// most bounds the visits of one surface; the oldest are forgotten first.
const most = 20000

// Store keeps one T per browser.
type Store[T any] struct {
	cookie string
	most   int
	rng    *seed.Stream

	mu     sync.Mutex
	visits map[string]*T
	order  []string // oldest first; some are over
}

// New returns an empty store whose cookie has that name, with a prefix by which
// browsers keep other hosts from setting it.
func New[T any](cookie string, rng *seed.Stream) *Store[T] {
	return &Store[T]{cookie: "__Host-" + cookie, most: most, rng: rng, visits: map[string]*T{}}
}

// Find returns what is known of the browser that sent r, or nil.
func (s *Store[T]) Find(r *http.Request) *T {
	c, err := r.Cookie(s.cookie)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.visits[c.Value]
}

// Begin starts a visit with v and gives the browser its cookie. The visit that
// the browser was on is over.
func (s *Store[T]) Begin(w http.ResponseWriter, r *http.Request, v *T) {
	id := s.rng.Token(16)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(r)
	s.visits[id] = v
	s.order = append(s.order, id)
	for len(s.visits) > s.most {
		delete(s.visits, s.order[0])
		s.order = s.order[1:]
	}
	if len(s.order) > 2*s.most {
		s.order = slices.DeleteFunc(s.order, func(id string) bool { return s.visits[id] == nil })
	}
	http.SetCookie(w, s.made(id))
}

// Renew gives the browser's visit another cookie, so that one who knew the old
// one gains nothing from what has been proved since.
func (s *Store[T]) Renew(w http.ResponseWriter, r *http.Request) {
	if v := s.Find(r); v != nil {
		s.Begin(w, r, v)
	}
}

// End forgets the visit of the browser that sent r.
func (s *Store[T]) End(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.drop(r)
	s.mu.Unlock()
	gone := s.made("")
	gone.MaxAge = -1
	http.SetCookie(w, gone)
}

// drop forgets the visit of the browser that sent r. s.mu is held.
func (s *Store[T]) drop(r *http.Request) {
	if c, err := r.Cookie(s.cookie); err == nil {
		delete(s.visits, c.Value)
	}
}

func (s *Store[T]) made(id string) *http.Cookie {
	return &http.Cookie{Name: s.cookie, Value: id, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// Go sends the browser on to url, whatever the method of the request was.
func Go(w http.ResponseWriter, r *http.Request, url string) {
	http.Redirect(w, r, url, http.StatusSeeOther)
}
