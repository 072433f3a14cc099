package conformance_test

import (
	"testing"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/directory"
)

// TestOpenLDAP plays every case on OpenLDAP in a container and on the embedded
// directory, both at the date of the field notes. A sub-code of slapd's is the
// error of the password policy control.
func TestOpenLDAP(t *testing.T) {
	const (
		history = "ppolicy checks the history of every set, unless by somebody with manage access (R-WB-111)"
		anchors = "mS-DS-ConsistencyGuid is Active Directory's; an anchor is an entryUUID, which nobody can write"
		hours   = "logon hours are Active Directory's"
		states  = "slapd looks at the state of an account before its password, so it tells the state to anybody"
	)
	comparison{
		name: "OpenLDAP", file: "openldap.md",
		codes: "the same, in slapd's codes",
		other: map[string]string{
			"bind by DOMAIN and name":                                "there are no NetBIOS names",
			"bind outside of the logon hours":                        hours,
			"bind within the logon hours":                            hours,
			"bind of who must change outside of the logon hours":     hours,
			"the anchor is the consistency GUID where there is one":  anchors,
			"the object GUID is no anchor beside a consistency GUID": anchors,
			"two accounts of one anchor":                             anchors,
			"the rootDSE lists the controls that are used":           "the controls for security descriptors and trees are Active Directory's; here access lines and one delete after the other do for them",
			"a lock is a change, and a wrong password is none":       "ppolicy writes each wrong password into the entry, and so changes it",
			"set ends the old one":                                   "the old password counts as any wrong one",
		},
		meant: map[string]string{
			"bind of a disabled account with a wrong password":           states,
			"bind of an expired account with a wrong password":           states,
			"set the same one twice":                                     history,
			"set an earlier one":                                         history,
			"set within the minimum age":                                 "ppolicy checks the age of every set, unless by somebody with manage access (R-WB-111)",
			"set one that is not in quotes":                              "there is no unicodePwd; userPassword takes the password as it is",
			"set does not unlock":                                        "a set unlocks in any case (R-WB-113)",
			"change of a disabled account":                               "the owner changes it, and cannot sign in",
			"change to one that the history forgot":                      "pwdInHistory counts those before the present one",
			"nobody sets a password without the right, not even the own": "who may change the own password may also set it, unless pwdSafeModify asks everybody for the old one",
			"write a name of 65 characters":                              "slapd does not keep to lengths",
			"write twice what may be there once":                         "inetOrgPerson may have several given names",
		},
	}.run(t, contained(t, container.OpenLDAP, directory.OpenLDAP, fieldNotes()), embedded(t))
}
