package lab

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// listen opens a port of the loopback address; 0 takes any.
func listen(port int) (net.Listener, error) {
	ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("listen on port %d of 127.0.0.1: %w (is it taken? 0 takes any free one)", port, err)
	}
	return ln, nil
}

// serve runs one part until the lab stops. A part that ends before that is
// reported by [Lab.Failed].
func (l *Lab) serve(name string, run func() error) {
	l.serving.Add(1)
	go func() {
		defer l.serving.Done()
		err := run()
		if err == nil || errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
			return
		}
		select {
		case l.failed <- fmt.Errorf("%s died: %w", name, err):
		default:
		}
	}()
}

// web serves h over TLS at a port of its own, under the host name of the part,
// and returns its base URL.
func (l *Lab) web(part string, h http.Handler) (string, error) {
	ln, err := listen(0)
	if err != nil {
		return "", err
	}
	host := part + "." + Domain
	if err := l.serveTLS(ln, part, h); err != nil {
		return "", err
	}
	return fmt.Sprintf("https://%s:%d", host, ln.Addr().(*net.TCPAddr).Port), nil
}

// Limits of every web part: what a client may take and send.
const (
	headerTimeout  = 10 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 64 << 10
	stopTimeout    = 2 * time.Second
)

// hosts are the names of every web part; one certificate carries them all.
func hosts() []string {
	names := entra.Hosts{Domain: Domain}.Names()
	for _, part := range []string{"mail", "phone", "tenant", "connect"} {
		names = append(names, part+"."+Domain)
	}
	return append(names, "127.0.0.1")
}

// serveTLS serves h on ln with the lab's certificate, until the lab stops.
// HTTP/2 is left out: at the lab's distances it only costs time.
func (l *Lab) serveTLS(ln net.Listener, part string, h http.Handler) error {
	config, err := l.authority.ServerConfig(hosts()...)
	if err != nil {
		ln.Close()
		return err
	}
	server := &http.Server{
		Handler: h, TLSConfig: config, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
		ErrorLog:     slog.NewLogLogger(l.config.Log.Handler(), slog.LevelDebug),
	}
	base, cancel := context.WithCancel(context.Background())
	server.BaseContext = func(net.Listener) context.Context { return base }
	l.onStop(func() error {
		cancel() // ends requests that wait for something
		ctx, done := context.WithTimeout(context.Background(), stopTimeout)
		defer done()
		if err := server.Shutdown(ctx); err != nil {
			return server.Close()
		}
		return nil
	})
	l.serve(part, func() error { return server.ServeTLS(ln, "", "") })
	return nil
}
