package part

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The files of an identity, in PEM.
const (
	CertFile = "cert.pem"
	KeyFile  = "key.pem"
	CAFile   = "ca.pem"
)

// Identity is what a process shows to others, and whom it trusts.
type Identity struct {
	TLS   *tls.Config
	Roots *x509.CertPool
}

// ReadIdentity reads an identity from the three files of a folder.
func ReadIdentity(dir string) (Identity, error) {
	cert, err := tls.LoadX509KeyPair(filepath.Join(dir, CertFile), filepath.Join(dir, KeyFile))
	if err != nil {
		return Identity{}, fmt.Errorf("read the identity in %s: %w", dir, err)
	}
	ca, err := os.ReadFile(filepath.Join(dir, CAFile))
	if err != nil {
		return Identity{}, fmt.Errorf("read the identity in %s: %w", dir, err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return Identity{}, fmt.Errorf("read the identity in %s: %s holds no certificate", dir, CAFile)
	}
	return Identity{&tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}, roots}, nil
}

// NewHTTP returns a client that trusts roots and dials as it is told.
func NewHTTP(roots *x509.CertPool, dial Dial) *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots},
		DialContext:         dial,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     time.Minute,
	}}
}

// Dial opens a connection to an address of the lab.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// OnLoopback leads every host to this machine, whatever its resolver thinks of
// names under localhost.
func OnLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
}

// Routes says where in a network of containers a port of the lab leads, as
// host:port: there the ports are not those that the world outside sees.
type Routes map[int]string

// dial takes the route of the address's port, and without one asks the
// network's names.
func (r Routes) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if _, port, err := net.SplitHostPort(address); err == nil {
		if n, err := strconv.Atoi(port); err == nil && r[n] != "" {
			address = r[n]
		}
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}
