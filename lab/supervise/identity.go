package supervise

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// identity is what a server shows at LDAPS.
type identity struct {
	roots *x509.CertPool // of whom it is
	name  string         // one that the certificate carries
}

// domains are the names that a domain may have.
var domains = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// check reads the request's certificate and says everything that is wrong.
func (f Fresh) check() (identity, error) {
	var problems []error
	if !domains.MatchString(f.Domain) {
		problems = append(problems, fmt.Errorf("domain %q: expected a DNS name of two labels or more, in lower case", f.Domain))
	}
	who := identity{roots: x509.NewCertPool()}
	if !who.roots.AppendCertsFromPEM([]byte(f.CA)) {
		problems = append(problems, errors.New("ca: expected a certificate in PEM"))
	}
	pair, err := tls.X509KeyPair([]byte(f.Cert), []byte(f.Key))
	switch {
	case err != nil:
		problems = append(problems, fmt.Errorf("cert and key: %w", err))
	case len(pair.Leaf.IPAddresses) > 0:
		who.name = pair.Leaf.IPAddresses[0].String()
	case len(pair.Leaf.DNSNames) > 0:
		who.name = pair.Leaf.DNSNames[0]
	default:
		problems = append(problems, errors.New("cert: expected a DNS name or an address in it"))
	}
	return who, errors.Join(problems...)
}

// writeTLS puts certificate, key and authority where the server finds them.
func (l Layout) writeTLS(f Fresh) error {
	for name, text := range map[string]string{"cert.pem": f.Cert, "key.pem": f.Key, "ca.pem": f.CA} {
		file := l.tls(name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("write the server's certificate: %w", err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return fmt.Errorf("write the server's certificate: %w", err)
		}
	}
	return nil
}
