package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/scenarios/awareness"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// answerCall answers the phone that rings, or declines.
func (a *actor) answerCall(ctx context.Context, what script.AnswerCall) error {
	return a.answer(ctx, a.number(), what.Key)
}

// answer answers the newest call to a number and presses a key; no key
// declines.
func (a *actor) answer(ctx context.Context, number, key string) error {
	call, err := a.world.phone.LatestCall(ctx, number, "", arrival)
	if err != nil {
		return err
	}
	if key == "" || key == "decline" {
		_, err = a.world.phone.Decline(ctx, number, call.ID)
	} else {
		_, err = a.world.phone.Answer(ctx, number, call.ID, key)
	}
	return err
}

// approve approves what the authenticator app shows, with the number of the
// page if the app wants one.
func (a *actor) approve(ctx context.Context, what script.ApproveNotification) error {
	push, err := a.world.phone.PendingPush(ctx, a.person.Key, arrival)
	if err != nil {
		return err
	}
	number := ""
	switch {
	case !what.Number.Empty():
		number, err = a.text(ctx, what.Number)
	case push.WantsNumber:
		number, err = a.now(ctx, "app number")
	}
	if err != nil {
		return err
	}
	_, err = a.world.phone.Approve(ctx, a.person.Key, push.ID, hand.Number(number))
	return err
}

func (a *actor) deny(ctx context.Context) error {
	push, err := a.world.phone.PendingPush(ctx, a.person.Key, arrival)
	if err != nil {
		return err
	}
	_, err = a.world.phone.Deny(ctx, a.person.Key, push.ID)
	return err
}

// sendMail sends a mail of a template that the project ships.
func (w *world) sendMail(ctx context.Context, what script.SendMail) error {
	var to []string
	for _, r := range what.To {
		addresses, err := w.addresses(ctx, r)
		if err != nil {
			return err
		}
		to = append(to, addresses...)
	}
	for _, address := range to {
		err := awareness.Send(ctx, w.lab.Endpoints.SMTP, awareness.Mail{
			Template: what.Template, To: address, Organisation: w.scenario.Organisation, Date: w.lab.Clock.Now(),
			Helpdesk: w.scenario.Tenant.PasswordReset.Helpdesk, UnlockToo: w.scenario.Tenant.PasswordReset.UnlockWithoutReset,
		})
		if err != nil {
			return fmt.Errorf("send the %s mail to %s: %w", what.Template, address, err)
		}
	}
	return nil
}

// addresses are where mail for a recipient goes.
func (w *world) addresses(ctx context.Context, r script.Recipient) ([]string, error) {
	if a := w.actors[r.Name]; a != nil {
		return []string{a.person.Mail}, nil
	}
	if r.Name == "" {
		address, err := r.Address.Resolve(func(ref script.Ref) (string, error) { return w.value(ctx, ref, nil) })
		return []string{address}, err
	}
	var list []string
	if g := w.scenario.Group(r.Name); g != nil {
		for _, m := range g.Members {
			list = append(list, w.actors[m].person.Mail)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: the group %q has no members to mail", r.At, r.Name)
	}
	return list, nil
}

// resultOf is what a bind's refusal means in the words of the language.
var resultOf = map[directory.Reason]script.BindResult{
	directory.WrongPassword: script.BindWrong, directory.Locked: script.BindLocked, directory.Disabled: script.BindDisabled,
	directory.MustChange: script.BindMustChange, directory.PasswordExpired: script.BindExpired, directory.AccountExpired: script.BindExpired,
}

// bind signs in to the directory as a computer of the domain does.
func (a *actor) bind(ctx context.Context, at script.Position, what script.Bind) error {
	password := a.password
	if !what.Password.Empty() {
		text, err := a.text(ctx, what.Password)
		if err != nil {
			return err
		}
		password = text
	}
	var got script.BindResult
	for range what.Times {
		result, err := a.world.bindResult(ctx, a.person.UPN, password)
		if err != nil {
			return err
		}
		got = result
	}
	if got != what.Result {
		return &mismatch{at, "bind as " + a.person.Key, string(what.Result), string(got)}
	}
	return nil
}

// bindResult binds once. Its error is one of the way to the directory.
func (w *world) bindResult(ctx context.Context, user, password string) (script.BindResult, error) {
	err := w.directory.Authenticate(ctx, user, password)
	if err == nil {
		return script.BindOK, nil
	}
	var refused *directory.Refusal
	if errors.As(err, &refused) {
		if result, ok := resultOf[refused.Reason]; ok {
			return result, nil
		}
	}
	return "", err
}

// control posts to a control port.
func (w *world) control(ctx context.Context, address string) error {
	return post(ctx, w.lab.HTTP(), address, nil)
}

func post(ctx context.Context, client *http.Client, address string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	_, err = roundTrip(client, req)
	return err
}
