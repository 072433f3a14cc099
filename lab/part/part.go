package part

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/connect"
	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// Domain is the domain of the lab's hosts. Names under localhost lead to the
// loopback address in every browser (RFC 6761).
const Domain = "ssprlab.localhost"

// Kind is one of the parts.
type Kind string

// The parts of a lab.
const (
	KindTenant    Kind = "tenant"
	KindConnect   Kind = "connect"
	KindPhone     Kind = "phone"
	KindMail      Kind = "mail"
	KindDirectory Kind = "directory"
)

// Kinds lists the parts in the order in which a lab needs them.
func Kinds() []Kind { return []Kind{KindMail, KindPhone, KindTenant, KindDirectory, KindConnect} }

// Name is what people call the part.
func (k Kind) Name() string {
	switch k {
	case KindConnect:
		return "Connect agent"
	case KindPhone:
		return "phones"
	case KindMail:
		return "mail catcher"
	}
	return string(k)
}

// Host is the host name of the part's pages, in full. The tenant has one for
// each of its surfaces instead (entra.Hosts).
func (k Kind) Host() string { return string(k) + "." + Domain }

// ControlHost is the host name of the part's control, in full.
func (k Kind) ControlHost() string { return string(k) + "-control." + Domain }

// Hosts are the names of every web part; one certificate may carry them all.
func Hosts() []string {
	names := entra.Hosts{Domain: Domain}.Names()
	for _, k := range Kinds() {
		if k != KindTenant && k != KindDirectory {
			names = append(names, k.Host())
		}
		names = append(names, k.ControlHost())
	}
	return names
}

// Surroundings is what a part finds around it. Clock, HTTP and Log are
// required.
type Surroundings struct {
	Clock *clock.Clock
	Seed  seed.Source
	Era   entra.Era
	Log   *slog.Logger
	HTTP  *http.Client // trusts the lab's authority and finds its hosts
	Keys  *KeyRing     // nil: one of its own
}

// KeyRing holds the RSA keys that a lab needs: the one that the tenant signs
// tokens with, and those of the Connect agent. Its zero value is ready; labs
// that share one share the time that making them takes, which is longer than
// the rest of the start. A KeyRing must not be copied after first use.
type KeyRing struct {
	signing token.KeyRing
	agents  connect.KeyStock
}

// Running is a part that has been made. It listens nowhere by itself.
type Running struct {
	Pages   http.Handler // nil: it has none
	Control http.Handler // nil: it has none
	// Serve serves what is not HTTP (SMTP, LDAP) until the part is closed; nil:
	// there is nothing else. It may be called for several listeners.
	Serve func(net.Listener) error
	Close func() error
	// Tenant is the tenant's id, a GUID; "" for other parts.
	Tenant string
}

// Description is what a part can be made from.
type Description interface {
	Kind() Kind
	Open(Surroundings) (*Running, error)
}

// ServeHTTP answers for the part: its control by the control's host name, its
// pages by every other.
func (r *Running) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	h := r.Pages
	if isControl(req) {
		h = r.Control
	}
	if h == nil {
		http.Error(w, "ssprlab: there is nothing at "+req.Host, http.StatusNotImplemented)
		return
	}
	h.ServeHTTP(w, req)
}

// isControl reports whether a request is for a part's control.
func isControl(r *http.Request) bool {
	name, _, _ := strings.Cut(r.Host, ".")
	return strings.HasSuffix(strings.ToLower(name), "-control")
}

// Ended reports whether an error of serving only tells that the listener was
// closed.
func Ended(err error) bool {
	return err == nil || errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed)
}
