package hostile_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab"
)

// TestLimitsOfTheListeners: headers that are too large, requests in clear, and
// rubbish are refused by every part of a lab, which goes on serving.
func TestLimitsOfTheListeners(t *testing.T) {
	l, err := lab.Start(t.Context(), lab.Config{Seed: 3})
	check(t, err)
	defer func() { check(t, l.Stop()) }()
	for _, base := range []string{l.Endpoints.SignIn, l.Endpoints.PasswordReset, l.Endpoints.Portal, l.Endpoints.Connect, l.Endpoints.Phone, l.Endpoints.Mail, l.Endpoints.TenantControl} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/", nil)
		check(t, err)
		req.Header.Set("X-Long", strings.Repeat("x", 80<<10))
		res, err := l.HTTP().Do(req)
		check(t, err)
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s: 80 KiB of headers: status %d", base, res.StatusCode)
		}
		u, err := url.Parse(base)
		check(t, err)
		for _, rubbish := range []string{"GET / HTTP/1.1\r\nHost: " + u.Host + "\r\n\r\n", "\x00\x01\x02\x03\r\n\r\n"} {
			if status := inClear(t, u.Port(), rubbish); status == http.StatusOK {
				t.Errorf("%s serves in clear", base)
			}
		}
		req, err = http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/", nil)
		check(t, err)
		res, err = l.HTTP().Do(req)
		check(t, err)
		res.Body.Close()
		if res.StatusCode >= 500 && base != l.Endpoints.TenantControl {
			t.Errorf("%s: afterwards status %d", base, res.StatusCode)
		}
	}
}

// inClear speaks to a port without TLS and returns the status, 0 for none.
func inClear(t *testing.T, port, request string) int {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", "127.0.0.1:"+port)
	check(t, err)
	defer conn.Close()
	fmt.Fprint(conn, request)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}
