// Package browser is how people act on pages in a real browser: one headless
// Chrome, a private window per person, and evidence of what they saw. It is the
// web.Driver called "browser".
//
// It speaks the Chrome DevTools Protocol over chromedp's pipe with a session of
// its own per window, which listens to what a driver of forms needs and no more.
// Names are found in Go by package web, on the document the window last showed;
// an act is then one evaluation in the page, and the page that follows is read
// with one more.
//
// Modelled: everything Chrome does with pages, scripts included; dialogs are
// dismissed and reported. Not modelled: other browsers, windows that a page
// opens, frames, downloads, file choosers, touch.
package browser

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"github.com/ssprlab/ssprlab/lab/web"
)

// Config tells how to run Chrome. The zero value finds an installed browser,
// reaches localhost alone and trusts what the machine trusts.
type Config struct {
	// Start starts Chrome with some arguments, to which it adds what its place
	// needs: a profile above all. Nil starts the one at Path.
	Start func(ctx context.Context, args []string) (Process, error)
	// Path of the browser on this machine; "" for what Find finds.
	Path string
	// KeyPins are the public keys, base64 of SHA-256, whose certificates are
	// trusted (pki.Authority.KeyPin).
	KeyPins []string
	// Hosts tells where host names lead; all others lead nowhere.
	Hosts web.Hosts
	// Args are further arguments of Chrome.
	Args []string
	// Width and Height of the windows in CSS pixels; 0 for 1280 and 900.
	Width, Height int
	// Timeout bounds the launch and each act of a visitor; 0 for 30 seconds.
	Timeout time.Duration
	// Log takes what Chrome and its windows do; nil discards it.
	Log *slog.Logger
}

func (c Config) withDefaults() (Config, error) {
	c.Width, c.Height = cmp.Or(c.Width, 1280), cmp.Or(c.Height, 900)
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Start != nil {
		return c, nil
	}
	if c.Path == "" {
		path, err := Find()
		if err != nil {
			return c, err
		}
		c.Path = path
	}
	c.Path = unwrap(c.Path)
	c.Start = c.startHere
	return c, nil
}

// Browser is a running Chrome.
type Browser struct {
	cfg     Config
	version string
	process Process
	conn    *conn
	tasks   sync.WaitGroup // goroutines that Close waits for
	closing sync.Once
	closed  error
}

var _ web.Driver = (*Browser)(nil)

// Launch starts Chrome and waits until it answers.
func Launch(ctx context.Context, cfg Config) (*Browser, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	proc, err := cfg.Start(ctx, arguments(cfg))
	if err != nil {
		return nil, fmt.Errorf("browser: %w", err)
	}
	b := &Browser{cfg: cfg, process: proc, conn: newConn(chromedp.NewPipeConn(proc.Pipe()))}
	b.tasks.Go(func() { b.conn.read(b.obituary) })
	b.tasks.Go(b.conn.write)
	if err := b.greet(ctx); err != nil {
		b.process.Kill() // who has not answered will not end in an orderly way
		b.Close()
		return nil, err
	}
	cfg.Log.Info("browser started", "process", proc.String(), "version", b.version)
	return b, nil
}

// greet waits for Chrome's first answer.
func (b *Browser) greet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, b.cfg.Timeout)
	defer cancel()
	res, err := cdp.Call(ctx, b.conn.browser(), cdpbrowser.GetVersion, cdp.Empty{})
	if errors.As(err, new(*ExitError)) {
		return fmt.Errorf("browser: %s did not start: %w", b.process, err)
	}
	if err != nil {
		return fmt.Errorf("browser: %s did not start: %w; it said: %s", b.process, err, cmp.Or(b.said(), "nothing"))
	}
	b.version = res.Product
	return nil
}

// obituary says how Chrome ended, once its pipe is silent.
func (b *Browser) obituary() error {
	b.process.Kill() // no harm if it is dead already
	<-b.process.Exited()
	how := b.process.Status()
	if said := b.said(); said != "" && !strings.Contains(how, "killed") {
		how += "; it said: " + said
	}
	return &ExitError{How: how}
}

// said is the end of what Chrome printed; "" for nothing.
func (b *Browser) said() string { return strings.TrimSpace(b.process.Said()) }

// ExitError says that Chrome has exited, so that nothing of a window is left.
type ExitError struct{ How string }

func (e *ExitError) Error() string { return "browser: Chrome exited: " + e.How }

// Visitor opens a private window: a browser context of its own.
func (b *Browser) Visitor(ctx context.Context, name string) (web.Visitor, error) {
	v, err := b.open(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("browser: a window for %s: %w", name, err)
	}
	return v, nil
}

// Name returns "browser".
func (b *Browser) Name() string { return "browser" }

// Version returns what the browser calls itself, "HeadlessChrome/156.0.0.0".
func (b *Browser) Version() string { return b.version }

// closeTimeout bounds how long Chrome may take to end in an orderly way before
// it is killed, and its processes to vanish after that.
const closeTimeout = 5 * time.Second

// Close ends Chrome with all its windows, waits until its last process is gone
// and removes its profile.
func (b *Browser) Close() error {
	b.closing.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		b.conn.send(ctx, cdpbrowser.CommandClose)
		select {
		case <-b.process.Exited():
		case <-ctx.Done():
		}
		b.process.Kill()
		<-b.process.Exited()
		b.tasks.Wait()
		if err := b.process.Gone(); err != nil {
			b.closed = fmt.Errorf("browser: %w", err)
		}
	})
	return b.closed
}
