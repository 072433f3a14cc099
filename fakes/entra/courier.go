package entra

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/emersion/go-smtp"
)

// courier hands mails to the mail server, each as it comes. A connection serves
// mail after mail, as it does between mail servers: half of what a mail costs
// is the greeting. The mail server may hang up on one that waits for the next;
// the courier then dials again.
type courier struct {
	address string // host:port

	mu     sync.Mutex
	idle   []*smtp.Client
	closed bool
}

// mostIdle is how many connections are kept when nobody writes.
const mostIdle = 4

// smtpTimeout bounds the dialling and each command, in real time, for the
// network's sake.
const smtpTimeout = 10 * time.Second

// hand delivers one mail to one address.
func (c *courier) hand(ctx context.Context, to string, body []byte) error {
	for {
		client, kept, err := c.take(ctx)
		if err != nil {
			return err
		}
		err = client.Mail(senderAddress, &smtp.MailOptions{UTF8: !ascii(to)})
		var refused *smtp.SMTPError
		if err != nil && kept && !errors.As(err, &refused) {
			client.Close() // it died while it waited; nothing of the mail has been said
			continue
		}
		if err == nil {
			err = submit(client, to, body)
		}
		if err != nil {
			client.Close()
			return err
		}
		c.keep(client)
		return nil
	}
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// submit says the rest of a mail whose sender is said.
func submit(client *smtp.Client, to string, body []byte) error {
	if err := client.Rcpt(to, nil); err != nil {
		return err
	}
	w, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := bytes.NewReader(body).WriteTo(w); err != nil {
		return err
	}
	return w.Close()
}

// take returns a connection that was kept, or a new one.
func (c *courier) take(ctx context.Context) (client *smtp.Client, kept bool, err error) {
	c.mu.Lock()
	if n := len(c.idle); n > 0 {
		client, c.idle = c.idle[n-1], c.idle[:n-1]
		c.mu.Unlock()
		return client, true, nil
	}
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, smtpTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", c.address)
	if err != nil {
		return nil, false, fmt.Errorf("dial the mail server: %w", err)
	}
	client = smtp.NewClient(conn)
	client.CommandTimeout, client.SubmissionTimeout = smtpTimeout, smtpTimeout
	return client, false, nil
}

// keep holds a connection for the next mail, or ends it when there are enough.
func (c *courier) keep(client *smtp.Client) {
	c.mu.Lock()
	enough := c.closed || len(c.idle) >= mostIdle
	if !enough {
		c.idle = append(c.idle, client)
	}
	c.mu.Unlock()
	if enough {
		quit(client)
	}
}

// close ends the connections that are kept.
func (c *courier) close() {
	c.mu.Lock()
	idle := c.idle
	c.idle, c.closed = nil, true
	c.mu.Unlock()
	for _, client := range idle {
		quit(client)
	}
}

// quit takes leave as the protocol wants it, and hangs up in any case.
func quit(client *smtp.Client) {
	if client.Quit() != nil {
		client.Close()
	}
}
