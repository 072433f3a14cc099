package mail

import (
	"encoding/base64"
	"mime"
	"strings"
	"time"

	"github.com/mailhog/data"

	"github.com/ssprlab/ssprlab/lab/seed"
)

// The types of github.com/mailhog/data are the model. Its functions are not
// used: they write every mail to the standard logger, codes included, and read
// the machine's clock.

const (
	maxDepth = 16   // levels of MIME that are followed
	maxParts = 1000 // parts of one level
)

func newID(ids *seed.Stream, hostname string) data.MessageID {
	return data.MessageID(base64.URLEncoding.EncodeToString(ids.Bytes(32)) + "@" + hostname)
}

// newMessage makes the message that MailHog would keep of raw.
func newMessage(id data.MessageID, raw *data.SMTPMessage, hostname string, now time.Time) *data.Message {
	m := &data.Message{ID: id, From: newPath(raw.From), Content: newContent(raw.Data), Created: now, Raw: raw}
	for _, to := range raw.To {
		m.To = append(m.To, newPath(to))
	}
	m.MIME = split(m.Content, 0)
	trace(m, hostname)
	return m
}

// trace adds the header fields of a delivery. Fields of these names that the
// sender wrote, in whatever case, are added to.
func trace(m *data.Message, hostname string) {
	headers := m.Content.Headers
	if _, ok := findField(headers, "Message-ID"); !ok {
		headers["Message-ID"] = []string{string(m.ID)}
	}
	received, _ := findField(headers, "Received")
	headers[received] = append(headers[received], "from "+m.Raw.Helo+" by "+hostname+" (ssprlab)\r\n          id "+
		string(m.ID)+"; "+m.Created.Format(time.RFC1123Z))
	path, _ := findField(headers, "Return-Path")
	headers[path] = append(headers[path], "<"+m.Raw.From+">")
}

// findField returns the name as the sender wrote it, or as given.
func findField(headers map[string][]string, name string) (string, bool) {
	if _, ok := headers[name]; ok {
		return name, true
	}
	for written := range headers {
		if strings.EqualFold(written, name) {
			return written, true
		}
	}
	return name, false
}

// newPath splits an address of the envelope.
func newPath(address string) *data.Path {
	p := &data.Path{}
	if relays, rest, ok := strings.Cut(address, ":"); ok {
		p.Relays, address = strings.Split(relays, ","), rest
	}
	p.Mailbox, p.Domain, _ = strings.Cut(address, "@")
	return p
}

// newContent splits a mail or a part of one into header and body as MailHog
// does: a text without an empty line is all body, the last field of a name
// wins, and a folded line is kept with its leading space.
func newContent(text string) *data.Content {
	c := &data.Content{Headers: make(map[string][]string), Body: text, Size: len(text)}
	header, body, ok := strings.Cut(text, "\r\n\r\n")
	if !ok {
		return c
	}
	c.Body = body
	last := ""
	for line := range strings.SplitSeq(header, "\r\n") {
		if folded := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t"); folded && last != "" {
			c.Headers[last][0] += line
		} else if name, value, ok := strings.Cut(line, ": "); ok {
			c.Headers[name] = []string{value}
			last = name
		}
	}
	return c
}

// split returns the parts of a multipart body as MailHog numbers them: what
// stands between the boundaries, an introduction before the first and the "--"
// after the last included. It returns nil for anything but a multipart.
func split(c *data.Content, depth int) *data.MIMEBody {
	if len(c.Headers["Content-Type"]) == 0 || depth == maxDepth {
		return nil
	}
	contentType := c.Headers["Content-Type"][0]
	if !strings.HasPrefix(contentType, "multipart/") {
		return nil
	}
	body := &data.MIMEBody{}
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil || params["boundary"] == "" {
		return body
	}
	boundary := "--" + params["boundary"]
	parts := min(strings.Count(c.Body, boundary)+1, maxParts) // SplitN makes room for as many as it may find
	for _, text := range strings.SplitN(c.Body, boundary, parts) {
		if text == "" {
			continue
		}
		part := newContent(strings.Trim(text, "\r\n"))
		part.MIME = split(part, depth+1)
		body.Parts = append(body.Parts, part)
	}
	return body
}

// trimLastLineEnd takes off the line end before the final dot, which MailHog
// does not count to the mail.
func trimLastLineEnd(text string) string { return strings.TrimSuffix(text, "\r\n") }
