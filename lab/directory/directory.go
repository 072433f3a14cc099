package directory

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Config says which directory to open and as whom. URL is required; every
// other field has a useful zero value.
type Config struct {
	// URL is ldaps://host:port, or ldap://host:port, which is raised to TLS by
	// StartTLS before anything else is said.
	URL string
	// Plaintext leaves an ldap:// URL without TLS, so that the bind's password
	// crosses the wire in clear. It exists to prove that the directory refuses
	// it (R-WB-96).
	Plaintext bool
	// RootCAs are the authorities that may have signed the server's
	// certificate; nil means the machine's. ServerName is the name it must
	// carry; empty means the host of URL.
	RootCAs    *x509.CertPool
	ServerName string
	// User and Password bind every pooled connection. User is a DN, a UPN or
	// DOMAIN\name; empty binds nobody, which shows little more than the rootDSE.
	User, Password string
	// Base is where searches start; empty means where the rootDSE says that the
	// directory starts.
	Base string
	// Within is the DN of the unit below which alone may be written: a write
	// anywhere else, to the unit itself too, is refused with an [OutsideError]
	// before anything is sent. Empty means anywhere. It is the guard rail for
	// directories that the lab has not made.
	Within string
	// Dialect is what the directory speaks.
	Dialect Kind
	// Timeout bounds each operation, a listing per page, in real time. 0 means
	// 10 seconds.
	Timeout time.Duration
	// Connections is how many operations may be under way at once, and as many
	// passwords tried beside them; each has a connection of its own, dialled when
	// first needed. 0 means 2.
	Connections int
	// Log hears of each operation at level Debug and of each lost connection at
	// Warn. nil means silence.
	Log *slog.Logger
}

// Directory is an open directory, safe for concurrent use. Close it.
type Directory struct {
	config    Config
	pool      *pool           // bound as the configured user
	strangers *pool           // bound as whoever was the last to try a password
	life      context.Context // ends when the directory is closed
	end       context.CancelFunc
	base      string
	root      string // where the directory itself starts: its domain
	fence     fence
	controls  []string
	dialect   dialect
}

// Open connects, binds and reads the rootDSE. The error is a *[Refusal] when
// the directory cannot be reached or refuses the bind.
func Open(ctx context.Context, config Config) (*Directory, error) {
	d, err := prepare(config)
	if err != nil {
		return nil, fmt.Errorf("open directory %q: %w", config.URL, err)
	}
	if err := d.readRootDSE(ctx); err != nil {
		d.Close()
		return nil, fmt.Errorf("open directory %q: %w", config.URL, err)
	}
	return d, nil
}

// prepare checks config and fills in what it leaves out.
func prepare(config Config) (*Directory, error) {
	if config.Timeout == 0 {
		config.Timeout = 10 * time.Second
	}
	if config.Connections == 0 {
		config.Connections = 2
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Timeout < 0 || config.Connections < 0 {
		return nil, fmt.Errorf("timeout %s and connections %d must not be negative", config.Timeout, config.Connections)
	}
	dialer, err := newDialer(config)
	if err != nil {
		return nil, err
	}
	d := &Directory{config: config}
	if d.fence, err = newFence(config.Within); err != nil {
		return nil, err
	}
	if d.dialect, err = d.speak(config.Dialect); err != nil {
		return nil, err
	}
	d.pool = newPool(config.Connections, config.Timeout, dialer, d.bind)
	d.strangers = newPool(config.Connections, config.Timeout, dialer, func(context.Context, *link) error { return nil })
	d.life, d.end = context.WithCancel(context.Background())
	return d, nil
}

// newDialer reads the URL. It says everything that is wrong with it at once.
func newDialer(config Config) (dialer, error) {
	u, err := url.Parse(config.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "ldaps" && u.Scheme != "ldap" {
		return dialer{}, fmt.Errorf("expected ldaps://host:port, or ldap://host:port for StartTLS")
	}
	if u.Scheme == "ldaps" && config.Plaintext {
		return dialer{}, fmt.Errorf("plaintext asked for an ldaps:// URL: use ldap://, or drop Plaintext")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"ldaps": "636", "ldap": "389"}[u.Scheme]
	}
	name := config.ServerName
	if name == "" {
		name = u.Hostname()
	}
	return dialer{
		host: u.Hostname(), port: port,
		startTLS: u.Scheme == "ldap" && !config.Plaintext,
		plain:    config.Plaintext,
		timeout:  config.Timeout,
		tls: &tls.Config{
			RootCAs:            config.RootCAs,
			ServerName:         name,
			MinVersion:         tls.VersionTLS12,
			ClientSessionCache: tls.NewLRUClientSessionCache(0), // a bind per sign-in is mostly handshake
		},
	}, nil
}

// Close ends every operation under way and closes all connections. It waits
// for both.
func (d *Directory) Close() error {
	d.end()
	d.pool.close()
	d.strangers.close()
	return nil
}

// Base returns the DN under which the directory is read.
func (d *Directory) Base() string { return d.base }

// Resolution returns how finely the directory dates a password: two that are
// set within it have the same [Account.PasswordSet].
func (d *Directory) Resolution() time.Duration { return d.dialect.resolution() }

// Supports reports whether the rootDSE lists the control.
func (d *Directory) Supports(oid string) bool { return slices.Contains(d.controls, oid) }

func (d *Directory) readRootDSE(ctx context.Context) error {
	var err error
	if d.root, d.controls, err = d.dialect.start(ctx); err != nil {
		return err
	}
	d.base = cmp.Or(d.config.Base, d.root)
	if d.base == "" {
		return fmt.Errorf("the rootDSE does not say where the directory starts: set Base")
	}
	d.root = cmp.Or(d.root, d.base)
	return nil
}

func (ad activeDirectory) start(ctx context.Context) (base string, controls []string, err error) {
	e, err := ad.readRoot(ctx, "defaultNamingContext", "supportedControl")
	if err != nil {
		return "", nil, err
	}
	return e.GetEqualFoldAttributeValue("defaultNamingContext"), e.GetEqualFoldAttributeValues("supportedControl"), nil
}

// readRoot reads attributes of the rootDSE.
func (d *Directory) readRoot(ctx context.Context, attributes ...string) (*ldap.Entry, error) {
	return d.readEntry(ctx, "", attributes...)
}

// Time returns what the directory's own clock shows, to the second. Ages and
// lockouts are decided by it and not by the caller's.
func (d *Directory) Time(ctx context.Context) (time.Time, error) { return d.dialect.time(ctx) }

func (activeDirectory) resolution() time.Duration { return time.Second / ticks }

func (ad activeDirectory) time(ctx context.Context) (time.Time, error) {
	e, err := ad.readRoot(ctx, "currentTime")
	if err != nil {
		return time.Time{}, err
	}
	text := e.GetEqualFoldAttributeValue("currentTime")
	t := generalizedTime(text)
	if t.IsZero() {
		return time.Time{}, fmt.Errorf("read currentTime of the rootDSE: %q is no time", text)
	}
	return t, nil
}

// Root returns the DN where the directory itself starts, whatever its base: in
// Active Directory that of the domain.
func (d *Directory) Root() string { return d.root }
