package directory

import (
	"fmt"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// OnRoot reports whether a directory keeps the right on the domain's root.
func (r Right) OnRoot() bool {
	e, err := r.entry()
	return err == nil && e.onRoot
}

// SDDL returns the entry of an access list that gives the right to the account
// with that SID (S-1-5-…), in the form that administrators' tools take
// (R-WB-102): on users below a container, or on the domain's root.
func (r Right) SDDL(sid string) (string, error) {
	e, err := r.entry()
	if err != nil {
		return "", err
	}
	who, err := sd.ParseSID(sid)
	if err != nil {
		return "", fmt.Errorf("%s for %q: %w", r, sid, err)
	}
	mask := "CR"
	if e.mask == sd.WriteProperty {
		mask = "WP"
	}
	if e.onRoot {
		return fmt.Sprintf("(OA;;%s;%s;;%s)", mask, e.object, who), nil
	}
	return fmt.Sprintf("(OA;CIIO;%s;%s;%s;%s)", mask, e.object, sd.UserClass(), who), nil
}
