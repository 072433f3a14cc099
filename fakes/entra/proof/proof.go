// Package proof lets a person show that a phone, a mailbox or an authenticator
// app is theirs. A reset asks for it at its gates, registration before it
// stores a method.
//
// Modelled: codes of six digits that live 5 minutes and serve once, the newest
// only (R-RST-28, R-RST-33, R-GAP-40, R-GAP-43), five tries per code
// (R-GAP-44), calls that are confirmed with "#" (R-RST-34), notifications
// (R-RST-38), time-based codes (R-RST-28). Not modelled: delivery delays, limits
// of the telephone provider (R-RST-77).
package proof

import (
	"context"
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/fakes/phone/totp"
)

// caller is who texts and calls come from.
const caller = "ssprlab"

// answerWait is how long a page waits for a phone that is just being answered,
// in real time.
const answerWait = time.Second

// Answer is what came of a try.
type Answer uint8

// The answers.
const (
	Wrong    Answer = iota
	Passed          // theirs
	Expired         // the code is older than 5 minutes, used, or was tried too often
	Waiting         // the phone has not been answered, the notification not approved
	Declined        // the call or the notification was refused
)

// triesPerCode is how often one code may be mistyped (R-GAP-44).
const triesPerCode = 5

// Challenge is one request for proof, sent and not yet answered.
type Challenge struct {
	Option entra.Option
	Target string // the number or address it went to
	Number string // to be typed into the app [now] (R-RST-38); "" in 2019
	Sent   time.Time

	code  string
	tries int
	done  bool
	id    string // of a call or a notification, at the carrier
}

// Prover sends challenges in a tenant's name.
type Prover struct {
	tenant  *entra.Tenant
	carrier *hand.Hand
}

// New returns the prover of a tenant.
func New(t *entra.Tenant) *Prover {
	base, client := t.Carrier()
	return &Prover{t, hand.New(base, client)}
}

// Send challenges u by option. For a phone or an address, target is where to;
// codes from an app need no sending. An error means that nothing was sent.
func (p *Prover) Send(ctx context.Context, u entra.User, option entra.Option, target string) (*Challenge, error) {
	c := &Challenge{Option: option, Target: target, Sent: p.tenant.Now()}
	org := p.tenant.Organisation()
	var err error
	switch option {
	case entra.MailCode:
		c.code = p.tenant.NewCode()
		err = p.tenant.Send(ctx, entra.Mail{
			To: target, Subject: org + " account email verification code", // R-RST-27
			Heading: "Verify your e-mail address", Code: c.code,
			Paragraphs: []string{"Use this code to show that this mailbox is yours. It is valid for 5 minutes.", "If you did not ask for it, ignore this message."},
		})
	case entra.TextMobile:
		c.code = p.tenant.NewCode()
		_, err = p.carrier.SendText(ctx, hand.TextRequest{To: target, From: caller, Text: "Use " + c.code + " as your " + org + " verification code."})
	case entra.CallMobile, entra.CallOffice:
		var call hand.CallReceipt
		call, err = p.carrier.PlaceCall(ctx, hand.CallRequest{To: target, From: caller, Speech: "This is the sign-in service of " + org + ". Press the hash key to go on."})
		c.id = call.ID
	case entra.ApproveNotification:
		c.Target, c.id, c.Number, err = p.push(ctx, u)
	}
	if err != nil {
		return nil, fmt.Errorf("send %s challenge to %s: %w", option.Audit(), u.UPN, err)
	}
	return c, nil
}

func (p *Prover) push(ctx context.Context, u entra.User) (device, id, number string, err error) {
	for _, app := range u.Security.Apps {
		if app.Device == "" {
			continue
		}
		if p.tenant.Era() == entra.Now {
			number = fmt.Sprintf("%02d", 10+p.tenant.Chance().IntN(90))
		}
		sent, err := p.carrier.SendPush(ctx, hand.PushRequest{Device: app.Device, Title: p.tenant.Organisation(), Number: hand.Number(number)})
		return app.Device, sent.ID, number, err
	}
	return "", "", "", fmt.Errorf("no authenticator app takes notifications")
}

// Check compares what the person typed, or what the phone did, with the
// challenge. A passed challenge passes only once.
func (p *Prover) Check(ctx context.Context, u entra.User, c *Challenge, typed string) (Answer, error) {
	switch c.Option {
	case entra.MailCode, entra.TextMobile:
		return p.checkCode(c, typed), nil
	case entra.TypeAppCode:
		return p.CheckAppCode(u, typed), nil
	case entra.CallMobile, entra.CallOffice:
		return settle(c, func() (Answer, error) {
			state, err := p.carrier.CallState(ctx, c.id, answerWait)
			return callAnswers[state], err
		})
	case entra.ApproveNotification:
		return settle(c, func() (Answer, error) {
			state, err := p.carrier.PushState(ctx, c.id, answerWait)
			return pushAnswers[state], err
		})
	}
	return Wrong, fmt.Errorf("%s cannot be proved by a challenge", c.Option.Audit())
}

func (p *Prover) checkCode(c *Challenge, typed string) Answer {
	if c.done || p.tenant.Clock().Since(c.Sent) >= entra.CodeLifetime {
		return Expired
	}
	typed = strings.Join(strings.Fields(typed), "")
	if subtle.ConstantTimeCompare([]byte(typed), []byte(c.code)) == 1 {
		c.done = true
		return Passed
	}
	if c.tries++; c.tries >= triesPerCode {
		c.done = true
	}
	return Wrong
}

// skew is how many steps of 30 s a code may be early or late.
const skew = 1

// CheckAppCode compares a code with those of the user's apps. One code serves
// once (R-GAP-43).
func (p *Prover) CheckAppCode(u entra.User, typed string) Answer {
	typed = strings.Join(strings.Fields(typed), "")
	answer := Wrong
	p.tenant.Update(u.ID, func(u *entra.User) error {
		for i := range u.Security.Apps {
			app := &u.Security.Apps[i]
			counter, ok := totp.Verify(app.Secret, typed, p.tenant.Now(), skew)
			if ok && counter > app.Counter {
				app.Counter, answer = counter, Passed
				return nil
			}
		}
		return nil
	})
	return answer
}

var (
	callAnswers = map[hand.CallState]Answer{hand.Ringing: Waiting, hand.Answered: Waiting, hand.Confirmed: Passed, hand.Declined: Declined, hand.Unanswered: Declined}
	pushAnswers = map[hand.PushState]Answer{hand.Pending: Waiting, hand.Approved: Passed, hand.Denied: Declined, hand.WrongNumber: Wrong}
)

// settle asks for the state of a call or a notification, until it is over.
func settle(c *Challenge, ask func() (Answer, error)) (Answer, error) {
	if c.done {
		return Expired, nil
	}
	answer, err := ask()
	if err != nil {
		return Wrong, err
	}
	c.done = answer != Waiting
	return answer, nil
}
