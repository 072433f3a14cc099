package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// carrier is the telephone network and the app's notification service, as the
// tenant calls them over HTTP.
type carrier struct {
	base   string
	client *http.Client
}

type carried struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

func (c carrier) text(ctx context.Context, to, text string) error {
	_, err := c.post(ctx, "texts", map[string]string{"to": to, "from": "ssprlab", "text": text})
	return err
}

func (c carrier) call(ctx context.Context, to, speech string) (id string, err error) {
	got, err := c.post(ctx, "calls", map[string]string{"to": to, "from": "ssprlab", "speech": speech})
	return got.ID, err
}

func (c carrier) push(ctx context.Context, device, title, number string) (id string, err error) {
	got, err := c.post(ctx, "pushes", map[string]string{"device": device, "title": title, "number": number})
	return got.ID, err
}

// callWait is how long the page waits for a phone that is just being answered.
const callWait = "1s"

func (c carrier) state(ctx context.Context, kind, id string) (string, error) {
	got, err := c.do(ctx, http.MethodGet, "/carrier/"+kind+"/"+url.PathEscape(id)+"?wait="+callWait, nil)
	return got.State, err
}

func (c carrier) post(ctx context.Context, kind string, body map[string]string) (carried, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return carried{}, err
	}
	return c.do(ctx, http.MethodPost, "/carrier/"+kind, b)
}

func (c carrier) do(ctx context.Context, method, path string, body []byte) (got carried, err error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return got, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.client.Do(req)
	if err != nil {
		return got, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return got, err
	}
	if res.StatusCode >= 300 {
		return got, fmt.Errorf("carrier answers %s: %s", res.Status, bytes.TrimSpace(answer))
	}
	return got, json.Unmarshal(answer, &got)
}
