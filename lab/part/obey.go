package part

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// The paths of a process's control, before those of the part itself.
const (
	freshPath  = "/lab/fresh"
	clockPath  = "/lab/clock"
	statusPath = "/lab/status"
)

// maxOrder bounds an order.
const maxOrder = 1 << 20

// moment is the body of an order to move the clock.
type moment struct{ Ahead time.Duration }

// obey answers a request that is for the process and not for its part; it
// reports whether it was.
func (p *Process) obey(w http.ResponseWriter, r *http.Request) bool {
	switch r.Method + " " + r.URL.Path {
	case "POST " + freshPath:
		var o Order
		p.answer(w, decode(r, &o), func() error { return p.Begin(o) })
	case "POST " + clockPath:
		var m moment
		p.answer(w, decode(r, &m), func() error { return p.move(m.Ahead) })
	case "GET " + statusPath:
		p.answer(w, nil, func() error { return nil })
	default:
		return false
	}
	return true
}

func decode(r *http.Request, into any) error {
	d := json.NewDecoder(io.LimitReader(r.Body, maxOrder))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// answer does what was asked and answers with the status that results, or says
// what is wrong.
func (p *Process) answer(w http.ResponseWriter, unreadable error, do func() error) {
	if unreadable != nil {
		http.Error(w, "the order cannot be read: "+unreadable.Error(), http.StatusBadRequest)
		return
	}
	if err := do(); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(p.status())
}

func (p *Process) status() Status {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.current == nil {
		return Status{Kind: p.Kind}
	}
	return Status{p.Kind, true, p.current.clock.Ahead(), p.current.Tenant}
}

// move moves the part's clock; what falls due on the way happens before it
// returns.
func (p *Process) move(ahead time.Duration) error {
	t := p.enter()
	if t == nil {
		return fmt.Errorf("the %s has no order yet, and so no clock", p.Kind)
	}
	defer t.requests.Done()
	t.moves.Lock() // another move may be on its way
	defer t.moves.Unlock()
	d := ahead - t.clock.Ahead()
	if d < 0 {
		return fmt.Errorf("the clock of the %s is %s ahead of the machine's already: lab time never goes back to %s", p.Kind, t.clock.Ahead(), ahead)
	}
	t.clock.Advance(d)
	return nil
}
