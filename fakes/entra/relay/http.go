package relay

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
)

// Limits of what a request may carry.
const (
	maxBody     = 1 << 20
	maxVerdicts = 4096
)

// mux lists the routes of the package's comment.
func (r *Relay) mux() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /v1/account", r.account)
	m.HandleFunc("POST /v1/agents", r.install)
	m.HandleFunc("POST /v1/agents/{id}/onboarding", r.onboard)
	m.HandleFunc("POST /v1/agents/{id}/offboarding", r.offboard)
	m.HandleFunc("PUT /v1/agents/{id}/key", r.asAgent(r.takeKey))
	m.HandleFunc("GET /v1/agents/{id}/operations", r.asAgent(r.listen))
	m.HandleFunc("DELETE /v1/agents/{id}/operations", r.asAgent(r.takeLeave))
	m.HandleFunc("POST /v1/agents/{id}/verdicts", r.asAgent(r.takeVerdicts))
	m.HandleFunc("POST /v1/agents/{id}/heartbeat", r.asAgent(r.takeBeat))
	m.HandleFunc("/", r.unhandled)
	return m
}

// ServeHTTP serves the host "relay.".
func (r *Relay) ServeHTTP(w http.ResponseWriter, q *http.Request) { r.routes.ServeHTTP(w, q) }

func (r *Relay) unhandled(w http.ResponseWriter, q *http.Request) {
	r.tenant.Unhandled(q)
	refuse(w, http.StatusNotImplemented, problem(envelope.Unknown, "the relay does not know "+q.Method+" "+q.URL.Path))
}

// asAgent lets an agent through that shows its own id and secret.
func (r *Relay) asAgent(serve func(http.ResponseWriter, *http.Request, *agent)) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		a, err := r.agentOf(q)
		if err != nil || a.id != q.PathValue("id") {
			refuse(w, http.StatusUnauthorized, problem(envelope.Unauthorized, "this is not an agent of the tenant, or its secret was rolled"))
			return
		}
		serve(w, q, a)
	}
}

// agentOf returns the agent whose credentials a request shows.
func (r *Relay) agentOf(q *http.Request) (*agent, error) {
	id, secret, ok := q.BasicAuth()
	r.mu.Lock()
	a := r.agents[id]
	r.mu.Unlock()
	if !ok || a == nil || !a.knows(secret) {
		return nil, errors.New("no agent of the tenant, or its secret was rolled")
	}
	return a, nil
}

func (r *Relay) listen(w http.ResponseWriter, q *http.Request, a *agent) {
	l := newListener()
	_, secret, _ := q.BasicAuth()
	if !a.listen(l, secret, r.tenant.Now()) {
		refuse(w, http.StatusUnauthorized, problem(envelope.Unauthorized, "the secret was rolled"))
		return
	}
	defer a.leave(l)
	r.mu.Lock()
	r.current = a
	r.mu.Unlock()
	r.tenant.Log().Info("agent listens", "agent", a.id)
	err := l.serve(q.Context(), w)
	r.tenant.Log().Info("agent's listener ended", "agent", a.id, "error", err)
}

func (r *Relay) takeLeave(w http.ResponseWriter, _ *http.Request, a *agent) {
	a.drop()
	w.WriteHeader(http.StatusNoContent)
}

func (r *Relay) takeKey(w http.ResponseWriter, q *http.Request, a *agent) {
	var k envelope.Key
	if !read(w, q, &k) {
		return
	}
	key, err := envelope.ParsePublicKey(k.PublicKey)
	if err != nil {
		refuse(w, http.StatusBadRequest, problem(envelope.BadRequest, err.Error()))
		return
	}
	a.setKey(key)
	w.WriteHeader(http.StatusNoContent)
}

func (r *Relay) takeVerdicts(w http.ResponseWriter, q *http.Request, a *agent) {
	var verdicts []envelope.Verdict
	if !read(w, q, &verdicts) {
		return
	}
	if len(verdicts) > maxVerdicts {
		refuse(w, http.StatusBadRequest, problem(envelope.BadRequest, fmt.Sprintf("%d verdicts are more than the %d of one request", len(verdicts), maxVerdicts)))
		return
	}
	a.mu.Lock()
	l := a.listener
	a.mu.Unlock()
	for _, v := range verdicts {
		if l == nil || !l.settle(v) {
			r.tenant.Log().Warn("verdict that nobody waits for", "agent", a.id, "operation", v.ID)
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func (r *Relay) takeBeat(w http.ResponseWriter, q *http.Request, a *agent) {
	var b envelope.Beat
	if !read(w, q, &b) {
		return
	}
	a.beat(b.Version, r.tenant.Now(), b.LastSync)
	w.WriteHeader(http.StatusNoContent)
}

// read reads a request's JSON into v and answers what cannot be read.
func read[T any](w http.ResponseWriter, q *http.Request, v *T) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, q.Body, maxBody))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil && d.Decode(&struct{}{}) != io.EOF {
		err = errors.New("something follows the JSON value")
	}
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return true
	case errors.As(err, &tooLarge):
		refuse(w, http.StatusRequestEntityTooLarge, problem(envelope.BadRequest, fmt.Sprintf("the request is larger than %d bytes", tooLarge.Limit)))
	default:
		refuse(w, http.StatusBadRequest, problem(envelope.BadRequest, "read the request: "+err.Error()))
	}
	return false
}

func answer[T any](w http.ResponseWriter, v T) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	json.NewEncoder(w).Encode(v) // a caller who hung up needs no answer
}

func refuse(w http.ResponseWriter, status int, p *envelope.Problem) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(struct {
		Error *envelope.Problem `json:"error"`
	}{p})
}

func problem(code, message string) *envelope.Problem {
	return &envelope.Problem{Code: code, Message: message}
}
