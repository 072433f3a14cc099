package entra

// Clients are the tenant's own applications: the client id of each surface
// that people sign in to, which is its host name. The address a sign-in returns
// to is fixed, so that a code cannot be sent elsewhere.
var Clients = []string{OfficeHost, PortalHost, SecurityInfoHost, AccountHost}

// CallbackPath is where an application takes the code of a sign-in.
const CallbackPath = "/signin"

// InterruptClient is the client id of a registration during sign-in: the login
// surface vouches for the person before the sign-in is finished (R-REG-13).
const InterruptClient = "registration-interrupt"

// Callback returns the address to which sign-ins of client return, and whether
// the tenant knows the client.
func (t *Tenant) Callback(client string) (string, bool) {
	for _, c := range Clients {
		if c == client {
			return t.Hosts().URL(c, CallbackPath), true
		}
	}
	return "", false
}
