package hand

import "time"

// The types below are the JSON of the phone's API; the exchange uses the same.

// Text is a text message in a number's inbox.
type Text struct {
	ID   string    `json:"id"`
	From string    `json:"from"`
	Text string    `json:"text"`
	At   time.Time `json:"at"` // when it was delivered, on the lab's clock
}

// CallState says how far a call has come.
type CallState string

// A call rings; then it is declined, or rings out (unanswered), or is answered.
// An answered call is confirmed when # is pressed (R-RST-34); one that is not
// stays answered when it is over.
const (
	Ringing    CallState = "ringing"
	Answered   CallState = "answered"
	Confirmed  CallState = "confirmed"
	Declined   CallState = "declined"
	Unanswered CallState = "unanswered"
)

// Call is a call to a number. Speech is what is heard, once it is answered.
type Call struct {
	ID     string    `json:"id"`
	From   string    `json:"from"`
	State  CallState `json:"state"`
	Over   bool      `json:"over"` // nothing can be pressed any more
	Speech string    `json:"speech,omitempty"`
	At     time.Time `json:"at"`
}

// CallHabit is what a phone does with calls by itself.
type CallHabit string

// Ring waits for a person (the default), Confirm answers and presses #,
// Decline declines.
const (
	Ring    CallHabit = "ring"
	Confirm CallHabit = "confirm"
	Decline CallHabit = "decline"
)

// Account is an account in an authenticator app. Every one shows codes; one
// with Push also gets notifications (R-REG-28, R-REG-29).
type Account struct {
	ID      string `json:"id"`
	Account string `json:"account"`
	Issuer  string `json:"issuer"`
	Push    bool   `json:"push"`
}

// Code is what an account shows.
type Code struct {
	Code     string `json:"code"`
	ValidFor int    `json:"validFor"` // seconds, from 30 to 1, on the lab's clock
}

// PushState says what has become of a notification.
type PushState string

// A notification is pending until it is approved, denied, or approved with
// another number than the one shown to the person (wrongnumber).
const (
	Pending     PushState = "pending"
	Approved    PushState = "approved"
	Denied      PushState = "denied"
	WrongNumber PushState = "wrongnumber"
)

// Push is a notification in an authenticator app. What number is expected
// stays with the exchange: the person reads it elsewhere.
type Push struct {
	ID          string    `json:"id"`
	Account     string    `json:"account"` // id of the account
	Title       string    `json:"title"`
	State       PushState `json:"state"`
	WantsNumber bool      `json:"wantsNumber"`
	At          time.Time `json:"at"`
}

// Delivery is what has become of a text that was sent.
type Delivery string

// Queued texts are delivered when the phone is switched on again.
const (
	Delivered Delivery = "delivered"
	Queued    Delivery = "queued"
)

// Receipt answers a text.
type Receipt struct {
	ID    string   `json:"id"`
	State Delivery `json:"state"`
}

// CallReceipt tells the carrier how a call stands.
type CallReceipt struct {
	ID    string    `json:"id"`
	State CallState `json:"state"`
}

// PushReceipt tells the sender of a notification how it stands.
type PushReceipt struct {
	ID    string    `json:"id"`
	State PushState `json:"state"`
}

// OutMode is what happens to what is sent to a phone that is switched off.
type OutMode string

// Queue keeps texts and notifications until the phone is on again; Fail
// refuses them. A call is unanswered either way.
const (
	Queue OutMode = "queue"
	Fail  OutMode = "fail"
)

// The requests.
type (
	// TextRequest sends a text.
	TextRequest struct {
		To   string `json:"to"`
		From string `json:"from"`
		Text string `json:"text"`
	}
	// CallRequest places a call.
	CallRequest struct {
		To     string `json:"to"`
		From   string `json:"from"`
		Speech string `json:"speech"`
	}
	// PushRequest sends a notification to the device of an app account. Number,
	// if any, is the one that the person is shown and must type.
	PushRequest struct {
		Device string `json:"device"`
		Title  string `json:"title"`
		Number Number `json:"number,omitempty"`
	}
	// AnswerRequest answers a call and presses a key, if Press is one.
	AnswerRequest struct {
		Press string `json:"press,omitempty"`
	}
	// HabitRequest gives a phone its standing instruction.
	HabitRequest struct {
		Calls CallHabit `json:"calls"`
	}
	// ApproveRequest approves a notification.
	ApproveRequest struct {
		Number Number `json:"number,omitempty"`
	}
	// ScanRequest is what a person reads instead of scanning the picture: the
	// address in a QR code, or the key with its account.
	ScanRequest struct {
		URI     string `json:"uri,omitempty"`
		Key     string `json:"key,omitempty"`
		Account string `json:"account,omitempty"`
		Issuer  string `json:"issuer,omitempty"`
	}
	// SwitchRequest switches the phone of a number, or an owner's app, off or on.
	SwitchRequest struct {
		Number string  `json:"number,omitempty"`
		Owner  string  `json:"owner,omitempty"`
		Mode   OutMode `json:"mode,omitempty"` // of /off, default queue
	}
	// ActivationRequest is what the app posts to the address in a phonefactor://
	// QR code. It stands in for the SOAP call ActivateNew of the real app, whose
	// envelope the lab does not model.
	ActivationRequest struct {
		ActivationCode string `json:"activationCode"`
		DeviceToken    string `json:"deviceToken"`
		DeviceName     string `json:"deviceName"`
	}
	// ActivationAnswer is what the service answers it with: one registration
	// gives notifications, to the device token, and codes, from the secret.
	ActivationAnswer struct {
		Secret  string `json:"secret"` // base32
		Account string `json:"account"`
		Issuer  string `json:"issuer"`
	}
)
