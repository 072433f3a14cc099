package directory

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab/pki"
)

// script is a server for what no directory does on purpose: it drops
// connections and keeps silent. It answers what it is asked in as few words as
// LDAP allows.
type script struct {
	listener  net.Listener
	authority *pki.Authority
	running   sync.WaitGroup

	dialled  atomic.Int32
	searches atomic.Int32
	modifies atomic.Int32

	offers []string // controls that the rootDSE lists; set before it is opened

	mu     sync.Mutex
	conns  []net.Conn
	plan   func(tag ber.Tag) act
	modify []byte // the last one as it came
}

// act is what the script does with a request.
type act int

const (
	answer act = iota
	refuse49
	drop // the connection, instead of an answer
	silence
)

func newScript(t *testing.T) *script {
	t.Helper()
	authority, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	config, err := authority.ServerConfig("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{listener: listener, authority: authority}
	s.running.Go(s.accept)
	t.Cleanup(func() {
		listener.Close()
		s.hangUp()
		s.running.Wait()
	})
	return s
}

// will sets what the server does with the requests to come.
func (s *script) will(plan func(tag ber.Tag) act) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = plan
}

// once plans one act for the next request with that tag, and answers after it.
func (s *script) once(tag ber.Tag, a act) {
	var done atomic.Bool
	s.will(func(got ber.Tag) act {
		if got == tag && done.CompareAndSwap(false, true) {
			return a
		}
		return answer
	})
}

// hangUp drops every connection there is.
func (s *script) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.Close()
	}
	s.conns = nil
}

func (s *script) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.dialled.Add(1)
		s.mu.Lock()
		s.conns = append(s.conns, c)
		s.mu.Unlock()
		s.running.Go(func() { s.serve(c) })
	}
}

func (s *script) serve(c net.Conn) {
	defer c.Close()
	for {
		packet, err := ber.ReadPacket(c)
		if err != nil || len(packet.Children) < 2 {
			return
		}
		id, tag := packet.Children[0].Value.(int64), packet.Children[1].Tag
		if tag == ldap.ApplicationModifyRequest {
			s.mu.Lock()
			s.modify = packet.Bytes()
			s.mu.Unlock()
		}
		switch s.decide(tag) {
		case drop:
			return
		case answer:
			if !s.answer(c, id, tag) {
				return
			}
		case refuse49:
			c.Write(result(id, tag+1, ldap.LDAPResultInvalidCredentials, bindText+"52e, v1db1"))
		case silence:
		}
	}
}

func (s *script) decide(tag ber.Tag) act {
	switch tag {
	case ldap.ApplicationSearchRequest:
		s.searches.Add(1)
	case ldap.ApplicationModifyRequest:
		s.modifies.Add(1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.plan == nil {
		return answer
	}
	return s.plan(tag)
}

func (s *script) answer(c net.Conn, id int64, tag ber.Tag) bool {
	if tag == ldap.ApplicationUnbindRequest {
		return false
	}
	if tag == ldap.ApplicationSearchRequest {
		c.Write(oneEntry(id, s.offers))
		tag++ // the entry's tag lies between those of request and result
	}
	c.Write(result(id, tag+1, 0, ""))
	return true
}

func message(id int64, op *ber.Packet) []byte {
	p := ber.NewSequence("message")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, "id"))
	p.AppendChild(op)
	return p.Bytes()
}

func octets(text string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, text, "")
}

func result(id int64, tag ber.Tag, code int64, text string) []byte {
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "result")
	op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, code, "code"))
	op.AppendChild(octets(""))
	op.AppendChild(octets(text))
	return message(id, op)
}

// oneEntry is a rootDSE with those controls, which will also pass for any other
// object.
func oneEntry(id int64, controls []string) []byte {
	attributes := ber.NewSequence("attributes")
	attributes.AppendChild(attribute("defaultNamingContext", "DC=example,DC=test"))
	attributes.AppendChild(attribute("supportedControl", controls...))
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationSearchResultEntry, nil, "entry")
	op.AppendChild(octets("DC=example,DC=test"))
	op.AppendChild(attributes)
	return message(id, op)
}

func attribute(name string, texts ...string) *ber.Packet {
	values := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "values")
	for _, text := range texts {
		values.AppendChild(octets(text))
	}
	p := ber.NewSequence("attribute")
	p.AppendChild(octets(name))
	p.AppendChild(values)
	return p
}

// open opens the script as a directory.
func (s *script) open(t *testing.T, change ...func(*Config)) *Directory {
	t.Helper()
	config := Config{URL: "ldaps://" + s.listener.Addr().String(), RootCAs: s.authority.Pool(),
		User: "msol@example.test", Password: "Connector-1", Timeout: 10 * time.Second}
	for _, c := range change {
		c(&config)
	}
	d, err := Open(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func impatient(c *Config) { c.Timeout = 2 * time.Second }

func single(c *Config) { c.Connections = 1 }
