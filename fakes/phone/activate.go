package phone

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

	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/fakes/phone/totp"
)

// activationTime is how long an activation may take, in real time.
const activationTime = 10 * time.Second

// activate reads the QR code for the product's own app and tells the service
// in it about this device: one registration gives notifications and codes
// (R-REG-28). The real app does this by a SOAP call; the lab's is JSON.
func (e *Exchange) activate(ctx context.Context, name, uri string) (*account, error) {
	code, address, err := parseActivation(uri)
	if err != nil {
		return nil, err
	}
	device := e.random.Token(16)
	answer, err := e.requestActivation(ctx, address, hand.ActivationRequest{
		ActivationCode: code, DeviceToken: device, DeviceName: "Phone of " + name})
	if err != nil {
		return nil, err
	}
	secret, err := totp.DecodeKey(answer.Secret)
	if err != nil {
		return nil, problem{http.StatusBadGateway, "activationFailed", "the activation's answer: " + err.Error()}
	}
	return &account{Account: hand.Account{Account: answer.Account, Issuer: answer.Issuer, Push: true}, secret: secret, device: device}, nil
}

// parseActivation reads phonefactor://activate_account?code=…&url=….
func parseActivation(uri string) (code, address string, err error) {
	u, err := url.Parse(strings.TrimSpace(uri))
	if err != nil || u.Scheme != "phonefactor" || u.Host != "activate_account" {
		return "", "", badRequest("this is not an activation: it must start with phonefactor://activate_account?")
	}
	query, err := url.ParseQuery(u.RawQuery)
	code, address = query.Get("code"), query.Get("url")
	if err != nil || code == "" || strings.Trim(code, "0123456789") != "" {
		return "", "", badRequest("the activation has no code of digits")
	}
	target, err := url.Parse(address)
	if err != nil || target.Scheme != "https" || target.Host == "" {
		return "", "", badRequest("the activation's url must be an https address")
	}
	return code, address, nil
}

func (e *Exchange) requestActivation(ctx context.Context, address string, request hand.ActivationRequest) (hand.ActivationAnswer, error) {
	var answer hand.ActivationAnswer
	body, err := json.Marshal(request)
	if err != nil {
		return answer, err
	}
	ctx, cancel := context.WithTimeout(ctx, activationTime)
	defer cancel()
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return answer, badRequest("the activation's url must be an https address")
	}
	post.Header.Set("Content-Type", "application/json")
	response, err := e.config.Client.Do(post)
	if err != nil {
		return answer, activationFailed(address, fmt.Sprintf("no answer: %v", cause(err)))
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		return answer, problem{http.StatusUnprocessableEntity, "activationRefused",
			fmt.Sprintf("the service at %s refused the activation with status %d", host(address), response.StatusCode)}
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxRequest)).Decode(&answer); err != nil {
		return answer, activationFailed(address, "its answer is not the expected JSON")
	}
	return answer, nil
}

func activationFailed(address, why string) error {
	return problem{http.StatusBadGateway, "activationFailed", "activate the app at " + host(address) + ": " + why}
}

// host is the part of the address that may be shown: the path is a secret.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an unreadable address"
	}
	return u.Host
}

// cause leaves the address out of an error of the client.
func cause(err error) error {
	if u, ok := err.(*url.Error); ok {
		return u.Err
	}
	return err
}
