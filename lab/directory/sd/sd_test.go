package sd_test

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

func sid(t testing.TB, text string) sd.SID {
	t.Helper()
	s, err := sd.ParseSID(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSIDBothWays(t *testing.T) {
	for text, binary := range map[string]string{
		"S-1-1-0":      "010100000000000100000000",
		"S-1-5-32-544": "01020000000000052000000020020000",
		"S-1-5-21-26659174-1903393169-3574662435-1103": "010500000000000515000000" + "66c99601" + "91797371" + "230511d5" + "4f040000",
		"S-1-281474976710655":                          "0100ffffffffffff",
	} {
		s := sid(t, text)
		if got := hex.EncodeToString(s.Bytes()); got != binary {
			t.Errorf("%s is %s, want %s", text, got, binary)
		}
		back, err := sd.SIDFromBytes(s.Bytes())
		if err != nil || back != s || back.String() != text {
			t.Errorf("%s came back as %s, %v", text, back, err)
		}
	}
}

func TestSIDRefusesWhatIsNone(t *testing.T) {
	for _, text := range []string{"", "S", "S-1", "S-2-5-1", "S-1-x", "S-1-5-x", "S-1-5-4294967296", "S-1-281474976710656",
		"S-1-5" + strings.Repeat("-1", 16)} {
		if s, err := sd.ParseSID(text); err == nil {
			t.Errorf("%q was read as %s", text, s)
		}
	}
	for _, binary := range []string{"", "0101", "0201000000000005", "0101000000000005", "0110000000000005", "01000000000000050a"} {
		b, _ := hex.DecodeString(binary)
		if s, err := sd.SIDFromBytes(b); err == nil {
			t.Errorf("%s was read as %s", binary, s)
		}
	}
}

func TestAccountAndDomain(t *testing.T) {
	domain := sid(t, "S-1-5-21-1-2-3")
	account, err := domain.WithRID(1104)
	if err != nil || account.String() != "S-1-5-21-1-2-3-1104" || account.RID() != 1104 || account.Domain() != domain {
		t.Errorf("account %s, RID %d, domain %s, %v", account, account.RID(), account.Domain(), err)
	}
	if _, err := sid(t, "S-1-5"+strings.Repeat("-1", 15)).WithRID(1); err == nil {
		t.Error("a sixteenth sub-authority was accepted")
	}
}

func TestGUIDIsMixedEndian(t *testing.T) {
	g, err := sd.ParseGUID("{00299570-246D-11d0-a768-00aa006e0529}")
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(g.Bytes()); got != "709529006d24d011a76800aa006e0529" {
		t.Errorf("bytes %s", got)
	}
	back, err := sd.GUIDFromBytes(g.Bytes())
	if err != nil || back.String() != "00299570-246d-11d0-a768-00aa006e0529" {
		t.Errorf("came back as %s, %v", back, err)
	}
	for _, text := range []string{"", "00299570246d11d0a76800aa006e0529", "0029957g-246d-11d0-a768-00aa006e0529"} {
		if _, err := sd.ParseGUID(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	if _, err := sd.GUIDFromBytes(make([]byte, 15)); err == nil {
		t.Error("15 bytes were read")
	}
}

// The GUIDs are those of R-WB-25, R-WB-26, R-WB-29 and R-WB-102.
func TestWellKnown(t *testing.T) {
	for want, got := range map[string]sd.GUID{
		"00299570-246d-11d0-a768-00aa006e0529": sd.ResetPassword(),
		"ab721a53-1e2f-11d0-9819-00aa0040529b": sd.ChangePassword(),
		"ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501": sd.UnexpirePassword(),
		"1131f6aa-9c07-11d1-f79f-00c04fc2dcd2": sd.GetChanges(),
		"1131f6ad-9c07-11d1-f79f-00c04fc2dcd2": sd.GetChangesAll(),
		"28630ebf-41d5-11d1-a9c1-0000f80367c1": sd.LockoutTime(),
		"bf967a0a-0de6-11d0-a285-00aa003049e2": sd.PwdLastSet(),
		"bf967aba-0de6-11d0-a285-00aa003049e2": sd.UserClass(),
	} {
		if got.String() != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for want, got := range map[string]sd.SID{"S-1-1-0": sd.Everyone(), "S-1-3-0": sd.CreatorOwner(), "S-1-5-7": sd.Anonymous(),
		"S-1-5-10": sd.Self(), "S-1-5-11": sd.AuthenticatedUsers(), "S-1-5-18": sd.System(), "S-1-5-32-544": sd.Administrators()} {
		if got.String() != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func sample(t testing.TB) *sd.Descriptor {
	msol := sid(t, "S-1-5-21-1-2-3-1104")
	return &sd.Descriptor{
		Control: sd.DACLAutoInherited | sd.DACLProtected,
		Owner:   sd.Administrators(),
		Group:   sd.System(),
		SACL:    &sd.ACL{Entries: []sd.ACE{{Type: sd.Audit, Flags: 0x40, Mask: sd.WriteDACL, SID: sd.Everyone()}}},
		DACL: &sd.ACL{Entries: []sd.ACE{
			{Type: sd.DenyObject, Mask: sd.ControlAccess, Object: sd.ChangePassword(), SID: sd.Self()},
			{Type: sd.Allow, Mask: sd.FullControl, SID: sd.Administrators()},
			sd.AllowRight(msol, sd.ResetPassword(), sd.UserClass()),
			sd.AllowWrite(msol, sd.LockoutTime(), sd.UserClass()),
			{Type: sd.AllowObject, Mask: sd.CreateChild, InheritedObject: sd.UserClass(), SID: msol, Data: []byte{1, 2, 3, 4}},
			{Type: 9, Flags: sd.Inherited, Data: []byte("opaque..")},
		}},
	}
}

func TestDescriptorBothWays(t *testing.T) {
	d := sample(t)
	b, err := d.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	back, err := sd.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if back.Control != d.Control|sd.DACLPresent|sd.SACLPresent|sd.SelfRelative {
		t.Errorf("control %#x", back.Control)
	}
	if back.Owner != d.Owner || back.Group != d.Group || !reflect.DeepEqual(back.DACL.Entries, d.DACL.Entries) ||
		!reflect.DeepEqual(back.SACL.Entries, d.SACL.Entries) {
		t.Errorf("came back as %+v", back)
	}
	if back.DACL.Revision != 4 || back.SACL.Revision != 2 {
		t.Errorf("revisions %d and %d, want 4 (object entries) and 2", back.DACL.Revision, back.SACL.Revision)
	}
}

// Other writers put owner and group before the lists; only the offsets count.
func TestParseAnotherLayout(t *testing.T) {
	b, _ := hex.DecodeString("0100048c" + "14000000" + "30000000" + "00000000" + "4c000000" +
		"010500000000000515000000010000000200000003000000" + "00020000" +
		"010500000000000515000000010000000200000003000000" + "00020000" +
		"04001c0001000000" + "00001400" + "94000200" + "01010000000000050b000000")
	d, err := sd.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if d.Owner.String() != "S-1-5-21-1-2-3-512" || d.Group != d.Owner || d.SACL != nil || len(d.DACL.Entries) != 1 {
		t.Fatalf("read as %+v", d)
	}
	e := d.DACL.Entries[0]
	if !e.Allows() || e.Denies() || e.SID != sd.AuthenticatedUsers() || e.Mask != 0x20094 {
		t.Errorf("entry %+v", e)
	}
}

func TestParseRefusesGarbage(t *testing.T) {
	good, err := sample(t).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for n := range good {
		if d, err := sd.Parse(good[:n]); err == nil && n < 20 {
			t.Errorf("the first %d bytes were read as %+v", n, d)
		}
	}
	broken := func(at int, value byte) []byte { b := bytes.Clone(good); b[at] = value; return b }
	for name, b := range map[string][]byte{
		"revision":        broken(0, 2),
		"absolute":        broken(3, 0),
		"owner offset":    broken(7, 0xff),
		"DACL in header":  broken(16, 4),
		"ACL revision":    broken(20, 3),
		"ACL size":        broken(23, 0xff),
		"number of ACEs":  broken(24, 0xff),
		"size of an ACE":  broken(30, 0),
		"SID in an entry": broken(36, 7),
	} {
		if _, err := sd.Parse(b); err == nil {
			t.Errorf("broken %s was read", name)
		}
	}
}

func TestMarshalRefusesWhatDoesNotFit(t *testing.T) {
	long := sd.ACE{Type: sd.Allow, SID: sd.Everyone(), Data: make([]byte, 70_000)}
	if _, err := (&sd.Descriptor{DACL: &sd.ACL{Entries: []sd.ACE{long}}}).Marshal(); err == nil {
		t.Error("an entry of 70 kB was written")
	}
	many := make([]sd.ACE, 4000)
	for i := range many {
		many[i] = sd.ACE{Type: sd.Allow, SID: sd.Everyone()}
	}
	if _, err := (&sd.Descriptor{DACL: &sd.ACL{Entries: many}}).Marshal(); err == nil {
		t.Error("a list of 80 kB was written")
	}
}

func TestAppendKeepsTheCanonicalOrder(t *testing.T) {
	var d sd.Descriptor
	inherited := sd.ACE{Type: sd.Allow, Flags: sd.Inherited, Mask: sd.ReadProperty, SID: sd.Everyone()}
	allow := sd.AllowRight(sd.AuthenticatedUsers(), sd.ResetPassword(), sd.UserClass())
	deny := sd.ACE{Type: sd.DenyObject, Mask: sd.ControlAccess, Object: sd.ChangePassword(), SID: sd.Self()}
	d.Append(inherited)
	d.Append(allow, deny)
	d.Append(allow)
	if want := []sd.ACE{deny, allow, inherited}; !reflect.DeepEqual(d.DACL.Entries, want) {
		t.Errorf("order %+v", d.DACL.Entries)
	}
}

func FuzzParse(f *testing.F) {
	good, err := sample(f).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte{})
	f.Add(make([]byte, 20))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := sd.Parse(b)
		if err != nil {
			return
		}
		again, err := d.Marshal()
		if err != nil {
			return // lists that overlap in b need not fit when written one after the other
		}
		back, err := sd.Parse(again)
		if err != nil {
			t.Fatalf("what Marshal wrote cannot be read: %v", err)
		}
		if back.Owner != d.Owner || back.Group != d.Group || (back.DACL == nil) != (d.DACL == nil) {
			t.Fatalf("%+v came back as %+v", d, back)
		}
	})
}

func FuzzNames(f *testing.F) {
	f.Add("S-1-5-21-1-2-3-500")
	f.Add("00299570-246d-11d0-a768-00aa006e0529")
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := sd.ParseSID(text); err == nil {
			if back, err := sd.ParseSID(s.String()); err != nil || back != s {
				t.Fatalf("%q: %s came back as %s, %v", text, s, back, err)
			}
		}
		if g, err := sd.ParseGUID(text); err == nil {
			if back, err := sd.ParseGUID(g.String()); err != nil || back != g {
				t.Fatalf("%q: %s came back as %s, %v", text, g, back, err)
			}
		}
	})
}
