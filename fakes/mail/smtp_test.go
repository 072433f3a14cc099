package mail_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/mail"
)

// talker speaks SMTP by hand.
type talker struct {
	net.Conn
	r *bufio.Reader
}

func dial(t *testing.T, address string) *talker {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	k := &talker{c, bufio.NewReader(c)}
	k.expect(t, "220")
	return k
}

func (k *talker) expect(t *testing.T, code string) string {
	t.Helper()
	for {
		line, err := k.r.ReadString('\n')
		if err != nil {
			t.Fatalf("wait for %s: %v", code, err)
		}
		if len(line) > 3 && line[3] == '-' {
			continue
		}
		if !strings.HasPrefix(line, code) {
			t.Fatalf("got %q, want %s", line, code)
		}
		return line
	}
}

func (k *talker) command(t *testing.T, line, code string) string {
	t.Helper()
	if _, err := fmt.Fprintf(k, "%s\r\n", line); err != nil {
		t.Fatal(err)
	}
	return k.expect(t, code)
}

func TestSMTPRefusesWhatItMust(t *testing.T) {
	r := open(t, mail.Config{MaxMessageBytes: 5000})
	raw := dial(t, r.smtp)
	raw.command(t, "MAIL FROM:<a@example.com>", "502") // before the greeting
	raw.command(t, "EHLO there", "250")
	raw.command(t, "STARTTLS", "502")
	raw.command(t, "RCPT TO:<b@example.com>", "502")
	raw.command(t, "MAIL FROM:nonsense", "501")
	raw.command(t, "MAIL FROM:<a@example.com> SIZE=999999", "552")
	raw.command(t, "MAIL FROM:<a@example.com> BODY=8BITMIME SMTPUTF8", "250")
	raw.command(t, "DATA", "502")
	raw.command(t, "RCPT TO:<ädele@exämple.com>", "250")
	raw.command(t, "DATA", "354")
	raw.command(t, "Subject: large\r\n\r\n"+strings.Repeat("a line of text\r\n", 1000)+".", "552")
	raw.command(t, "MAIL FROM:<>", "250") // a notice of delivery has no sender
	raw.command(t, "RCPT TO:<ädele@exämple.com>", "250")
	raw.command(t, "DATA", "354")
	if line := raw.command(t, "Subject: ünïcode\r\n\r\nñ\r\n.", "250"); !strings.Contains(line, r.newestID(t)) {
		t.Errorf("answer %q does not name the mail", line)
	}
	raw.command(t, "QUIT", "221")
	if _, _, body := r.request(t, "GET", r.api.URL+"/api/v2/messages"); !strings.Contains(body, "ünïcode") || strings.Contains(body, "large") {
		t.Errorf("kept: %s", body)
	}
}

func TestTooManyBadCommandsEndTheConnection(t *testing.T) {
	raw := dial(t, open(t, mail.Config{}).smtp)
	for range 4 {
		raw.command(t, "RUBB", "500")
	}
	raw.expect(t, "500")
	if _, err := raw.r.ReadByte(); err != io.EOF {
		t.Errorf("after the last bad command: %v, want the end", err)
	}
}

func TestALineWithoutEndIsRefused(t *testing.T) {
	raw := dial(t, open(t, mail.Config{}).smtp)
	go io.Copy(raw, strings.NewReader(strings.Repeat("x", 1<<20)))
	raw.expect(t, "500")
}

func TestOneConnectionTooManyIsToldSo(t *testing.T) {
	r := open(t, mail.Config{MaxConnections: 2})
	first := dial(t, r.smtp)
	dial(t, r.smtp)
	c, err := net.Dial("tcp", r.smtp)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	third := &talker{c, bufio.NewReader(c)}
	third.expect(t, "421")
	first.command(t, "QUIT", "221")
	if _, err := first.r.ReadByte(); err != io.EOF {
		t.Fatal(err)
	}
	dial(t, r.smtp) // the place is free again
}

func TestAnIdleClientIsCutOff(t *testing.T) {
	raw := dial(t, open(t, mail.Config{IdleTimeout: 20 * time.Millisecond}).smtp)
	raw.expect(t, "421")
}

func TestChunkingAndLogin(t *testing.T) {
	r := open(t, mail.Config{})
	raw := dial(t, r.smtp)
	raw.command(t, "EHLO there", "250")
	raw.command(t, "AUTH PLAIN AGFueW9uZQBhbnl0aGluZw==", "235")
	raw.command(t, "MAIL FROM:<a@example.com>", "250")
	raw.command(t, "RCPT TO:<b@example.com>", "250")
	fmt.Fprintf(raw, "BDAT 14\r\nSubject: x\r\n\r\n")
	raw.expect(t, "250")
	fmt.Fprintf(raw, "BDAT 4 LAST\r\nbody")
	raw.expect(t, "250")
	if _, _, body := r.request(t, "GET", r.api.URL+"/api/v2/messages"); !strings.Contains(body, `"Body":"body"`) {
		t.Error(body)
	}
}
