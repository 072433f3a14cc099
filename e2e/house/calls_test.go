package house_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ssprlab/ssprlab/e2e/house/source"
)

// ban is a rule about what files take from a package of the standard library.
type ban struct {
	path  string
	names []string // nil: everything
	tests bool     // it holds for tests too
	why   string
}

func bans() []ban {
	return []ban{
		{
			path: "time", names: []string{"Now", "Since", "Until", "After", "AfterFunc", "NewTimer", "NewTicker"},
			why: "everything the lab decides lives on its one clock (rule 4): take a *clock.Clock. For a deadline or a measured duration in real time, put the call into one small function that says so, and add the file to the list in this test",
		},
		{
			path: "time", names: []string{"Sleep", "Tick"}, tests: true,
			why: "await a state, never sleep (rule 5): wait for what should be, with a deadline that names it",
		},
		{
			path: "math/rand", tests: true,
			why: "chance comes from the lab's seed, so that a run repeats (rule 4): take a seed.Source and its Stream",
		},
		{
			path: "math/rand/v2",
			why:  "chance comes from the lab's seed, so that a run repeats (rule 4): take a seed.Source and its Stream",
		},
		{
			path: "crypto/rand",
			why:  "chance comes from the lab's seed, so that a run repeats (rule 4). Keys, salts and nonces alone come from crypto/rand: if this is one, add the file to the list in this test",
		},
		{
			path: "github.com/google/uuid", tests: true,
			why: "it draws from the machine: seed.Stream has GUID (rule 4)",
		},
	}
}

// exception lets one file use some names of a banned package.
type exception struct {
	file, path string
	names      []string // nil: all of them
	reason     string
}

func exceptions() []exception {
	return []exception{
		{"lab/clock/clock.go", "time", nil, "this is the one clock"},
		{"lab/seed/seed.go", "math/rand/v2", []string{"New", "NewPCG", "Rand"}, "this is the one source of chance, and its generator takes the seed"},
		{"lab/pki/pki.go", "time", []string{"Now"}, "certificates live in real time, because the browser that checks them does"},
		{"lab/pki/pki.go", "crypto/rand", []string{"Reader", "Int"}, "keys and serial numbers: a key that can be repeated is no key"},
		{"scenarios/run/run.go", "time", []string{"Now", "Since"}, "the report says how long a step took in real time"},
		{"scenarios/run/outlast.go", "time", []string{"NewTicker"}, "a directory of the user's keeps real time"},
		{"lab/container/realtime.go", "time", []string{"Now", "Since", "AfterFunc", "NewTicker"}, "the Docker engine lives in real time: how long a build takes, and until when a port, a lock or a registry is waited for"},
		{"e2e/bench/table/machine.go", "time", []string{"Now"}, "a measurement is dated"},
		{"fakes/mail/listener.go", "time", []string{"Now"}, "the deadline of a connection is set in real time"},
		{"fakes/mail/mailbox/wait.go", "time", []string{"NewTicker"}, "a MailHog that is not the lab's cannot be waited on: its API is asked again until a deadline in real time"},
		{"lab/supervise/await.go", "time", []string{"NewTicker"}, "a directory server cannot say that it is up or in which time it lives: it is asked again until a deadline in real time"},
		{"fakes/connect/service.go", "time", []string{"NewTimer"}, "pauses before it dials the relay again: the network lives in real time"},
		{"fakes/connect/keys.go", "crypto/rand", []string{"Reader"}, "the writeback key pair (R-WB-06)"},
		{"fakes/connect/history.go", "crypto/rand", []string{"Read"}, "the salts and the key of a password history"},
		{"fakes/entra/credential.go", "crypto/rand", []string{"Read"}, "the salt of a password's hash"},
		{"fakes/entra/relay/agent.go", "crypto/rand", []string{"Read"}, "the random password of an agent (R-WB-04)"},
		{"fakes/entra/relay/envelope/seal.go", "crypto/rand", []string{"Read", "Reader"}, "the key that seals a password on its way (R-WB-06)"},
		{"fakes/entra/token/keyring.go", "crypto/rand", []string{"Reader"}, "the key that signs tokens"},
		{"fakes/entra/token/refresh.go", "crypto/rand", []string{"Read"}, "the nonce of a sealed refresh token"},
		{"fakes/entra/token/service.go", "crypto/rand", []string{"Read"}, "the key that seals refresh tokens"},
	}
}

// TestOneClockOneSeed proves rule 4: nothing but the lab's clock asks the
// machine for the time, and nothing but its seed for chance.
func TestOneClockOneSeed(t *testing.T) {
	needed := map[string]bool{}
	for _, b := range bans() {
		for _, f := range tree(t).Files {
			if f.Test() && !b.tests {
				continue
			}
			for _, u := range f.Uses(b.path) {
				if b.names != nil && u.Name != "." && !slices.Contains(b.names, u.Name) {
					continue
				}
				if e := excepted(f, b.path, u.Name); e != "" {
					needed[e] = true
					continue
				}
				t.Errorf("%s uses %s.%s. Forbidden: %s", at(f, u.Line), b.path, u.Name, b.why)
			}
		}
	}
	for _, e := range exceptions() {
		for _, name := range e.names {
			if !needed[e.key(name)] {
				t.Errorf("%s no longer uses %s.%s: take it off the list of exceptions (%s)", e.file, e.path, name, e.reason)
			}
		}
	}
}

func (e exception) key(name string) string { return fmt.Sprintf("%s: %s.%s", e.file, e.path, name) }

// excepted returns the key of the exception that lets a file use a name; "" if
// there is none.
func excepted(f *source.File, path, name string) string {
	for _, e := range exceptions() {
		if e.file == f.Path && e.path == path && (e.names == nil || slices.Contains(e.names, name)) {
			return e.key(name)
		}
	}
	return ""
}
