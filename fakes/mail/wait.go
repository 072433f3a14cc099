package mail

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/mailhog/data"
)

const (
	defaultWait = 10 * time.Second
	longestWait = 5 * time.Minute
)

// criteria is what a reader waits for. Zero fields match every mail.
type criteria struct {
	to      string    // an address of the envelope, in any case
	subject string    // a part of the decoded subject, in any case
	since   time.Time // the mail arrived later, on the lab's clock
	after   string    // the mail arrived later than the one of this id
}

// wait answers with the newest mail that fits as soon as there is one:
// GET /lab/wait?to=ADDRESS&subject=PART&since=RFC3339&after=ID&timeout=10s.
// All are optional. The timeout is in real time, at most 5 minutes; when it is
// over the answer is 408 and names what was waited for.
func (c *Catcher) wait(w http.ResponseWriter, r *http.Request) {
	want, timeout, err := c.readCriteria(r)
	if err != nil {
		fail(w, http.StatusBadRequest, "badParameter", err.Error())
		return
	}
	match, ok := c.matcher(want)
	if !ok {
		fail(w, http.StatusNotFound, "unknownMessage", "there is no message "+want.after+" to wait after")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	m, err := c.store.await(ctx, match)
	switch {
	case errors.Is(err, errClosed):
		fail(w, http.StatusServiceUnavailable, "closed", "waited for "+want.String()+", but "+err.Error())
	case err != nil:
		fail(w, http.StatusRequestTimeout, "timeout", fmt.Sprintf("no %s within %s; %s", want, timeout, c.account(want)))
	default:
		writeJSON(w, http.StatusOK, "application/json", m)
	}
}

func (c *Catcher) readCriteria(r *http.Request) (criteria, time.Duration, error) {
	want := criteria{to: r.FormValue("to"), subject: r.FormValue("subject"), after: r.FormValue("after")}
	if text := r.FormValue("since"); text != "" {
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return want, 0, fmt.Errorf("since=%q is not a time like 2006-01-02T15:04:05Z", text)
		}
		want.since = t
	}
	timeout := defaultWait
	if text := r.FormValue("timeout"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 || d > longestWait {
			return want, 0, fmt.Errorf("timeout=%q is not a duration like 5s, of at most %s", text, longestWait)
		}
		timeout = d
	}
	return want, timeout, nil
}

// matcher returns the test for want; false when the mail to wait after is not
// there.
func (c *Catcher) matcher(want criteria) (func(*data.Message) bool, bool) {
	seen := make(map[data.MessageID]bool)
	if want.after != "" {
		messages, _ := c.store.snapshot()
		for _, m := range messages {
			seen[m.ID] = true
			if string(m.ID) == want.after {
				return func(m *data.Message) bool { return !seen[m.ID] && want.fits(m) }, true
			}
		}
		return nil, false
	}
	return want.fits, true
}

func (want criteria) fits(m *data.Message) bool {
	return (want.since.IsZero() || m.Created.After(want.since)) &&
		(want.to == "" || isDeliveredTo(m, want.to)) &&
		(want.subject == "" || holds(subject(m), strings.ToLower(want.subject)))
}

func isDeliveredTo(m *data.Message, address string) bool {
	for _, to := range m.Raw.To {
		if strings.EqualFold(to, address) {
			return true
		}
	}
	return false
}

// subject returns the decoded subject, or the raw one if it cannot be decoded.
func subject(m *data.Message) string {
	name, ok := findField(m.Content.Headers, "Subject")
	if !ok {
		return ""
	}
	raw := m.Content.Headers[name][0]
	if decoded, err := new(mime.WordDecoder).DecodeHeader(raw); err == nil {
		return decoded
	}
	return raw
}

func (want criteria) String() string {
	var b strings.Builder
	b.WriteString("mail")
	if want.to != "" {
		fmt.Fprintf(&b, " to %s", want.to)
	}
	if want.subject != "" {
		fmt.Fprintf(&b, " with %q in its subject", want.subject)
	}
	if !want.since.IsZero() {
		fmt.Fprintf(&b, " since %s", want.since.Format(time.RFC3339))
	}
	if want.after != "" {
		fmt.Fprintf(&b, " after message %s", want.after)
	}
	return b.String()
}

// account says what there is instead. Subjects are left out: the text ends up
// in logs and reports.
func (c *Catcher) account(want criteria) string {
	all := c.store.list(func(*data.Message) bool { return true })
	if want.to == "" {
		return fmt.Sprintf("the catcher holds %d mails", len(all))
	}
	n := 0
	for _, m := range all {
		if isDeliveredTo(m, want.to) {
			n++
		}
	}
	return fmt.Sprintf("the catcher holds %d mails, %d of them to that address", len(all), n)
}
