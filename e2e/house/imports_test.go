package house_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/e2e/house/source"
)

// clients are what a part gives to those who talk to it: clients of its
// protocols, and the documents that travel. They hold no server and no state.
var clients = []string{
	"fakes/entra/setup", "fakes/entra/relay/envelope", "fakes/entra/provisioning/export",
	"fakes/mail/mailbox", "fakes/phone/hand", "fakes/phone/totp",
}

// rooms are the parts of the lab, each a server of its own.
var rooms = []string{"fakes/activedirectory", "fakes/connect", "fakes/entra", "fakes/mail", "fakes/phone"}

// border is a rule about imports, by folders from the root of the module.
type border struct {
	from   []string // whose files
	not    []string // but not these
	to     []string // must not import these and what is below
	except []string // but may import these
	why    string
}

func borders() []border {
	all := []border{
		{
			from: []string{"scenarios"}, to: []string{"fakes"}, except: clients,
			why: "a journey acts through pages and an assertion reads by LDAP, Graph, the mail API or the phone's API (rule 1): import a client package, or ask lab.Endpoints for the address",
		},
		{
			from: []string{"lab/directory", "lab/web", "lab/browser", "lab/clock", "lab/seed", "lab/pki", "lab/scratch", "lab/supervise"}, to: []string{"fakes"},
			why: "it looks at the parts from outside, so that any of them may be exchanged for another process or for the real one (rule 1)",
		},
		{
			from: []string{"cmd"}, to: []string{"fakes"},
			why: "the command holds no logic: what it needs of a part is in package lab or behind a protocol (rule 1)",
		},
		{
			from: []string{"fakes"}, to: []string{"lab"}, except: []string{"lab/clock", "lab/seed", "lab/pki", "lab/directory"},
			why: "a part must run in a process of its own (rule 1): it takes the lab's clock, seed and certificates, and reads a directory as any LDAP client does, but knows nothing of the lab around it",
		},
		{
			from: []string{"fakes", "lab"}, to: []string{"scenarios", "cmd", "e2e"},
			why: "the lab is usable from any Go test, without the scenarios",
		},
		{
			from: []string{"lab/container"}, to: []string{"fakes", "lab", "scenarios"}, except: []string{"lab/scratch"},
			why: "it runs images and containers, and knows nothing of what is in them",
		},
		{from: []string{"scenarios"}, to: []string{"cmd", "e2e"}, why: "the command and the suites stand on the scenarios"},
		{
			from: clients, to: rooms, except: append([]string{"fakes/entra"}, clients...),
			why: "a client is imported by those who must not reach a server, so it must not bring one along (rule 1)",
		},
		{
			from: []string{"lab/directory", "lab/web", "lab/browser", "lab/clock", "lab/seed", "lab/pki", "lab/scratch", "lab/doctor", "lab/supervise"},
			to:   []string{"scenarios"}, why: "the parts of a lab know no scenario",
		},
	}
	for _, room := range rooms {
		others := slices.DeleteFunc(slices.Clone(rooms), func(r string) bool { return r == room })
		except := clients
		if room == "fakes/connect" {
			except = append([]string{"fakes/entra"}, clients...) // for its words alone: see TestBorrowedWords
		}
		all = append(all, border{from: []string{room}, to: others, except: except,
			why: "a part talks to another by its protocol alone, so that either may run elsewhere (rule 1): import its client package"})
	}
	return all
}

// allowed reports whether an import is none of the border's, or an exception.
// Exceptions are packages, not folders: what lies below one is not meant.
func (b border) allowed(path string) bool {
	return !under(path, b.to...) || slices.Contains(b.except, path) || slices.ContainsFunc(b.except, func(e string) bool {
		return strings.HasPrefix(e, "lab/") && under(path, e)
	})
}

func (b border) concerns(f *source.File) bool {
	return under(f.Dir(), b.from...) && !under(f.Dir(), b.not...)
}

// TestImports proves rule 1 where the compiler cannot: who may know whom.
func TestImports(t *testing.T) {
	module := tree(t).Module + "/"
	for _, b := range borders() {
		for _, f := range product(t) {
			if !b.concerns(f) {
				continue
			}
			for _, i := range f.Imports() {
				if path, ours := strings.CutPrefix(i.Path, module); ours && !b.allowed(path) {
					t.Errorf("%s imports %s. Forbidden: %s", at(f, i.Line), path, b.why)
				}
			}
		}
	}
}

// TestBordersAreReal keeps the list of borders from guarding folders that have
// moved.
func TestBordersAreReal(t *testing.T) {
	var folders []string
	for _, f := range product(t) {
		folders = append(folders, f.Dir())
	}
	for _, b := range borders() {
		for _, name := range slices.Concat(b.from, b.not, b.except) {
			if !slices.ContainsFunc(folders, func(dir string) bool { return under(dir, name) }) {
				t.Errorf("a border names the folder %s, which holds no Go file", name)
			}
		}
	}
}

// words are what a package may take from another room's package that also
// holds that room's state: names and constants that both ends of a protocol
// use, and nothing that can be asked or changed.
type words struct {
	by, from string
	allowed  []string
}

func borrowed() []words {
	return []words{
		{by: "fakes/connect", from: "fakes/entra", allowed: []string{
			"Era", "Now", "Era2019", "Hosts", "LoginHost", "GraphHost", "RelayHost", "ProvisionHost", "GlobalAdministrator",
			"Operation", "OpReset", "OpChange", "OpUnlock", "OpValidate", "OpAdminReset",
			"Kind", "Outcome", "Result", "Done", "PolicyRefused", "NoPermission", "WrongPassword", "UserNotFound", "AccountDisabled", "AccountExpired",
			"LockedOut", "MustChangeFirst", "PasswordExpired", "WrongConfig", "SeveralUsers", "AgentUnavailable", "CannotDecrypt", "UnknownFailure",
			// The numbers of a sign-in's errors, which come over the wire.
			"SignIn", "WrongCredentials", "UnknownUserName", "NoPassword", "SmartLocked", "PasswordOutdated", "OnPremExpired", "UserDisabled",
		}},
		{by: "fakes/entra/relay/envelope", from: "fakes/entra", allowed: []string{"Operation", "Kind", "Result"}},
	}
}

// TestBorrowedWords proves that who shares a vocabulary shares no state.
func TestBorrowedWords(t *testing.T) {
	for _, w := range borrowed() {
		for _, f := range product(t) {
			if f.Dir() != w.by {
				continue
			}
			for _, u := range f.Uses(tree(t).Module + "/" + w.from) {
				if !slices.Contains(w.allowed, u.Name) {
					t.Errorf("%s uses %s of %s. Forbidden: it may share that package's words, not its state or its rules (rules 1 and 3). Ask over the wire; if it is a mere word, add it to the list in this test",
						at(f, u.Line), u.Name, w.from)
				}
			}
		}
	}
}

// TestLabHandsOutNoServer proves that package lab, which makes every server,
// gives none of them away: its exported fields and results name no server's
// type.
func TestLabHandsOutNoServer(t *testing.T) {
	servers := []string{"fakes/activedirectory", "fakes/connect", "fakes/entra/cloud", "fakes/mail", "fakes/phone"}
	for _, f := range product(t) {
		if f.Dir() != "lab" {
			continue
		}
		for _, server := range servers {
			for _, u := range f.Uses(tree(t).Module + "/" + server) {
				if name := exportedIn(f.Syntax, u.Node); name != "" {
					t.Errorf("%s: %s shows the type %s of %s. Forbidden: whoever holds a lab could reach into a part's memory (rule 1)", at(f, u.Line), name, u.Name, server)
				}
			}
		}
	}
}

// exportedIn names the exported field, function or type in whose declaration a
// mention stands; "" for none.
func exportedIn(file *ast.File, mention ast.Node) (name string) {
	within := func(n ast.Node) bool { return n != nil && n.Pos() <= mention.Pos() && mention.End() <= n.End() }
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.IsExported() && within(n.Type) {
				name = n.Name.Name
			}
		case *ast.Field:
			for _, id := range n.Names {
				if id.IsExported() && within(n.Type) {
					name = id.Name
				}
			}
		case *ast.TypeSpec:
			if _, structure := n.Type.(*ast.StructType); !structure && n.Name.IsExported() && within(n.Type) {
				name = n.Name.Name
			}
		}
		return true
	})
	return name
}
