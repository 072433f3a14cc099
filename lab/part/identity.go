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

// NewHTTP returns a client that trusts roots. With onLoopback it takes every
// host for this machine; otherwise the network's names decide.
func NewHTTP(roots *x509.CertPool, onLoopback bool) *http.Client {
	dial := new(net.Dialer).DialContext
	if onLoopback {
		dial = DialLoopback
	}
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots},
		DialContext:         dial,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     time.Minute,
	}}
}

// DialLoopback leads every host to the loopback address, whatever the machine's
// resolver thinks of names under localhost.
func DialLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
}
