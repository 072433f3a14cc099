package browser

import (
	"context"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"

	"github.com/ssprlab/ssprlab/lab/web"
)

// Type types text into the field of that label key by key, in place of what is
// there. A text that ends in "\r" presses Enter at its end, which sends the
// form; the view is then of the page that comes. Each key costs round trips to
// Chrome: it is for the test of realism, not for scenarios.
func (v *Visitor) Type(ctx context.Context, label, text string) (*web.View, error) {
	if v.page == nil {
		return nil, fmt.Errorf("%s: type into %q: %w", v.name, label, web.ErrNoPage)
	}
	err := v.do(ctx, fmt.Sprintf("type into %q on %s", label, v.page.URL()), func(ctx context.Context) error {
		plan, err := v.page.Plan(web.Act{Fill: []web.Fill{{Label: label, Value: text}}})
		if err != nil {
			return err
		}
		if err := v.focus(ctx, plan.Steps[0]); err != nil {
			return err
		}
		m := v.window.now()
		if err := v.keys(ctx, text); err != nil {
			return err
		}
		if strings.HasSuffix(text, "\r") {
			return v.show(ctx, m)
		}
		return v.reread(ctx)
	})
	return v.seen(err)
}

// focus puts the cursor into a field and selects what it holds.
func (v *Visitor) focus(ctx context.Context, s web.Step) error {
	ok, err := evaluate[bool](ctx, v.session, fmt.Sprintf(
		`(el => { el.focus(); el.select?.(); return document.activeElement === el })(document.querySelectorAll(%q)[%d])`,
		web.Controls, s.Index))
	if err == nil && !ok {
		err = fmt.Errorf("browser: the field takes no focus")
	}
	return err
}

func (v *Visitor) keys(ctx context.Context, text string) error {
	for _, r := range text {
		for _, key := range kb.Encode(r) {
			if _, err := cdp.Call(ctx, v.session, input.DispatchKeyEvent, *key); err != nil {
				return err
			}
		}
	}
	return nil
}
