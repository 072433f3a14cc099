package part

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"

	"github.com/ssprlab/ssprlab/fakes/activedirectory"
	"github.com/ssprlab/ssprlab/fakes/connect"
	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/cloud"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
	"github.com/ssprlab/ssprlab/fakes/mail"
	"github.com/ssprlab/ssprlab/fakes/phone"
	"github.com/ssprlab/ssprlab/lab/directory"
)

// Tenant describes the cloud tenant with all its surfaces.
type Tenant struct {
	Organisation string   // default "Alder Works"
	Domains      []string // verified ones, the first is the default
	Initial      bool     // the first domain is the one a tenant is born with (R-POL-80)
	Hosts        entra.Hosts
	SMTP         string // host:port of the server that takes its mail
	Phone        string // base URL of the carrier
	Apps         []token.App
}

// Kind returns [KindTenant].
func (Tenant) Kind() Kind { return KindTenant }

// Open makes the tenant.
func (t Tenant) Open(s Surroundings) (*Running, error) {
	keys := s.Keys
	if keys == nil {
		keys = new(KeyRing)
	}
	c := cloud.New(cloud.Config{
		Tenant: entra.Config{
			Organisation: t.Organisation, Domains: t.Domains, Initial: t.Initial, Era: s.Era, Clock: s.Clock, Seed: s.Seed, Log: s.Log,
			Hosts: t.Hosts, SMTP: t.SMTP, Phone: t.Phone, HTTP: s.HTTP,
		},
		Apps: append([]token.App{{ID: connect.ClientID, Name: "Connect", Delegated: []string{"User.Read"}}}, t.Apps...), Keys: &keys.signing,
	})
	return &Running{Pages: c, Control: c.Control(), Close: c.Close, Tenant: c.Tenant.ID}, nil
}

// Connect describes the Connect agent.
type Connect struct {
	Directory DirectoryAccess
	Forest    string      // default the domain's DNS name
	Hosts     entra.Hosts // of the cloud
	Tenant    string      // domain or id
}

// DirectoryAccess says how the connector account reaches the directory.
type DirectoryAccess struct {
	URL            string // ldaps://host:port
	ServerName     string // in its certificate; default the host of URL
	CA             string // PEM of who signed that; default the machine's authorities
	User, Password string
	Base           string // default the rootDSE's
	Within         string // DN of the unit below which alone may be written; default anywhere
	Dialect        directory.Kind
}

// Config returns the access in the form that package directory takes.
func (d DirectoryAccess) Config() (directory.Config, error) {
	c := directory.Config{URL: d.URL, ServerName: d.ServerName, User: d.User, Password: d.Password, Base: d.Base, Within: d.Within, Dialect: d.Dialect}
	if d.CA == "" {
		return c, nil
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM([]byte(d.CA)) {
		return c, fmt.Errorf("the directory's authority is no certificate in PEM")
	}
	return c, nil
}

// Kind returns [KindConnect].
func (Connect) Kind() Kind { return KindConnect }

// Open makes the agent. It opens the directory when it first needs it.
func (c Connect) Open(s Surroundings) (*Running, error) {
	access, err := c.Directory.Config()
	if err != nil {
		return nil, err
	}
	access.Log = s.Log
	config := connect.Config{
		Clock: s.Clock, Seed: s.Seed, Era: s.Era, Log: s.Log, Directory: access, Forest: c.Forest,
		Cloud: connect.Cloud{Hosts: c.Hosts, HTTP: s.HTTP, Tenant: c.Tenant},
	}
	if s.Keys != nil {
		config.Keys = s.Keys.agents.Supply()
	}
	a := connect.New(config)
	return &Running{Pages: a.Handler(), Control: a.Control(), Close: a.Close}, nil
}

// Phone describes the telephone exchange with the phones behind it.
type Phone struct{}

// Kind returns [KindPhone].
func (Phone) Kind() Kind { return KindPhone }

// Open makes the exchange.
func (Phone) Open(s Surroundings) (*Running, error) {
	e := phone.New(phone.Config{Clock: s.Clock, Seed: s.Seed, Client: s.HTTP, Log: s.Log})
	return &Running{Pages: e.Handler(), Control: e.Control(), Close: e.Close}, nil
}

// Mail describes the mail catcher.
type Mail struct {
	// MailHog is the base URL of a MailHog that takes the mails, whose pages
	// and API this part then gives the lab's host; default none: the part is
	// the lab's own catcher.
	MailHog string `json:",omitempty"`
}

// Kind returns [KindMail].
func (Mail) Kind() Kind { return KindMail }

// Open makes the catcher; its Serve speaks SMTP.
func (m Mail) Open(s Surroundings) (*Running, error) {
	if m.MailHog != "" {
		return openMailHog(m.MailHog, s)
	}
	c := mail.New(mail.Config{Hostname: KindMail.Host(), Clock: s.Clock, Seed: s.Seed, Log: s.Log})
	return &Running{Pages: c.Handler(), Control: c.Control(), Serve: c.ServeSMTP, Close: c.Close}, nil
}

// Directory describes the embedded directory.
type Directory struct {
	Domain                string // DNS name
	AdministratorPassword string
	// TLS serves LDAPS. In a [Process] it is that of the process.
	TLS *tls.Config `json:"-"`
}

// Kind returns [KindDirectory].
func (Directory) Kind() Kind { return KindDirectory }

// Open makes the directory; its Serve speaks LDAP over TLS.
func (d Directory) Open(s Surroundings) (*Running, error) {
	server, err := activedirectory.New(activedirectory.Config{
		Domain: d.Domain, AdministratorPassword: d.AdministratorPassword, TLS: d.TLS, Clock: s.Clock, Seed: s.Seed, Log: s.Log,
	})
	if err != nil {
		return nil, err
	}
	return &Running{Serve: server.Serve, Close: server.Close}, nil
}
