package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/inspector"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"

	"github.com/ssprlab/ssprlab/lab/web"
)

// Visitor is one person's private window. It is what Browser.Visitor returns.
type Visitor struct {
	browser *Browser
	name    string
	session session
	context cdp.BrowserContextID
	window  *window
	page    *web.Page // as last read
	view    *web.View
	dialogs sync.WaitGroup
	closed  bool
}

var _ web.Visitor = (*Visitor)(nil)

// open makes a browser context with one tab and listens to it.
func (b *Browser) open(ctx context.Context, name string) (*Visitor, error) {
	ctx, cancel := context.WithTimeout(ctx, b.cfg.Timeout)
	defer cancel()
	made, err := cdp.Call(ctx, b.conn.browser(), target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		return nil, err
	}
	v := &Visitor{browser: b, name: name, context: made.BrowserContextID}
	if err := v.attach(ctx); err != nil {
		_ = v.dispose()
		return nil, err
	}
	return v, nil
}

func (v *Visitor) attach(ctx context.Context) error {
	conn, cfg := v.browser.conn, v.browser.cfg
	tab, err := cdp.Call(ctx, conn.browser(), target.CreateTarget, target.CreateTargetParams{
		URL: "about:blank", BrowserContextID: v.context, Width: int64(cfg.Width), Height: int64(cfg.Height),
	})
	if err != nil {
		return err
	}
	attached, err := cdp.Call(ctx, conn.browser(), target.AttachToTarget, target.AttachToTargetParams{
		TargetID: tab.TargetID, Flatten: new(true),
	})
	if err != nil {
		return err
	}
	v.session = session{conn: conn, id: attached.SessionID}
	v.window = newWindow(tab.TargetID)
	v.window.dialog = func() {
		v.dialogs.Add(1)
		v.browser.tasks.Go(func() {
			defer v.dialogs.Done()
			v.dismiss()
		})
	}
	conn.listen(v.session.id, v.window.event)
	return v.enable(ctx)
}

// enable turns on the events that a window listens to, all at once.
func (v *Visitor) enable(ctx context.Context) error {
	methods := []string{page.Enable.Method, runtime.Enable.Method, cdplog.Enable.Method, inspector.Enable.Method}
	type pending struct {
		id     int64
		answer <-chan answer
	}
	asked := make([]pending, len(methods))
	for i, m := range methods {
		id, answers, err := v.session.conn.start(ctx, v.session.id, m, cdp.Empty{})
		if err != nil {
			return err
		}
		asked[i] = pending{id, answers}
	}
	for i, m := range methods {
		if err := v.session.conn.await(ctx, m, asked[i].id, asked[i].answer, nil); err != nil {
			return err
		}
	}
	return nil
}

// dismiss closes an open dialog as a person does who does not agree.
func (v *Visitor) dismiss() {
	ctx, cancel := context.WithTimeout(context.Background(), v.browser.cfg.Timeout)
	defer cancel()
	_, err := cdp.Call(ctx, v.session, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
	if err != nil {
		v.browser.cfg.Log.Debug("dialog not dismissed", "visitor", v.name, "error", err)
	}
}

// View returns the last view.
func (v *Visitor) View() *web.View { return v.view }

// do runs one thing a visitor does, within the time-out, and says who did it,
// where, and what was waited for.
func (v *Visitor) do(ctx context.Context, what string, f func(context.Context) error) error {
	if v.closed {
		return fmt.Errorf("%s: %s: %w", v.name, what, errWindowClosed)
	}
	limit := v.browser.cfg.Timeout
	ctx, cancel := context.WithTimeoutCause(ctx, limit,
		fmt.Errorf("waited %s for the page to be there: %w", limit, context.DeadlineExceeded))
	defer cancel()
	err := f(ctx)
	if err == nil {
		return nil
	}
	if errors.Is(err, context.DeadlineExceeded) {
		if p := v.Problems(); len(p) > 0 {
			return fmt.Errorf("%s: %s: %w; the window's problems: %s", v.name, what, err, strings.Join(p, "; "))
		}
	}
	return fmt.Errorf("%s: %s: %w", v.name, what, err)
}

// show reads the page that a window came to.
func (v *Visitor) show(ctx context.Context, m mark) error {
	for {
		document, err := v.window.settle(ctx, v.browser.conn, m)
		if err != nil {
			return err
		}
		if document.UnreachableURL != "" {
			return v.unreachable(ctx, document)
		}
		before := v.window.now()
		s, err := evaluate[state](ctx, v.session, snapshotExpression())
		if err == nil {
			return v.take(&s)
		}
		if v.window.now() == before || ctx.Err() != nil {
			return err
		}
		m = before // the page went on by itself while it was read
	}
}

// take makes a document the current page.
func (v *Visitor) take(s *state) error {
	failed := &web.PageError{URL: s.URL, Status: s.Status, ContentType: s.Type}
	if !web.IsHTML(s.Type) {
		return failed
	}
	p, err := web.Parse(strings.NewReader(s.HTML), s.URL, s.Status)
	if err != nil {
		return err
	}
	v.page, v.view = p, p.View()
	if s.Status >= 500 {
		failed.View = v.view
		return failed
	}
	return nil
}

// Close closes the window and forgets its cookies.
func (v *Visitor) Close() error {
	if v.closed {
		return nil
	}
	v.closed = true
	v.session.conn.forget(v.session.id)
	err := v.dispose()
	v.dialogs.Wait()
	return err
}

func (v *Visitor) dispose() error {
	ctx, cancel := context.WithTimeout(context.Background(), v.browser.cfg.Timeout)
	defer cancel()
	_, err := cdp.Call(ctx, v.browser.conn.browser(), target.DisposeBrowserContext,
		target.DisposeBrowserContextParams{BrowserContextID: v.context})
	var exited *ExitError
	if err != nil && !errors.As(err, &exited) { // a dead browser has no windows
		return fmt.Errorf("%s: close the window: %w", v.name, err)
	}
	return nil
}
