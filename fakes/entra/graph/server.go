package graph

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
)

// Verify checks the bearer token of a request: see [token.Service.For].
type Verify func(*http.Request) (token.Claims, error)

// server is the graph host of one tenant.
type server struct {
	tenant *entra.Tenant
	verify Verify
	routes []route
	rights map[string]right
	count  atomic.Uint64
}

// New returns the graph host of a tenant. verify checks the tokens, for
// [token.GraphAudience].
func New(t *entra.Tenant, verify func(*http.Request) (token.Claims, error)) http.Handler {
	return &server{tenant: t, verify: verify, routes: routes, rights: rights}
}

// request is one call of Graph on its way.
type request struct {
	*http.Request
	graph    *server
	id       string // request-id
	clientID string // client-request-id
	beta     bool
	bare     bool     // odata.metadata=none
	args     []string // what stood for the placeholders of the route
	claims   token.Claims
	self     bool // the caller asks for itself: /me, or its own id
}

// reply is the answer of a handler.
type reply struct {
	status   int
	location string
	plain    bool // text, not JSON
	body     []byte
}

// handler answers one operation.
type handler func(*request) (reply, *fault)

// ServeHTTP answers a call: it finds the operation, then asks who calls, then
// whether they may, and only then does it.
func (g *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := &request{Request: r, graph: g, bare: strings.Contains(r.Header.Get("Accept"), "odata.metadata=none")}
	q.id = token.NameGUID(g.tenant.ID, "graph request", strconv.FormatUint(g.count.Add(1), 10))
	q.clientID = cmp.Or(r.Header.Get("Client-Request-Id"), q.id)
	a, f := q.serve()
	if f != nil {
		if f.unmodelled {
			g.tenant.Unhandled(r)
		}
		a = reply{status: f.status, body: f.append(nil, q)}
	}
	q.write(w, a)
}

func (q *request) serve() (reply, *fault) {
	version, segments, f := q.split()
	if f != nil {
		return reply{}, f
	}
	q.beta = version == "beta"
	claims, err := q.graph.verify(q.Request)
	if err != nil {
		return reply{}, unauthenticated(err)
	}
	q.claims = claims
	if strings.EqualFold(segments[0], "me") {
		if claims.AppOnly() {
			return reply{}, &fault{status: http.StatusBadRequest, code: "BadRequest", message: "/me request is only valid with delegated authentication flow."}
		}
		segments = append([]string{"users", claims.Object}, segments[1:]...)
		q.self = true
	}
	found, f := q.route(segments)
	if f != nil {
		return reply{}, f
	}
	if f := q.authorise(found); f != nil {
		return reply{}, f
	}
	if f := q.decode(); f != nil {
		return reply{}, f
	}
	return found.handle(q)
}

func unauthenticated(err error) *fault {
	var rejected *token.Rejection
	if errors.As(err, &rejected) {
		return &fault{status: http.StatusUnauthorized, code: "InvalidAuthenticationToken", message: rejected.Text}
	}
	return &fault{status: http.StatusInternalServerError, code: "generalException", message: err.Error()}
}

// diagnostic is where the product says which of its machines answered.
const diagnostic = `{"ServerInfo":{"DataCenter":"ssprlab","Slice":"E","Ring":"1","ScaleUnit":"000","RoleInstance":"ssprlab"}}`

// write sends an answer with the headers of graph-fidelity 2.1.
func (q *request) write(w http.ResponseWriter, a reply) {
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("OData-Version", "4.0")
	h.Set("Request-Id", q.id)
	h.Set("Client-Request-Id", q.clientID)
	h.Set("X-Ms-Ags-Diagnostic", diagnostic)
	if a.location != "" {
		h.Set("Location", a.location)
	}
	if a.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="", authorization_uri="`+q.graph.tenant.Hosts().URL(entra.LoginHost, "/common/oauth2/authorize")+
			`", client_id="`+token.GraphAudience+`"`)
	}
	switch {
	case len(a.body) == 0:
	case a.plain:
		h.Set("Content-Type", "text/plain")
	default:
		level := "minimal"
		if q.bare {
			level = "none"
		}
		h.Set("Content-Type", "application/json;odata.metadata="+level+";odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
	}
	w.WriteHeader(a.status)
	w.Write(a.body) // an error here is the client's leaving
}

// root is the address of this version as the client knows it.
func (q *request) root() string {
	if q.beta {
		return q.host() + "/beta"
	}
	return q.host() + "/v1.0"
}

// knownHost is the product's own name: a client that a proxy sends here must
// find it again in links.
const knownHost = "graph.microsoft.com"

func (q *request) host() string {
	if strings.EqualFold(q.Host, knownHost) {
		return "https://" + knownHost
	}
	return q.graph.tenant.Hosts().URL(entra.GraphHost, "")
}
