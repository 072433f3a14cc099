package phone

import (
	"net/http"
	"slices"

	"github.com/ssprlab/ssprlab/fakes/phone/hand"
)

// handRoutes are what people do with the phone of a number.
func (e *Exchange) handRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /numbers/{number}/texts", answers(http.StatusOK, e.listTexts))
	mux.HandleFunc("GET /numbers/{number}/texts/latest", answers(http.StatusOK, e.latestText))
	mux.HandleFunc("GET /numbers/{number}/calls", answers(http.StatusOK, e.listCalls))
	mux.HandleFunc("GET /numbers/{number}/calls/latest", answers(http.StatusOK, e.latestCall))
	mux.HandleFunc("POST /numbers/{number}/calls/{id}/answer", answers(http.StatusOK, e.answerCall))
	mux.HandleFunc("POST /numbers/{number}/calls/{id}/decline", answers(http.StatusOK, e.declineCall))
	mux.HandleFunc("POST /numbers/{number}/auto", answers(http.StatusOK, e.setHabit))
}

func (e *Exchange) listTexts(r *http.Request) ([]hand.Text, error) {
	digits, err := e.parseNumber(r.PathValue("number"))
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return newestFirst(e.phone(digits).texts), nil
}

// newestFirst returns a reversed copy, which is never null in JSON.
func newestFirst[T any](list []T) []T {
	reversed := append([]T{}, list...)
	slices.Reverse(reversed)
	return reversed
}

func (e *Exchange) latestText(r *http.Request) (hand.Text, error) {
	digits, err := e.parseNumber(r.PathValue("number"))
	if err != nil {
		return hand.Text{}, err
	}
	return latest(e, r, "text for "+display(digits),
		func() []hand.Text { return e.phone(digits).texts },
		func(t hand.Text) string { return t.ID })
}

func (e *Exchange) listCalls(r *http.Request) ([]hand.Call, error) {
	digits, err := e.parseNumber(r.PathValue("number"))
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return newestFirst(e.shownCalls(digits)), nil
}

// shownCalls wants mu held.
func (e *Exchange) shownCalls(digits string) []hand.Call {
	var shown []hand.Call
	for _, c := range e.phone(digits).calls {
		shown = append(shown, c.shown())
	}
	return shown
}

func (e *Exchange) latestCall(r *http.Request) (hand.Call, error) {
	digits, err := e.parseNumber(r.PathValue("number"))
	if err != nil {
		return hand.Call{}, err
	}
	return latest(e, r, "call to "+display(digits),
		func() []hand.Call { return e.shownCalls(digits) },
		func(c hand.Call) string { return c.ID })
}

// latest waits for the newest of a list that came after the one that the
// request names; that one must be there.
func latest[T any](e *Exchange, r *http.Request, what string, list func() []T, id func(T) string) (T, error) {
	var found T
	after := r.URL.Query().Get("after")
	if after != "" {
		e.mu.Lock()
		known := slices.ContainsFunc(list(), func(v T) bool { return id(v) == after })
		e.mu.Unlock()
		if !known {
			return found, unknown(what + " with id " + after + " to come after")
		}
		what += " after " + after
	}
	err := e.awaited(r, what, func() bool {
		all := list()
		if len(all) == 0 || id(all[len(all)-1]) == after {
			return false
		}
		found = all[len(all)-1]
		return true
	})
	return found, err
}

func (e *Exchange) answerCall(r *http.Request) (hand.Call, error) {
	request, err := read[hand.AnswerRequest](r)
	if err != nil {
		return hand.Call{}, err
	}
	if len(request.Press) > 1 {
		return hand.Call{}, badRequest("press is one key, as #, and not %q", request.Press)
	}
	return e.withCall(r, r.PathValue("id"), func(c *call) error { return e.answer(c, request.Press) })
}

func (e *Exchange) declineCall(r *http.Request) (hand.Call, error) {
	return e.withCall(r, r.PathValue("id"), e.decline)
}

// withCall does act to a call of the number that the path names.
func (e *Exchange) withCall(r *http.Request, id string, act func(*call) error) (hand.Call, error) {
	digits, err := e.parseNumber(r.PathValue("number"))
	if err != nil {
		return hand.Call{}, err
	}
	var shown hand.Call
	err = e.change(func() error {
		calls := e.phone(digits).calls
		i := slices.IndexFunc(calls, func(c *call) bool { return c.ID == id })
		if i < 0 {
			return unknown("call " + id + " to " + display(digits))
		}
		if err := act(calls[i]); err != nil {
			return err
		}
		shown = calls[i].shown()
		return nil
	})
	return shown, err
}

func (e *Exchange) setHabit(r *http.Request) (hand.HabitRequest, error) {
	request, err := read[hand.HabitRequest](r)
	if err != nil {
		return request, err
	}
	return e.instruct(r.PathValue("number"), request.Calls)
}

// instruct gives the phone of a number its standing instruction.
func (e *Exchange) instruct(number string, calls hand.CallHabit) (hand.HabitRequest, error) {
	request := hand.HabitRequest{Calls: calls}
	digits, err := e.parseNumber(number)
	if err != nil {
		return request, err
	}
	if habits := []hand.CallHabit{hand.Ring, hand.Confirm, hand.Decline}; !slices.Contains(habits, calls) {
		return request, badRequest("calls is %q, and must be one of %q", calls, habits)
	}
	return request, e.change(func() error { e.usedPhone(digits).habit = calls; return nil })
}
