package supervise

import (
	"fmt"
	"strings"

	"github.com/ssprlab/ssprlab/lab/directory"
)

// Kind is a directory server and what its image has at which place.
type Kind struct {
	Name string
	// Command is the server in the foreground, its log on standard output or
	// error. It finds its TLS files in [RunFolder].
	Command []string
	// User is who may do everything in a domain, as a bind takes it.
	User func(domain string) string
	// Dialect is how the server is asked for its clock.
	Dialect directory.Kind
	// UID is the user that the image runs as, to whom the control's key must
	// belong.
	UID int
}

// What every image has. Pristine is the state of [Domain] as it was
// provisioned; Provision is a command that is called with a domain's DNS name
// while the server is stopped, and makes [StateFolder] anew for that domain,
// with [AdministratorPassword] for one whose password does not expire.
const (
	Pristine  = "/usr/share/ssprlab/pristine"
	Provision = "/usr/share/ssprlab/provision"
)

// Kinds is the table of the servers.
func Kinds() []Kind {
	return []Kind{
		{
			Name: "samba",
			Command: []string{"samba", "--foreground", "--no-process-group", "--debug-stdout", "--model=single",
				"--configfile=" + StateFolder + "/smb.conf"},
			User:    func(domain string) string { return "Administrator@" + domain },
			Dialect: directory.ActiveDirectory,
		},
		{
			Name: "openldap",
			// It reserves memory for every file that it may open.
			Command: []string{"prlimit", "--nofile=1024", "slapd", "-d", "none", "-h", "ldap:/// ldaps:///", "-f", StateFolder + "/slapd.conf"},
			User:    func(domain string) string { return "Administrator@" + domain },
			Dialect: directory.OpenLDAP,
			UID:     389,
		},
	}
}

// KindNamed returns the kind of that name.
func KindNamed(name string) (Kind, error) {
	var names []string
	for _, k := range Kinds() {
		if k.Name == name {
			return k, nil
		}
		names = append(names, k.Name)
	}
	return Kind{}, fmt.Errorf("unknown directory server %q: expected %s", name, strings.Join(names, " or "))
}
