package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/lab"
)

// roundTrip sends a request of the runner's own and reads the answer.
func roundTrip(client *http.Client, req *http.Request) ([]byte, error) {
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", req.Method, req.URL, err)
	}
	if res.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s: %s: %s", req.Method, req.URL, res.Status, strings.TrimSpace(string(body)))
	}
	return body, nil
}

// graph reads the tenant through Graph, as an application.
type graph struct {
	client *http.Client
	lab    *lab.Lab

	mu    sync.Mutex
	token string
	until time.Time // the lab's, whose clock jumps
}

func newGraph(l *lab.Lab) *graph { return &graph{client: l.HTTP(), lab: l} }

// tokenMargin is how long a token must still be good for to be used: parts of a
// lab may differ by what an order to their clocks takes.
const tokenMargin = time.Minute

// signIn returns a token that is good, and fetches one if there is none.
func (g *graph) signIn(ctx context.Context) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.lab.Clock.Now()
	if now.Add(tokenMargin).Before(g.until) {
		return g.token, nil
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {lab.Tester}, "client_secret": {g.lab.TesterSecret()}, "scope": {"https://graph.microsoft.com/.default"}}
	address := g.lab.Endpoints.SignIn + "/" + g.lab.Endpoints.TenantID + "/oauth2/v2.0/token"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body, err := roundTrip(g.client, req)
	if err != nil {
		return "", fmt.Errorf("token for Graph: %w", err)
	}
	var answer struct {
		Token   string `json:"access_token"`
		Seconds int64  `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", fmt.Errorf("token for Graph: read the answer: %w", err)
	}
	if answer.Token == "" {
		return "", errors.New("token for Graph: no access_token in the answer")
	}
	g.token, g.until = answer.Token, now.Add(time.Duration(answer.Seconds)*time.Second)
	return g.token, nil
}

// list reads every page of a collection.
func list[T any](ctx context.Context, g *graph, path string) (all []T, err error) {
	token, err := g.signIn(ctx)
	if err != nil {
		return nil, err
	}
	next := g.lab.Endpoints.Graph + "/v1.0" + path
	for next != "" {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, next, nil)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		body, err := roundTrip(g.client, req)
		if err != nil {
			return nil, err
		}
		var page struct {
			Value []T    `json:"value"`
			Next  string `json:"@odata.nextLink"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, fmt.Errorf("read %s: %w", next, err)
		}
		all, next = append(all, page.Value...), page.Next
	}
	return all, nil
}

// The parts of Graph's objects that are looked at.
type (
	graphUser struct {
		ID                string           `json:"id"`
		UPN               string           `json:"userPrincipalName"`
		Enabled           bool             `json:"accountEnabled"`
		Synced            *bool            `json:"onPremisesSyncEnabled"`
		Licences          []map[string]any `json:"assignedLicenses"`
		Mail              string           `json:"mail"`
		MobilePhone       string           `json:"mobilePhone"`
		LastPasswordAt    string           `json:"lastPasswordChangeDateTime"`
		SessionsValidFrom string           `json:"signInSessionsValidFromDateTime"`
	}
	graphStanding struct {
		UPN        string   `json:"userPrincipalName"`
		Registered bool     `json:"isSsprRegistered"`
		Enabled    bool     `json:"isSsprEnabled"`
		Capable    bool     `json:"isSsprCapable"`
		Methods    []string `json:"methodsRegistered"`
	}
	graphParty struct {
		UPN  string `json:"userPrincipalName"`
		Name string `json:"displayName"`
	}
	graphAudit struct {
		ID        string `json:"id"`
		At        string `json:"activityDateTime"`
		Activity  string `json:"activityDisplayName"`
		Service   string `json:"loggedByService"`
		Result    string `json:"result"`
		Reason    string `json:"resultReason"`
		Initiated struct {
			User *graphParty `json:"user"`
			App  *graphParty `json:"app"`
		} `json:"initiatedBy"`
		Targets []graphParty `json:"targetResources"`
	}
	graphGroup struct {
		Name string `json:"displayName"`
	}
)

// agent is the Connect agent's control port.
type agent struct {
	client *http.Client
	base   string
}

func newAgent(l *lab.Lab) *agent { return &agent{l.HTTP(), l.Endpoints.ConnectControl} }

func (a *agent) post(ctx context.Context, path string, body any) error {
	var b []byte
	if body != nil {
		var err error
		if b, err = json.Marshal(body); err != nil {
			return err
		}
	}
	return post(ctx, a.client, a.base+path, b)
}

// install installs the agent with an administrator's account.
func (a *agent) install(ctx context.Context, user, password string) error {
	return a.post(ctx, "/install", map[string]string{"user": user, "password": password})
}

// configure does what the wizard's tick at Password writeback does.
func (a *agent) configure(ctx context.Context, writeback bool, user, password string) error {
	return a.post(ctx, "/configure", map[string]any{"writeback": writeback, "user": user, "password": password})
}

// sync runs a cycle of synchronisation and returns when it is done.
func (a *agent) sync(ctx context.Context) error { return a.post(ctx, "/sync", nil) }

// agentEvent is an entry of the agent's event log.
type agentEvent struct {
	ID     int    `json:"id"`
	Name   string `json:"name"`
	Source string `json:"source"`
	Text   string `json:"message"`
}

func (a *agent) events(ctx context.Context) ([]agentEvent, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.base+"/events", nil)
	if err != nil {
		return nil, err
	}
	body, err := roundTrip(a.client, req)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Events []agentEvent `json:"events"`
	}
	return answer.Events, json.Unmarshal(body, &answer)
}
