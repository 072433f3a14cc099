package provisioning

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/provisioning/export"
)

// Gate says who exports. A relay is one.
type Gate interface {
	// Agent returns the id of the agent whose own credentials a request shows.
	Agent(*http.Request) (id string, err error)
	// SyncCaller reports whether a request shows the token of somebody who may
	// synchronise.
	SyncCaller(*http.Request) bool
	// Synchronised notes that an agent finished a cycle.
	Synchronised(id string)
}

// Service serves the host "provisioning.". Make it with [New].
type Service struct {
	tenant *entra.Tenant
	gate   Gate
	routes http.Handler
}

// New returns the service of a tenant.
func New(t *entra.Tenant, gate Gate) *Service {
	s := &Service{tenant: t, gate: gate}
	m := http.NewServeMux()
	m.HandleFunc("POST "+export.Path, s.export)
	m.HandleFunc("/", s.unhandled)
	s.routes = m
	return s
}

// ServeHTTP serves the host.
func (s *Service) ServeHTTP(w http.ResponseWriter, q *http.Request) { s.routes.ServeHTTP(w, q) }

func (s *Service) unhandled(w http.ResponseWriter, q *http.Request) {
	s.tenant.Unhandled(q)
	refuse(w, http.StatusNotImplemented, "NotModelled", "provisioning does not know "+q.Method+" "+q.URL.Path)
}

func (s *Service) export(w http.ResponseWriter, q *http.Request) {
	agent, err := s.gate.Agent(q)
	if err != nil && !s.gate.SyncCaller(q) {
		refuse(w, http.StatusUnauthorized, "Unauthorized", "export as an installed agent, or with the token of the synchronisation account")
		return
	}
	b, status, err := read(w, q)
	if err != nil {
		refuse(w, status, "BadRequest", err.Error())
		return
	}
	a := s.apply(b)
	if b.Complete && agent != "" {
		s.gate.Synchronised(agent)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	json.NewEncoder(w).Encode(a) // an agent that hung up exports again
}

func read(w http.ResponseWriter, q *http.Request) (b export.Batch, status int, err error) {
	d := json.NewDecoder(http.MaxBytesReader(w, q.Body, export.MaxBytes))
	d.DisallowUnknownFields()
	err = d.Decode(&b)
	if err == nil && d.Decode(&struct{}{}) != io.EOF {
		err = errors.New("something follows the batch")
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return b, http.StatusRequestEntityTooLarge, fmt.Errorf("a batch has at most %d bytes", large.Limit)
	case err != nil:
		return b, http.StatusBadRequest, fmt.Errorf("read the batch: %w", err)
	case b.Len() > export.MaxObjects:
		return b, http.StatusBadRequest, fmt.Errorf("a batch has at most %d objects, this one %d", export.MaxObjects, b.Len())
	}
	return b, 0, nil
}

// apply applies a batch: users first, so that groups find their members, then
// every group, then the members, so that groups find each other.
func (s *Service) apply(b export.Batch) export.Answer {
	var a export.Answer
	known := s.index(b)
	for _, u := range b.Users {
		a.Results = append(a.Results, s.user(u, known))
	}
	groups := make([]export.Result, len(b.Groups))
	for i, g := range b.Groups {
		groups[i] = s.group(g, known)
	}
	for i, g := range b.Groups {
		s.members(g, known, &groups[i])
	}
	a.Results = append(a.Results, groups...)
	for _, anchor := range b.Deleted {
		a.Results = append(a.Results, s.delete(anchor, known))
	}
	for _, r := range a.Results {
		if r.Action == export.Failed {
			s.tenant.Log().Warn("object not exported", "anchor", r.Anchor, "error", r.Error)
		}
	}
	return a
}

func failed(anchor, code, text string) export.Result {
	return export.Result{Anchor: anchor, Action: export.Failed, Error: code + ": " + text}
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	type problem struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(struct {
		Error problem `json:"error"`
	}{problem{code, message}})
}
