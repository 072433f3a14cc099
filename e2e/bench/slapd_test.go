package bench

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// slapd is OpenLDAP's server with the least that it can hold people with: three
// schemas and one empty database. It has no TLS, which is to its advantage.
type slapd struct {
	path, dir string
	admin     string
}

const slapdConfig = `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "dc=example,dc=com"
rootdn "cn=admin,dc=example,dc=com"
rootpw %s
directory %s
`

const slapdPassword = "bench"

func findSlapd(b *testing.B) *slapd {
	b.Helper()
	path, err := exec.LookPath("slapd")
	if err != nil {
		path = "/usr/sbin/slapd" // not on the path of users
	}
	if _, err := os.Stat(path); err != nil {
		b.Skipf("the yardstick is missing: %v (apt-get install slapd)", err)
	}
	s := &slapd{path: path, dir: b.TempDir(), admin: "cn=admin,dc=example,dc=com"}
	data := filepath.Join(s.dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(s.config(), fmt.Appendf(nil, slapdConfig, slapdPassword, data), 0o600); err != nil {
		b.Fatal(err)
	}
	return s
}

func (s *slapd) config() string { return filepath.Join(s.dir, "slapd.conf") }

// firstBind takes the time from exec to the first bind, and stops slapd.
func (s *slapd) firstBind(b *testing.B, into *samples) {
	address := freeAddress(b)
	run := exec.Command(s.path, "-h", "ldap://"+address, "-f", s.config(), "-d", "0") // -d: in the foreground
	into.measure(func() {
		if err := run.Start(); err != nil {
			b.Fatal(err)
		}
		conn := s.dial(b, address)
		if err := conn.Bind(s.admin, slapdPassword); err != nil {
			b.Fatal(err)
		}
		conn.Close()
	})
	run.Process.Signal(os.Interrupt)
	run.Wait()
}

// dial asks until slapd listens. The pause is short beside what it measures.
func (s *slapd) dial(b *testing.B, address string) *ldap.Conn {
	again := time.NewTicker(200 * time.Microsecond)
	defer again.Stop()
	deadline := time.After(10 * time.Second)
	for {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			l := ldap.NewConn(conn, false)
			l.Start()
			return l
		}
		select {
		case <-again.C:
		case <-deadline:
			b.Fatalf("waited 10 s for slapd to listen on %s: %v", address, err)
		}
	}
}

func freeAddress(b *testing.B) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}
