// Package visit keeps what a surface knows of a browser between two requests,
// behind a cookie of the surface's own host. Cookies live in real time, as the
// browser that keeps them does; what they stand for ends on the lab's clock,
// which is the surface's business.
//
// Not modelled: sessions that outlive the lab, and cookies across hosts.
package visit

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/ssprlab/ssprlab/lab/seed"
)

// kept bounds the visits of one surface; the oldest are forgotten first.
const kept = 20000

// Store keeps one T per browser.
type Store[T any] struct {
	cookie string
	rng    *seed.Stream

	mu     sync.Mutex
	visits map[string]*T
	order  []string
}

// New returns an empty store whose cookie has that name.
func New[T any](cookie string, rng *seed.Stream) *Store[T] {
	return &Store[T]{cookie: cookie, rng: rng, visits: map[string]*T{}}
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

// Begin starts a visit with v and gives the browser its cookie.
func (s *Store[T]) Begin(w http.ResponseWriter, v *T) {
	id := s.rng.Token(16)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.visits[id] = v
	s.order = append(s.order, id)
	if len(s.order) > kept {
		delete(s.visits, s.order[0])
		s.order = s.order[1:]
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookie, Value: id, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// End forgets the visit of the browser that sent r.
func (s *Store[T]) End(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(s.cookie); err == nil {
		s.mu.Lock()
		delete(s.visits, c.Value)
		s.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookie, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true})
}

// maxForm is the most that a form of the lab's pages can hold.
const maxForm = 256 << 10

// Form reads the form of r and reports whether it could; if not, it has
// answered with 400 or 413.
func Form(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	err := r.ParseForm()
	if err == nil {
		return true
	}
	status := http.StatusBadRequest
	if _, large := err.(*http.MaxBytesError); large {
		status = http.StatusRequestEntityTooLarge
	}
	http.Error(w, fmt.Sprintf("The form cannot be read: %v. Forms here hold at most %d KiB.", err, maxForm>>10), status)
	return false
}

// Go sends the browser on to path, whatever the method of the request was.
func Go(w http.ResponseWriter, r *http.Request, url string) {
	http.Redirect(w, r, url, http.StatusSeeOther)
}
