package supervise_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/activedirectory"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/seed"
	"github.com/ssprlab/ssprlab/lab/supervise"
)

// TestMain makes this program a directory server when the supervisor starts it
// as one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		fmt.Fprintln(os.Stderr, serve(os.Args[2], os.Args[3], os.Args[4]))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// serve is a directory of the domain that the state names, with the lab's
// certificate, on a port. Its clock follows the file that libfaketime reads.
func serve(state, run, port string) error {
	domain, err := os.ReadFile(filepath.Join(state, "domain"))
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(run, "tls", "cert.pem"), filepath.Join(run, "tls", "key.pem"))
	if err != nil {
		return err
	}
	var machine clock.Clock
	ahead, err := readClock()
	if err != nil {
		return err
	}
	shown := clock.New(machine.Now().Add(ahead))
	server, err := activedirectory.New(activedirectory.Config{
		Domain: string(domain), AdministratorPassword: supervise.AdministratorPassword, Clock: shown, Seed: seed.New(1),
		TLS: &tls.Config{Certificates: []tls.Certificate{pair}},
	})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(run, "pid"), []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		return err
	}
	fmt.Println("the directory is up")
	go follow(shown)
	return server.Serve(ln)
}

func readClock() (time.Duration, error) {
	text, err := os.ReadFile(os.Getenv("FAKETIME_TIMESTAMP_FILE"))
	if err != nil {
		return 0, err
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
	return time.Duration(seconds * float64(time.Second)), err
}

func follow(shown *clock.Clock) {
	var machine clock.Clock
	for range time.NewTicker(10 * time.Millisecond).C {
		ahead, err := readClock()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if step := machine.Now().Add(ahead).Sub(shown.Now()); step > time.Second {
			shown.Advance(step)
		}
	}
}

// stage is a supervisor of such a server, with its folders and a client.
type stage struct {
	*supervise.Supervisor
	layout supervise.Layout
	log    *output
	order  supervise.Fresh // what is asked for in the tests
	ca     *pki.Authority
}

// output collects what a server says.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// newStage returns a stage; wrap, unless nil, changes the server's command.
func newStage(t *testing.T, wrap func(command []string) []string) *stage {
	t.Helper()
	dir, port := t.TempDir(), freePort(t)
	l := supervise.Layout{
		Run: filepath.Join(dir, "run"), Clock: filepath.Join(dir, "clock"), State: filepath.Join(dir, "state"),
		Pristine: filepath.Join(dir, "pristine"), Provision: filepath.Join(dir, "provision"), Others: filepath.Join(dir, "others"),
		URL: "ldaps://127.0.0.1:" + port,
	}
	put(t, filepath.Join(l.Pristine, "domain"), supervise.Domain, 0o600)
	put(t, l.Provision, "#!/bin/sh\nset -e\nrm -rf "+l.State+"\nmkdir "+l.State+"\nprintf %s \"$1\" >"+l.State+"/domain\necho \"$1\" >>"+dir+"/provisioned\n", 0o755)
	command := []string{os.Args[0], "serve", l.State, l.Run, port}
	if wrap != nil {
		command = wrap(command)
	}
	s := &stage{layout: l, log: new(output)}
	s.Supervisor = supervise.New(supervise.Kind{Name: "test", Command: command,
		User: func(domain string) string { return "Administrator@" + domain }}, l, s.log)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	var err error
	if s.ca, err = pki.NewAuthority(); err != nil {
		t.Fatal(err)
	}
	cert, key, err := s.ca.IssuePEM("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	s.order = supervise.Fresh{Cert: string(cert), Key: string(key), CA: string(s.ca.PEM())}
	return s
}

func put(t *testing.T, file, text string, mode fs.FileMode) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), mode)); err != nil {
		t.Fatal(err)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return port
}

// client serves the control over TLS and returns a client of it.
func (s *stage) client(t *testing.T, token, shown string) *supervise.Client {
	t.Helper()
	config, err := s.ca.ServerConfig("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(s.Control(token, slog.New(slog.NewTextHandler(s.log, nil))))
	server.TLS = config
	server.StartTLS()
	t.Cleanup(server.Close)
	c := supervise.NewClient(server.URL, s.ca.Pool(), shown)
	t.Cleanup(c.Close)
	return c
}

// open binds to the directory as its administrator.
func (s *stage) open(t *testing.T) *directory.Directory {
	t.Helper()
	d, err := directory.Open(t.Context(), directory.Config{URL: s.layout.URL, RootCAs: s.ca.Pool(),
		User: "Administrator@" + supervise.Domain, Password: supervise.AdministratorPassword})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// process finds a process whose number one of the server's programs has
// written.
func (s *stage) process(t *testing.T, file string) *os.Process {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.layout.Run, file))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// fresh asks for the pristine directory, or ends the test.
func (s *stage) fresh(t *testing.T) supervise.Status {
	t.Helper()
	status, err := s.Fresh(t.Context(), s.order)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// says checks an error's words.
func says(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error is\n%v\nwant %q in it", err, w)
		}
	}
}

// within returns what arrives, or ends the test.
func within[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	select {
	case v := <-c:
		return v
	case <-ctx.Done():
		t.Fatalf("waited 30 seconds for %s", what)
		panic("unreachable")
	}
}
