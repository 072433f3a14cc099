package part

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

// mailHogTimeout bounds how long MailHog may take to forget its mails.
const mailHogTimeout = 10 * time.Second

// mailHog stands in front of a MailHog that takes the mails in place of the
// lab's own catcher: it gives MailHog's pages and API the lab's host and
// certificate, and empties it when the lab begins anew. SMTP does not come by
// here. MailHog's clock is the machine's, so its mails carry the machine's time
// wherever the lab's clock stands; it cannot be waited on, so readers poll; and
// it cannot be told to refuse mails.
type mailHog struct {
	at   *url.URL
	http *http.Client
	log  *slog.Logger
}

// openMailHog makes the front of the MailHog at a base URL, and empties it.
func openMailHog(base string, s Surroundings) (*Running, error) {
	at, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("the address of MailHog: %w", err)
	}
	m := &mailHog{at: at, http: s.HTTP, log: s.Log}
	if err := m.empty(context.Background()); err != nil {
		return nil, err
	}
	return &Running{Pages: m.pages(), Control: m.control(), Close: func() error { return nil }}, nil
}

// empty deletes all mails.
func (m *mailHog) empty(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, mailHogTimeout, fmt.Errorf("no answer within %s", mailHogTimeout))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, m.at.JoinPath("/api/v1/messages").String(), nil)
	if err != nil {
		return fmt.Errorf("empty MailHog: %w", err)
	}
	res, err := m.http.Do(req)
	if err != nil {
		return fmt.Errorf("empty MailHog: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("empty MailHog: it answers %s, want 200", res.Status)
	}
	return nil
}

// pages passes everything on.
func (m *mailHog) pages() http.Handler {
	return &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(m.at) },
		Transport: m.http.Transport,
		ErrorLog:  slog.NewLogLogger(m.log.Handler(), slog.LevelDebug),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "ssprlab: MailHog does not answer: "+err.Error(), http.StatusBadGateway)
		},
	}
}

// control is as much of the catcher's as MailHog allows: POST /reset.
func (m *mailHog) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /reset", func(w http.ResponseWriter, r *http.Request) {
		if err := m.empty(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "ssprlab: MailHog itself takes the mails, and has no "+r.Method+" "+r.URL.Path+"; the lab's own catcher has", http.StatusNotImplemented)
	})
	return mux
}
