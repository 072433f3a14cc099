package phone_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/phone"
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
)

func TestTextsComeNewestFirst(t *testing.T) {
	r := open(t, phone.Config{})
	r.text(t, adele, "one")
	r.clock.Advance(time.Minute)
	second := r.text(t, "(1) 425-555.0123", "two") // R-GAP-42: digits only
	texts, err := r.hand.Texts(t.Context(), "14255550123")
	if err != nil || len(texts) != 2 || texts[0].Text != "two" || texts[1].Text != "one" || texts[0].ID != second.ID || second.State != hand.Delivered {
		t.Fatalf("%+v, %v", texts, err)
	}
	if d := texts[0].At.Sub(texts[1].At).Round(time.Minute); d != time.Minute || texts[0].From != "ssprlab" {
		t.Errorf("texts %+v", texts)
	}
	if texts, err := r.hand.Texts(t.Context(), brandon); err != nil || texts == nil || len(texts) != 0 {
		t.Errorf("another number: %+v, %v", texts, err)
	}
}

func TestWaitingForAText(t *testing.T) {
	r := open(t, phone.Config{})
	old := r.text(t, adele, "old")
	if latest, err := r.hand.LatestText(t.Context(), adele, "", 0); err != nil || latest.ID != old.ID {
		t.Errorf("without waiting: %+v, %v", latest, err)
	}
	type answer struct {
		text hand.Text
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := r.hand.LatestText(t.Context(), adele, old.ID, long)
		got <- answer{text, err}
	}()
	r.text(t, brandon, "not hers")
	r.text(t, adele, "new")
	if a := <-got; a.err != nil || a.text.Text != "new" {
		t.Errorf("%+v", a)
	}
	_, err := r.hand.LatestText(t.Context(), brandon, "text-none", long)
	wantError(t, err, 404, "unknown")
	_, err = r.hand.LatestText(t.Context(), "+1 425 555 0199", "", 0)
	wantError(t, err, 404, "unknown")
	_, err = r.hand.LatestText(t.Context(), "+1 425 555 0199", "", short)
	wantError(t, err, 408, "timeout")
	if !strings.Contains(err.Error(), "text for +1 425 555 0199") {
		t.Errorf("error %v does not name what was waited for", err)
	}
}

func TestNumbers(t *testing.T) {
	r := open(t, phone.Config{})
	for _, test := range []struct {
		number string
		status int
		code   string
	}{
		{"+1 425 555 0123", 0, ""}, {"1.425.555.0199", 0, ""}, {"+44 7700 900123", 0, ""},
		{"+1 4255550123 x12345", 400, "malformedNumber"}, // R-POL-50: the caller strips extensions
		{"hello", 400, "malformedNumber"}, {"", 400, "malformedNumber"}, {"555 0123", 400, "malformedNumber"},
		{"1+4255550123", 400, "malformedNumber"}, {"+1234567890123456", 400, "malformedNumber"},
		{"+1 425 555 1234", 404, "notInService"}, {"+49 30 1234567", 404, "notInService"},
	} {
		_, err := r.hand.SendText(t.Context(), hand.TextRequest{To: test.number, Text: "x"})
		if test.status == 0 {
			if err != nil {
				t.Errorf("%s: %v", test.number, err)
			}
			continue
		}
		wantError(t, err, test.status, test.code)
		_, err = r.hand.PlaceCall(t.Context(), hand.CallRequest{To: test.number})
		wantError(t, err, test.status, test.code)
	}
	wider := open(t, phone.Config{InService: func(digits string) bool { return digits == "49301234567" }})
	wider.text(t, "+49 30 1234567", "x")
}

func TestACallIsConfirmedByThePoundKey(t *testing.T) { // R-RST-34
	r := open(t, phone.Config{})
	placed := r.call(t, adele)
	ringing, err := r.hand.LatestCall(t.Context(), adele, "", long)
	if err != nil || ringing.ID != placed.ID || ringing.State != hand.Ringing || ringing.Speech != "" {
		t.Fatalf("ringing: %+v, %v", ringing, err)
	}
	state := make(chan hand.CallState, 1)
	go func() {
		s, err := r.hand.CallState(t.Context(), placed.ID, long)
		if err != nil {
			t.Error(err)
		}
		state <- s
	}()
	answered, err := r.hand.Answer(t.Context(), adele, placed.ID, "")
	if err != nil || answered.State != hand.Answered || answered.Speech == "" || answered.Over {
		t.Errorf("answered: %+v, %v", answered, err)
	}
	if c, err := r.hand.Answer(t.Context(), adele, placed.ID, "1"); err != nil || c.State != hand.Answered {
		t.Errorf("another key: %+v, %v", c, err)
	}
	if c, err := r.hand.Answer(t.Context(), adele, placed.ID, "#"); err != nil || c.State != hand.Confirmed || !c.Over {
		t.Errorf("the pound key: %+v, %v", c, err)
	}
	if s := <-state; s != hand.Confirmed {
		t.Errorf("the carrier sees %s", s)
	}
	_, err = r.hand.Decline(t.Context(), adele, placed.ID)
	wantError(t, err, 409, "callOver")
	_, err = r.hand.Answer(t.Context(), adele, placed.ID, "#")
	wantError(t, err, 409, "callOver")
}

func TestACallEndsByItselfOnTheLabsClock(t *testing.T) {
	r := open(t, phone.Config{})
	ignored, taken := r.call(t, adele), r.call(t, brandon)
	if _, err := r.hand.Answer(t.Context(), brandon, taken.ID, ""); err != nil {
		t.Fatal(err)
	}
	if s, err := r.hand.CallState(t.Context(), ignored.ID, short); err != nil || s != hand.Ringing {
		t.Errorf("before: %s, %v", s, err)
	}
	r.clock.Advance(6 * time.Minute)
	if s, err := r.hand.CallState(t.Context(), ignored.ID, long); err != nil || s != hand.Unanswered {
		t.Errorf("ignored: %s, %v", s, err)
	}
	if s, err := r.hand.CallState(t.Context(), taken.ID, long); err != nil || s != hand.Answered {
		t.Errorf("answered without a key: %s, %v", s, err)
	}
	_, err := r.hand.Answer(t.Context(), brandon, taken.ID, "#")
	wantError(t, err, 409, "callOver")
}

func TestStandingInstructions(t *testing.T) {
	r := open(t, phone.Config{})
	for _, test := range []struct {
		habit hand.CallHabit
		want  hand.CallState
	}{{hand.Confirm, hand.Confirmed}, {hand.Decline, hand.Declined}, {hand.Ring, hand.Ringing}} {
		if err := r.hand.SetHabit(t.Context(), adele, test.habit); err != nil {
			t.Fatal(err)
		}
		if c := r.call(t, adele); c.State != test.want {
			t.Errorf("%s: %s", test.habit, c.State)
		}
	}
	declined, err := r.hand.LatestCall(t.Context(), adele, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := r.hand.Decline(t.Context(), adele, declined.ID); err != nil || c.State != hand.Declined {
		t.Errorf("declined by hand: %+v, %v", c, err)
	}
	wantError(t, r.hand.SetHabit(t.Context(), adele, "sing"), 400, "badRequest")
	if calls, err := r.hand.Calls(t.Context(), adele); err != nil || len(calls) != 3 || calls[0].ID != declined.ID {
		t.Errorf("calls %+v, %v", calls, err)
	}
}

func TestASwitchedOffPhone(t *testing.T) {
	r := open(t, phone.Config{})
	ctx := t.Context()
	if err := r.control.Off(ctx, hand.SwitchRequest{Number: adele}); err != nil {
		t.Fatal(err)
	}
	if got := r.text(t, adele, "later"); got.State != hand.Queued {
		t.Errorf("queued: %+v", got)
	}
	if c := r.call(t, adele); c.State != hand.Unanswered {
		t.Errorf("call to a phone that is off: %s", c.State)
	}
	if texts, _ := r.hand.Texts(ctx, adele); len(texts) != 0 {
		t.Errorf("it got %+v", texts)
	}
	got := make(chan string, 1)
	go func() {
		text, err := r.hand.LatestText(ctx, adele, "", long)
		if err != nil {
			t.Error(err)
		}
		got <- text.Text
	}()
	if err := r.control.On(ctx, hand.SwitchRequest{Number: adele}); err != nil {
		t.Fatal(err)
	}
	if text := <-got; text != "later" {
		t.Errorf("after switching on: %q", text)
	}
	if err := r.control.Off(ctx, hand.SwitchRequest{Number: adele, Mode: hand.Fail}); err != nil {
		t.Fatal(err)
	}
	_, err := r.hand.SendText(ctx, hand.TextRequest{To: adele, Text: "x"})
	wantError(t, err, 409, "unreachable")
	for _, bad := range []hand.SwitchRequest{{}, {Number: adele, Owner: "adele"}, {Number: "x"}, {Number: adele, Mode: "explode"}} {
		if err := r.control.Off(ctx, bad); err == nil {
			t.Errorf("off %+v: no error", bad)
		}
	}
}
