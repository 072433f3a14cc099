package connect

import (
	"errors"
	"net/http"
	"sync/atomic"
)

// cable is the network to the cloud, which the lab can cut.
type cable struct {
	next http.RoundTripper
	cut  atomic.Bool
}

var errCut = errors.New("the network is unreachable")

func transportOf(c *http.Client) http.RoundTripper {
	if c.Transport != nil {
		return c.Transport
	}
	return http.DefaultTransport
}

// RoundTrip sends q, unless the cable is cut.
func (c *cable) RoundTrip(q *http.Request) (*http.Response, error) {
	if c.cut.Load() {
		if q.Body != nil {
			q.Body.Close()
		}
		return nil, errCut
	}
	return c.next.RoundTrip(q)
}

// CloseIdleConnections closes the connections that nobody uses.
func (c *cable) CloseIdleConnections() {
	(&http.Client{Transport: c.next}).CloseIdleConnections()
}
