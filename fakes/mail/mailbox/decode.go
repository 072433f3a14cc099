package mailbox

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"github.com/mailhog/data"
	"golang.org/x/text/encoding/htmlindex"
)

const (
	maxDepth = 16   // levels of MIME that are followed
	maxParts = 1000 // parts that are read of one mail
)

// Message is a mail as its reader sees it.
type Message struct {
	ID          string         // the catcher's
	From        mail.Address   // display name and address of the From field
	To          []mail.Address // of the To field
	Recipients  []string       // to whom it was delivered: the envelope
	Subject     string
	Text        string // the plain text, line ends as \n
	HTML        string // the HTML as sent, line ends as \n
	Attachments []Attachment
	Date        time.Time // as the sender dated it; Received if not at all
	Received    time.Time // when the catcher took it, on the catcher's clock
}

// Attachment is a part that is neither the text nor the HTML of a mail.
type Attachment struct {
	Name      string // file name, often empty
	MediaType string // "image/png"
	ContentID string // by which the HTML refers to it, without brackets
	Content   []byte
}

// Decode makes a [Message] of what the API gives. It never fails: what cannot
// be decoded is given as it is.
func Decode(m data.Message) Message {
	d := Message{ID: string(m.ID), Received: m.Created, Date: m.Created}
	raw := rawText(m)
	if m.Raw != nil {
		d.Recipients = append(d.Recipients, m.Raw.To...)
		d.From.Address = m.Raw.From
	}
	parsed, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		d.Text = unixLines(raw)
		return d
	}
	d.readHeader(parsed.Header)
	w := &walk{message: &d}
	w.part(textproto.MIMEHeader(parsed.Header), parsed.Body, 0)
	return d
}

// rawText is the mail as it was sent. A text without an empty line is all
// header to net/mail, so one is added.
func rawText(m data.Message) string {
	if m.Raw != nil {
		return m.Raw.Data + "\r\n\r\n"
	}
	var b strings.Builder
	if m.Content == nil {
		return ""
	}
	for name, values := range m.Content.Headers {
		for _, value := range values {
			b.WriteString(name + ": " + value + "\r\n")
		}
	}
	return b.String() + "\r\n" + m.Content.Body
}

func unixLines(text string) string {
	return strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// words decodes encoded words in every charset that browsers know.
func words() *mime.WordDecoder {
	return &mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
		e, err := htmlindex.Get(charset)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(r), nil
	}}
}

func (d *Message) readHeader(h mail.Header) {
	decoder := words()
	d.Subject = h.Get("Subject")
	if subject, err := decoder.DecodeHeader(d.Subject); err == nil {
		d.Subject = subject
	}
	parser := mail.AddressParser{WordDecoder: decoder}
	if from, err := parser.ParseList(h.Get("From")); err == nil && len(from) > 0 {
		d.From = *from[0]
	}
	if to, err := parser.ParseList(h.Get("To")); err == nil {
		for _, a := range to {
			d.To = append(d.To, *a)
		}
	}
	if date, err := h.Date(); err == nil {
		d.Date = date
	}
}

// walk goes through the parts of a mail.
type walk struct {
	message *Message
	parts   int
}

func (w *walk) part(h textproto.MIMEHeader, body io.Reader, depth int) {
	w.parts++
	if w.parts > maxParts {
		return
	}
	mediaType, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil && mediaType == "" {
		mediaType = "text/plain"
	}
	if strings.HasPrefix(mediaType, "multipart/") && params["boundary"] != "" && depth < maxDepth {
		w.multipart(multipart.NewReader(body, params["boundary"]), depth)
		return
	}
	content := decodeTransfer(h.Get("Content-Transfer-Encoding"), body)
	disposition, extra, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	isFile := disposition == "attachment" || extra["filename"] != ""
	switch {
	case mediaType == "text/plain" && !isFile && w.message.Text == "":
		w.message.Text = unixLines(decodeCharset(params["charset"], content))
	case mediaType == "text/html" && !isFile && w.message.HTML == "":
		w.message.HTML = unixLines(decodeCharset(params["charset"], content))
	default:
		w.message.Attachments = append(w.message.Attachments, Attachment{
			Name: extra["filename"], MediaType: mediaType, Content: content,
			ContentID: strings.Trim(h.Get("Content-Id"), "<> "),
		})
	}
}

func (w *walk) multipart(r *multipart.Reader, depth int) {
	for w.parts <= maxParts {
		p, err := r.NextRawPart()
		if err != nil {
			return // the end, or a cut: what was read counts
		}
		w.part(p.Header, p, depth+1)
	}
}

// decodeTransfer takes off the transfer encoding, as far as it goes.
func decodeTransfer(encoding string, body io.Reader) []byte {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	b, _ := io.ReadAll(body) // what could be read before the error
	return b
}

// decodeCharset returns content as UTF-8; as it is, if the charset is unknown.
func decodeCharset(charset string, content []byte) string {
	if charset == "" {
		return string(content)
	}
	e, err := htmlindex.Get(charset)
	if err != nil {
		return string(content)
	}
	decoded, err := e.NewDecoder().Bytes(content)
	if err != nil {
		return string(content)
	}
	return string(decoded)
}

// SelfContained returns the HTML with the pictures that came with the mail put
// into it as data: addresses, so that it shows the same wherever it is opened.
func (m Message) SelfContained() string {
	html := m.HTML
	for _, a := range m.Attachments {
		if a.ContentID == "" || !strings.HasPrefix(a.MediaType, "image/") {
			continue
		}
		address := "data:" + a.MediaType + ";base64," + base64.StdEncoding.EncodeToString(a.Content)
		html = strings.ReplaceAll(html, "cid:"+a.ContentID, address)
	}
	return html
}
