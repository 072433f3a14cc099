package mail

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/mailhog/data"
)

// maxLine is the longest line of a command or a mail, in bytes. RFC 5321
// allows 1000; MailHog takes any, and hand-made HTML mails rely on it.
const maxLine = 256 << 10

func newServer(c *Catcher) *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &session{catcher: c, helo: conn.Hostname()}, nil
	}))
	s.Domain = c.config.Hostname
	s.MaxMessageBytes = c.config.MaxMessageBytes
	s.MaxLineLength = maxLine
	s.MaxRecipients = 1000
	s.ReadTimeout = c.config.IdleTimeout
	s.WriteTimeout = 30 * time.Second
	s.EnableSMTPUTF8 = true
	s.AllowInsecureAuth = true
	s.ErrorLog = serverLog{c.log}
	return s
}

// serverLog takes what the SMTP library has to say of connections. The library
// never passes it what a client sent.
type serverLog struct{ log *slog.Logger }

func (l serverLog) Printf(format string, v ...any) {
	l.log.Warn("SMTP connection failed", "detail", fmt.Sprintf(format, v...))
}

func (l serverLog) Println(v ...any) {
	l.log.Warn("SMTP connection failed", "detail", fmt.Sprint(v...))
}

// session is one client's conversation.
type session struct {
	catcher *Catcher
	helo    string
	from    string
	to      []string
}

func (s *session) Reset() { s.from, s.to = "", nil }

func (s *session) Logout() error { return nil }

// AuthMechanisms names PLAIN alone, as MailHog does.
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth accepts whoever asks.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	if mechanism != sasl.Plain {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	return sasl.NewPlainServer(func(_, _, _ string) error { return nil }), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.catcher.isPaused() {
		return pausedError()
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data takes the mail and answers with the id it is kept under, as MailHog
// does. The library sends an SMTPError as it is, good news included.
func (s *session) Data(r io.Reader) error {
	if !s.catcher.beginReceiving() {
		return pausedError()
	}
	defer s.catcher.receiving.Done()
	raw := &data.SMTPMessage{Helo: s.helo, From: s.from, To: s.to}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	raw.Data = trimLastLineEnd(string(b))
	id := s.catcher.receive(raw)
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "Ok: queued as " + string(id)}
}

func pausedError() error {
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "The mail catcher is paused, try again later"}
}

// receive keeps a mail.
func (c *Catcher) receive(raw *data.SMTPMessage) data.MessageID {
	id := newID(c.ids, c.config.Hostname)
	m := newMessage(id, raw, c.config.Hostname, c.config.Clock.Now())
	c.store.add(m)
	c.log.Info("mail received", "id", id, "from", raw.From, "to", raw.To, "bytes", len(raw.Data))
	return id
}
