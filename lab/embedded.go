package lab

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/lab/part"
)

// embedded is the body of a lab whose parts run in this process and share its
// clock. Each listens on ports of its own of the loopback address.
type embedded struct {
	lab     *Lab
	around  part.Surroundings
	tls     *tls.Config // of every web part
	pages   map[part.Kind]net.Listener
	other   map[part.Kind]net.Listener
	serving sync.WaitGroup
	stops   []func() error // in the order of the start
}

func newEmbedded(l *Lab) (*embedded, error) {
	web, err := l.authority.ServerConfig(append(part.Hosts(), "127.0.0.1")...)
	if err != nil {
		return nil, err
	}
	return &embedded{lab: l, tls: web, around: part.Surroundings{
		Clock: l.Clock, Seed: l.Seed, Era: l.config.Era, Log: l.config.Log, HTTP: l.HTTP(), Keys: l.config.Keys,
	}}, nil
}

// stopTimeout is how long requests that are under way have to end, in real
// time.
const stopTimeout = 2 * time.Second

// listen opens a port of the loopback address; 0 takes any.
func listen(port int) (net.Listener, error) {
	ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("listen on port %d of 127.0.0.1: %w (is it taken? 0 takes any free one)", port, err)
	}
	return ln, nil
}

// settle opens every listener, so that each part can be told where the others
// are before they are made.
func (b *embedded) settle(_ context.Context, port int) (places, error) {
	b.pages, b.other = map[part.Kind]net.Listener{}, map[part.Kind]net.Listener{}
	at := places{}
	for _, k := range part.Kinds() {
		p := place{}
		if k != part.KindDirectory {
			wanted := 0
			if k == part.KindTenant {
				wanted = port
			}
			ln, err := listen(wanted)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", k.Name(), err)
			}
			b.pages[k], p.port = ln, ln.Addr().(*net.TCPAddr).Port
		}
		if k == part.KindDirectory || k == part.KindMail {
			ln, err := listen(0)
			if err != nil {
				return nil, err
			}
			b.other[k], p.other = ln, ln.Addr().String()
			p.inside = p.other
		}
		at[k] = p
	}
	return at, nil
}

// open makes a part and serves it.
func (b *embedded) open(_ context.Context, d part.Description) (part.Status, error) {
	running, err := d.Open(b.around)
	if err != nil {
		return part.Status{}, err
	}
	b.stops = append(b.stops, running.Close)
	kind := d.Kind()
	if ln := b.other[kind]; running.Serve != nil {
		delete(b.other, kind)
		b.serve(kind, func() error { return running.Serve(ln) })
	}
	if ln := b.pages[kind]; ln != nil {
		delete(b.pages, kind)
		b.serveWeb(kind, ln, running)
	}
	return part.Status{Kind: kind, Running: true, Tenant: running.Tenant}, nil
}

// serve runs one part until the lab stops; one that ends before is reported.
func (b *embedded) serve(kind part.Kind, run func() error) {
	b.serving.Go(func() {
		if err := run(); !part.Ended(err) {
			b.lab.died(fmt.Errorf("%s died: %w", kind.Name(), err))
		}
	})
}

func (b *embedded) serveWeb(kind part.Kind, ln net.Listener, h http.Handler) {
	server := part.NewServer(h, b.tls, b.around.Log)
	life, end := context.WithCancel(context.Background())
	server.BaseContext = func(net.Listener) context.Context { return life }
	b.stops = append(b.stops, func() error {
		end() // of requests that wait for something
		ctx, done := context.WithTimeout(context.Background(), stopTimeout)
		defer done()
		if err := server.Shutdown(ctx); err != nil {
			return server.Close()
		}
		return nil
	})
	b.serve(kind, func() error { return server.ServeTLS(ln, "", "") })
}

// directory makes a domain controller.
func (b *embedded) directory(ctx context.Context, domain string) (directoryAt, error) {
	at := directoryAt{name: nameOf(domain), ca: string(b.lab.authority.PEM()),
		user: Administrator + "@" + domain, password: "Lab-" + b.lab.Seed.Stream("lab/administrator").Token(12)}
	web, err := b.lab.authority.ServerConfig(at.name, "127.0.0.1")
	if err != nil {
		return at, err
	}
	at.url = "ldaps://" + b.lab.places[part.KindDirectory].other
	at.inside = at.url
	_, err = b.open(ctx, part.Directory{Domain: domain, AdministratorPassword: at.password, TLS: web})
	return at, err
}

// follow has nothing to do: the parts share the lab's clock.
func (b *embedded) follow(context.Context, time.Duration) error { return nil }

// cut tells the agent to behave as if its cable were pulled.
func (b *embedded) cut(ctx context.Context, n Network, _ bool) error {
	return b.lab.post(ctx, "/cut?from="+string(n))
}

func (b *embedded) kill(context.Context, part.Kind) error {
	return errors.New("it shares its process with all others: use a directory in a container")
}

func (b *embedded) mend(ctx context.Context) error { return b.lab.post(ctx, "/restore") }

// close ends every part, and closes listeners that no part was made for.
func (b *embedded) close() error {
	var errs []error
	for _, stop := range slices.Backward(b.stops) {
		errs = append(errs, stop())
	}
	for _, unused := range []map[part.Kind]net.Listener{b.pages, b.other} {
		for _, ln := range unused {
			errs = append(errs, ln.Close())
		}
	}
	b.serving.Wait()
	return errors.Join(errs...)
}
