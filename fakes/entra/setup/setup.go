// Package setup is how a tenant is brought into the state a rehearsal starts
// from, over the tenant's control port: what an organisation would have done
// before, in one call. The control port is the lab's; the product has none.
//
// The policy is checked as the blade checks it, and audited in the name of the
// set-up; people are what the state says they are. Not modelled: removing people
// and groups, and reading the state back, which is Graph's.
package setup

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// State is what is to be there. What is absent stays as it is.
type State struct {
	People  []Person  `json:"people,omitempty"`
	Groups  []Group   `json:"groups,omitempty"`
	Policy  *Policy   `json:"policy,omitempty"`
	Preview *Preview  `json:"preview,omitempty"`
	Banned  *[]string `json:"banned,omitempty"`
}

// Person is a user. One who exists already (synchronised, say) is completed;
// otherwise a cloud-only user is made.
type Person struct {
	UPN           string    `json:"upn"`
	Name          string    `json:"name,omitempty"`
	GivenName     string    `json:"givenName,omitempty"`
	Surname       string    `json:"surname,omitempty"`
	Password      string    `json:"password,omitempty"` // cloud-only users
	MustChange    bool      `json:"mustChange,omitempty"`
	Disabled      bool      `json:"disabled,omitempty"`
	Mail          string    `json:"mail,omitempty"`
	AlternateMail string    `json:"alternateMail,omitempty"`
	MobilePhone   string    `json:"mobilePhone,omitempty"` // directory attributes
	OfficePhone   string    `json:"officePhone,omitempty"`
	UsageLocation string    `json:"usageLocation,omitempty"`
	Licences      []string  `json:"licences,omitempty"` // SKU part numbers
	Roles         []string  `json:"roles,omitempty"`
	Phone         string    `json:"phone,omitempty"`     // registered Authentication Phone
	Email         string    `json:"email,omitempty"`     // registered Authentication Email
	AppKeys       []string  `json:"appKeys,omitempty"`   // base32 keys of registered code-only apps
	Questions     []Answer  `json:"questions,omitempty"` // registered
	Confirmed     time.Time `json:"confirmed,omitzero"`
}

// Answer is a security question with its answer.
type Answer struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// Group is a security group by its name; members are UPNs or names of groups.
type Group struct {
	Name    string   `json:"name"`
	Members []string `json:"members,omitempty"`
}

// Policy is the Password reset policy, in the words of the blade.
type Policy struct {
	Enabled             string   `json:"enabled"` // None, Selected, All
	Group               string   `json:"group,omitempty"`
	Required            int      `json:"required"`
	Methods             []string `json:"methods"` // labels of the page
	QuestionsToRegister int      `json:"questionsToRegister"`
	QuestionsToReset    int      `json:"questionsToReset"`
	RequireRegistration bool     `json:"requireRegistration"`
	ReconfirmDays       int      `json:"reconfirmDays"`
	NotifyUsers         bool     `json:"notifyUsers"`
	NotifyAdmins        bool     `json:"notifyAdmins"`
	Helpdesk            string   `json:"helpdesk,omitempty"` // set: customised
	WriteBack           bool     `json:"writeBack"`
	UnlockWithoutReset  bool     `json:"unlockWithoutReset"`
	AdminsOff           bool     `json:"adminsOff,omitempty"` // allowedToUseSSPR = false
}

// Preview is for whom combined registration is on in 2019.
type Preview struct {
	Scope string `json:"scope"`
	Group string `json:"group,omitempty"`
}

// Client calls a tenant's control port.
type Client struct {
	base   string
	client *http.Client
}

// NewClient returns a client of the control port at base.
func NewClient(base string, client *http.Client) *Client {
	return &Client{strings.TrimRight(base, "/"), client}
}

// Apply brings the tenant into the state. An error says which part of it
// could not be had; what came before it has been done.
func (c *Client) Apply(ctx context.Context, s State) error {
	return c.do(ctx, http.MethodPost, "/setup", s, nil)
}

// CaptchaAnswer tells what the picture of a CAPTCHA shows.
func (c *Client) CaptchaAnswer(ctx context.Context, id string) (string, error) {
	var out struct{ Answer string }
	err := c.do(ctx, http.MethodGet, "/captchas/"+url.PathEscape(id), nil, &out)
	return out.Answer, err
}

// Enrol starts the registration of an authenticator app with notifications for
// a user and returns what its QR code holds; the app that scans it is
// registered at once.
func (c *Client) Enrol(ctx context.Context, upn string) (uri string, err error) {
	var out struct{ URI string }
	err = c.do(ctx, http.MethodPost, "/enrolments", map[string]string{"upn": upn}, &out)
	return out.URI, err
}

// Unhandled returns the requests that no surface knew.
func (c *Client) Unhandled(ctx context.Context) (list []string, err error) {
	err = c.do(ctx, http.MethodGet, "/unhandled", nil, &list)
	return list, err
}

func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("control %s: %w", path, err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("control %s: %w", path, err)
	}
	res, err := c.client.Do(req)
	if err != nil {
		return fmt.Errorf("control %s: %w", path, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	if err != nil {
		return fmt.Errorf("control %s: %w", path, err)
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("control %s: %s: %s", path, res.Status, bytes.TrimSpace(answer))
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("control %s: read the answer: %w", path, err)
	}
	return nil
}
