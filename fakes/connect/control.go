package connect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Status is what the agent tells of itself.
type Status struct {
	Installed bool      `json:"installed"`
	Writeback bool      `json:"writeback"` // enabled in the wizard
	Staging   bool      `json:"staging"`
	Running   bool      `json:"running"`   // the service
	Listening bool      `json:"listening"` // at the relay
	Wizard    bool      `json:"wizard"`    // open, so that the scheduler is suspended
	CutCloud  bool      `json:"cutCloud"`
	CutCorp   bool      `json:"cutCorp"`
	Version   string    `json:"version"`
	Tenant    string    `json:"tenant,omitempty"`
	Forest    string    `json:"forest"`
	LastSync  time.Time `json:"lastSync,omitzero"`
	Report    Report    `json:"report"` // of the last cycle
}

// Status returns what the agent is doing.
func (a *Agent) Status() Status {
	a.mu.Lock()
	st := Status{
		Installed: a.creds != nil, Writeback: a.configured, Staging: a.staging, Running: a.service != nil,
		Version: a.config.Version, Forest: a.forest(), LastSync: a.lastSync, Report: a.report,
	}
	if a.creds != nil {
		st.Tenant = a.creds.Tenant
	}
	s := a.service
	a.mu.Unlock()
	st.Listening = s != nil && s.listening()
	st.Wizard = a.wizard.open(a.config.Clock.Now())
	st.CutCloud, st.CutCorp = a.cable.cut.Load(), a.corp.severed()
	return st
}

// controlRoutes lists the routes of [Agent.Control].
func (a *Agent) controlRoutes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /install", a.controlInstall)
	m.HandleFunc("POST /configure", a.controlConfigure)
	m.HandleFunc("POST /sync", a.controlSync)
	m.HandleFunc("POST /stop", func(w http.ResponseWriter, q *http.Request) {
		a.stopService(q.Context())
		answer(w, a.Status())
	})
	m.HandleFunc("POST /start", func(w http.ResponseWriter, q *http.Request) {
		a.conclude(w, a.startAndWait(q.Context()))
	})
	m.HandleFunc("POST /cut", a.controlCut)
	m.HandleFunc("POST /restore", a.controlRestore)
	m.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) { answer(w, a.Status()) })
	m.HandleFunc("GET /events", a.controlEvents)
	m.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) {
		a.log.Warn("unhandled request", "request", q.Method+" "+q.Host+q.URL.Path)
		refuse(w, http.StatusNotFound, "NotFound", "the control knows no "+q.Method+" "+q.URL.Path)
	})
	return m
}

// admin is who an order is given as: a name with its password, or a token.
type admin struct {
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	Token    string `json:"token,omitempty"`
}

// token returns the order's token.
func (a *Agent) token(ctx context.Context, who admin) (string, error) {
	if who.Token != "" {
		return who.Token, nil
	}
	token, _, err := a.signIn(ctx, who.User, who.Password)
	return token, err
}

func (a *Agent) controlInstall(w http.ResponseWriter, q *http.Request) {
	var order struct {
		admin
		Staging bool `json:"staging,omitempty"`
	}
	if !read(w, q, &order) {
		return
	}
	token, err := a.token(q.Context(), order.admin)
	if err == nil {
		s := a.settings()
		s.staging, s.initial = order.Staging, true
		err = a.apply(q.Context(), token, s)
	}
	a.conclude(w, err)
}

func (a *Agent) controlConfigure(w http.ResponseWriter, q *http.Request) {
	var order struct {
		admin
		Writeback bool `json:"writeback"`
	}
	if !read(w, q, &order) {
		return
	}
	token, err := a.token(q.Context(), order.admin)
	if err == nil {
		s := a.settings()
		s.writeback, s.cycle = order.Writeback, false
		err = a.apply(q.Context(), token, s)
	}
	a.conclude(w, err)
}

func (a *Agent) controlSync(w http.ResponseWriter, q *http.Request) {
	order := struct {
		Policy PolicyType `json:"policy"`
	}{Delta}
	if q.ContentLength != 0 && !read(w, q, &order) {
		return
	}
	if order.Policy != Delta && order.Policy != Initial {
		refuse(w, http.StatusBadRequest, "BadRequest", fmt.Sprintf("policy %q: expected %q or %q", order.Policy, Delta, Initial))
		return
	}
	if s := a.Status(); !s.Running {
		refuse(w, http.StatusConflict, "Stopped", "the service does not run: install it, or POST /start")
		return
	}
	r, err := a.synchronise(q.Context(), order.Policy)
	if err != nil {
		a.conclude(w, err)
		return
	}
	answer(w, r)
}

// controlCut pulls a cable out. The relay is told before, so that it knows when
// the order is answered; what a person sees is the same.
func (a *Agent) controlCut(w http.ResponseWriter, q *http.Request) {
	switch from := q.URL.Query().Get("from"); from {
	case "cloud":
		a.mu.Lock()
		s, creds := a.service, a.creds
		a.mu.Unlock()
		a.cable.cut.Store(true)
		if s != nil && s.listening() {
			// Past the cable, which is out already: the agent cannot come back.
			leaving := newCloud(a.config, a.cable.next)
			if err := leaving.leave(q.Context(), *creds); err != nil {
				a.log.Info("tell the relay of the cut", "error", err)
			}
			s.hangUp()
		}
	case "corp":
		a.corp.sever()
	default:
		refuse(w, http.StatusBadRequest, "BadRequest", fmt.Sprintf("from=%q: expected cloud or corp", from))
		return
	}
	answer(w, a.Status())
}

func (a *Agent) controlRestore(w http.ResponseWriter, q *http.Request) {
	a.corp.mend()
	a.cable.cut.Store(false)
	a.mu.Lock()
	s := a.service
	a.mu.Unlock()
	if s != nil {
		s.redial()
		a.conclude(w, a.startAndWait(q.Context()))
		return
	}
	answer(w, a.Status())
}

func (a *Agent) controlEvents(w http.ResponseWriter, q *http.Request) {
	values := q.URL.Query()
	id, err := strconv.Atoi(values.Get("id"))
	if values.Get("id") != "" && err != nil {
		refuse(w, http.StatusBadRequest, "BadRequest", fmt.Sprintf("id=%q: expected a number", values.Get("id")))
		return
	}
	source, tracking := values.Get("source"), values.Get("tracking")
	answer(w, struct {
		Events []Event `json:"events"`
	}{a.events.all(func(e Event) bool {
		return (id == 0 || e.ID == id) && (source == "" || e.Source == source) && (tracking == "" || e.TrackingID == tracking)
	})})
}

// conclude answers with the status, or with what went wrong: 4xx for what the
// caller can mend, 502 for what the cloud or the directory did not do.
func (a *Agent) conclude(w http.ResponseWriter, err error) {
	var signIn *SignInError
	code := problemCode(err)
	switch {
	case err == nil:
		answer(w, a.Status())
	case errors.As(err, &signIn):
		refuse(w, http.StatusForbidden, "SignIn", signIn.Error())
	case errors.Is(err, errRole):
		refuse(w, http.StatusForbidden, "Forbidden", err.Error())
	case errors.Is(err, errNotInstalled), errors.Is(err, errCycleRuns):
		refuse(w, http.StatusConflict, "Conflict", err.Error())
	case code != "":
		refuse(w, http.StatusForbidden, code, err.Error())
	default:
		refuse(w, http.StatusBadGateway, "Failed", err.Error())
	}
}

// maxOrder is the longest order, in bytes.
const maxOrder = 64 << 10

func read[T any](w http.ResponseWriter, q *http.Request, v *T) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, q.Body, maxOrder))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil && d.Decode(&struct{}{}) != io.EOF {
		err = errors.New("something follows the JSON value")
	}
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return true
	case errors.As(err, &large):
		refuse(w, http.StatusRequestEntityTooLarge, "BadRequest", fmt.Sprintf("an order has at most %d bytes", large.Limit))
	default:
		refuse(w, http.StatusBadRequest, "BadRequest", "read the order: "+err.Error())
	}
	return false
}

func answer[T any](w http.ResponseWriter, v T) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	json.NewEncoder(w).Encode(v) // a caller who hung up needs no answer
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
