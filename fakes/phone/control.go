package phone

import (
	"net/http"

	"github.com/ssprlab/ssprlab/fakes/phone/hand"
)

func (e *Exchange) switchOff(r *http.Request) error {
	request, err := read[hand.SwitchRequest](r)
	if err != nil {
		return err
	}
	switch request.Mode {
	case "":
		request.Mode = hand.Queue
	case hand.Queue, hand.Fail:
	default:
		return badRequest("mode is %q, and must be %q or %q", request.Mode, hand.Queue, hand.Fail)
	}
	return e.turn(request, request.Mode)
}

func (e *Exchange) switchOn(r *http.Request) error {
	request, err := read[hand.SwitchRequest](r)
	if err != nil {
		return err
	}
	return e.turn(request, "")
}

// turn switches a phone or an app; a phone that is switched on gets its texts.
func (e *Exchange) turn(request hand.SwitchRequest, out hand.OutMode) error {
	if (request.Number == "") == (request.Owner == "") {
		return badRequest("name either a number or an owner")
	}
	if request.Owner != "" {
		return e.change(func() error { e.usedApp(ownerName(request.Owner)).out = out; return nil })
	}
	digits, err := e.parseNumber(request.Number)
	if err != nil {
		return err
	}
	return e.change(func() error {
		phone := e.usedPhone(digits)
		phone.out = out
		if out == "" {
			e.deliverQueued(phone)
		}
		return nil
	})
}

func (e *Exchange) deliverQueued(phone *handset) {
	for _, text := range phone.queued {
		text.At = e.config.Clock.Now()
		phone.texts = append(phone.texts, text)
	}
	phone.queued = nil
}
