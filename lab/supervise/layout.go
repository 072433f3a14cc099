package supervise

import (
	"fmt"
	"path/filepath"
)

// Where an image has what lasts no longer than the container. RunFolder is where
// the supervisor puts what the server reads: in the folder tls the files
// cert.pem, key.pem and ca.pem. StateFolder, below it, is what the server writes,
// with its configuration as far as it depends on the domain. The RunFolder should
// lie in memory: some engines answer for every file of a container by a process
// of their own.
const (
	RunFolder   = "/run/ssprlab"
	StateFolder = RunFolder + "/state"
)

// Layout says where things are. An image has them where [ImageLayout] says.
type Layout struct {
	Run       string // see [RunFolder]
	Clock     string // file that says how far the server is ahead; read thousands of times a second, so in memory
	State     string // see [StateFolder]
	Pristine  string // see [Pristine]
	Provision string // see [Provision]
	Others    string // pristine states of other domains are kept here
	Library   string // libfaketime; "" starts the server without
	URL       string // of the server
}

// ImageLayout returns the layout of an image, which is the same for every kind.
func ImageLayout() (Layout, error) {
	// The folder in between is named after the processor.
	const library = "/usr/lib/*/faketime/libfaketimeMT.so.1"
	found, err := filepath.Glob(library)
	if err != nil || len(found) == 0 {
		return Layout{}, fmt.Errorf("no file is called %s: the image needs the package faketime", library)
	}
	return Layout{Run: RunFolder, Clock: "/dev/shm/ssprlab-clock", State: StateFolder, Pristine: Pristine, Provision: Provision,
		Others: "/var/lib/ssprlab/pristine", Library: found[0], URL: "ldaps://127.0.0.1:636"}, nil
}

func (l Layout) tls(name string) string { return filepath.Join(l.Run, "tls", name) }

// ControlFolder is where an image looks for the control's certificate and key,
// the files cert.pem and key.pem: copy them there before the container starts.
const ControlFolder = "/etc/ssprlab/control"
