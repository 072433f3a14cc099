package supervise

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// Options say how the control is served.
type Options struct {
	Listen    string // host:port
	Cert, Key string // files in PEM
	Token     string // file with the bearer token; "" asks for none
	Log       io.Writer
}

// Serve holds a directory of a kind and serves its control until ctx is over,
// which is no error, or until the directory server ends by itself.
func Serve(ctx context.Context, kind Kind, o Options) (err error) {
	layout, err := ImageLayout()
	if err != nil {
		return err
	}
	config, token, err := o.read()
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return fmt.Errorf("listen for the control: %w", err)
	}
	s := New(kind, layout, o.Log)
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.serve(ctx, tls.NewListener(ln, config), token, slog.New(slog.NewTextHandler(o.Log, nil)))
}

// read reads what the options name.
func (o Options) read() (*tls.Config, string, error) {
	pair, err := tls.LoadX509KeyPair(o.Cert, o.Key)
	if err != nil {
		return nil, "", fmt.Errorf("read the control's certificate: %w", err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13}
	if o.Token == "" {
		return config, "", nil
	}
	token, err := os.ReadFile(o.Token)
	if err != nil {
		return nil, "", fmt.Errorf("read the control's token: %w", err)
	}
	if strings.TrimSpace(string(token)) == "" {
		return nil, "", fmt.Errorf("read the control's token: %s is empty", o.Token)
	}
	return config, strings.TrimSpace(string(token)), nil
}

// headerTimeout bounds how long a client may take to say what it wants.
const headerTimeout = 10 * time.Second

func (s *Supervisor) serve(ctx context.Context, ln net.Listener, token string, log *slog.Logger) error {
	server := &http.Server{Handler: s.Control(token, log), ReadHeaderTimeout: headerTimeout,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	var err error
	select {
	case err = <-served:
		return fmt.Errorf("serve the control: %w", err)
	case err = <-s.Died():
	case <-ctx.Done():
	}
	return cmp.Or(err, server.Close())
}
