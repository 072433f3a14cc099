package run

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// place is the address of a place's first page, as the person opens it.
func (w *world) place(p script.Place, a *actor) string {
	at := w.lab.Endpoints
	switch p {
	case script.PlaceSignIn:
		return at.SignIn + "/"
	case script.PlacePasswordReset:
		return at.PasswordReset + "/"
	case script.PlaceSecurityInfo:
		return at.SecurityInfo + "/"
	case script.PlaceAccount:
		return at.Account + "/"
	case script.PlacePortal:
		return at.Portal + "/"
	case script.PlaceConnectWizard:
		return at.Connect + "/"
	case script.PlaceMailbox:
		return at.Mail + "/"
	case script.PlacePhone:
		return at.Phone + "/numbers/" + url.PathEscape(a.number())
	}
	return at.Office + "/"
}

// address is a location as an address.
func (a *actor) address(ctx context.Context, l script.Location) (string, error) {
	path, err := a.text(ctx, l.Path)
	if err != nil {
		return "", err
	}
	base := a.world.place(l.Place, a)
	if path == "" {
		return base, nil
	}
	return strings.TrimSuffix(base, "/") + path, nil
}

func (a *actor) openPlace(ctx context.Context, l script.Location) error {
	address, err := a.address(ctx, l)
	if err != nil {
		return err
	}
	return a.visit(ctx, address)
}

// visit goes to an address.
func (a *actor) visit(ctx context.Context, address string) error {
	return a.turn(ctx, func(v web.Visitor, ctx context.Context) (*web.View, error) { return v.Open(ctx, address) })
}

// turn makes another page come up in the person's window.
func (a *actor) turn(ctx context.Context, how func(web.Visitor, context.Context) (*web.View, error)) error {
	v, err := a.open(ctx)
	if err != nil {
		return err
	}
	if _, err := how(v, ctx); err != nil {
		return err
	}
	a.world.picture(ctx, a)
	return nil
}

// submit does one act on the page and presses.
func (a *actor) submit(ctx context.Context, act web.Act) error {
	if _, err := a.view(); err != nil {
		return err
	}
	return a.turn(ctx, func(v web.Visitor, ctx context.Context) (*web.View, error) { return v.Act(ctx, act) })
}

// press presses a button or a link.
func (a *actor) press(ctx context.Context, name string, fill ...web.Fill) error {
	return a.submit(ctx, web.Act{Fill: fill, Press: name})
}

// gather adds to what is done on the page at once; pressing does it.
func (a *actor) gather(ctx context.Context, what script.What, g *web.Act) error {
	switch what := what.(type) {
	case script.Fill:
		for _, f := range what.Fields {
			pair, err := a.texts(ctx, []script.Value{f.Label, f.Text})
			if err != nil {
				return err
			}
			g.Fill = append(g.Fill, web.Fill{Label: pair[0], Value: pair[1]})
		}
		return nil
	case script.SolveCaptcha:
		answer, err := a.now(ctx, "captcha")
		if err != nil {
			return err
		}
		if what.Wrong {
			answer = "WRONG" + answer
		}
		g.Fill = append(g.Fill, web.Fill{Label: captchaLabel, Value: answer})
		return nil
	case script.Tick:
		return a.gatherLabels(ctx, what.Labels, &g.Tick)
	case script.Untick:
		return a.gatherLabels(ctx, what.Labels, &g.Untick)
	case script.Choose:
		return a.chooses(ctx, what.Labels, g)
	case script.Press:
		label, err := a.text(ctx, what.Label)
		if err != nil {
			return err
		}
		g.Press = label
		return a.flush(ctx, g)
	}
	return fmt.Errorf("the runner does not know this")
}

// captchaLabel is the label of the box for the CAPTCHA.
const captchaLabel = "Enter the characters in the picture or the words in the audio"

func (a *actor) gatherLabels(ctx context.Context, labels []script.Value, into *[]string) error {
	texts, err := a.texts(ctx, labels)
	*into = append(*into, texts...)
	return err
}

// chooses takes radio buttons, and entries of lists by their text.
func (a *actor) chooses(ctx context.Context, labels []script.Value, g *web.Act) error {
	texts, err := a.texts(ctx, labels)
	if err != nil {
		return err
	}
	v, err := a.view()
	if err != nil {
		return err
	}
	for _, label := range texts {
		if list := listWith(v, label); list != "" {
			g.Fill = append(g.Fill, web.Fill{Label: list, Value: label})
		} else {
			g.Choose = append(g.Choose, label)
		}
	}
	return nil
}

// listWith returns the label of the list that has an entry of that text.
func listWith(v *web.View, entry string) string {
	for _, f := range v.Fields {
		for _, o := range f.Options {
			if strings.EqualFold(o, entry) {
				return f.Label
			}
		}
	}
	return ""
}

// flush does on the page what has been gathered.
func (a *actor) flush(ctx context.Context, g *web.Act) error {
	act := *g
	*g = web.Act{}
	if len(act.Fill)+len(act.Tick)+len(act.Untick)+len(act.Choose) == 0 && act.Press == "" {
		return nil
	}
	return a.submit(ctx, act)
}

// save keeps something of the page.
func (a *actor) save(ctx context.Context, what script.Save) error {
	v, err := a.view()
	if err != nil {
		return err
	}
	label, err := a.text(ctx, what.Label)
	if err != nil {
		return err
	}
	value := ""
	switch what.From {
	case script.SaveField:
		if f := v.Field(label); f != nil {
			value = f.Value
		}
	case script.SaveLink:
		if l := v.Link(label); l != nil {
			value = l.URL
		}
	case script.SaveTextAfter:
		if _, rest, ok := strings.Cut(v.Text, label); ok {
			if f := strings.Fields(rest); len(f) > 0 {
				value = f[0]
			}
		}
	}
	if value == "" {
		return fmt.Errorf("the page %q has no %s %q", v.Heading, what.From, label)
	}
	if strings.Contains(strings.ToLower(label), "password") {
		a.world.secret("password", value)
	}
	a.world.saved[what.Name] = value
	return nil
}
