package supervise

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
)

// Control returns the handler of the control. Each request carries the bearer
// token, unless that is "".
func (s *Supervisor) Control(token string, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /fresh", order(log, s.Fresh))
	mux.HandleFunc("POST /clock", order(log, s.Clock))
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) {
		status, err := s.Status(r.Context())
		answer(log, w, r, status, err)
	})
	return guarded(token, mux)
}

// guarded lets in who knows the token.
func guarded(token string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if token != "" && (!ok || subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			write(w, http.StatusUnauthorized, problem{"the bearer token is missing or wrong"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// order reads an order of type T and has it carried out.
func order[T any](log *slog.Logger, carryOut func(context.Context, T) (Status, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var o T
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&o); err != nil {
			answer(log, w, r, Status{}, &badRequest{fmt.Errorf("read the order: %w", err)})
			return
		}
		status, err := carryOut(r.Context(), o)
		answer(log, w, r, status, err)
	}
}

// answer writes the status, or the error.
func answer(log *slog.Logger, w http.ResponseWriter, r *http.Request, status Status, err error) {
	log.Info("order", "path", r.URL.Path, "domain", status.Domain, "ahead", status.Ahead, "error", err)
	var bad *badRequest
	switch {
	case err == nil:
		write(w, http.StatusOK, status)
	case errors.As(err, &bad):
		write(w, http.StatusBadRequest, problem{err.Error()})
	default:
		write(w, http.StatusInternalServerError, problem{err.Error()})
	}
}

// write sends v. That a client has gone is not the supervisor's concern.
func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
