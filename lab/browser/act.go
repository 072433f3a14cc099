package browser

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"

	"github.com/ssprlab/ssprlab/lab/web"
)

// Open goes to a URL.
func (v *Visitor) Open(ctx context.Context, ref string) (*web.View, error) {
	err := v.do(ctx, "open "+ref, func(ctx context.Context) error {
		u, err := url.Parse(ref)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return errors.New("want an absolute http or https URL")
		}
		return v.travel(ctx, func() error {
			res, err := cdp.Call(ctx, v.session, page.Navigate, page.NavigateParams{URL: ref})
			if err == nil && res.ErrorText != "" {
				err = &LoadError{URL: ref, Why: res.ErrorText}
			}
			return err
		})
	})
	return v.seen(err)
}

// LoadError says that Chrome could not load a page.
type LoadError struct {
	URL string
	Why string // "net::ERR_CONNECTION_REFUSED"
}

func (e *LoadError) Error() string { return fmt.Sprintf("browser: load %s: %s", e.URL, e.Why) }

// travel does what leads to another page and reads that page.
func (v *Visitor) travel(ctx context.Context, set func() error) error {
	m := v.window.now()
	if err := set(); err != nil {
		return err
	}
	return v.show(ctx, m)
}

// seen returns the current view unless there is an error.
func (v *Visitor) seen(err error) (*web.View, error) {
	if err != nil {
		return nil, err
	}
	return v.view, nil
}

// unreachable says why the document that came is Chrome's own error page, which
// does not tell itself.
func (v *Visitor) unreachable(ctx context.Context, document cdp.Frame) error {
	failed := &LoadError{URL: document.UnreachableURL, Why: "the connection broke, or the certificate is not trusted"}
	u, err := url.Parse(document.UnreachableURL)
	if err != nil {
		return failed
	}
	port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	addr, err := v.browser.cfg.Hosts.Address(u.Hostname(), port)
	if err != nil {
		failed.Why = err.Error()
		return failed
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		failed.Why = err.Error()
		return failed
	}
	c.Close()
	return failed
}

// Act fills, ticks, chooses and presses.
func (v *Visitor) Act(ctx context.Context, act web.Act) (*web.View, error) {
	if v.page == nil {
		return nil, fmt.Errorf("%s: %s: %w", v.name, act, web.ErrNoPage)
	}
	err := v.do(ctx, fmt.Sprintf("%s on %s", act, v.page.URL()), func(ctx context.Context) error {
		return v.act(ctx, act)
	})
	return v.seen(err)
}

// act plans on the page as last read; if a script has changed it since, it is
// read again.
func (v *Visitor) act(ctx context.Context, act web.Act) error {
	const tries = 3
	for range tries {
		plan, err := v.page.Plan(act)
		if err != nil {
			return err
		}
		m := v.window.now()
		expression, err := actExpression(plan)
		if err != nil {
			return err
		}
		out, err := evaluate[outcome](ctx, v.session, expression)
		if err != nil && v.window.now() == m {
			return err
		}
		if !out.Stale {
			return v.follow(ctx, plan, out, m)
		}
		if err := v.reread(ctx); err != nil {
			return err
		}
	}
	return fmt.Errorf("browser: the page keeps changing while it is acted on (tried %d times)", tries)
}

// follow takes what came of an act and waits for the page it led to.
func (v *Visitor) follow(ctx context.Context, plan *web.Plan, out outcome, m mark) error {
	here := v.page.URL()
	switch {
	case out.Unseen != "":
		return &web.RefusedError{Control: fmt.Sprintf("the control %q", out.Unseen), Why: "is not visible", URL: here}
	case out.Disabled:
		return &web.RefusedError{Control: fmt.Sprintf("button %q", plan.Press.Name), Why: "is disabled", URL: here}
	case out.Invalid != "":
		return &web.RefusedError{Control: fmt.Sprintf("button %q", plan.Press.Name),
			Why: "does not send the form: " + out.Invalid, URL: here}
	case out.Snapshot != nil:
		return v.take(out.Snapshot)
	}
	return v.show(ctx, m)
}

// reread reads the current page again.
func (v *Visitor) reread(ctx context.Context) error {
	s, err := evaluate[state](ctx, v.session, snapshotExpression())
	if err != nil {
		return err
	}
	return v.take(&s)
}

// Back goes to the page before.
func (v *Visitor) Back(ctx context.Context) (*web.View, error) {
	err := v.do(ctx, "back", func(ctx context.Context) error {
		past, err := cdp.Call(ctx, v.session, page.GetNavigationHistory, cdp.Empty{})
		if err != nil {
			return err
		}
		i := int(past.CurrentIndex) - 1
		if i < 0 || i >= len(past.Entries) || past.Entries[i].URL == "about:blank" {
			return web.ErrNoPageBefore
		}
		return v.travel(ctx, func() error {
			_, err := cdp.Call(ctx, v.session, page.NavigateToHistoryEntry,
				page.NavigateToHistoryEntryParams{EntryID: past.Entries[i].ID})
			return err
		})
	})
	return v.seen(err)
}

// Reload loads the page again.
func (v *Visitor) Reload(ctx context.Context) (*web.View, error) {
	if v.page == nil {
		return nil, fmt.Errorf("%s: reload: %w", v.name, web.ErrNoPage)
	}
	err := v.do(ctx, "reload "+v.page.URL(), func(ctx context.Context) error {
		return v.travel(ctx, func() error {
			_, err := cdp.Call(ctx, v.session, page.Reload, page.ReloadParams{})
			return err
		})
	})
	return v.seen(err)
}
