package part

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// Process serves one part at fixed addresses and makes it anew when it is
// ordered to. [Listen] makes one; TLS, Roots and Log are then required.
type Process struct {
	Kind  Kind
	HTTPS net.Listener // of pages and control; Serve closes it
	TLS   *tls.Config
	Roots *x509.CertPool // the lab's authority
	Log   *slog.Logger

	otherAddress string       // of SMTP or LDAPS
	other        net.Listener // for the first part

	keys    KeyRing // kept, so that only the first order waits for keys
	changes sync.Mutex
	mu      sync.RWMutex
	current *tenure
	failed  chan error
}

// tenure is a part between two orders.
type tenure struct {
	*Running
	clock    *clock.Clock
	http     *http.Client
	life     context.Context
	end      context.CancelFunc
	moves    sync.Mutex     // one move of the clock at a time
	requests sync.WaitGroup // under way
	other    sync.WaitGroup // what serves something else than HTTP
}

// Limits of every web part: what a client may take and send.
const (
	headerTimeout  = 10 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 64 << 10
	stopTimeout    = 2 * time.Second
)

// NewServer returns how every web part serves HTTP. HTTP/2 is left out: at the
// lab's distances it only costs time.
func NewServer(h http.Handler, config *tls.Config, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, TLSConfig: config, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
		ErrorLog:     slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Serve serves until ctx ends, and then returns nil when the part is closed. It
// returns an error when a listener breaks.
func (p *Process) Serve(ctx context.Context) error {
	server := NewServer(p, p.TLS, p.Log)
	served := make(chan error, 1)
	go func() { served <- server.ServeTLS(p.HTTPS, "", "") }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-p.failed:
	case err = <-served:
		served <- err
	}
	p.hurry()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if server.Shutdown(stopping) != nil {
		server.Close()
	}
	<-served
	p.changes.Lock()
	defer p.changes.Unlock()
	closed := p.replace(nil)
	if p.other != nil { // no part was ever ordered
		p.other.Close()
	}
	if Ended(err) {
		err = nil
	}
	return errors.Join(err, closed)
}

// hurry ends requests that wait for something of the present part.
func (p *Process) hurry() {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.current != nil {
		p.current.end()
	}
}

// Begin closes the part that is there and makes the one that is ordered. On an
// error there is none.
func (p *Process) Begin(o Order) error {
	if o.Kind != p.Kind {
		return fmt.Errorf("this process is for the %s, not for the %s", p.Kind, o.Kind)
	}
	d, err := o.description()
	if err != nil {
		return err
	}
	if dir, ok := d.(Directory); ok {
		dir.TLS = p.TLS
		d = dir
	}
	p.changes.Lock()
	defer p.changes.Unlock()
	if err := p.replace(nil); err != nil {
		return fmt.Errorf("close the %s that was there: %w", p.Kind, err)
	}
	t := &tenure{clock: clock.Ahead(o.Ahead), http: NewHTTP(p.Roots, o.dial())}
	t.Running, err = d.Open(Surroundings{Clock: t.clock, Seed: seed.New(o.Seed), Era: o.Era, Log: p.Log, HTTP: t.http, Keys: &p.keys})
	if err != nil {
		return fmt.Errorf("make the %s: %w", p.Kind, err)
	}
	t.life, t.end = context.WithCancel(context.Background())
	if t.Running.Serve != nil {
		if err := p.serveOther(t); err != nil {
			return errors.Join(err, t.close())
		}
	}
	return p.replace(t)
}

// serveOther serves what is not HTTP.
func (p *Process) serveOther(t *tenure) error {
	ln, err := p.listenOther()
	if err != nil {
		return err
	}
	t.other.Go(func() {
		err := t.Running.Serve(ln)
		if t.life.Err() != nil || Ended(err) {
			return
		}
		select {
		case p.failed <- fmt.Errorf("the %s died: %w", p.Kind, err):
		default:
		}
	})
	return nil
}

// replace puts t in the place of the part that is there, which it closes.
func (p *Process) replace(t *tenure) error {
	p.mu.Lock()
	before := p.current
	p.current = t
	p.mu.Unlock()
	if before == nil {
		return nil
	}
	return before.close()
}

// close ends requests that wait for something, then the part, which counts on
// it that nobody asks any more.
func (t *tenure) close() error {
	t.end()
	t.requests.Wait()
	err := t.Close()
	t.other.Wait()
	t.http.CloseIdleConnections()
	return err
}

// ServeHTTP answers the orders of the lab, and lets the part answer everything
// else.
func (p *Process) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isControl(r) && p.obey(w, r) {
		return
	}
	t := p.enter()
	if t == nil {
		http.Error(w, fmt.Sprintf("ssprlab: the %s has no order yet", p.Kind), http.StatusServiceUnavailable)
		return
	}
	defer t.requests.Done()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(t.life, cancel)()
	t.Running.ServeHTTP(w, r.WithContext(ctx))
}

// enter takes part in the present tenure; its requests must be told when done.
func (p *Process) enter() *tenure {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.current != nil {
		p.current.requests.Add(1)
	}
	return p.current
}
