package entra

import "fmt"

// Hosts builds the addresses of the surfaces: https://NAME.Domain:Port.
type Hosts struct {
	Domain string // "ssprlab.localhost"
	Port   int    // 0: 443
}

// The surfaces' host names.
const (
	LoginHost        = "login"
	ResetHost        = "passwordreset"
	SecurityInfoHost = "mysignins"
	AccountHost      = "myaccount"
	PortalHost       = "portal"
	GraphHost        = "graph"
	OfficeHost       = "office"
	RelayHost        = "relay"        // agents dial here (R-WB-03)
	ProvisionHost    = "provisioning" // synchronisation exports to it
)

// URL returns the address of path on the surface name.
func (h Hosts) URL(name, path string) string {
	if h.Port == 0 || h.Port == 443 {
		return "https://" + name + "." + h.Domain + path
	}
	return fmt.Sprintf("https://%s.%s:%d%s", name, h.Domain, h.Port, path)
}

// Names lists the host names of every surface, fully qualified.
func (h Hosts) Names() (names []string) {
	for _, n := range []string{LoginHost, ResetHost, SecurityInfoHost, AccountHost, PortalHost, GraphHost, OfficeHost, RelayHost, ProvisionHost} {
		names = append(names, n+"."+h.Domain)
	}
	return names
}
