package part

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Client gives orders to a [Process].
type Client struct {
	Base string // URL of the control, without a slash at the end
	HTTP *http.Client
}

// Fresh makes the process begin anew and returns when the part is there.
func (c Client) Fresh(ctx context.Context, o Order) (Status, error) {
	return c.call(ctx, http.MethodPost, freshPath, o)
}

// Clock moves the part's clock forward to what it shall be ahead of the
// machine's, and returns when everything that fell due on the way is done.
func (c Client) Clock(ctx context.Context, ahead time.Duration) (Status, error) {
	return c.call(ctx, http.MethodPost, clockPath, moment{ahead})
}

// Status asks how the process is.
func (c Client) Status(ctx context.Context) (Status, error) {
	return c.call(ctx, http.MethodGet, statusPath, nil)
}

func (c Client) call(ctx context.Context, method, path string, body any) (s Status, err error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return s, err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, bytes.NewReader(raw))
	if err != nil {
		return s, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.HTTP.Do(req)
	if err != nil {
		return s, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxOrder))
	if err != nil {
		return s, fmt.Errorf("%s %s: %w", method, req.URL, err)
	}
	if res.StatusCode != http.StatusOK {
		return s, fmt.Errorf("%s %s: %s: %s", method, req.URL, res.Status, strings.TrimSpace(string(answer)))
	}
	if err := json.Unmarshal(answer, &s); err != nil {
		return s, fmt.Errorf("%s %s: unreadable answer: %w", method, req.URL, err)
	}
	return s, nil
}
