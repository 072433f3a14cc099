package own

import (
	"crypto/x509"
	"log/slog"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab/directory"
)

// Config is what the file says, with the passwords read from where it says that
// they are.
type Config struct {
	File       string // where it was read from
	URL        string // ldaps://host:port
	Dialect    directory.Kind
	CA         string // PEM; "" is who the machine trusts
	ServerName string // "" is the host of URL
	Base       string // DN; "" is the rootDSE's
	Unit       string // DN of the unit below which alone the lab may write

	Connector Account
	SetUp     Account // the connector account if the file names no other
}

// Account is who binds to the directory.
type Account struct {
	User     string
	Password string
}

// String is the user; a password does not show when an account is printed.
func (a Account) String() string { return a.User }

// GoString is String.
func (a Account) GoString() string { return a.User }

// LogValue is String.
func (a Account) LogValue() slog.Value { return slog.StringValue(a.User) }

// Domain returns the DNS name of the domain that the unit is in; "" if its DN
// has no domain components.
func (c *Config) Domain() string {
	dn, err := ldap.ParseDN(c.Unit)
	if err != nil {
		return ""
	}
	var labels []string
	for _, rdn := range dn.RDNs {
		if strings.EqualFold(rdn.Attributes[0].Type, "DC") {
			labels = append(labels, rdn.Attributes[0].Value)
		}
	}
	return strings.ToLower(strings.Join(labels, "."))
}

// As returns how to open the directory as one of the accounts. Whatever is
// opened so cannot write anywhere but below the unit.
func (c *Config) As(a Account) directory.Config {
	config := directory.Config{URL: c.URL, ServerName: c.ServerName, Dialect: c.Dialect, Base: c.Base, Within: c.Unit, User: a.User, Password: a.Password}
	if c.CA != "" {
		config.RootCAs = x509.NewCertPool()
		config.RootCAs.AppendCertsFromPEM([]byte(c.CA)) // read has seen that it is PEM
	}
	return config
}
