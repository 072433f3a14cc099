package activedirectory

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/seed"
)

// nowhere is a connection that swallows what is written.
type nowhere struct{ net.Conn }

func (nowhere) Write(b []byte) (int, error)      { return len(b), nil }
func (nowhere) SetWriteDeadline(time.Time) error { return nil }

// encoded writes messages for the seed corpus.
func encoded(build func(*writer)) []byte {
	var w writer
	w.integer(tagInteger, 7)
	build(&w)
	return w.out
}

func seedSearch(filter func(*writer), controls ...control) []byte {
	return encoded(func(w *writer) {
		op := w.begin(tagSearchRequest)
		w.octets(tagOctets, "DC=corp,DC=example,DC=com")
		w.integer(tagEnumerated, scopeSub)
		w.integer(tagEnumerated, 0)
		w.integer(tagInteger, 0)
		w.integer(tagInteger, 5)
		w.integer(tagBoolean, 0)
		filter(w)
		w.end(w.begin(tagSequence))
		w.end(op)
		writeControls(w, controls)
	})
}

// seedModify replaces an attribute by one value, or changes it from the first of
// two to the second.
func seedModify(name, attribute string, values ...string) []byte {
	ops := []changeOp{opDelete, opAdd}
	if len(values) == 1 {
		ops = []changeOp{opReplace}
	}
	return encoded(func(w *writer) {
		op := w.begin(tagModifyRequest)
		w.octets(tagOctets, name)
		list := w.begin(tagSequence)
		for i, v := range values {
			one := w.begin(tagSequence)
			w.integer(tagEnumerated, int64(ops[i]))
			body := w.begin(tagSequence)
			w.octets(tagOctets, attribute)
			set := w.begin(tagSet)
			w.octets(tagOctets, v)
			w.end(set)
			w.end(body)
			w.end(one)
		}
		w.end(list)
		w.end(op)
	})
}

// FuzzMessage gives any bytes as a request to a server, by the Administrator
// and by nobody. They may fail in every way but by a panic.
func FuzzMessage(f *testing.F) {
	f.Add(seedSearch(func(w *writer) { w.octets(byte(filterPresent), "objectClass") }, pagingReply("")))
	f.Add(seedSearch(func(w *writer) {
		and := w.begin(byte(filterAnd))
		equal := w.begin(byte(filterEqual))
		w.octets(tagOctets, "memberOf")
		w.octets(tagOctets, "CN=Domain Admins,CN=Users,DC=corp,DC=example,DC=com")
		w.end(equal)
		rule := w.begin(byte(filterExtensible))
		w.octets(contextPrimitive|1, ruleInChain)
		w.octets(contextPrimitive|2, "memberOf")
		w.octets(contextPrimitive|3, "<SID=S-1-5-32-544>")
		w.end(rule)
		w.end(and)
	}))
	f.Add(seedModify("CN=Administrator,CN=Users,DC=corp,DC=example,DC=com", "unicodePwd", "\"\x00x\x00\"\x00", "\"\x00y\x00\"\x00"))
	f.Add(seedModify("CN=Domain Admins,CN=Users,DC=corp,DC=example,DC=com", "member", "CN=Guest,CN=Users,DC=corp,DC=example,DC=com"))
	f.Add(encoded(func(w *writer) {
		w.octets(tagDeleteRequest, "CN=Guest,CN=Users,DC=corp,DC=example,DC=com")
		writeControls(w, []control{{oid: oidTreeDelete}})
	}))
	f.Add(encoded(func(w *writer) {
		op := w.begin(tagBindRequest)
		w.integer(tagInteger, 3)
		w.octets(tagOctets, `CORP\Administrator`)
		w.octets(contextPrimitive, "Adm1n-Passw0rd")
		w.end(op)
	}))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decodeMessage(b)
		if err != nil || m.op == nil {
			return
		}
		for _, bound := range []bool{true, false} {
			server, err := New(Config{AdministratorPassword: "Adm1n-Passw0rd", Seed: seed.New(1)})
			if err != nil {
				t.Fatal(err)
			}
			s := newSession(server, nowhere{}, server.log)
			if bound {
				s.secure, s.who = true, server.identify(server.byAccountName("Administrator"))
			}
			if err := s.answer(m); err != nil && !s.upgrade {
				t.Fatalf("%s: %v", m.op.label(), err)
			}
		}
	})
}

// FuzzStream reads messages from any stream.
func FuzzStream(f *testing.F) {
	f.Add([]byte{0x30, 0x84, 0, 0, 0, 2, 1, 2})
	f.Add([]byte{0x30, 0x84, 0x00, 0x9f, 0xff, 0xff, 1, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		in := bufio.NewReader(bytes.NewReader(b))
		for {
			body, err := readMessage(in)
			if err != nil {
				if err == io.EOF && in.Buffered() > 0 {
					t.Fatal("the end before the end")
				}
				return
			}
			if len(body) > len(b) {
				t.Fatalf("%d bytes out of %d", len(body), len(b))
			}
		}
	})
}

// FuzzDN sees that what is written of a name is read as the same name.
func FuzzDN(f *testing.F) {
	for _, text := range []string{`CN=Berg\, Anna,OU=a\2Bb,DC=x`, `CN=\ x\ ,DC=y`, `cn = a b , dc=c`, `CN=\#1`, "CN=a\\0Ab", `CN=\C3\84`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, err := parseDN(text)
		if err != nil {
			return
		}
		again, err := parseDN(name.String())
		if err != nil || !slices.Equal(name, again) {
			t.Fatalf("%q was read as %q, written as %q and read again as %q, %v", text, name, name.String(), again, err)
		}
	})
}
