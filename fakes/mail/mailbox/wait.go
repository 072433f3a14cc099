package mailbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mailhog/data"
)

const (
	defaultTimeout = 10 * time.Second
	grace          = 5 * time.Second // for the answer, when the catcher's own wait is over
	pollEvery      = 100 * time.Millisecond
)

// Wait returns the newest mail that fits q as soon as there is one; one that is
// there already counts, so give Since or After when an older one must not. The
// lab's catcher is asked once and answers in its time; MailHog is polled. The
// error names what was waited for.
func (b *Mailbox) Wait(ctx context.Context, q Query) (Message, error) {
	if q.Timeout <= 0 {
		q.Timeout = defaultTimeout
	}
	m, err := b.ask(ctx, q)
	if isUnknownRoute(err) {
		m, err = b.poll(ctx, q)
	}
	if err != nil {
		return Message{}, fmt.Errorf("wait for %s: %w", q, err)
	}
	return m, nil
}

// ask uses the lab's extension of the API.
func (b *Mailbox) ask(ctx context.Context, q Query) (Message, error) {
	query := url.Values{"timeout": {q.Timeout.String()}}
	for name, value := range map[string]string{"to": q.To, "subject": q.Subject, "after": q.After} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if !q.Since.IsZero() {
		query.Set("since", q.Since.Format(time.RFC3339Nano))
	}
	ctx, cancel := context.WithTimeout(ctx, q.Timeout+grace)
	defer cancel()
	var m data.Message
	if err := b.get(ctx, "/lab/wait", query, &m); err != nil {
		return Message{}, err
	}
	return Decode(m), nil
}

// isUnknownRoute tells a catcher without the extension from the lab's, whose
// 404 carries a message of its own.
func isUnknownRoute(err error) bool {
	var status *statusError
	return errors.As(err, &status) && status.code == http.StatusNotFound && status.message == ""
}

// poll looks again and again: MailHog cannot be waited on.
func (b *Mailbox) poll(ctx context.Context, q Query) (Message, error) {
	ctx, cancel := context.WithTimeout(ctx, q.Timeout)
	defer cancel()
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	seen := 0
	for {
		found, err := b.find(ctx, q)
		if err == nil && len(found) > 0 {
			return found[0], nil
		}
		if err != nil && ctx.Err() == nil {
			return Message{}, err
		}
		seen++
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return Message{}, fmt.Errorf("looked %d times: %w", seen, ctx.Err())
		}
	}
}

// find returns the mails that fit q, newest first.
func (b *Mailbox) find(ctx context.Context, q Query) ([]Message, error) {
	path, query := "/api/v2/messages", url.Values{}
	if q.To != "" && q.After == "" { // After needs the whole list, to know what came before
		path, query = "/api/v2/search", url.Values{"kind": {"to"}, "query": {q.To}}
	}
	list, err := b.all(ctx, path, query)
	if err != nil {
		return nil, err
	}
	if q.After != "" {
		i := slices.IndexFunc(list, func(m data.Message) bool { return string(m.ID) == q.After })
		if i < 0 {
			return nil, fmt.Errorf("there is no mail %s to look after", q.After)
		}
		list = list[:i]
	}
	messages := decodeAll(list)
	return slices.DeleteFunc(messages, func(m Message) bool { return !q.fits(m) }), nil
}

func (q Query) fits(m Message) bool {
	return (q.Since.IsZero() || m.Received.After(q.Since)) &&
		(q.To == "" || slices.ContainsFunc(m.Recipients, func(a string) bool { return strings.EqualFold(a, q.To) })) &&
		strings.Contains(strings.ToLower(m.Subject), strings.ToLower(q.Subject))
}
