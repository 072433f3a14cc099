package connect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/provisioning/export"
	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
)

// cloudTimeout bounds each call to the cloud, in real time.
const cloudTimeout = 30 * time.Second

// maxAnswer is the longest answer that is read, in bytes.
const maxAnswer = 8 << 20

// cloud is the agent's client of the tenant: token endpoint, relay and
// provisioning.
type cloud struct {
	hosts   entra.Hosts
	tenant  string
	version string
	server  string
	client  *http.Client
}

func newCloud(c Config, way http.RoundTripper) *cloud {
	return &cloud{
		hosts: c.Cloud.Hosts, tenant: c.Cloud.Tenant, version: c.Version, server: c.Server,
		client: &http.Client{Transport: way, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// SignInError says that the cloud refused a user name and password.
type SignInError struct {
	Code int    // AADSTS number; 0 when the answer had none
	Text string // the endpoint's description
}

// Error returns the description.
func (e *SignInError) Error() string { return e.Text }

// token signs an administrator in by the password grant.
func (c *cloud) token(ctx context.Context, user, password string) (string, error) {
	form := url.Values{
		"grant_type": {"password"}, "client_id": {ClientID}, "username": {user}, "password": {password},
		"scope": {c.hosts.URL(entra.GraphHost, "/.default")},
	}
	q, err := http.NewRequest(http.MethodPost, c.hosts.URL(entra.LoginHost, "/"+url.PathEscape(c.tenant)+"/oauth2/v2.0/token"),
		strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, body, err := c.send(ctx, q)
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		Description string `json:"error_description"`
		Codes       []int  `json:"error_codes"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", fmt.Errorf("sign in: the token endpoint answered %d and no JSON", status)
	}
	if answer.AccessToken == "" {
		e := &SignInError{Text: answer.Description}
		if len(answer.Codes) > 0 {
			e.Code = answer.Codes[0]
		}
		return "", e
	}
	return answer.AccessToken, nil
}

// bearer and agent are the two ways to show who calls.
func bearer(token string) func(*http.Request) {
	return func(q *http.Request) { q.Header.Set("Authorization", "Bearer "+token) }
}

func basic(c envelope.Credentials) func(*http.Request) {
	return func(q *http.Request) { q.SetBasicAuth(c.Agent, c.Secret) }
}

// account returns who a token is.
func (c *cloud) account(ctx context.Context, token string) (acc envelope.Account, err error) {
	err = call[struct{}](ctx, c, http.MethodGet, c.relay("/v1/account"), bearer(token), nil, &acc)
	return acc, err
}

// install registers the agent with the tenant.
func (c *cloud) install(ctx context.Context, token string) (creds envelope.Credentials, err error) {
	err = call(ctx, c, http.MethodPost, c.relay("/v1/agents"), bearer(token), &envelope.Installation{Version: c.version, Server: c.server}, &creds)
	return creds, err
}

// onboard enables writeback with a key, and disables it without.
func (c *cloud) onboard(ctx context.Context, token string, old envelope.Credentials, key []byte) (creds envelope.Credentials, err error) {
	route := "/offboarding"
	if key != nil {
		route = "/onboarding"
	}
	err = call(ctx, c, http.MethodPost, c.agent(old, route), bearer(token),
		&envelope.Onboarding{Secret: old.Secret, Version: c.version, PublicKey: key}, &creds)
	return creds, err
}

func (c *cloud) putKey(ctx context.Context, creds envelope.Credentials, key []byte) error {
	return call[envelope.Key, struct{}](ctx, c, http.MethodPut, c.agent(creds, "/key"), basic(creds), &envelope.Key{PublicKey: key}, nil)
}

func (c *cloud) beat(ctx context.Context, creds envelope.Credentials, lastSync time.Time) error {
	return call[envelope.Beat, struct{}](ctx, c, http.MethodPost, c.agent(creds, "/heartbeat"), basic(creds),
		&envelope.Beat{Version: c.version, LastSync: lastSync}, nil)
}

func (c *cloud) settle(ctx context.Context, creds envelope.Credentials, verdicts []envelope.Verdict) error {
	return call[[]envelope.Verdict, struct{}](ctx, c, http.MethodPost, c.agent(creds, "/verdicts"), basic(creds), &verdicts, nil)
}

// leave tells the relay that the listener ends now.
func (c *cloud) leave(ctx context.Context, creds envelope.Credentials) error {
	return call[struct{}, struct{}](ctx, c, http.MethodDelete, c.agent(creds, "/operations"), basic(creds), nil, nil)
}

// export sends one batch of objects.
func (c *cloud) export(ctx context.Context, creds envelope.Credentials, b export.Batch) (answer export.Answer, err error) {
	err = call(ctx, c, http.MethodPost, c.hosts.URL(entra.ProvisionHost, export.Path), basic(creds), &b, &answer)
	return answer, err
}

// listen opens the listener. The caller closes what it returns.
func (c *cloud) listen(ctx context.Context, creds envelope.Credentials) (io.ReadCloser, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, c.agent(creds, "/operations"), nil)
	if err != nil {
		return nil, fmt.Errorf("open the listener: %w", err)
	}
	basic(creds)(q)
	resp, err := c.client.Do(q)
	if err != nil {
		return nil, fmt.Errorf("open the listener: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
		return nil, fmt.Errorf("open the listener: %w", problemOf(resp.StatusCode, body))
	}
	return resp.Body, nil
}

func (c *cloud) relay(path string) string { return c.hosts.URL(entra.RelayHost, path) }

func (c *cloud) agent(creds envelope.Credentials, path string) string {
	return c.relay("/v1/agents/" + url.PathEscape(creds.Agent) + path)
}

// send sends q within the timeout and reads the answer.
func (c *cloud) send(ctx context.Context, q *http.Request) (status int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, cloudTimeout)
	defer cancel()
	resp, err := c.client.Do(q.WithContext(ctx))
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, body, err
}

// call sends in as JSON, if it is not nil, and reads the answer into out, if
// that is not nil. A refusal is an *envelope.Problem.
func call[In, Out any](ctx context.Context, c *cloud, method, address string, as func(*http.Request), in *In, out *Out) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("%s %s: %w", method, address, err)
		}
	}
	q, err := http.NewRequest(method, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, address, err)
	}
	q.Header.Set("Content-Type", "application/json")
	as(q)
	status, answer, err := c.send(ctx, q)
	switch {
	case err != nil:
		return fmt.Errorf("%s %s: %w", method, address, err)
	case status >= 300:
		return fmt.Errorf("%s %s: %w", method, address, problemOf(status, answer))
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", method, address, err)
	}
	return nil
}

// problemOf reads a refusal.
func problemOf(status int, body []byte) error {
	var answer struct{ Error *envelope.Problem }
	if json.Unmarshal(body, &answer) == nil && answer.Error != nil && answer.Error.Code != "" {
		return answer.Error
	}
	return fmt.Errorf("the cloud answered %d %s", status, http.StatusText(status))
}

// problemCode returns the code of a refusal; "" when err is none.
func problemCode(err error) string {
	var p *envelope.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}
