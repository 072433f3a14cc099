package lab

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/fakes/activedirectory"
	"github.com/ssprlab/ssprlab/fakes/connect"
	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/cloud"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
	"github.com/ssprlab/ssprlab/fakes/mail"
	"github.com/ssprlab/ssprlab/fakes/phone"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// Lab is a running lab. Its parts are reached through [Lab.Endpoints] alone.
type Lab struct {
	Endpoints Endpoints
	Clock     *clock.Clock
	Seed      seed.Source

	config    Config
	authority *pki.Authority
	transport *http.Transport

	cloud     *cloud.Cloud
	surfaces  entra.Hosts
	agent     *connect.Agent
	directory *activedirectory.Server
	phones    *phone.Exchange
	mails     *mail.Catcher

	serving sync.WaitGroup
	stops   []func() error // in the order of the start
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

// locate fills in where the tenant's surfaces are.
func (e *Endpoints) locate(h entra.Hosts) {
	e.Hosts = h.Names()
	for _, part := range []string{"connect", "phone", "mail", "tenant"} {
		e.Hosts = append(e.Hosts, part+"."+h.Domain)
	}
	e.SignIn, e.Office = h.URL(entra.LoginHost, ""), h.URL(entra.OfficeHost, "")
	e.PasswordReset, e.SecurityInfo = h.URL(entra.ResetHost, ""), h.URL(entra.SecurityInfoHost, "")
	e.Account, e.Portal, e.Graph = h.URL(entra.AccountHost, ""), h.URL(entra.PortalHost, ""), h.URL(entra.GraphHost, "")
}

// Administrator is the directory's built-in administrator.
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
		{"mail catcher", l.startMail},
		{"phones", l.startPhones},
		{"tenant", l.startCloud},
		{"directory", l.startDirectory},
		{"connector account", l.prepareDirectory},
		{"Connect agent", l.startAgent},
	}
}

func (l *Lab) startAuthority(context.Context) (err error) {
	if l.authority = l.config.Authority; l.authority == nil {
		l.authority, err = pki.NewAuthority()
	}
	if err != nil {
		return err
	}
	l.transport = &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: l.authority.Pool()},
		DialContext:         dialLoopback,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     time.Minute,
	}
	l.onStop(func() error { l.transport.CloseIdleConnections(); return nil })
	return nil
}

// dialLoopback leads every host of a lab to the loopback address, whatever the
// machine's resolver thinks of names under localhost.
func dialLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
}

func (l *Lab) startMail(context.Context) error {
	l.mails = mail.New(mail.Config{Hostname: "mail." + Domain, Clock: l.Clock, Seed: l.Seed, Log: l.config.Log})
	l.onStop(l.mails.Close)
	smtp, err := listen(0)
	if err != nil {
		return err
	}
	l.Endpoints.SMTP = smtp.Addr().String()
	l.serve("mail catcher (SMTP)", func() error { return l.mails.ServeSMTP(smtp) })
	if l.Endpoints.Mail, err = l.web("mail", l.mails.Handler()); err != nil {
		return err
	}
	l.Endpoints.MailControl, err = l.web("mail", l.mails.Control())
	return err
}

func (l *Lab) startPhones(context.Context) (err error) {
	l.phones = phone.New(phone.Config{Clock: l.Clock, Seed: l.Seed, Client: l.HTTP(), Log: l.config.Log})
	l.onStop(l.phones.Close)
	if l.Endpoints.Phone, err = l.web("phone", l.phones.Handler()); err != nil {
		return err
	}
	l.Endpoints.PhoneControl, err = l.web("phone", l.phones.Control())
	return err
}

func (l *Lab) startCloud(context.Context) error {
	ln, err := listen(l.config.Port)
	if err != nil {
		return err
	}
	l.surfaces = entra.Hosts{Domain: Domain, Port: ln.Addr().(*net.TCPAddr).Port}
	l.Endpoints.locate(l.surfaces)
	l.cloud = cloud.New(cloud.Config{
		Tenant: entra.Config{
			Organisation: l.config.Organisation, Domains: append([]string{l.config.Domain}, l.config.Domains...), Initial: l.config.Initial, Era: l.config.Era, Clock: l.Clock, Seed: l.Seed, Log: l.config.Log,
			Hosts: l.surfaces, SMTP: l.Endpoints.SMTP, Phone: l.Endpoints.Phone, HTTP: l.HTTP(),
		},
		Apps: []token.App{l.testerApp(), {ID: connect.ClientID, Name: "Connect", Delegated: []string{"User.Read"}}}, Keys: &l.config.Keys.signing,
	})
	l.onStop(l.cloud.Close)
	if err := l.serveTLS(ln, "tenant", l.cloud); err != nil {
		return err
	}
	l.Endpoints.TenantID = l.cloud.Tenant.ID
	l.Endpoints.TenantControl, err = l.web("tenant", l.cloud.Control())
	return err
}

// TesterSecret is the secret of the [Tester] application, drawn from the seed.
func (l *Lab) TesterSecret() string { return l.Seed.Stream("lab/tester").Token(16) }

func (l *Lab) testerApp() token.App {
	return token.App{ID: Tester, Name: "ssprlab", Secret: l.TesterSecret(), Roles: []string{"Directory.Read.All", "User.Read.All", "Group.Read.All", "AuditLog.Read.All", "UserAuthenticationMethod.Read.All", "Policy.Read.All", "Organization.Read.All", "RoleManagement.Read.Directory"}}
}

func (l *Lab) startDirectory(context.Context) error {
	name := "dc1." + l.config.DirectoryDomain
	config, err := l.authority.ServerConfig(name, "127.0.0.1")
	if err != nil {
		return err
	}
	l.directory, err = activedirectory.New(activedirectory.Config{
		Domain: l.config.DirectoryDomain, AdministratorPassword: l.AdministratorPassword(), TLS: config, Clock: l.Clock, Seed: l.Seed, Log: l.config.Log,
	})
	if err != nil {
		return err
	}
	l.onStop(l.directory.Close)
	ln, err := listen(0)
	if err != nil {
		return err
	}
	l.Endpoints.LDAPS, l.Endpoints.DirectoryName = "ldaps://"+ln.Addr().String(), name
	l.serve("directory", func() error { return l.directory.Serve(ln) })
	return nil
}

// AdministratorPassword is the password of the directory's [Administrator],
// drawn from the seed.
func (l *Lab) AdministratorPassword() string {
	return "Lab-" + l.Seed.Stream("lab/administrator").Token(12)
}

// Stop stops every part, the last started first, and returns when nothing of
// the lab is left. It may be called again.
func (l *Lab) Stop() error {
	l.once.Do(func() {
		var errs []error
		for i := len(l.stops) - 1; i >= 0; i-- {
			errs = append(errs, l.stops[i]())
		}
		l.serving.Wait()
		l.stopErr = errors.Join(errs...)
	})
	return l.stopErr
}

func (l *Lab) onStop(stop func() error) { l.stops = append(l.stops, stop) }

// Failed tells of a part that died by itself.
func (l *Lab) Failed() <-chan error { return l.failed }

// HTTP returns a client that trusts the lab's authority and finds its hosts.
func (l *Lab) HTTP() *http.Client { return &http.Client{Transport: l.transport} }

// Authority returns the lab's certificate authority.
func (l *Lab) Authority() *pki.Authority { return l.authority }

// Directory returns how to open the directory as the domain's administrator.
func (l *Lab) Directory() directory.Config {
	return directory.Config{
		URL: l.Endpoints.LDAPS, RootCAs: l.authority.Pool(), ServerName: l.Endpoints.DirectoryName,
		User: Administrator + "@" + l.config.DirectoryDomain, Password: l.AdministratorPassword(), Log: l.config.Log,
	}
}
