// Package doctor looks for what a lab needs on a machine, and knows the
// command that mends what is missing.
//
// Looked at: a loopback address with free ports, names under localhost, a
// writable folder for temporary files, a browser that starts, and a Docker
// engine, which the embedded lab does without.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/scratch"
)

// Finding is one thing that a lab needs.
type Finding struct {
	Name  string
	Found string // what was found; empty if Err is set
	Err   error
	Mend  string // the command or the act that mends it
	// Optional: without it a lab runs, but not everything of it.
	Optional bool
}

// Line returns the finding as one line for a terminal.
func (f Finding) Line() string {
	if f.Err == nil {
		return fmt.Sprintf("ok       %-12s %s", f.Name, f.Found)
	}
	mark := "missing "
	if f.Optional {
		mark = "optional"
	}
	return fmt.Sprintf("%s %-12s %v. Mend it: %s", mark, f.Name, f.Err, f.Mend)
}

// Examine looks for everything, in at most a minute.
func Examine(ctx context.Context) []Finding {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return []Finding{ports(), names(ctx), temporary(), chrome(ctx), docker(ctx)}
}

func ports() Finding {
	f := Finding{Name: "loopback", Mend: "allow programs to listen on 127.0.0.1"}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Err = err
		return f
	}
	f.Found = "127.0.0.1 has free ports"
	f.Err = ln.Close()
	return f
}

// names looks whether the machine's own resolver knows names under localhost.
// Browsers do not need it to.
func names(ctx context.Context) Finding {
	const name = "login.ssprlab.localhost"
	f := Finding{Name: "localhost", Optional: true, Mend: "for tools other than browsers, add the lab's hosts to /etc/hosts (ssprlab up prints them)"}
	addresses, err := net.DefaultResolver.LookupHost(ctx, name)
	if err != nil {
		f.Err = fmt.Errorf("this machine does not resolve %s (browsers do by themselves)", name)
		return f
	}
	f.Found = fmt.Sprintf("%s leads to %v", name, addresses)
	return f
}

func temporary() Finding {
	f := Finding{Name: "temporary", Mend: "make " + os.TempDir() + " writable, or set TMPDIR"}
	dir, err := scratch.Make("doctor", nil)
	if err != nil {
		f.Err = err
		return f
	}
	f.Found = os.TempDir() + " is writable"
	f.Err = dir.Remove()
	return f
}

func chrome(ctx context.Context) Finding {
	f := Finding{Name: "browser", Optional: true, Mend: "see above; or use the form client: --driver http"}
	path, err := browser.Find()
	if err != nil {
		f.Err = err // names the command that installs one
		return f
	}
	b, err := browser.Launch(ctx, browser.Config{Path: path})
	if err != nil {
		f.Err = fmt.Errorf("%s does not start: %w", path, err)
		return f
	}
	f.Found = path + " starts"
	f.Err = b.Close()
	return f
}

// docker looks for the engine that directories in containers need.
func docker(ctx context.Context) Finding {
	f := Finding{Name: "docker", Optional: true}
	e, err := container.Open(ctx)
	if u := (*container.Unusable)(nil); errors.As(err, &u) {
		f.Err, f.Mend = fmt.Errorf("the engine at %s %s", u.Where, u.What), u.Mend
		return f
	}
	if err != nil {
		f.Err, f.Mend = err, "do without: the embedded directory needs no engine"
		return f
	}
	f.Found = e.String()
	f.Err = e.Close()
	return f
}
