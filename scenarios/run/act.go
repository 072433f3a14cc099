package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// arrival is how long a text, a call or a mail may take to arrive, in real
// time.
const arrival = 5 * time.Second

// wait lets seconds pass on the lab's clock.
func (w *world) wait(ctx context.Context, seconds int) error {
	return w.lab.Advance(ctx, time.Duration(seconds)*time.Second)
}

// do lets the actor of a step act. What is filled in, ticked and chosen is
// gathered until something is pressed or looked at, so that a page is handled
// at once.
func (w *world) do(ctx context.Context, step *script.Step) error {
	a := w.actors[step.Actor]
	if a == nil && step.Actor != script.Planner {
		return fmt.Errorf("%s: nobody is called %s", step.At, step.Actor)
	}
	var gathered web.Act
	for _, act := range step.Do {
		var err error
		if a == nil {
			err = w.plannerActs(ctx, act)
		} else {
			err = a.act(ctx, act, &gathered)
		}
		var wrong *mismatch // which names its own place
		if errors.As(err, &wrong) {
			return err
		}
		if err != nil {
			return fmt.Errorf("%s: %s: %w", act.At, act.Verb, err)
		}
	}
	if a != nil {
		return a.flush(ctx, &gathered)
	}
	return nil
}

func (w *world) plannerActs(ctx context.Context, act script.Act) error {
	send, ok := act.What.(script.SendMail)
	if !ok {
		return fmt.Errorf("the planner only sends mail")
	}
	return w.sendMail(ctx, send)
}

// act does one act.
func (a *actor) act(ctx context.Context, act script.Act, gathered *web.Act) error {
	switch what := act.What.(type) {
	case script.Fill, script.Tick, script.Untick, script.Choose, script.Press, script.SolveCaptcha:
		return a.gather(ctx, what, gathered)
	}
	if err := a.flush(ctx, gathered); err != nil {
		return err
	}
	switch what := act.What.(type) {
	case script.PrivateWindow, script.CloseWindow:
		return a.closeWindow()
	case script.Open:
		return a.openPlace(ctx, what.Location)
	case script.Back:
		return a.turn(ctx, web.Visitor.Back)
	case script.Reload:
		return a.turn(ctx, web.Visitor.Reload)
	case script.Save:
		return a.save(ctx, what)
	case script.See:
		return a.see(ctx, act.At, what)
	case script.SignIn:
		return a.signIn(ctx, what)
	case script.SignOut:
		return a.visit(ctx, a.world.place(script.PlaceOffice, a)+"signout")
	case script.AskToReset:
		return a.askToReset(ctx, what)
	case script.VerifyBy:
		return a.verify(ctx, what)
	case script.Register:
		return a.register(ctx, what)
	case script.ChoosePassword:
		return a.choosePassword(ctx, what)
	case script.GeneratePassword:
		a.world.saved[what.Name] = a.world.newPassword("run/password/" + a.person.Key + "/" + what.Name)
		a.world.secret("password", a.world.saved[what.Name])
		return nil
	case script.ScanApp:
		return a.scan(ctx, what.By)
	case script.AnswerCall:
		return a.answerCall(ctx, what)
	case script.ApproveNotification:
		return a.approve(ctx, what)
	case script.DenyNotification:
		return a.deny(ctx)
	case script.SendMail:
		return a.world.sendMail(ctx, what)
	case script.Bind:
		return a.bind(ctx, act.At, what)
	}
	return fmt.Errorf("the runner does not know the act %q", act.Verb)
}

// labAct does what happens to the lab itself.
func (w *world) labAct(ctx context.Context, act script.LabAct) error {
	switch act.Verb {
	case script.StopAgent:
		return w.connect.post(ctx, "/stop", nil)
	case script.StartAgent:
		return w.connect.post(ctx, "/start", nil)
	case script.CutAgent:
		return w.lab.Cut(ctx, lab.Cloud)
	case script.StopDirectory:
		return w.lab.Cut(ctx, lab.Corp)
	case script.RestoreAgent, script.StartDirectory:
		return w.lab.Mend(ctx)
	case script.StopMail:
		return w.control(ctx, w.lab.Endpoints.MailControl+"/pause")
	case script.StartMail:
		return w.control(ctx, w.lab.Endpoints.MailControl+"/resume")
	case script.Synchronise:
		return w.connect.sync(ctx)
	}
	if a := w.actors[act.Person]; a != nil {
		return w.accountAct(ctx, act.Verb, a)
	}
	return fmt.Errorf("the runner does not know this")
}

// accountAct does what an administrator does to an account on-premises.
func (w *world) accountAct(ctx context.Context, verb script.LabVerb, a *actor) error {
	switch verb {
	case script.DisableAccount:
		return w.directory.SetEnabled(ctx, a.dn, false)
	case script.EnableAccount:
		return w.directory.SetEnabled(ctx, a.dn, true)
	case script.ProtectAccount:
		return w.directory.AddMember(ctx, "CN=Domain Admins,CN=Users,"+w.directory.Base(), a.dn)
	case script.DeleteAccount:
		return w.directory.Delete(ctx, a.dn)
	}
	return fmt.Errorf("the runner does not know this")
}
