package lab

import (
	"cmp"
	"io"
	"log/slog"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/own"
	"github.com/ssprlab/ssprlab/lab/part"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/tree"
)

// Config says which lab to start. The zero value is a lab of today, with an
// empty tenant beside a directory that has a connector account.
type Config struct {
	Seed  uint64
	Era   Era
	Start time.Time // what the lab's clock shows; default now, or 4 November 2019

	Organisation string // default "Alder Works"
	Domain       string // of the cloud, default "alder.example.com"
	// Initial says that Domain is the one a tenant is born with, and no custom
	// one (R-POL-80); Domains are verified beside it.
	Initial bool
	Domains []string

	// Directory chooses the directory, and with it where the parts run: in this
	// process, or all of them in containers. Default [Embedded].
	Directory DirectoryKind
	// Fleet is where containers come from, which labs may share. Default: one
	// of the lab's own.
	Fleet *Fleet
	// Own is the directory where Directory is [Own]. Start is then ignored,
	// because that directory keeps its own time, and so are DirectoryDomain,
	// Delegation and NoDelegation.
	Own *own.Config
	// Tree has the lab keep to a unit of its own in a directory that it shares
	// with others, and remove it at the end; with an own directory there is
	// always one. Other labels are other trees. The domain's root is nobody's
	// alone, so Delegation must hold Unexpire Password, which is kept there.
	// In a container the directory is the Fleet's, which labs of the same
	// DirectoryDomain, Start and Policy share: the lab takes its clock from it,
	// and [Lab.Advance] does not move the directory's.
	Tree tree.Label

	// Policy is the domain's password policy; default what the directory comes
	// with. Ignored with an own directory.
	Policy *directory.Policy

	DirectoryDomain string            // default "corp." and Domain
	Delegation      []directory.Right // what the connector account may do; nil: all it needs
	NoDelegation    bool              // the connector account gets no right at all

	Authority *pki.Authority // default: one of its own. A browser trusts one
	Keys      *KeyRing       // default: a ring of its own

	// Port is where the cloud listens; 0 takes any free port.
	Port int
	Log  *slog.Logger
	// Progress is told of each action of the start: begun, then done or failed.
	Progress func(action string, state State, err error)
}

// DirectoryKind is one of the directories that a lab can have.
type DirectoryKind string

// The directories. OpenLDAP stands in: the product has no such directory.
const (
	Embedded DirectoryKind = "embedded"
	Samba    DirectoryKind = "samba"
	OpenLDAP DirectoryKind = "openldap"
	Own      DirectoryKind = "own" // a directory of the user's, which Config.Own names
)

// Era chooses between the figures of two times where they differ (R-GAP).
type Era = entra.Era

// The eras: today's product, and that of the field notes (2018-2020).
const (
	Now     = entra.Now
	Era2019 = entra.Era2019
)

// ParseEra finds an era by its name, "now" or "2019".
func ParseEra(name string) (Era, bool) { return entra.ParseEra(name) }

// KeyRing holds the RSA keys that labs of a process may share.
type KeyRing = part.KeyRing

// State is how far an action of the start is.
type State uint8

// The states of an action.
const (
	Begun State = iota
	Done
	Failed
)

// Domain is the domain of the lab's hosts. Names under localhost lead to the
// loopback address in every browser (RFC 6761).
const Domain = part.Domain

func (c Config) withDefaults() Config {
	if c.Own != nil {
		c.Directory, c.Start, c.DirectoryDomain = Own, time.Time{}, cmp.Or(c.Own.Domain(), c.DirectoryDomain)
	}
	if c.Start.IsZero() && c.Era == Era2019 && c.Own == nil {
		c.Start = time.Date(2019, time.November, 4, 8, 0, 0, 0, time.UTC)
	}
	c.Organisation = cmp.Or(c.Organisation, "Alder Works")
	c.Domain = cmp.Or(c.Domain, "alder.example.com")
	c.DirectoryDomain = cmp.Or(c.DirectoryDomain, "corp."+c.Domain)
	if c.Delegation == nil && !c.NoDelegation {
		c.Delegation = []directory.Right{directory.ResetPassword, directory.WriteLockoutTime, directory.WritePwdLastSet, directory.UnexpirePassword}
	}
	c.Directory = cmp.Or(c.Directory, Embedded)
	if c.Keys == nil {
		c.Keys = new(KeyRing)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError + 1}))
	}
	if c.Progress == nil {
		c.Progress = func(string, State, error) {}
	}
	return c
}
