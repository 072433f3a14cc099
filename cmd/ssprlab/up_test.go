//go:build unix

package main_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
)

// announced is what "ssprlab up --json" prints.
type announced struct {
	Addresses, Control     map[string]string
	Hosts                  []string
	CAFile                 string
	DirectoryAdministrator struct{ User, Password string }
	People                 []struct{ Name, UserName, Password, From string }
}

// running is a lab that is up.
type running struct {
	announced
	process *exec.Cmd
	errors  bytes.Buffer
	tmp     string
	roots   *x509.CertPool
}

// stopTime is how soon a lab must be gone.
const stopTime = 3 * time.Second

// up starts a lab and reads where everything is.
func up(t *testing.T, args ...string) *running {
	t.Helper()
	r := &running{tmp: t.TempDir(), roots: x509.NewCertPool()}
	r.process = exec.Command(os.Getenv(binaryVariable), append([]string{"up", "--json", "--port", "0"}, args...)...)
	r.process.Env = append(os.Environ(), "TMPDIR="+r.tmp)
	r.process.Stderr = &r.errors
	out, err := r.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.process.Process.Kill()
		r.process.Wait() // has been waited for, as a rule
	})
	if err := json.NewDecoder(out).Decode(&r.announced); err != nil {
		t.Fatalf("up --json prints no JSON: %v", err)
	}
	ca, err := os.ReadFile(r.CAFile)
	if err != nil || !r.roots.AppendCertsFromPEM(ca) {
		t.Fatalf("the CA file %s holds no certificate: %v", r.CAFile, err)
	}
	return r
}

// ends waits for the lab to end and checks that nothing is left.
func (r *running) ends(t *testing.T, status int) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); r.process.Wait() }()
	select {
	case <-done:
	case <-time.After(stopTime):
		t.Fatalf("the lab is still up after %s", stopTime)
	}
	if got := r.process.ProcessState.ExitCode(); got != status {
		t.Errorf("up ended with %s, want exit status %d; it said: %s", r.process.ProcessState, status, &r.errors)
	}
	if left, err := os.ReadDir(r.tmp); err != nil || len(left) > 0 {
		t.Errorf("up left %v, %v", left, err)
	}
}

// client finds the lab's hosts and trusts its authority.
func (r *running) client() *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: r.roots},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
		},
	}}
}

// TestUpAnswers proves that everything that up prints is true: each address
// answers, the people have these passwords, and so does the administrator.
func TestUpAnswers(t *testing.T) {
	r := up(t)
	client := r.client()
	defer client.CloseIdleConnections()
	for _, addresses := range []map[string]string{r.Addresses, r.Control} {
		for name, address := range addresses {
			if strings.HasPrefix(address, "https://") {
				answers(t, client, name, address)
			}
		}
	}
	if len(r.Addresses) != 11 || len(r.Control) != 4 || len(r.Hosts) < 7 {
		t.Errorf("%d addresses, %d control ports, %d hosts", len(r.Addresses), len(r.Control), len(r.Hosts))
	}
	if line := firstLine(t, r.Addresses["smtp"]); !strings.HasPrefix(line, "220 ") {
		t.Errorf("SMTP greets with %q", line)
	}
	r.checkDirectory(t)
	r.process.Process.Signal(os.Interrupt)
	r.ends(t, 0)
}

// answers asks for a page. A control port may know none; it has to say so
// itself.
func answers(t *testing.T, client *http.Client, name, address string) {
	t.Helper()
	res, err := client.Get(address)
	if err != nil {
		t.Errorf("%s does not answer: %v", name, err)
		return
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || len(body) == 0 {
		t.Errorf("%s answers %s with nothing (%v)", name, res.Status, err)
	}
	page := strings.Contains(string(body), "<h1")
	if strings.HasSuffix(address, "/") && name != "graph" && (res.StatusCode != http.StatusOK || !page) {
		t.Errorf("%s answers %s, and with a page: %v", name, res.Status, page)
	}
}

func firstLine(t *testing.T, address string) string {
	t.Helper()
	c, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer c.Close()
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Error(err)
	}
	return line
}

// checkDirectory binds as the administrator and as everybody who is from the
// directory.
func (r *running) checkDirectory(t *testing.T) {
	t.Helper()
	d, err := directory.Open(t.Context(), directory.Config{
		URL: r.Addresses["directory"], RootCAs: r.roots, ServerName: "127.0.0.1",
		User: r.DirectoryAdministrator.User, Password: r.DirectoryAdministrator.Password,
	})
	if err != nil {
		t.Error(err)
		return
	}
	defer d.Close()
	bound := 0
	for _, p := range r.People {
		if p.From != "directory" {
			continue
		}
		bound++
		if err := d.Authenticate(t.Context(), p.UserName, p.Password); err != nil {
			t.Errorf("%s cannot bind: %v", p.Name, err)
		}
	}
	if bound < 3 {
		t.Errorf("%d people of the directory, want 3", bound)
	}
}

// TestUpStops proves that a signal ends a lab in time and with status 0, also
// while others hold connections to it and one waits for an answer.
func TestUpStops(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			r := up(t)
			client := r.client()
			for _, address := range []string{r.Addresses["office"], r.Addresses["mail"]} {
				answers(t, client, "a page", address) // keeps its connection
			}
			var idle []net.Conn
			for _, name := range []string{"smtp", "directory"} {
				c, err := net.Dial("tcp", strings.TrimPrefix(r.Addresses[name], "ldaps://"))
				if err != nil {
					t.Fatal(err)
				}
				idle = append(idle, c)
			}
			ended := askPatiently(t, client, r.Addresses["phones"]+"numbers/%2B14255550101/texts/latest?wait=60s")
			r.process.Process.Signal(signal)
			r.ends(t, 0)
			<-ended
			for _, c := range idle {
				c.Close()
			}
		})
	}
}

// askPatiently sends a request whose answer takes long, and returns once it is
// sent. The channel is closed when the request has ended, however it did.
func askPatiently(t *testing.T, client *http.Client, address string) <-chan struct{} {
	t.Helper()
	sent, ended := make(chan struct{}), make(chan struct{})
	trace := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { close(sent) }})
	request, err := http.NewRequestWithContext(trace, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(ended)
		if res, err := client.Do(request); err == nil {
			res.Body.Close()
		}
	}()
	select {
	case <-sent:
	case <-ended:
		t.Fatalf("%s answers at once", address)
	}
	return ended
}

// TestUpSpeaksToPeople proves what is printed without --json.
func TestUpSpeaksToPeople(t *testing.T) {
	c := exec.Command(os.Getenv(binaryVariable), "up", "--port", "0", "--seed", "5", "house.yaml")
	c.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fmt.Fprintln(&text, lines.Text())
		if strings.Contains(lines.Text(), "Dora Fir") { // the last of them
			c.Process.Signal(os.Interrupt)
		}
	}
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"Ctrl-C stops it.", "https://office.ssprlab.localhost:", "ldaps://127.0.0.1:", "ca.pem", "adele@alder.example.com", "Global Administrator", "/etc/hosts"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not printed:\n%s", want, &text)
		}
	}
}

// TestSameSeedSamePasswords proves that a lab of the same seed has the same
// people in it.
func TestSameSeedSamePasswords(t *testing.T) {
	first, second, other := up(t), up(t), up(t, "--seed", "2")
	for i, p := range first.People {
		if p != second.People[i] {
			t.Errorf("with the same seed %v and %v", p, second.People[i])
		}
		if p.Password == other.People[i].Password {
			t.Errorf("with another seed %s has the same password", p.Name)
		}
	}
}
