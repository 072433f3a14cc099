package activedirectory

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/directory/sd"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// Config says what domain a server has. The zero value is a domain that nobody
// can sign in to.
type Config struct {
	// Domain is the DNS name, "corp.example.com" by default. The base is made
	// of its labels: DC=corp,DC=example,DC=com.
	Domain string
	// NetBIOS is the name in DOMAIN\name: the first label of Domain in upper
	// case by default.
	NetBIOS string
	// AdministratorPassword is that of CN=Administrator,CN=Users,<base>, a
	// member of Domain Admins. It has to meet the factory policy (7
	// characters, 3 kinds). Without one the account is disabled.
	AdministratorPassword string
	// TLS serves LDAPS and StartTLS. Without it there is plain LDAP alone, on
	// which a simple bind is refused (R-WB-96).
	TLS *tls.Config
	// Clock is what lockouts and password ages go by; the machine's time by
	// default.
	Clock *clock.Clock
	// Seed is where GUIDs and SIDs come from.
	Seed seed.Source
	// Log takes connections that were dropped and requests that are not
	// modelled; nil discards. Passwords are never in it.
	Log *slog.Logger
	// IdleTimeout closes a connection that sends no whole request for so long,
	// in real time; 15 minutes by default, as on the real product.
	IdleTimeout time.Duration
	// HandshakeTimeout is how long a TLS handshake may take, in real time; 10
	// seconds by default.
	HandshakeTimeout time.Duration
}

const (
	defaultDomain    = "corp.example.com"
	idleTimeout      = 15 * time.Minute
	handshakeTimeout = 10 * time.Second
)

// Server is a domain controller.
type Server struct {
	dns, netbios string
	base         string // distinguished name of the domain
	tls          *tls.Config
	clock        *clock.Clock
	machine      clock.Clock // the zero value, which shows real time
	log          *slog.Logger
	idle         time.Duration
	handshake    time.Duration
	guids        *seed.Stream
	schema       *schema
	categories   [classCount]string // objectCategory of each class
	defaults     [classCount]*sd.ACL

	sid                       sd.SID // of the domain
	administrator             sd.SID
	domainAdmins, domainUsers sd.SID

	mu       sync.RWMutex // guards all below and every object
	tree     *tree
	domain   *object // head of the domain
	settings *object // container of fine-grained password settings
	nextRID  uint32

	connections connections
}

// New makes a server with a bare domain. It returns an error when the domain's
// name is none, or when the Administrator's password does not meet the factory
// policy.
func New(c Config) (*Server, error) {
	s := &Server{
		dns:         strings.ToLower(orDefault(c.Domain, defaultDomain)),
		netbios:     c.NetBIOS,
		tls:         c.TLS,
		clock:       c.Clock,
		log:         c.Log,
		idle:        c.IdleTimeout,
		handshake:   c.HandshakeTimeout,
		guids:       c.Seed.Stream("activedirectory/guid"),
		tree:        newTree(),
		nextRID:     firstRID,
		connections: connections{open: map[net.Conn]bool{}, listeners: map[net.Listener]bool{}},
	}
	s.fillDefaults()
	if err := s.nameDomain(); err != nil {
		return nil, err
	}
	var err error
	if s.schema, err = newSchema(); err != nil {
		return nil, err
	}
	if err := s.makeDomain(c); err != nil {
		return nil, fmt.Errorf("make domain %s: %w", s.dns, err)
	}
	return s, nil
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

func (s *Server) fillDefaults() {
	if s.clock == nil {
		s.clock = new(clock.Clock)
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.idle <= 0 {
		s.idle = idleTimeout
	}
	if s.handshake <= 0 {
		s.handshake = handshakeTimeout
	}
}

// nameDomain derives the names from the DNS name.
func (s *Server) nameDomain() error {
	labels := strings.Split(s.dns, ".")
	for _, label := range labels {
		if label == "" || strings.ContainsAny(label, `,+"\<>;#= /@`) {
			return fmt.Errorf("domain name %q: expected DNS labels parted by dots, such as corp.example.com", s.dns)
		}
	}
	s.netbios = strings.ToUpper(orDefault(s.netbios, labels[0]))
	s.base = "DC=" + strings.Join(labels, ",DC=")
	return nil
}

// connections is what Close has to wait for.
type connections struct {
	mu        sync.Mutex
	open      map[net.Conn]bool
	listeners map[net.Listener]bool
	closed    bool
	wait      sync.WaitGroup
}

// listen notes a listener; false once the server is closed.
func (c *connections) listen(l net.Listener) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.listeners[l] = true
	c.wait.Add(1)
	return true
}

// forget closes a listener that has failed, or is closed already.
func (c *connections) forget(l net.Listener) {
	l.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.listeners, l)
	c.wait.Done()
}

func (c *connections) add(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.open[conn] = true
	c.wait.Add(1)
	return true
}

func (c *connections) remove(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
	c.wait.Done()
}

// Serve answers LDAPS: TLS from the first byte. It returns nil once the server
// is closed, also when that was before, and an error when it has no TLS
// configuration or l fails. It closes l in any case.
func (s *Server) Serve(l net.Listener) error {
	if s.tls == nil {
		l.Close()
		return fmt.Errorf("serve LDAPS on %s: no TLS configuration was given", l.Addr())
	}
	return s.serve(l, true)
}

// ServePlain answers LDAP without encryption, with StartTLS when there is a TLS
// configuration. It returns nil once the server is closed, also when that was
// before, and an error when l fails. It closes l in any case.
func (s *Server) ServePlain(l net.Listener) error { return s.serve(l, false) }

func (s *Server) serve(l net.Listener, secure bool) error {
	if !s.connections.listen(l) {
		l.Close()
		return nil
	}
	defer s.connections.forget(l)
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept LDAP connections on %s: %w", l.Addr(), err)
		}
		if !s.connections.add(conn) {
			conn.Close()
			return nil
		}
		go s.handle(conn, secure)
	}
}

// Close ends every listener and connection, and waits until nothing of them
// runs any more.
func (s *Server) Close() error {
	s.connections.mu.Lock()
	s.connections.closed = true
	var errs []error
	for l := range s.connections.listeners {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, fmt.Errorf("close LDAP listener %s: %w", l.Addr(), err))
		}
	}
	for conn := range s.connections.open {
		conn.Close() // its goroutine sees the error
	}
	s.connections.mu.Unlock()
	s.connections.wait.Wait()
	return errors.Join(errs...)
}

// handle serves one connection until it ends.
func (s *Server) handle(conn net.Conn, secure bool) {
	defer s.connections.remove(conn)
	defer conn.Close()
	log := s.log.With("client", conn.RemoteAddr().String())
	session := newSession(s, conn, log)
	if secure {
		if err := session.encrypt(); err != nil {
			log.Warn("TLS handshake failed", "error", err)
			return
		}
	}
	if err := session.serve(); err != nil {
		log.Warn("LDAP connection dropped", "error", err)
	}
}

// deadline is a moment of real time, which network deadlines live in.
func (s *Server) deadline(after time.Duration) time.Time { return s.machine.Now().Add(after) }
