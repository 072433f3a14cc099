package activedirectory

import (
	"testing"

	"github.com/ssprlab/ssprlab/lab/seed"
)

// BenchmarkAnswer is what the server itself takes for a sign-in, a look-up and a
// write, from the bytes of the request to those of the answer, without the
// network, TLS and client that the other benchmarks measure too.
func BenchmarkAnswer(b *testing.B) {
	const name, password = "CN=Administrator,CN=Users,DC=corp,DC=example,DC=com", "Adm1n-Passw0rd"
	for _, c := range []struct {
		what    string
		request []byte
	}{
		{"bind", encoded(func(w *writer) {
			op := w.begin(tagBindRequest)
			w.integer(tagInteger, 3)
			w.octets(tagOctets, name)
			w.octets(contextPrimitive, password)
			w.end(op)
		})},
		{"search", seedSearch(func(w *writer) {
			equal := w.begin(byte(filterEqual))
			w.octets(tagOctets, "sAMAccountName")
			w.octets(tagOctets, "Administrator")
			w.end(equal)
		})},
		{"modify", seedModify(name, "description", "x")},
	} {
		b.Run(c.what, func(b *testing.B) {
			server, err := New(Config{AdministratorPassword: password, Seed: seed.New(1)})
			if err != nil {
				b.Fatal(err)
			}
			s := newSession(server, nowhere{}, server.log)
			s.secure, s.who = true, server.identify(server.byAccountName("Administrator"))
			b.ReportAllocs()
			for b.Loop() {
				m, err := decodeMessage(c.request)
				if err != nil {
					b.Fatal(err)
				}
				if err := s.answer(m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
