package entra

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/mail"
)

// post is a mail catcher that counts the connections made to it.
type post struct {
	catcher *mail.Catcher
	net.Listener
	dialled atomic.Int32

	mu    sync.Mutex
	conns []net.Conn
}

func (p *post) Accept() (net.Conn, error) {
	c, err := p.Listener.Accept()
	if err == nil {
		p.dialled.Add(1)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.conns = append(p.conns, c)
	}
	return c, err
}

// hangUp ends every connection from the server's side.
func (p *post) hangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
}

func openPost(t *testing.T) *post {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &post{catcher: mail.New(mail.Config{}), Listener: ln}
	done := make(chan error)
	go func() { done <- p.catcher.ServeSMTP(p) }()
	t.Cleanup(func() {
		if err := p.catcher.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return p
}

var letter = []byte("Subject: hello\r\n\r\nhello\r\n")

func TestOneConnectionServesMailAfterMail(t *testing.T) {
	p := openPost(t)
	c := &courier{address: p.Addr().String()}
	defer c.close()
	for range 3 {
		if err := c.hand(t.Context(), "ada@example.com", letter); err != nil {
			t.Fatal(err)
		}
	}
	if n := p.dialled.Load(); n != 1 {
		t.Errorf("3 mails took %d connections", n)
	}
}

func TestAMailServerThatHangsUpIsDialledAgain(t *testing.T) {
	p := openPost(t)
	c := &courier{address: p.Addr().String()}
	defer c.close()
	if err := c.hand(t.Context(), "ada@example.com", letter); err != nil {
		t.Fatal(err)
	}
	p.hangUp()
	if err := c.hand(t.Context(), "ada@example.com", letter); err != nil {
		t.Fatal(err)
	}
	if n := p.dialled.Load(); n != 2 {
		t.Errorf("%d connections were dialled, expected 2", n)
	}
}

func TestAClosedCourierKeepsNothing(t *testing.T) {
	p := openPost(t)
	c := &courier{address: p.Addr().String()}
	c.close()
	if err := c.hand(t.Context(), "ada@example.com", letter); err != nil {
		t.Fatal(err)
	}
	if len(c.idle) != 0 {
		t.Error("a connection is kept")
	}
}
