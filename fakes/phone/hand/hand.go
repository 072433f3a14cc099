// Package hand is the client of the phone's API: what the tenant sends (as
// carrier) and what people do with their phones and authenticator apps.
//
// Every call takes a context; the waiting ones also say how long the exchange
// itself shall wait, in real time, at most 5 minutes. What a phone can do and
// cannot is in package phone; this package adds nothing to it.
package hand

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

// Hand is a client of one exchange, safe for concurrent use.
type Hand struct {
	base   string
	client *http.Client
}

// New returns a client of the exchange whose API is at base. A nil client
// means [http.DefaultClient].
func New(base string, client *http.Client) *Hand {
	if client == nil {
		client = http.DefaultClient
	}
	return &Hand{strings.TrimRight(base, "/"), client}
}

// Error is an answer that is no success.
type Error struct {
	Status  int    // of HTTP
	Code    string // the exchange's word for it, as "notInService"
	Message string // for people
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s (%d %s)", e.Message, e.Status, e.Code)
}

// answerLimit is the longest answer that is read, in bytes.
const answerLimit = 16 << 20

// do sends a request and reads a T from the answer.
func do[T any](ctx context.Context, h *Hand, method, path, contentType string, body []byte) (T, error) {
	var answer T
	request, err := http.NewRequestWithContext(ctx, method, h.base+path, bytes.NewReader(body))
	if err != nil {
		return answer, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := h.client.Do(request)
	if err != nil {
		return answer, err
	}
	defer response.Body.Close()
	b, err := io.ReadAll(io.LimitReader(response.Body, answerLimit))
	if err != nil {
		return answer, fmt.Errorf("read answer: %w", err)
	}
	if response.StatusCode >= 300 {
		return answer, readError(response, b)
	}
	if response.StatusCode == http.StatusNoContent {
		return answer, nil
	}
	if err := json.Unmarshal(b, &answer); err != nil {
		return answer, fmt.Errorf("read answer: %w", err)
	}
	return answer, nil
}

func readError(response *http.Response, body []byte) error {
	var answer struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Error.Code == "" {
		return &Error{Status: response.StatusCode, Code: "noExchange", Message: "the answer is not one of the phone's"}
	}
	return &Error{response.StatusCode, answer.Error.Code, answer.Error.Message}
}

func get[T any](ctx context.Context, h *Hand, path, what string) (T, error) {
	answer, err := do[T](ctx, h, http.MethodGet, path, "", nil)
	return answer, wrap(what, err)
}

func post[T any](ctx context.Context, h *Hand, path string, request any, what string) (T, error) {
	body, err := json.Marshal(request)
	if err != nil {
		var none T
		return none, wrap(what, err)
	}
	answer, err := do[T](ctx, h, http.MethodPost, path, "application/json", body)
	return answer, wrap(what, err)
}

// nothing is the answer of requests that answer 204.
type nothing struct{}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

func number(n string) string { return "/numbers/" + url.PathEscape(n) }

func app(owner string) string { return "/apps/" + url.PathEscape(owner) }

// waiting adds how long the exchange shall wait, and after what.
func waiting(path, after string, wait time.Duration) string {
	query := url.Values{}
	if after != "" {
		query.Set("after", after)
	}
	if wait > 0 {
		query.Set("wait", wait.String())
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// SendText sends a text. A phone that refuses it gives an [Error] with code
// "unreachable".
func (h *Hand) SendText(ctx context.Context, r TextRequest) (Receipt, error) {
	return post[Receipt](ctx, h, "/carrier/texts", r, "send a text to "+r.To)
}

// PlaceCall calls a number.
func (h *Hand) PlaceCall(ctx context.Context, r CallRequest) (CallReceipt, error) {
	return post[CallReceipt](ctx, h, "/carrier/calls", r, "call "+r.To)
}

// CallState returns how a call stands, as soon as it is over or when wait has
// passed.
func (h *Hand) CallState(ctx context.Context, id string, wait time.Duration) (CallState, error) {
	c, err := get[CallReceipt](ctx, h, waiting("/carrier/calls/"+url.PathEscape(id), "", wait), "ask after call "+id)
	return c.State, err
}

// SendPush sends a notification to an app.
func (h *Hand) SendPush(ctx context.Context, r PushRequest) (PushReceipt, error) {
	return post[PushReceipt](ctx, h, "/carrier/pushes", r, "send a notification")
}

// PushState returns how a notification stands, as soon as it is not pending or
// when wait has passed.
func (h *Hand) PushState(ctx context.Context, id string, wait time.Duration) (PushState, error) {
	p, err := get[PushReceipt](ctx, h, waiting("/carrier/pushes/"+url.PathEscape(id), "", wait), "ask after notification "+id)
	return p.State, err
}

// Texts returns a number's texts, newest first.
func (h *Hand) Texts(ctx context.Context, n string) ([]Text, error) {
	return get[[]Text](ctx, h, number(n)+"/texts", "read the texts of "+n)
}

// LatestText returns the newest text that came after the one of that id (or at
// all, if after is empty), and waits for it up to wait.
func (h *Hand) LatestText(ctx context.Context, n, after string, wait time.Duration) (Text, error) {
	return get[Text](ctx, h, waiting(number(n)+"/texts/latest", after, wait), "read the latest text of "+n)
}

// Calls returns a number's calls, newest first.
func (h *Hand) Calls(ctx context.Context, n string) ([]Call, error) {
	return get[[]Call](ctx, h, number(n)+"/calls", "list the calls of "+n)
}

// LatestCall returns the newest call that came after the one of that id (or at
// all, if after is empty), and waits for it up to wait.
func (h *Hand) LatestCall(ctx context.Context, n, after string, wait time.Duration) (Call, error) {
	return get[Call](ctx, h, waiting(number(n)+"/calls/latest", after, wait), "find the latest call of "+n)
}

// Answer answers a call and presses a key ("#" confirms; "" presses none). An
// answered call can be answered again, to press a key.
func (h *Hand) Answer(ctx context.Context, n, id, press string) (Call, error) {
	return post[Call](ctx, h, number(n)+"/calls/"+url.PathEscape(id)+"/answer", AnswerRequest{press}, "answer call "+id+" to "+n)
}

// Decline declines a call.
func (h *Hand) Decline(ctx context.Context, n, id string) (Call, error) {
	return post[Call](ctx, h, number(n)+"/calls/"+url.PathEscape(id)+"/decline", nothing{}, "decline call "+id+" to "+n)
}

// SetHabit gives a number its standing instruction for calls.
func (h *Hand) SetHabit(ctx context.Context, n string, calls CallHabit) error {
	_, err := post[nothing](ctx, h, number(n)+"/auto", HabitRequest{calls}, "instruct phone "+n)
	return err
}
