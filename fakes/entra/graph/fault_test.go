package graph_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// TestFaults: the errors that clients match on (graph-fidelity 2.2, 2.3).
func TestFaults(t *testing.T) {
	l := start(t)
	cases := []struct {
		name          string
		call          call
		status        int
		code, message string
	}{
		{name: "unknown property", call: call{path: "/v1.0/users?$filter=mane eq 'x'"}, status: 400, code: "Request_BadRequest",
			message: "Could not find a property named 'mane' on type 'microsoft.graph.user'."},
		{name: "bad syntax", call: call{path: "/v1.0/users?$filter=displayName eqq 'x'"}, status: 400, code: "Request_BadRequest",
			message: "Invalid filter clause: Syntax error at position 12 in 'displayName eqq 'x'': expected one of eq, ne, gt, ge, lt, le, in."},
		{name: "wrong type", call: call{path: "/v1.0/users?$filter=accountEnabled eq 'true'"}, status: 400, code: "Request_BadRequest",
			message: "A binary operator with incompatible types was detected. Found operand types 'Edm.Boolean' and 'Edm.String' for operator kind 'Equal'."},
		{name: "unsupported", call: call{path: "/v1.0/users?$filter=endswith(displayName,'x')&$count=true", headers: advanced}, status: 400, code: "Request_UnsupportedQuery",
			message: "Unsupported or invalid query filter clause specified for property 'displayName' of resource 'User'."},
		{name: "only advanced", call: call{path: "/v1.0/users?$filter=displayName ne 'x'", headers: advanced}, status: 400, code: "Request_UnsupportedQuery",
			message: "Unsupported or invalid query filter clause specified for property 'displayName' of resource 'User'."},
		{name: "filter and order", call: call{path: "/v1.0/users?$filter=displayName eq 'x'&$orderby=displayName"}, status: 400, code: "Request_UnsupportedQuery",
			message: "Sorting not supported for current query."},
		{name: "unsorted property", call: call{path: "/v1.0/users?$orderby=surname"}, status: 400, code: "Request_UnsupportedQuery",
			message: "Unsupported sort property 'surname' for 'User'."},
		{name: "unknown selection", call: call{path: "/v1.0/users?$select=id,mane"}, status: 400, code: "Request_BadRequest",
			message: "Could not find a property named 'mane' on type 'microsoft.graph.user'."},
		{name: "top of 0", call: call{path: "/v1.0/users?$top=0"}, status: 400, code: "Request_BadRequest", message: "Invalid page size specified: '0'. Must be between 1 and 999 inclusive."},
		{name: "top of 1000", call: call{path: "/v1.0/users?$top=1000"}, status: 400, code: "Request_BadRequest", message: "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive."},
		{name: "top of skus", call: call{path: "/v1.0/subscribedSkus?$top=1"}, status: 400, code: "Request_UnsupportedQuery",
			message: "This resource does not support custom page sizes. Please retry without a page size argument."},
		{name: "bad skip token", call: call{path: "/v1.0/users?$skiptoken=abc"}, status: 400, code: "Request_BadRequest", message: "The skip token is not valid."},
		{name: "search", call: call{path: "/v1.0/users?$search=x"}, status: 400, code: "Request_UnsupportedQuery",
			message: "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'"},
		{name: "skip", call: call{path: "/v1.0/users?$skip=1"}, status: 400, code: "Request_BadRequest", message: "'$skip' is not supported by the service."},
		{name: "unknown option", call: call{path: "/v1.0/users?$flter=x"}, status: 400, code: "Request_BadRequest", message: "The query parameter '$flter' is not supported."},
		{name: "unknown user", call: call{path: "/v1.0/users/x@y"}, status: 404, code: "Request_ResourceNotFound",
			message: "Resource 'x@y' does not exist or one of its queried reference-property objects are not present."},
		{name: "method", call: call{method: "PUT", path: "/v1.0/users"}, status: 405, code: "Request_BadRequest", message: "Specified HTTP method is not allowed for the request target."},
		{name: "no gzip", call: call{method: "POST", path: "/v1.0/users", body: "{}", headers: []string{"Content-Encoding", "gzip"}}, status: 400, code: "BadRequest",
			message: "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."},
		{name: "too large", call: call{method: "POST", path: "/v1.0/users", body: strings.Repeat(" ", 1<<20+1)}, status: 413, code: "RequestBodyTooLarge", message: "The request body is larger than 1 MiB."},
		{name: "too large when unpacked", call: call{method: "POST", path: "/v1.0/users", body: strings.Repeat(" ", 1<<24), zip: true}, status: 413, code: "RequestBodyTooLarge", message: "The request body is larger than 1 MiB."},
	}
	for _, c := range cases {
		a := l.do(c.call)
		if a.status != c.status || a.text("error", "code") != c.code || a.text("error", "message") != c.message {
			t.Errorf("%s: %d %s", c.name, a.status, a.raw)
		}
		if !strings.HasPrefix(a.text("error", "innerError", "date"), "2026-03-02T09:00") ||
			a.text("error", "innerError", "request-id") != a.header.Get("Request-Id") {
			t.Errorf("%s: inner error of %s", c.name, a.raw)
		}
	}
	if got := l.tenant.UnhandledRequests(); len(got) != 0 {
		t.Errorf("noted as unhandled: %v", got)
	}
}

// TestUnmodelled: what the product knows and the lab does not is said loudly
// and noted.
func TestUnmodelled(t *testing.T) {
	l := start(t)
	bo := "/v1.0/users/" + l.ids["bo"]
	calls := []call{
		{path: "/v1.0/applications"},
		{path: "/v2.0/users"},
		{path: "/"},
		{path: "/v1.0/users/delta"},
		{path: "/v1.0/users?$expand=memberOf"},
		{path: "/v1.0/users?$search=x", headers: advanced},
		{path: bo + "?$select=signInActivity"},
		{method: "POST", path: "/v1.0/$batch", body: "{}"},
		{method: "POST", path: bo + "/revokeSignInSessions"},
		{method: "POST", path: bo + "/authentication/phoneMethods", body: "{}"},
		{method: "POST", path: bo + "/authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword", body: "{}"},
		{method: "PATCH", path: bo, body: `{"department":"Sails"}`},
	}
	for _, c := range calls {
		if a := l.do(c); a.status != http.StatusNotImplemented || a.text("error", "code") != "notModelled" {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.raw)
		}
	}
	if got := l.tenant.UnhandledRequests(); len(got) != len(calls) {
		t.Errorf("%d of %d noted: %v", len(got), len(calls), got)
	}
}

// TestReadsLeaveNoTrace: reading draws nothing from the lab's chance, so that
// a run repeats however often somebody looks.
func TestReadsLeaveNoTrace(t *testing.T) {
	a, b := start(t), start(t)
	for range 3 {
		a.must("/v1.0/users")
		a.get("/v1.0/users/nobody")
	}
	x, _ := a.tenant.AddUser(entra.User{UPN: "x@alder.example.com"})
	y, _ := b.tenant.AddUser(entra.User{UPN: "x@alder.example.com"})
	if x.ID != y.ID {
		t.Error("who was read more gets other ids")
	}
}

// TestReadsAreFast: a report or the log for twenty users takes well under a
// millisecond, the network aside.
func TestReadsAreFast(t *testing.T) {
	l := start(t)
	l.twenty()
	for _, path := range []string{"/v1.0/reports/authenticationMethods/userRegistrationDetails", "/v1.0/auditLogs/directoryAudits", "/v1.0/users"} {
		const rounds = 50
		began := time.Now()
		for range rounds {
			l.must(path)
		}
		if took := time.Since(began) / rounds; took > 20*time.Millisecond {
			t.Errorf("%s takes %s", path, took)
		}
	}
}

func (l *lab) twenty() {
	for i := range 16 {
		u := entra.User{UPN: "p" + string(rune('a'+i)) + "@alder.example.com", Name: "P", Enabled: true, MobilePhone: "+1 4255550110"}
		added, err := l.tenant.AddUser(u)
		if err != nil {
			l.t.Fatal(err)
		}
		l.tenant.Record(entra.AuditEntry{Service: entra.SSPRService, Activity: entra.ActivityReset, Success: true, Target: added.By()})
	}
}
