package awareness

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-smtp"
)

// patience bounds one delivery in real time, for the network's sake, when the
// context does not.
const patience = 30 * time.Second

// Send writes m and hands it to the mail server at smtpAddr (host:port), within
// ctx and half a minute at most. The error of a mail that cannot be written
// names all that is wrong with it, and nothing is sent.
func Send(ctx context.Context, smtpAddr string, m Mail) error {
	message, err := compose(m)
	if err != nil {
		return fmt.Errorf("write the %s mail to %s: %w", m.Template, m.To, err)
	}
	if err := deliver(ctx, smtpAddr, m, message); err != nil {
		return fmt.Errorf("send the %s mail to %s by %s: %w", m.Template, m.To, smtpAddr, err)
	}
	return nil
}

func deliver(ctx context.Context, smtpAddr string, m Mail, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", smtpAddr)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() }) // ends whatever the client waits for
	defer stop()
	client := smtp.NewClient(conn)
	defer client.Close()
	err = client.SendMail(cmp.Or(m.From, Sender), []string{m.To}, bytes.NewReader(message))
	if err == nil {
		err = client.Quit()
	}
	if err != nil && ctx.Err() != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	return err
}

// compose writes m as multipart/alternative: the text first, the HTML for who
// can show it.
func compose(m Mail) ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	words, err := render(m)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, err := mail.CreateInlineWriter(&out, header(m, words.subject))
	if err != nil {
		return nil, err
	}
	for _, part := range []struct{ kind, content string }{{"text/plain", words.text}, {"text/html", words.html}} {
		var h mail.InlineHeader
		h.SetContentType(part.kind, map[string]string{"charset": "utf-8"})
		pw, err := w.CreatePart(h)
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(pw, part.content); err != nil {
			return nil, err
		}
		if err := pw.Close(); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// header says from whom, to whom and when. The message id follows from the
// mail, so that a run repeats.
func header(m Mail, subject string) mail.Header {
	var h mail.Header
	h.SetDate(m.Date)
	h.SetSubject(subject)
	h.SetAddressList("From", []*mail.Address{{Name: "IT service desk of " + m.Organisation, Address: cmp.Or(m.From, Sender)}})
	h.SetAddressList("To", []*mail.Address{{Address: m.To}})
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d", m.Template, m.To, m.Date.UnixNano()))
	h.SetMessageID(fmt.Sprintf("%x@ssprlab.example.com", sum[:12]))
	return h
}
