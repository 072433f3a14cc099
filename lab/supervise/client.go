package supervise

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Client asks the supervisor of one container. Make it with [NewClient]; it is
// safe for concurrent use.
type Client struct {
	url   string // https://host:port
	token string
	http  *http.Client
}

// NewClient returns a client of the control at https://host:port, whose
// certificate one of roots has signed. A token of "" sends none.
func NewClient(url string, roots *x509.CertPool, token string) *Client {
	return &Client{url: url, token: token, http: &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13},
	}}}
}

// Close drops the client's idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// How long an answer may take, in real time: the supervisor gives up sooner
// and says why.
const (
	freshPatience = stopPatience + provisionPatience + 3*startPatience // a bind, a clock, and the copying
	clockPatience = 2 * startPatience
)

// Fresh asks for the pristine directory and returns when an administrator can
// bind to it over TLS.
func (c *Client) Fresh(ctx context.Context, f Fresh) (Status, error) {
	return c.ask(ctx, freshPatience, http.MethodPost, "/fresh", f)
}

// Clock sets how far the lab's clock is ahead of the machine's and returns
// when the directory's own clock shows it.
func (c *Client) Clock(ctx context.Context, ahead time.Duration) (Status, error) {
	return c.ask(ctx, clockPatience, http.MethodPost, "/clock", Clock{ahead})
}

// Status returns what runs.
func (c *Client) Status(ctx context.Context) (Status, error) {
	return c.ask(ctx, clockPatience, http.MethodGet, "/status", nil)
}

// problem is the body of an answer that is no success.
type problem struct {
	Error string `json:"error"`
}

// ask sends one request and reads the answer.
func (c *Client) ask(ctx context.Context, patience time.Duration, method, path string, body any) (Status, error) {
	what := fmt.Sprintf("ask the supervisor at %s for %s %s", c.url, method, path)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	payload, err := json.Marshal(body)
	if err != nil {
		return Status{}, fmt.Errorf("%s: %w", what, err)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(payload))
	if err != nil {
		return Status{}, fmt.Errorf("%s: %w", what, err)
	}
	request.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return Status{}, fmt.Errorf("%s: %w", what, err)
	}
	defer response.Body.Close()
	status, err := readAnswer(response)
	if err != nil {
		return Status{}, fmt.Errorf("%s: %w", what, err)
	}
	return status, nil
}

// maxBody bounds what either side reads.
const maxBody = 1 << 20

func readAnswer(response *http.Response) (Status, error) {
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return Status{}, err
	}
	if response.StatusCode != http.StatusOK {
		var p problem
		if json.Unmarshal(answer, &p) != nil || p.Error == "" {
			return Status{}, fmt.Errorf("answered %s", response.Status)
		}
		return Status{}, fmt.Errorf("%s: %s", response.Status, p.Error)
	}
	var s Status
	if err := json.Unmarshal(answer, &s); err != nil {
		return Status{}, fmt.Errorf("read its answer: %w", err)
	}
	return s, nil
}
