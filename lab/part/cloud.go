package part

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// CloudAt is where the surfaces of a tenant are that listens on a port.
func CloudAt(port int) entra.Hosts { return entra.Hosts{Domain: Domain, Port: port} }

// CloudOf finds the surfaces of a tenant by the address of its sign-in page.
func CloudOf(signIn string) (entra.Hosts, error) {
	u, err := url.Parse(signIn)
	if err == nil {
		if domain, ok := strings.CutPrefix(u.Hostname(), entra.LoginHost+"."); ok {
			port, _ := strconv.Atoi(u.Port()) // none is 0, and nothing else passes Parse
			return entra.Hosts{Domain: domain, Port: port}, nil
		}
	}
	return entra.Hosts{}, fmt.Errorf("%q is not the address of a sign-in page: expected one such as %s", signIn, CloudAt(8443).URL(entra.LoginHost, ""))
}
