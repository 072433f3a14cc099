package conformance_test

import (
	"testing"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/directory"
)

const lenient = "Active Directory refuses it, and what the lab takes by mistake would be found out too late"

// TestSamba plays every case on Samba in a container and on the embedded
// directory, both at the date of the field notes, and holds their answers
// against each other.
func TestSamba(t *testing.T) {
	comparison{
		name: "Samba", file: "samba.md",
		meant: map[string]string{
			"write the count of wrong passwords":                    lenient,
			"lock by hand":                                          lenient,
			"enable an account without a password":                  lenient,
			"make an account with an account name of 21 characters": lenient,
			"move to no container":                                  "RFC 4511 has this result for a new superior that is not there; Samba reports an error of its own",
		},
	}.run(t, contained(t, container.Samba, directory.ActiveDirectory, fieldNotes()), embedded(t))
}
