package supervise

import (
	"strings"
	"time"
)

// Fresh asks for the pristine directory: nothing of what was done to it is
// left, and every connection to it is cut.
type Fresh struct {
	// Domain is the DNS name of the domain; "" is that of the image, which is
	// there in an instant. Another one is provisioned, which takes seconds.
	Domain string `json:"domain,omitempty"`
	// Ahead is the lab's clock minus the machine's, in nanoseconds; negative
	// for a lab in the past.
	Ahead time.Duration `json:"ahead"`
	// Cert and Key are what the server shows at LDAPS, CA the authority that
	// signed it, all in PEM.
	Cert string `json:"cert"`
	Key  string `json:"key"`
	CA   string `json:"ca"`
}

// Clock asks to move the directory's clock.
type Clock struct {
	// Ahead is the lab's clock minus the machine's, in nanoseconds; at least
	// what it was.
	Ahead time.Duration `json:"ahead"`
}

// Status is what runs.
type Status struct {
	Kind    string        `json:"kind"`    // "samba" or "openldap"
	Running bool          `json:"running"` // false before the first fresh directory
	Domain  string        `json:"domain"`  // DNS name
	NetBIOS string        `json:"netbios"` // first label of the domain, in capitals
	Base    string        `json:"base"`    // distinguished name of the domain
	User    string        `json:"user"`    // the administrator, as a bind takes it; the password is [AdministratorPassword]
	Ahead   time.Duration `json:"ahead"`   // lab clock minus machine clock, in nanoseconds
	Time    time.Time     `json:"time"`    // what the directory's own clock shows, to the second
	Fresh   int           `json:"fresh"`   // how often the pristine directory was asked for
}

// AdministratorPassword is that of the administrator in every image. It is no
// secret: the directory lives in a container that only this machine reaches.
const AdministratorPassword = "Lab-Administrator-1"

// Domain is the DNS name of the domain that is provisioned in the images.
const Domain = "corp.alder.example.com"

// The TCP ports inside a container.
const (
	ControlPort = 8636
	LDAPSPort   = 636
	LDAPPort    = 389 // for StartTLS, and to see that a plain bind is refused
)

// BaseOf returns the distinguished name of a domain.
func BaseOf(domain string) string {
	return "DC=" + strings.Join(strings.Split(domain, "."), ",DC=")
}

// NetBIOSOf returns the short name of a domain: its first label in capitals,
// of at most 15 letters.
func NetBIOSOf(domain string) string {
	label, _, _ := strings.Cut(domain, ".")
	return strings.ToUpper(label[:min(len(label), 15)])
}
