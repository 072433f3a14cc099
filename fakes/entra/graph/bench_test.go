package graph_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkRead: one read of twenty users, token and all, without the network.
func BenchmarkRead(b *testing.B) {
	l := start(b)
	l.twenty()
	for name, path := range map[string]string{
		"report": "/v1.0/reports/authenticationMethods/userRegistrationDetails?$filter=isSsprCapable%20eq%20true",
		"audit":  "/v1.0/auditLogs/directoryAudits", "users": "/v1.0/users",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.Header.Set("Authorization", "Bearer "+l.access)
				w := httptest.NewRecorder()
				l.graph.Config.Handler.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Body)
				}
			}
		})
	}
}
