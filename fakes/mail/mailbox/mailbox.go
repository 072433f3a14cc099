// Package mailbox reads a mail catcher by MailHog's HTTP API, the lab's own or
// MailHog itself, and decodes the mails into what a person reads: names,
// subject, text, HTML, pictures.
//
// Not modelled: signatures, encryption, calendar parts (they are attachments
// like any other), and a catcher that asks for a password.
package mailbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mailhog/data"
)

// Mailbox is a client of one catcher, safe for concurrent use.
type Mailbox struct {
	base   string
	client *http.Client
}

// New returns a client of the catcher whose API is at baseURL (with no /api).
// A nil client means [http.DefaultClient].
func New(baseURL string, client *http.Client) *Mailbox {
	if client == nil {
		client = http.DefaultClient
	}
	return &Mailbox{strings.TrimRight(baseURL, "/"), client}
}

// answerLimit bounds what is read of one answer: a page of [pageSize] mails.
const answerLimit = 1 << 30

// pageSize is how many mails are asked for at a time; MailHog gives at most 250.
const pageSize = 50

// Messages returns every mail, newest first.
func (b *Mailbox) Messages(ctx context.Context) ([]Message, error) {
	messages, err := b.all(ctx, "/api/v2/messages", url.Values{})
	if err != nil {
		return nil, fmt.Errorf("list mails: %w", err)
	}
	return decodeAll(messages), nil
}

// To returns the mails that were delivered to address, newest first. What
// counts is the envelope, not the To field; letter case does not matter.
func (b *Mailbox) To(ctx context.Context, address string) ([]Message, error) {
	messages, err := b.find(ctx, Query{To: address})
	if err != nil {
		return nil, fmt.Errorf("list mails to %s: %w", address, err)
	}
	return messages, nil
}

// Get returns the mail of that id. The error is [fs.ErrNotExist] if there is
// none.
func (b *Mailbox) Get(ctx context.Context, id string) (Message, error) {
	var m *data.Message
	err := b.get(ctx, "/api/v1/messages/"+url.PathEscape(id), nil, &m)
	var status *statusError
	switch {
	case errors.As(err, &status) && status.code == http.StatusNotFound, err == nil && m == nil: // MailHog says null
		return Message{}, fmt.Errorf("read mail %s: %w", id, fs.ErrNotExist)
	case err != nil:
		return Message{}, fmt.Errorf("read mail %s: %w", id, err)
	}
	return Decode(*m), nil
}

// Delete deletes the mail of that id.
func (b *Mailbox) Delete(ctx context.Context, id string) error {
	if err := b.delete(ctx, "/api/v1/messages/"+url.PathEscape(id)); err != nil {
		return fmt.Errorf("delete mail %s: %w", id, err)
	}
	return nil
}

// DeleteAll empties the catcher.
func (b *Mailbox) DeleteAll(ctx context.Context) error {
	if err := b.delete(ctx, "/api/v1/messages"); err != nil {
		return fmt.Errorf("delete all mails: %w", err)
	}
	return nil
}

// page is the answer of /api/v2.
type page struct {
	Total int            `json:"total"`
	Items []data.Message `json:"items"`
}

// all reads a list page by page. A mail that arrives meanwhile shifts the
// pages; what is seen twice is dropped.
func (b *Mailbox) all(ctx context.Context, path string, query url.Values) ([]data.Message, error) {
	var messages []data.Message
	seen := make(map[data.MessageID]bool)
	for start := 0; ; start += pageSize {
		query.Set("start", strconv.Itoa(start))
		query.Set("limit", strconv.Itoa(pageSize))
		var p page
		if err := b.get(ctx, path, query, &p); err != nil {
			return nil, err
		}
		for _, m := range p.Items {
			if !seen[m.ID] {
				seen[m.ID] = true
				messages = append(messages, m)
			}
		}
		if len(p.Items) < pageSize || start+pageSize >= p.Total {
			return messages, nil
		}
	}
}

// statusError is an answer that is no success.
type statusError struct {
	code    int
	request string
	message string
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("%s: %d %s", e.request, e.code, http.StatusText(e.code))
	if e.message != "" {
		text += ": " + e.message
	}
	return text
}

func (b *Mailbox) get(ctx context.Context, path string, query url.Values, into any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	body, err := b.do(ctx, http.MethodGet, path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("GET %s: read answer: %w", b.base+path, err)
	}
	return nil
}

func (b *Mailbox) delete(ctx context.Context, path string) error {
	_, err := b.do(ctx, http.MethodDelete, path)
	return err
}

func (b *Mailbox) do(ctx context.Context, method, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, b.base+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := b.client.Do(request)
	if err != nil {
		return nil, err // names method and address itself
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, answerLimit))
	if err != nil {
		return nil, fmt.Errorf("%s %s: read answer: %w", method, b.base+path, err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, &statusError{response.StatusCode, method + " " + b.base + path, errorMessage(body)}
	}
	return body, nil
}

// errorMessage returns what an error answer of the lab's catcher says.
func errorMessage(body []byte) string {
	var answer struct {
		Error struct{ Message string }
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	return answer.Error.Message
}

func decodeAll(messages []data.Message) []Message {
	decoded := make([]Message, len(messages))
	for i, m := range messages {
		decoded[i] = Decode(m)
	}
	return decoded
}

// Query says which mail is waited for. Zero fields match every mail.
type Query struct {
	To      string        // an address of the envelope, in any case
	Subject string        // a part of the decoded subject, in any case
	Since   time.Time     // received later than this, on the catcher's clock
	After   string        // received later than the mail of this id
	Timeout time.Duration // in real time, default 10 seconds, at most 5 minutes
}

// String names what is waited for, for messages.
func (q Query) String() string {
	var b strings.Builder
	b.WriteString("mail")
	if q.To != "" {
		b.WriteString(" to " + q.To)
	}
	if q.Subject != "" {
		fmt.Fprintf(&b, " with %q in its subject", q.Subject)
	}
	if !q.Since.IsZero() {
		b.WriteString(" since " + q.Since.Format(time.RFC3339))
	}
	if q.After != "" {
		b.WriteString(" after mail " + q.After)
	}
	return b.String()
}
