package main_test

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/mail/conformance"
	"github.com/ssprlab/ssprlab/lab/part"
)

// TestServeMail proves that the catcher in a process of its own does what
// MailHog does, and writes nothing of a mail to its outputs, however much it is
// asked to tell: codes are in mails.
func TestServeMail(t *testing.T) {
	said, target := serveMail(t)
	t.Run("conformance", func(t *testing.T) { conformance.Run(t, target) })
	const code = "314159"
	mail := "Subject: Your code " + code + "\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nIt is " + code + ".\r\n--b--\r\n"
	if err := smtp.SendMail(target.SMTPAddr, nil, "sspr@example.com", []string{"adele@alder.example.com"}, []byte(mail)); err != nil {
		t.Fatal(err)
	}
	text := said()
	for _, secret := range []string{code, "Good morning", "In words", "First words", "PHA+SW4"} {
		if strings.Contains(text, secret) {
			t.Errorf("the process wrote %q of a mail:\n%s", secret, text)
		}
	}
	if !strings.Contains(text, "part=mail") {
		t.Errorf("the process logged nothing, so this proves nothing: %s", text)
	}
}

// TestServeConnectFirst proves that it does not matter which of the parts that
// share an authority is started first.
func TestServeConnectFirst(t *testing.T) {
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("Passw0rd\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	said, _ := serving(t, "connect", "--authority", filepath.Join(t.TempDir(), "new"), "--directory-user", "connector@corp.example.com", "--directory-password-file", password)
	if text := said(); !strings.Contains(text, "Serving the Connect agent") {
		t.Errorf("it said %s", text)
	}
}

// serveMail runs "ssprlab serve mail", see serving.
func serveMail(t *testing.T) (said func() string, target conformance.Target) {
	t.Helper()
	authority := t.TempDir()
	said, out := serving(t, "mail", "--verbose", "--smtp-listen", "127.0.0.1:0", "--authority", authority)
	ca, err := os.ReadFile(filepath.Join(authority, part.CAFile))
	if err != nil {
		t.Fatalf("%v; it said %s", err, said())
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	at := func(name string) string {
		m := regexp.MustCompile(`(?m)^  ` + name + ` +(\S+?)/?$`).FindStringSubmatch(out)
		if m == nil {
			t.Fatalf("no address of %s in %s", name, out)
		}
		return m[1]
	}
	return said, conformance.Target{SMTPAddr: at("smtp"), APIBase: at("pages"), Client: part.NewHTTP(roots, part.OnLoopback)}
}

// serving runs "ssprlab serve" with a free port for the pages, and returns what
// it printed until it was up. said ends it, and returns all that it wrote to
// either output.
func serving(t *testing.T, args ...string) (said func() string, up string) {
	t.Helper()
	c := exec.Command(os.Getenv(binaryVariable), append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	var errs, out bytes.Buffer
	c.Stderr = &errs
	printed, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() }) // has ended, as a rule
	watchdog := time.AfterFunc(longest, func() { c.Process.Kill() })
	defer watchdog.Stop()
	lines := bufio.NewScanner(printed)
	for lines.Scan() && !strings.Contains(lines.Text(), "certificate authority") {
		out.WriteString(lines.Text() + "\n")
	}
	said = func() string {
		c.Process.Signal(os.Interrupt)
		for lines.Scan() {
			out.WriteString(lines.Text() + "\n")
		}
		if err := c.Wait(); err != nil {
			t.Errorf("it ended with %v", err)
		}
		return out.String() + errs.String()
	}
	return said, out.String()
}
