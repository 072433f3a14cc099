package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/form"
)

// copies serves the six pages as they were on one journey, with the picture of
// the first, and returns where they are.
func (h *house) copies(b *testing.B) (addresses []string) {
	b.Helper()
	forms := form.New(form.Config{RootCAs: h.authority.Pool(), Hosts: hosts()})
	defer forms.Close()
	c := &copier{Driver: forms}
	if err := h.one(b.Context(), c); err != nil {
		b.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /captcha/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Write(c.picture)
	})
	server := httptest.NewUnstartedServer(mux)
	var err error
	if server.TLS, err = h.authority.ServerConfig("copies." + lab.Domain); err != nil {
		b.Fatal(err)
	}
	server.StartTLS()
	b.Cleanup(server.Close)
	for i, html := range c.pages {
		path := fmt.Sprintf("/%d", i+1)
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			w.Write([]byte(html))
		})
		addresses = append(addresses, strings.Replace(server.URL, "127.0.0.1", "copies."+lab.Domain, 1)+path)
	}
	return addresses
}

// copier is a driver that keeps the pages its visitor comes to.
type copier struct {
	web.Driver
	pages   []string
	picture []byte
}

// Visitor opens a window that is watched.
func (c *copier) Visitor(ctx context.Context, name string) (web.Visitor, error) {
	v, err := c.Driver.Visitor(ctx, name)
	return &watched{v, c}, err
}

type watched struct {
	web.Visitor
	copier *copier
}

// Open keeps the page and its picture.
func (w *watched) Open(ctx context.Context, address string) (*web.View, error) {
	v, err := w.Visitor.Open(ctx, address)
	if err == nil {
		w.copier.picture, _, err = w.Fetch(ctx, v.Images[0].URL)
	}
	return v, w.keep(ctx, err)
}

// Act keeps the page that the act led to.
func (w *watched) Act(ctx context.Context, act web.Act) (*web.View, error) {
	v, err := w.Visitor.Act(ctx, act)
	return v, w.keep(ctx, err)
}

func (w *watched) keep(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	html, err := w.HTML(ctx)
	w.copier.pages = append(w.copier.pages, html)
	return err
}

// load navigates to each page in turn.
func load(chrome context.Context, pages []string) error {
	ctx, cancel := chromedp.NewContext(chrome, chromedp.WithNewBrowserContext())
	defer cancel()
	for _, address := range pages {
		if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
			return fmt.Errorf("load %s: %w", address, err)
		}
	}
	return nil
}
