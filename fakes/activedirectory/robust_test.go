package activedirectory_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/fakes/activedirectory"
	"github.com/ssprlab/ssprlab/lab/clock"
)

// logLines collects a server's log.
type logLines struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	written chan struct{} // closed by the next line
}

func (l *logLines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.written != nil {
		close(l.written)
		l.written = nil
	}
	return l.buf.Write(b)
}

// now returns the log so far, and a channel that is closed when it grows.
func (l *logLines) now() (string, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.written == nil {
		l.written = make(chan struct{})
	}
	return l.buf.String(), l.written
}

// await waits until the log has the words.
func (l *logLines) await(t testing.TB, words string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		text, written := l.now()
		if strings.Contains(text, words) {
			return
		}
		select {
		case <-written:
		case <-ctx.Done():
			t.Fatalf("no %q in the log within %s:\n%s", words, patience, text)
		}
	}
}

// patience is how long a test waits for what should come at once.
const patience = 10 * time.Second

// soon is a network deadline, in real time.
func soon() time.Time { return new(clock.Clock).Now().Add(patience) }

func tlv(tag byte, content ...[]byte) []byte {
	body := bytes.Join(content, nil)
	n := len(body)
	return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, body...)
}

func ldapMessage(op []byte) []byte { return tlv(0x30, []byte{2, 1, 7}, op) }

func deepFilter(levels int) []byte {
	f := []byte{0x87, 2, 'c', 'n'}
	for range levels {
		f = tlv(0xa2, f)
	}
	return f
}

func searchWith(filter []byte) []byte {
	return ldapMessage(tlv(0x63, []byte{4, 0}, []byte{10, 1, 2}, []byte{10, 1, 0}, []byte{2, 1, 0}, []byte{2, 1, 0},
		[]byte{1, 1, 0}, filter, []byte{0x30, 0}))
}

// Rubbish ends its own connection, with a line in the log, and no other.
func TestRubbish(t *testing.T) {
	log := new(logLines)
	d := startWith(t, activedirectory.Config{Log: slog.New(slog.NewTextHandler(log, nil))})
	bystander := d.admin()
	for name, c := range map[string]struct {
		send  []byte
		words string
	}{
		"another protocol":       {[]byte("GET / HTTP/1.1\r\n\r\n"), "starts with 0x47"},
		"oversize":               {[]byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff}, "a message of 2147483647 bytes"},
		"a length of nine bytes": {[]byte{0x30, 0x89, 1}, "a length of 9 bytes"},
		"an indefinite length":   {[]byte{0x30, 0x80, 0, 0}, "a length of 0 bytes"},
		"an unknown operation":   {ldapMessage(tlv(0x7e)), "an operation of tag 0x7e"},
		"a broken element":       {tlv(0x30, []byte{2, 1, 7, 0x60, 0x50}), "an element claims 80 bytes"},
		"no message id":          {tlv(0x30, []byte{4, 0}), "tag 0x04 where 0x02"},
		"a deep filter":          {searchWith(deepFilter(5000)), "a filter of more than"},
		"an empty message":       {[]byte{0x30, 0}, "ends within its header"},
		"a broken change":        {ldapMessage(tlv(0x66, []byte{4, 0}, tlv(0x30, tlv(0x30, []byte{10, 1, 9})))), "a change of kind 9"},
	} {
		c := c
		t.Run(name, func(t *testing.T) {
			conn, err := tls.Dial("tcp", d.addr, clientTLS(d))
			must(t, err)
			defer conn.Close()
			must(t, conn.SetDeadline(soon()))
			_, err = conn.Write(c.send)
			must(t, err)
			got, err := io.ReadAll(bufio.NewReader(conn))
			must(t, err)
			if !bytes.Contains(got, []byte("1.3.6.1.4.1.1466.20036")) {
				t.Errorf("no notice of disconnection: %q", got)
			}
			log.await(t, c.words)
		})
	}
	must(t, set(bystander, base, "description", "still here"))
	if text, _ := log.now(); strings.Contains(text, adminPass) {
		t.Error("a password is in the log")
	}
}

// A message that ends early, a handshake that never comes, a client that says
// nothing.
func TestSilence(t *testing.T) {
	log := new(logLines)
	d := startWith(t, activedirectory.Config{
		Log: slog.New(slog.NewTextHandler(log, nil)), IdleTimeout: 300 * time.Millisecond, HandshakeTimeout: 200 * time.Millisecond})
	half, err := net.Dial("tcp", d.addr)
	must(t, err)
	defer half.Close()
	_, err = half.Write([]byte{0x16, 0x03, 0x01})
	must(t, err)
	log.await(t, "TLS handshake failed")
	rubbish, err := net.Dial("tcp", d.addr)
	must(t, err)
	defer rubbish.Close()
	_, err = rubbish.Write([]byte("no TLS at all, just words"))
	must(t, err)
	log.await(t, "first record does not look like a TLS handshake")
	cut, err := net.Dial("tcp", d.plain)
	must(t, err)
	_, err = cut.Write([]byte{0x30, 0x20, 2})
	must(t, err)
	must(t, cut.Close())
	log.await(t, "unexpected EOF")
	idle, err := net.Dial("tcp", d.plain)
	must(t, err)
	defer idle.Close()
	must(t, idle.SetReadDeadline(soon()))
	if _, err := idle.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("an idle connection ended with %v, want EOF", err)
	}
	log.await(t, "i/o timeout")
}

// What a client sends before TLS has started is not taken for what it sends
// within it.
func TestNothingSlipsIntoTLS(t *testing.T) {
	log := new(logLines)
	d := startWith(t, activedirectory.Config{Log: slog.New(slog.NewTextHandler(log, nil))})
	conn, err := net.Dial("tcp", d.plain)
	must(t, err)
	defer conn.Close()
	startTLS := ldapMessage(tlv(0x77, append([]byte{0x80, 22}, "1.3.6.1.4.1.1466.20037"...)))
	_, err = conn.Write(append(startTLS, ldapMessage(tlv(0x4a, []byte("x")))...))
	must(t, err)
	log.await(t, "requests sent before TLS had started")
}

// A client that asks everything at once gets every answer, in order; abandon
// and unbind get none.
func TestPipelining(t *testing.T) {
	d := start(t)
	conn, err := tls.Dial("tcp", d.addr, clientTLS(d))
	must(t, err)
	defer conn.Close()
	must(t, conn.SetDeadline(soon()))
	var out []byte
	for id := byte(1); id <= 50; id++ {
		whoAmI := tlv(0x77, append([]byte{0x80, 23}, "1.3.6.1.4.1.4203.1.11.3"...))
		out = append(out, tlv(0x30, []byte{2, 1, id}, whoAmI)...)
		out = append(out, tlv(0x30, []byte{2, 1, 99}, []byte{0x50, 1, id})...)
	}
	out = append(out, tlv(0x30, []byte{2, 1, 100}, []byte{0x42, 0})...)
	_, err = conn.Write(out)
	must(t, err)
	got, err := io.ReadAll(conn)
	must(t, err)
	if n := bytes.Count(got, []byte{0x78, 0x84}); n != 50 {
		t.Errorf("%d answers to 50 requests", n)
	}
}

func TestManyClients(t *testing.T) {
	d := start(t)
	admin := d.admin()
	var wait sync.WaitGroup
	for i := range 8 {
		name := fmt.Sprintf("u%d", i)
		addUser(t, admin, name)
		wait.Go(func() {
			c, err := ldap.DialURL("ldaps://"+d.addr, ldap.DialWithTLSConfig(d.tls))
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			for n := range 20 {
				if err := churn(c, name, n); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
}

func churn(c *ldap.Conn, name string, n int) error {
	if err := c.Bind(adminDN, adminPass); err != nil {
		return err
	}
	if err := set(c, person(name), "unicodePwd", quoted(fmt.Sprintf("Churned-Pass-%d", n)), "lockoutTime", "0"); err != nil {
		return err
	}
	if err := add(c, person(fmt.Sprintf("%s-%d", name, n)), "objectClass", "user"); err != nil {
		return err
	}
	if _, err := c.Search(ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, 0, 0, 0, false, "(objectClass=user)", nil, nil)); err != nil {
		return err
	}
	if err := c.ModifyDN(ldap.NewModifyDNRequest(person(fmt.Sprintf("%s-%d", name, n)), fmt.Sprintf("CN=%s+%d", name, n), true, "")); err == nil {
		return fmt.Errorf("a name of two values was taken")
	}
	return c.Del(ldap.NewDelRequest(person(fmt.Sprintf("%s-%d", name, n)), nil))
}

func TestConfigurations(t *testing.T) {
	if _, err := activedirectory.New(activedirectory.Config{}); err != nil {
		t.Errorf("the zero value: %v", err)
	}
	for name, c := range map[string]activedirectory.Config{
		"weak password": {AdministratorPassword: "short"},
		"empty label":   {Domain: "corp..example.com"},
		"no DNS name":   {Domain: "corp example"},
	} {
		if _, err := activedirectory.New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	server, err := activedirectory.New(activedirectory.Config{})
	must(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	if err := server.Serve(l); err == nil || !strings.Contains(err.Error(), "no TLS configuration") {
		t.Errorf("LDAPS without TLS: %v", err)
	}
	must(t, server.Close())
	must(t, server.Close())
	if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	must(t, server.ServePlain(l))
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed server left its listener open: %v", err)
	}
}

// Close ends connections in every state and waits for what served them.
func TestCloseEndsEverything(t *testing.T) {
	server, err := activedirectory.New(activedirectory.Config{TLS: &tls.Config{}})
	must(t, err)
	var open []net.Conn
	ended := make(chan error, 2)
	for _, serve := range []func(net.Listener) error{server.Serve, server.ServePlain} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		go func() { ended <- serve(l) }()
		for _, first := range [][]byte{nil, {0x16, 0x03}, {0x30, 0x20}} {
			c, err := net.Dial("tcp", l.Addr().String())
			must(t, err)
			defer c.Close()
			_, err = c.Write(first)
			must(t, err)
			open = append(open, c)
		}
	}
	must(t, server.Close())
	for range 2 {
		must(t, <-ended)
	}
	for _, c := range open {
		must(t, c.SetReadDeadline(soon()))
		if _, err := io.ReadAll(c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("a connection is still open")
		}
	}
}

// Two servers of one seed are the same domain; of another, another.
func TestSeed(t *testing.T) {
	first, second := start(t), start(t)
	if a, b := sidOf(t, first.admin(), adminDN), sidOf(t, second.admin(), adminDN); a != b {
		t.Errorf("one seed, two SIDs: %s and %s", a, b)
	}
	a := read(t, first.admin(), adminDN, "objectGUID").GetRawAttributeValue("objectGUID")
	if b := read(t, second.admin(), adminDN, "objectGUID").GetRawAttributeValue("objectGUID"); !bytes.Equal(a, b) {
		t.Errorf("one seed, two GUIDs: %x and %x", a, b)
	}
}
