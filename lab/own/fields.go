package own

import (
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab/directory"
)

// The words for the dialects.
const (
	activeDirectory = "active directory"
	openLDAP        = "openldap"
)

// fields are the keys of the file.
func (c *Config) fields(r *reader) []field {
	return []field{
		{"address", "ldaps://host:port", "where the directory is", text(func(s string) string {
			var wrong string
			c.URL, wrong = Address(s)
			return wrong
		})},
		{"dialect", activeDirectory + " or " + openLDAP, "", text(c.readDialect)},
		{"ca", "a file with certificates in PEM", "", text(func(s string) string { return c.readCA(r.path(s)) })},
		{"server name", "a host's name", "", text(func(s string) string { c.ServerName = s; return "" })},
		{"base", "a DN, such as DC=corp,DC=example,DC=com", "", text(func(s string) string { c.Base = s; return notDN(s) })},
		{"unit", "the DN of an organisational unit, such as OU=ssprlab,DC=corp,DC=example,DC=com",
			"the lab does not start without the one unit in which it may write", func(v value) string {
				r.unit = v.at
				return text(c.readUnit)(v)
			}},
		{"connector", "a mapping of user and where the password is", "the account that Connect uses", r.account("connector", &c.Connector)},
		{"set-up", "a mapping of user and where the password is", "", r.account("set-up", &c.SetUp)},
	}
}

// text reads a value that is a text.
func text(read func(string) string) func(value) string {
	return func(v value) string {
		switch {
		case v.mapping != nil:
			return "a mapping does not fit here"
		case strings.TrimSpace(v.text) == "":
			return "nothing stands here"
		case strings.ContainsAny(v.text, "\n\x00"):
			return "the text has several lines"
		}
		return read(v.text)
	}
}

// Address returns an ldaps:// address with its port, or what is wrong with it.
func Address(s string) (address, wrong string) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "ldaps" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return "", fmt.Sprintf("%q is no address of a directory that is reached by TLS", s)
	}
	port := u.Port()
	if port == "" {
		port = "636"
	}
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return "ldaps://" + host + ":" + port, ""
}

func (c *Config) readDialect(s string) string {
	switch s {
	case activeDirectory:
		c.Dialect = directory.ActiveDirectory
	case openLDAP:
		c.Dialect = directory.OpenLDAP
	default:
		return fmt.Sprintf("unknown dialect %q", s)
	}
	return ""
}

func (c *Config) readCA(name string) string {
	data, err := os.ReadFile(name)
	if err != nil {
		return fmt.Sprintf("%s cannot be read: %s", name, cause(err))
	}
	if !x509.NewCertPool().AppendCertsFromPEM(data) {
		return name + " holds no certificate in PEM"
	}
	c.CA = string(data)
	return ""
}

// readUnit takes no domain and no container of the system's: a unit can be
// given to the lab, they cannot.
func (c *Config) readUnit(s string) string {
	c.Unit = s
	dn, err := ldap.ParseDN(s)
	if err != nil || len(dn.RDNs) < 2 || len(dn.RDNs[0].Attributes) != 1 || !strings.EqualFold(dn.RDNs[0].Attributes[0].Type, "OU") {
		return fmt.Sprintf("%q is no DN of an organisational unit", s)
	}
	return ""
}

func notDN(s string) string {
	if dn, err := ldap.ParseDN(s); err != nil || len(dn.RDNs) == 0 {
		return fmt.Sprintf("%q is no DN", s)
	}
	return ""
}

// account reads who binds.
func (r *reader) account(of string, into *Account) func(value) string {
	return func(v value) string {
		if v.mapping == nil {
			return fmt.Sprintf("what stands at %q is no mapping", of)
		}
		sources := 0
		r.fields(fmt.Sprintf("%q", of), v.at, v.mapping, []field{
			{"user", "a UPN, DOMAIN\\name or a DN", "who binds", text(func(s string) string { into.User = s; return "" })},
			{"password from environment", "the name of a variable", "", text(func(s string) (wrong string) {
				sources++
				into.Password, wrong = r.variable(s)
				return wrong
			})},
			{"password from file", "the name of a file that holds nothing else", "", text(func(s string) (wrong string) {
				sources++
				into.Password, wrong = passwordFile(r.path(s))
				return wrong
			})},
		})
		if sources != 1 && !v.has("password") {
			r.problem(v.at, fmt.Sprintf("%q has %d places of its password", of, sources), "password from environment: NAME, or password from file: PATH", "")
		}
		return ""
	}
}

// has reports whether a key of the value is so called.
func (v value) has(key string) bool {
	for _, e := range v.mapping {
		if strings.EqualFold(e.key, key) {
			return true
		}
	}
	return false
}

// variableName is a form that hardly a password has: one that somebody has
// written in its place is not repeated.
var variableName = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

func (r *reader) variable(name string) (password, wrong string) {
	if !variableName.MatchString(name) {
		return "", "this is no variable's name: capital letters, digits and underscores"
	}
	password, set := r.lookup(name)
	switch {
	case !set:
		return "", fmt.Sprintf("the variable %s is not set", name)
	case password == "":
		return "", fmt.Sprintf("the variable %s is empty", name)
	}
	return password, ""
}

// passwordFile reads a password from a file, without the line's end.
func passwordFile(name string) (password, wrong string) {
	data, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Sprintf("%s cannot be read: %s", name, cause(err))
	}
	password = strings.TrimRight(string(data), "\r\n")
	if password == "" || strings.ContainsAny(password, "\r\n") {
		return "", name + " does not hold one line with a password"
	}
	return password, ""
}

// together checks what ties the keys together, and fills in what follows from
// others.
func (r *reader) together(c *Config) {
	if c.SetUp.User == "" {
		c.SetUp = c.Connector
	}
	if c.Base != "" && !directory.Below(c.Unit, c.Base) {
		r.problem(r.unit, "the unit is not below the base "+c.Base, "a unit below the base", "")
	}
}
