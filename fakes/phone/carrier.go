package phone

import (
	"net/http"

	"github.com/ssprlab/ssprlab/fakes/phone/hand"
)

// carrierRoutes are what the tenant uses to reach people.
func (e *Exchange) carrierRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /carrier/texts", answers(http.StatusCreated, e.sendText))
	mux.HandleFunc("POST /carrier/calls", answers(http.StatusCreated, e.placeCall))
	mux.HandleFunc("GET /carrier/calls/{id}", answers(http.StatusOK, e.callState))
	mux.HandleFunc("POST /carrier/pushes", answers(http.StatusCreated, e.sendPush))
	mux.HandleFunc("GET /carrier/pushes/{id}", answers(http.StatusOK, e.pushState))
}

// maxText is the longest text, in bytes: ten parts of 160 letters.
const maxText = 1600

func (e *Exchange) sendText(r *http.Request) (hand.Receipt, error) {
	request, err := read[hand.TextRequest](r)
	if err != nil {
		return hand.Receipt{}, err
	}
	digits, err := e.parseNumber(request.To)
	if err != nil {
		return hand.Receipt{}, err
	}
	if request.Text == "" || len(request.Text) > maxText {
		return hand.Receipt{}, badRequest("a text has 1 to %d bytes, and this one %d", maxText, len(request.Text))
	}
	receipt := hand.Receipt{ID: e.newID("text"), State: hand.Delivered}
	text := hand.Text{ID: receipt.ID, From: request.From, Text: request.Text, At: e.config.Clock.Now()}
	err = e.change(func() error {
		phone := e.usedPhone(digits)
		switch phone.out {
		case hand.Fail:
			return unreachable(display(digits))
		case hand.Queue:
			receipt.State = hand.Queued
			phone.queued = append(phone.queued, text)
		default:
			phone.texts = append(phone.texts, text)
		}
		return nil
	})
	e.log.Info("text sent", "to", digits, "id", receipt.ID, "state", receipt.State, "refused", err != nil)
	return receipt, err
}

func unreachable(who string) error {
	return conflict("unreachable", who+" is switched off and takes nothing")
}

func (e *Exchange) placeCall(r *http.Request) (hand.CallReceipt, error) {
	request, err := read[hand.CallRequest](r)
	if err != nil {
		return hand.CallReceipt{}, err
	}
	digits, err := e.parseNumber(request.To)
	if err != nil {
		return hand.CallReceipt{}, err
	}
	if len(request.Speech) > maxText {
		return hand.CallReceipt{}, badRequest("a call says at most %d bytes, and this one %d", maxText, len(request.Speech))
	}
	c := &call{Call: hand.Call{ID: e.newID("call"), From: request.From, State: hand.Ringing, Speech: request.Speech, At: e.config.Clock.Now()}}
	var receipt hand.CallReceipt
	err = e.change(func() error {
		e.ring(e.usedPhone(digits), c)
		receipt = hand.CallReceipt{ID: c.ID, State: c.State}
		return nil
	})
	e.log.Info("call placed", "to", digits, "id", receipt.ID, "state", receipt.State)
	return receipt, err
}

func (e *Exchange) callState(r *http.Request) (hand.CallReceipt, error) {
	id := r.PathValue("id")
	c, err := lookUp(e, "call", id, func() *call { return e.state.calls[id] })
	if err != nil {
		return hand.CallReceipt{}, err
	}
	var receipt hand.CallReceipt
	err = e.settled(r, func() bool { receipt = hand.CallReceipt{ID: id, State: c.State}; return c.Over })
	return receipt, err
}

func (e *Exchange) sendPush(r *http.Request) (hand.PushReceipt, error) {
	request, err := read[hand.PushRequest](r)
	if err != nil {
		return hand.PushReceipt{}, err
	}
	p := &push{expected: request.Number, Push: hand.Push{ID: e.newID("push"), Title: request.Title,
		State: hand.Pending, WantsNumber: request.Number != "", At: e.config.Clock.Now()}}
	err = e.change(func() error { return e.notify(request.Device, p) })
	e.log.Info("notification sent", "id", p.ID, "refused", err != nil)
	return hand.PushReceipt{ID: p.ID, State: hand.Pending}, err
}

func (e *Exchange) pushState(r *http.Request) (hand.PushReceipt, error) {
	id := r.PathValue("id")
	p, err := lookUp(e, "notification", id, func() *push { return e.state.pushes[id] })
	if err != nil {
		return hand.PushReceipt{}, err
	}
	var receipt hand.PushReceipt
	err = e.settled(r, func() bool { receipt = hand.PushReceipt{ID: id, State: p.State}; return p.State != hand.Pending })
	return receipt, err
}

// lookUp finds a thing under the lock, or says that there is none.
func lookUp[T any](e *Exchange, kind, id string, find func() *T) (*T, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if found := find(); found != nil {
		return found, nil
	}
	return nil, unknown(kind + " " + id)
}
