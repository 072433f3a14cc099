package lab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/part"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// Lab is a running lab. Its parts are reached through [Lab.Endpoints] alone.
type Lab struct {
	Endpoints Endpoints
	Clock     *clock.Clock // to be read; [Lab.Advance] moves it, and all parts
	Seed      seed.Source

	config    Config
	authority *pki.Authority
	client    *http.Client
	body      body
	places    places
	surfaces  entra.Hosts
	ground    directoryAt
	home      string // DN of the lab's own tree; "" if the whole directory is its

	once    sync.Once
	stopErr error
	failed  chan error
}

// Endpoints is where a lab's parts listen, all on the loopback address.
type Endpoints struct {
	TenantID string   // GUID
	Hosts    []string // every host name of the lab, in full

	// Base URLs of the tenant's surfaces, without a slash at the end.
	SignIn, PasswordReset, SecurityInfo, Account, Portal, Graph, Office string

	Connect       string // base URL of the agent's wizard
	Phone         string // base URL of the phones
	Mail          string // base URL of the mail catcher's pages and API
	SMTP          string // host:port
	LDAPS         string // ldaps://host:port
	DirectoryName string // the name in the directory's certificate

	// Base URLs of the control ports.
	TenantControl, ConnectControl, PhoneControl, MailControl string
}

// locate fills in where everything is.
func (e *Endpoints) locate(h entra.Hosts, at places) {
	e.Hosts = part.Hosts()
	e.SignIn, e.Office = h.URL(entra.LoginHost, ""), h.URL(entra.OfficeHost, "")
	e.PasswordReset, e.SecurityInfo = h.URL(entra.ResetHost, ""), h.URL(entra.SecurityInfoHost, "")
	e.Account, e.Portal, e.Graph = h.URL(entra.AccountHost, ""), h.URL(entra.PortalHost, ""), h.URL(entra.GraphHost, "")
	e.Connect, e.Phone, e.Mail = at.pages(part.KindConnect), at.pages(part.KindPhone), at.pages(part.KindMail)
	e.TenantControl, e.ConnectControl = at.control(part.KindTenant), at.control(part.KindConnect)
	e.PhoneControl, e.MailControl = at.control(part.KindPhone), at.control(part.KindMail)
	e.SMTP = at[part.KindMail].other
}

// Administrator is the built-in administrator of the embedded directory.
const Administrator = "Administrator"

// Tester is the application that reads the tenant through Graph for the lab's
// own assertions.
const Tester = "5f3c5f0e-7d1c-4f4e-9b0a-5dd0b6a3a001"

// Start starts a lab and returns when every part listens. On an error nothing
// is left running, and the error names the action that failed.
func Start(ctx context.Context, c Config) (*Lab, error) {
	c = c.withDefaults()
	l := &Lab{config: c, Seed: seed.New(c.Seed), Clock: new(clock.Clock), failed: make(chan error, 8)}
	if !c.Start.IsZero() {
		l.Clock = clock.New(c.Start)
	}
	for _, a := range l.actions() {
		c.Progress(a.name, Begun, nil)
		if err := a.run(ctx); err != nil {
			c.Progress(a.name, Failed, err)
			return nil, errors.Join(fmt.Errorf("start the lab: %s: %w", a.name, err), l.Stop())
		}
		c.Progress(a.name, Done, nil)
	}
	return l, nil
}

// action is one step of a lab's start.
type action struct {
	name string
	run  func(context.Context) error
}

func (l *Lab) actions() []action {
	return []action{
		{"certificate authority", l.startAuthority},
		{"addresses", l.settle},
		{"mail catcher", func(ctx context.Context) error { return l.open(ctx, part.Mail{}) }},
		{"phones", func(ctx context.Context) error { return l.open(ctx, part.Phone{}) }},
		{"tenant", func(ctx context.Context) error { return l.open(ctx, l.tenant()) }},
		{"directory", l.startDirectory},
		{"connector account", l.prepareDirectory},
		{"Connect agent", func(ctx context.Context) error { return l.open(ctx, l.agent()) }},
	}
}

func (l *Lab) startAuthority(context.Context) (err error) {
	if l.authority = l.config.Authority; l.authority == nil {
		l.authority, err = pki.NewAuthority()
	}
	if err != nil {
		return err
	}
	l.client = part.NewHTTP(l.authority.Pool(), part.OnLoopback)
	l.body, err = l.newBody()
	return err
}

// settle learns where every part will be, so that each can be told where the
// others are.
func (l *Lab) settle(ctx context.Context) (err error) {
	if l.places, err = l.body.settle(ctx, l.config.Port); err != nil {
		return err
	}
	l.surfaces = part.CloudAt(l.places[part.KindTenant].port)
	l.Endpoints.locate(l.surfaces, l.places)
	return nil
}

func (l *Lab) open(ctx context.Context, d part.Description) error {
	s, err := l.body.open(ctx, d)
	if s.Tenant != "" {
		l.Endpoints.TenantID = s.Tenant
	}
	return err
}

func (l *Lab) tenant() part.Tenant {
	return part.Tenant{
		Organisation: l.config.Organisation, Domains: append([]string{l.config.Domain}, l.config.Domains...), Initial: l.config.Initial,
		Hosts: l.surfaces, SMTP: l.places[part.KindMail].inside, Phone: l.Endpoints.Phone, Apps: []token.App{l.testerApp()},
	}
}

// TesterSecret is the secret of the [Tester] application, drawn from the seed.
func (l *Lab) TesterSecret() string { return l.Seed.Stream("lab/tester").Token(16) }

func (l *Lab) testerApp() token.App {
	return token.App{ID: Tester, Name: "ssprlab", Secret: l.TesterSecret(), Roles: []string{"Directory.Read.All", "User.Read.All", "Group.Read.All", "AuditLog.Read.All", "UserAuthenticationMethod.Read.All", "Policy.Read.All", "Organization.Read.All", "RoleManagement.Read.Directory"}}
}

func (l *Lab) startDirectory(ctx context.Context) (err error) {
	l.ground, err = l.body.directory(ctx, l.config.DirectoryDomain)
	l.Endpoints.LDAPS, l.Endpoints.DirectoryName = l.ground.url, l.ground.name
	return err
}

// Advance moves the lab's clock forward, and with it those of all parts.
func (l *Lab) Advance(ctx context.Context, d time.Duration) error {
	l.Clock.Advance(d)
	if err := l.body.follow(ctx, l.Clock.Ahead()); err != nil {
		return fmt.Errorf("move the lab's clock by %s: %w", d, err)
	}
	return nil
}

// Cut takes the agent off a network. From the cloud it hangs up first, so that
// the tenant knows at once; [Lab.Unplug] gives no warning, and the tenant knows
// after two missed beats (R-GAP-50). [Lab.Mend] puts the agent back on all.
func (l *Lab) Cut(ctx context.Context, n Network) error { return l.sever(ctx, n, true) }

// Unplug takes the agent off a network as if its cable were pulled: connections
// hang. In one process there is no cable, and it does what Cut does.
func (l *Lab) Unplug(ctx context.Context, n Network) error { return l.sever(ctx, n, false) }

func (l *Lab) sever(ctx context.Context, n Network, warned bool) error {
	if err := l.body.cut(ctx, n, warned); err != nil {
		return fmt.Errorf("cut the agent off the network %s: %w", n, err)
	}
	return nil
}

// Kill ends a part as a crash does; [Lab.Failed] then tells of it, and nothing
// brings it back. Parts in one process cannot be killed.
func (l *Lab) Kill(ctx context.Context, k part.Kind) error {
	if err := l.body.kill(ctx, k); err != nil {
		return fmt.Errorf("kill the %s: %w", k, err)
	}
	return nil
}

// Mend puts the agent back on its networks. It returns when the agent has found
// its way, as far as there is one.
func (l *Lab) Mend(ctx context.Context) error {
	if err := l.body.mend(ctx); err != nil {
		return fmt.Errorf("put the agent back on its networks: %w", err)
	}
	return nil
}

// Stop stops every part, the last started first, and returns when nothing of
// the lab is left. It may be called again.
func (l *Lab) Stop() error {
	l.once.Do(func() {
		l.stopErr = l.uproot()
		if l.body != nil {
			l.stopErr = errors.Join(l.stopErr, l.body.close())
		}
		if l.client != nil {
			l.client.CloseIdleConnections()
		}
	})
	return l.stopErr
}

// Failed tells of a part that died by itself.
func (l *Lab) Failed() <-chan error { return l.failed }

// HTTP returns a client that trusts the lab's authority and finds its hosts.
func (l *Lab) HTTP() *http.Client { return &http.Client{Transport: l.client.Transport} }

// Authority returns the lab's certificate authority.
func (l *Lab) Authority() *pki.Authority { return l.authority }

// Directory returns how to open the directory as the domain's administrator, or
// as who sets people up in one of the user's own. In a tree of its own the lab
// reads and writes nothing else.
func (l *Lab) Directory() directory.Config {
	c := l.wholeDirectory()
	if l.home != "" {
		c.Base, c.Within = l.home, l.home
	}
	return c
}

func (l *Lab) wholeDirectory() directory.Config {
	c := directory.Config{
		URL: l.ground.url, RootCAs: l.authority.Pool(), ServerName: l.ground.name, Dialect: l.ground.dialect,
		User: l.ground.user, Password: l.ground.password, Log: l.config.Log,
	}
	if o := l.config.Own; o != nil {
		c = o.As(o.SetUp)
		c.Log = l.config.Log
	}
	return c
}

// died tells [Lab.Failed] of a part that ended by itself.
func (l *Lab) died(err error) {
	select {
	case l.failed <- err:
	default:
	}
}
