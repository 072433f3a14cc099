package directory

import (
	"fmt"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// Controls of Active Directory that this package sends.
const (
	oidSDFlags        = "1.2.840.113556.1.4.801"
	oidTreeDelete     = "1.2.840.113556.1.4.805"
	oidPolicyHints    = "1.2.840.113556.1.4.2239" // 2012 and later, R-WB-35
	oidPolicyHintsOld = "1.2.840.113556.1.4.2066" // 2008 R2
)

// control is a critical control. It exists because go-ldap's own encode TRUE
// as 0x01, which Samba reads as FALSE and then ignores what it does not know.
type control struct {
	oid   string
	value []byte // nil: none
}

// GetControlType returns the OID.
func (c control) GetControlType() string { return c.oid }

// String names the control for traces.
func (c control) String() string { return fmt.Sprintf("control %s, critical", c.oid) }

// Encode returns the control as RFC 4511 wants it.
func (c control) Encode() *ber.Packet {
	p := ber.NewSequence("Control")
	p.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, c.oid, "OID"))
	p.AppendChild(ber.NewLDAPBoolean(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, true, "Criticality"))
	if c.value != nil {
		p.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, string(c.value), "Value"))
	}
	return p
}

// integerControl carries SEQUENCE { INTEGER n }, n below 128.
func integerControl(oid string, n byte) ldap.Control {
	return control{oid, []byte{0x30, 0x03, 0x02, 0x01, n}}
}

// sdFlags asks for the discretionary part of a security descriptor alone; the
// rest needs rights that an ordinary account lacks.
func sdFlags() ldap.Control { return integerControl(oidSDFlags, 4) }

// paging is RFC 2696's control, critical, so that a server without paging says
// so instead of cutting the answer.
func paging(size int, cookie []byte) ldap.Control {
	seq := ber.NewSequence("Paging")
	seq.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, int64(size), "Size"))
	seq.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, string(cookie), "Cookie"))
	return control{ldap.ControlTypePaging, seq.Bytes()}
}
