// Package form is the form client: people act on pages over plain HTTP, without
// a browser. It reads and plans with package web, so it sees what the browser
// driver sees.
//
// Modelled of a browser: cookies, redirects, forms as HTML sends them, history
// with Back and Reload, fragments, and the headers that servers judge a request
// by (Referer and Origin under the referrer policy, Sec-Fetch-*).
//
// Not modelled: scripts, style sheets, pictures and other subresources (they
// are loaded by Fetch alone), the HTTP cache, SameSite and partitioned cookies,
// Content-Security-Policy, refresh by <meta> or header, file upload.
package form

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/ssprlab/ssprlab/lab/web"
)

// Config tells a form client where the lab is. The zero value trusts the
// machine's certificate authorities and reaches localhost.
type Config struct {
	// RootCAs are the authorities to trust; nil for the machine's.
	RootCAs *x509.CertPool
	// Hosts tells where host names lead.
	Hosts web.Hosts
	// Dial, if set, opens every connection in place of Hosts. addr is host:port
	// of the URL.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Timeout bounds each Open, Act, Back, Reload and Fetch; 0 for 30 seconds.
	Timeout time.Duration
}

// Client is a web.Driver over plain HTTP. Its visitors share connections.
type Client struct {
	timeout   time.Duration
	transport *http.Transport

	mu     sync.Mutex
	closed bool
}

var _ web.Driver = (*Client)(nil)

// New returns a form client.
func New(cfg Config) *Client {
	dial := cfg.Dial
	if dial == nil {
		dial = dialHosts(cfg.Hosts)
	}
	timeout := cfg.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	return &Client{timeout: timeout, transport: &http.Transport{
		DialContext:         dial,
		TLSClientConfig:     &tls.Config{RootCAs: cfg.RootCAs, MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(64)},
		MaxIdleConnsPerHost: 256,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: timeout,
		DisableCompression:  true, // on loopback it costs more than it saves
		WriteBufferSize:     8 << 10,
		ReadBufferSize:      8 << 10,
	}}
}

func dialHosts(hosts web.Hosts) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, fmt.Errorf("form: dial %s: %w", addr, err)
		}
		to, err := hosts.Address(host, port)
		if err != nil {
			return nil, fmt.Errorf("form: dial %s: %w", addr, err)
		}
		var d net.Dialer
		return d.DialContext(ctx, network, to)
	}
}

// Name returns "http".
func (c *Client) Name() string { return "http" }

// Visitor opens a window with an empty cookie jar.
func (c *Client) Visitor(_ context.Context, name string) (web.Visitor, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, fmt.Errorf("form: a window for %s: the driver is closed", name)
	}
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		return nil, fmt.Errorf("form: a cookie jar for %s: %w", name, err)
	}
	return &visitor{client: c, name: name, jar: jar, at: -1}, nil
}

// Close closes the connections that are kept alive. Requests under way end by
// their own contexts.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.transport.CloseIdleConnections()
	return nil
}
