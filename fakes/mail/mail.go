// Package mail is the lab's mail catcher: it takes every mail by SMTP,
// delivers none, and gives them out by the HTTP API of MailHog, so that tests
// written for MailHog read it unchanged.
//
// Modelled: SMTP without TLS (PIPELINING, 8BITMIME, SMTPUTF8, CHUNKING, SIZE,
// and AUTH with any credentials, as MailHog takes them); MailHog's message
// model, its peculiar split of MIME parts included; listing, searching,
// reading, downloading and deleting by /api/v1 and /api/v2; pages to look at
// the mails.
//
// Different from MailHog, on purpose: an unknown id is answered with 404
// (MailHog: 200 with null, 500, or a dropped connection); start and limit that
// are no numbers with 400 (MailHog: its defaults); a page that starts at the
// end of the list is empty (MailHog repeats the oldest mail); MIME nesting is
// followed 16 levels deep and 1000 parts wide. An extension of the lab's own,
// GET /lab/wait, answers when a mail has arrived, so that nobody polls.
//
// Not modelled, and answered with 501: release to another server, the event
// stream, the websocket, Jim. There is no limit on the number of mails.
package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// Config says how a [Catcher] is set up. The zero value works.
type Config struct {
	Hostname string       // in the greeting and in message ids; default "mail.lab.test"
	Clock    *clock.Clock // when mails arrive; default the machine's time
	Seed     seed.Source  // of message ids
	Log      *slog.Logger // default: discard. No subject or body is ever logged

	MaxMessageBytes int64         // size of one mail, default 10 MiB
	MaxConnections  int           // SMTP connections at a time, default 200; the next gets 421
	IdleTimeout     time.Duration // real time an SMTP client may take for a command or a mail, default 1 minute
}

// Catcher is a running mail catcher. [New] makes one; it listens nowhere until
// it is given a listener or its handlers are served.
type Catcher struct {
	config Config
	log    *slog.Logger
	ids    *seed.Stream
	store  *store
	smtp   *smtp.Server

	mu        sync.Mutex
	paused    bool
	closed    bool
	listeners []*listener
	serving   sync.WaitGroup // calls of ServeSMTP
	receiving sync.WaitGroup // mails on their way in
}

// New returns a mail catcher that holds no mail.
func New(config Config) *Catcher {
	config = config.withDefaults()
	c := &Catcher{
		config: config,
		log:    config.Log.With("part", "mail"),
		ids:    config.Seed.Stream("mail/id"),
		store:  newStore(),
	}
	c.smtp = newServer(c)
	return c
}

func (c Config) withDefaults() Config {
	if c.Hostname == "" {
		c.Hostname = "mail.lab.test"
	}
	if c.Clock == nil {
		c.Clock = new(clock.Clock)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.MaxMessageBytes <= 0 {
		c.MaxMessageBytes = 10 << 20
	}
	if c.MaxConnections <= 0 {
		c.MaxConnections = 200
	}
	if c.IdleTimeout <= 0 {
		c.IdleTimeout = time.Minute
	}
	return c
}

// ServeSMTP takes mails on l, which it closes, until [Catcher.Close] is
// called; it then returns nil. Any other failure to accept is returned.
func (c *Catcher) ServeSMTP(l net.Listener) error {
	limited := newListener(l, c.config.MaxConnections)
	if !c.beginServing(limited) {
		l.Close()
		return fmt.Errorf("serve SMTP on %s: %w", l.Addr(), net.ErrClosed)
	}
	defer c.serving.Done()
	err := c.smtp.Serve(limited)
	if c.isClosed() {
		return nil
	}
	return fmt.Errorf("serve SMTP on %s: %w", l.Addr(), err)
}

func (c *Catcher) beginServing(l *listener) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.listeners = append(c.listeners, l)
	c.serving.Add(1)
	return true
}

// beginReceiving reports whether the catcher takes a mail now; if so, the
// caller calls receiving.Done when it has read it.
func (c *Catcher) beginReceiving() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.paused {
		return false
	}
	c.receiving.Add(1)
	return true
}

func (c *Catcher) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

func (c *Catcher) isPaused() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.paused
}

func (c *Catcher) setPaused(paused bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paused = paused
}

// patience is how long Close waits for the goroutines of connections that it
// has cut off.
const patience = 10 * time.Second

// Close stops taking mail, cuts off every SMTP connection, ends every wait,
// and returns when all that the catcher started has ended. A second call does
// nothing.
func (c *Catcher) Close() error {
	c.mu.Lock()
	first := !c.closed
	c.closed = true
	listeners := c.listeners
	c.mu.Unlock()
	if !first {
		return nil
	}
	c.store.close()
	for _, l := range listeners {
		l.shut()
	}
	c.serving.Wait() // nothing is accepted any more: the server's own count is final
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// The listeners are closed already; only the wait for connections counts.
	if err := c.smtp.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("close the mail catcher: SMTP connections still open after %s", patience)
	}
	c.receiving.Wait()
	return nil
}

// Control returns the lab's control of the catcher, to be served on an address
// of its own: POST /pause (mails are refused with 451 from now on), POST
// /resume, POST /reset (no mails, not paused). Each answers 204.
func (c *Catcher) Control() http.Handler {
	mux := http.NewServeMux()
	do := func(act func()) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { act(); w.WriteHeader(http.StatusNoContent) }
	}
	mux.HandleFunc("POST /pause", do(func() { c.setPaused(true) }))
	mux.HandleFunc("POST /resume", do(func() { c.setPaused(false) }))
	mux.HandleFunc("POST /reset", do(func() { c.store.deleteAll(); c.setPaused(false) }))
	mux.HandleFunc("/", c.unmodelled)
	return mux
}
