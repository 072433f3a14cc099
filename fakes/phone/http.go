package phone

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	maxRequest  = 64 << 10        // of JSON and forms, in bytes
	longestWait = 5 * time.Minute // of a long poll, in real time
)

// Handler returns the API of carrier, hands and apps, and the pages. Requests
// of a browser that come from another site's page are refused.
func (e *Exchange) Handler() http.Handler {
	mux := http.NewServeMux()
	e.carrierRoutes(mux)
	e.handRoutes(mux)
	e.appRoutes(mux)
	e.pageRoutes(mux)
	mux.HandleFunc("/", e.unmodelled)
	return http.NewCrossOriginProtection().Handler(mux)
}

// Control returns the lab's control of the exchange, to be served on an
// address of its own: POST /off and /on with {"number":…} or {"owner":…} (and
// for /off "mode": queue, the default, or fail), POST /reset. Each answers 204.
func (e *Exchange) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /off", does(e.switchOff))
	mux.HandleFunc("POST /on", does(e.switchOn))
	mux.HandleFunc("POST /reset", does(func(*http.Request) error {
		return e.change(func() error { e.reset(); return nil })
	}))
	mux.HandleFunc("/", e.unmodelled)
	return mux
}

// unmodelled answers what the exchange does not know, loudly.
func (e *Exchange) unmodelled(w http.ResponseWriter, r *http.Request) {
	e.log.Warn("request not modelled", "method", r.Method, "path", r.URL.Path)
	writeError(w, problem{http.StatusNotImplemented, "notModelled", "the phone exchange does not model " + r.Method + " " + r.URL.Path})
}

// problem is an error with what HTTP says of it.
type problem struct {
	status  int
	code    string
	message string
}

func (p problem) Error() string { return p.message }

func badRequest(format string, v ...any) error {
	return problem{http.StatusBadRequest, "badRequest", fmt.Sprintf(format, v...)}
}

func unknown(what string) error {
	return problem{http.StatusNotFound, "unknown", "there is no " + what}
}

func conflict(code, message string) error { return problem{http.StatusConflict, code, message} }

// answers serves what act returns as JSON.
func answers[T any](status int, act func(*http.Request) (T, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		value, err := act(r)
		if err != nil {
			writeError(w, err)
			return
		}
		writeJSON(w, status, value)
	}
}

// does serves an act that has no answer but success.
func does(act func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := act(r); err != nil {
			writeError(w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

func writeError(w http.ResponseWriter, err error) {
	p := asProblem(err)
	type detail struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	writeJSON(w, p.status, struct {
		Error detail `json:"error"`
	}{detail{p.code, p.message}})
}

func asProblem(err error) problem {
	var p problem
	if errors.As(err, &p) {
		return p
	}
	return problem{http.StatusInternalServerError, "internal", err.Error()}
}

func writeJSON[T any](w http.ResponseWriter, status int, value T) {
	b, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "encode answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(b)
}

// read reads the JSON of a request; no body at all counts as {}.
func read[T any](r *http.Request) (T, error) {
	var value T
	decoder := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxRequest))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&value)
	if errors.Is(err, io.EOF) {
		return value, nil
	}
	if err == nil && decoder.More() {
		err = errors.New("something follows the object")
	}
	return value, readProblem(err)
}

func readProblem(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &tooLarge):
		return problem{http.StatusRequestEntityTooLarge, "tooLarge", fmt.Sprintf("the request has more than %d bytes", tooLarge.Limit)}
	}
	return badRequest("read the request: %v", err)
}

// waitTime reads the parameter wait: 0 when it is absent.
func waitTime(r *http.Request) (time.Duration, error) {
	text := r.URL.Query().Get("wait")
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > longestWait {
		return 0, badRequest("wait=%q is not a duration like 5s, of at most %s", text, longestWait)
	}
	return d, nil
}

// awaited waits, as long as the request says, until ready returns true. If it
// does not, the answer is 408 and names what was waited for; 404 if the
// request does not wait.
func (e *Exchange) awaited(r *http.Request, what string, ready func() bool) error {
	wait, err := waitTime(r)
	if err != nil {
		return err
	}
	err = e.awaitFor(r.Context(), wait, ready)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errClosed):
		return problem{http.StatusServiceUnavailable, "closed", "waited for " + what + ", but " + err.Error()}
	case wait == 0:
		return unknown(what)
	}
	return problem{http.StatusRequestTimeout, "timeout", fmt.Sprintf("no %s within %s", what, wait)}
}

// settled waits, as long as the request says, until ready returns true; that
// it does not is no error.
func (e *Exchange) settled(r *http.Request, ready func() bool) error {
	wait, err := waitTime(r)
	if err != nil {
		return err
	}
	err = e.awaitFor(r.Context(), wait, ready)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// awaitFor waits for a real duration; for none, it looks once.
func (e *Exchange) awaitFor(ctx context.Context, wait time.Duration, ready func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return e.await(ctx, ready)
}
