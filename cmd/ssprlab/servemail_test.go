package main_test

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"net/smtp"
	"os"
	"os/exec"
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

// serveMail runs "ssprlab serve mail". said ends it, and returns all that it
// wrote to either output.
func serveMail(t *testing.T) (said func() string, target conformance.Target) {
	t.Helper()
	authority := t.TempDir()
	c := exec.Command(os.Getenv(binaryVariable), "serve", "mail", "--verbose", "--listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0", "--authority", authority)
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
	ca, err := os.ReadFile(authority + "/" + part.CAFile)
	if err != nil {
		t.Fatalf("%v; it said %s%s", err, &out, &errs)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	at := func(name string) string {
		m := regexp.MustCompile(`(?m)^  ` + name + ` +(\S+?)/?$`).FindStringSubmatch(out.String())
		if m == nil {
			t.Fatalf("no address of %s in %s", name, &out)
		}
		return m[1]
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
	return said, conformance.Target{SMTPAddr: at("smtp"), APIBase: at("pages"), Client: part.NewHTTP(roots, part.OnLoopback)}
}
