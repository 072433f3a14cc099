package form_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/conformance"
	"github.com/ssprlab/ssprlab/lab/web/form"
)

func visitor(t *testing.T, c *form.Client) web.Visitor {
	t.Helper()
	v, err := c.Visitor(t.Context(), "Ada")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestConformance(t *testing.T) {
	site := conformance.NewSite(t)
	c := form.New(form.Config{RootCAs: site.CA.Pool()})
	defer c.Close()
	conformance.Run(t, site, c)
}

func TestUnknownHostsAreNotDialled(t *testing.T) {
	c := form.New(form.Config{})
	defer c.Close()
	_, err := visitor(t, c).Open(t.Context(), "https://www.example.com/")
	if err == nil || !strings.Contains(err.Error(), `the host "www.example.com" is none of the lab's`) {
		t.Errorf("Open: %v", err)
	}
}

func TestDialReplacesHosts(t *testing.T) {
	site := conformance.NewSite(t)
	dialled := make(chan string, 1)
	c := form.New(form.Config{RootCAs: site.CA.Pool(), Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		dialled <- addr
		var d net.Dialer
		return d.DialContext(ctx, network, "127.0.0.1:"+site.Port)
	}})
	defer c.Close()
	if _, err := visitor(t, c).Open(t.Context(), "https://any.lab.localhost/form"); err != nil {
		t.Fatal(err)
	}
	if got := <-dialled; got != "any.lab.localhost:443" {
		t.Errorf("dialled %s", got)
	}
}

func TestUntrustedCertificateIsRefused(t *testing.T) {
	site := conformance.NewSite(t)
	c := form.New(form.Config{})
	defer c.Close()
	if _, err := visitor(t, c).Open(t.Context(), site.Here+"/form"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("Open: %v", err)
	}
}

func TestTimeoutSaysWhoWaitedForWhat(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow-body" {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
		}
		<-release
	}))
	defer server.Close()
	defer close(release)
	c := form.New(form.Config{Timeout: 50 * time.Millisecond})
	defer c.Close()
	for _, path := range []string{"/slow-head", "/slow-body"} {
		_, err := visitor(t, c).Open(t.Context(), server.URL+path)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "Ada: open "+server.URL+path) ||
			!strings.Contains(err.Error(), "waited for the answer") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestPageTooLarge(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		part := []byte(strings.Repeat("<!-- endless -->", 1<<10))
		for range web.MaxPage/len(part) + 2 {
			if _, err := w.Write(part); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	c := form.New(form.Config{})
	defer c.Close()
	if _, err := visitor(t, c).Open(t.Context(), server.URL); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("Open: %v", err)
	}
}

func TestButtonsOfScriptAreRefused(t *testing.T) {
	site := conformance.NewSite(t)
	c := form.New(form.Config{RootCAs: site.CA.Pool()})
	defer c.Close()
	v := visitor(t, c)
	if _, err := v.Open(t.Context(), site.Here+"/controls"); err != nil {
		t.Fatal(err)
	}
	var refused *web.RefusedError
	if _, err := v.Act(t.Context(), web.Act{Press: "By script"}); !errors.As(err, &refused) || !strings.Contains(err.Error(), "script alone") {
		t.Errorf("Act: %v", err)
	}
}

func TestVisitorsAreApartAndManyAtOnce(t *testing.T) {
	before := runtime.NumGoroutine()
	base, ca := journeySite(t)
	c := form.New(form.Config{RootCAs: ca.Pool()})
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if err := walk(t.Context(), c, base); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	v := visitor(t, c)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Open(t.Context(), base+"/1"); err == nil {
		t.Error("a closed window opens pages")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Visitor(t.Context(), "Late"); err == nil {
		t.Error("a closed driver opens windows")
	}
	t.Logf("%d goroutines before, %d after, the server's among them", before, runtime.NumGoroutine())
}
