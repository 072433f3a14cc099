package bench

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/ssprlab/ssprlab/lab/web"
)

// bareChrome starts Chrome as chromedp does by default, with windows as large
// as the driver's: drawing takes time.
func (h *house) bareChrome(b *testing.B, path string) context.Context {
	b.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(b.TempDir()), chromedp.WindowSize(1280, 900),
		chromedp.Flag("ignore-certificate-errors-spki-list", h.authority.KeyPin()))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	b.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	b.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		b.Fatal(err)
	}
	return ctx
}

func (h *house) oneBare(chrome context.Context) error {
	p := <-h.people
	defer func() { h.people <- p }()
	ctx, cancel := chromedp.NewContext(chrome, chromedp.WithNewBrowserContext())
	defer cancel()
	if err := h.walkBare(ctx, p); err != nil {
		return fmt.Errorf("bare journey of %s: %w", p.upn, err)
	}
	return nil
}

// walkBare is the journey of [house.walk] without a driver.
func (h *house) walkBare(ctx context.Context, p *person) error {
	if err := chromedp.Do(ctx, chromedp.Navigate(h.reset())); err != nil {
		return err
	}
	src, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector('img').src`))
	if err != nil {
		return err
	}
	answer, err := h.captcha(ctx, &web.View{Images: []web.Image{{URL: src}}})
	if err != nil {
		return err
	}
	for _, script := range []string{
		set("userid", p.upn) + set("captcha", answer), `document.querySelector('[value=forgot]').checked=true;`, "",
	} {
		if err := send(ctx, script); err != nil {
			return err
		}
	}
	code, err := h.code(ctx, p)
	if err != nil {
		return err
	}
	if err := send(ctx, set("code", code)); err != nil {
		return err
	}
	fresh := p.forget()
	if err := send(ctx, set("password", fresh)+set("confirm", fresh)); err != nil {
		return err
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
	if err != nil {
		return err
	}
	if !strings.Contains(text, doneText) {
		return fmt.Errorf("the last page says %q", text)
	}
	p.old, p.password = p.password, fresh
	return nil
}

// set is the script that fills in a field.
func set(name, value string) string {
	return fmt.Sprintf("document.querySelector('[name=%s]').value=%q;", name, value)
}

// send evaluates a script, sends the first form of the page, and waits for the
// page that comes of it.
func send(ctx context.Context, script string) error {
	_, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil,
		chromedp.Evaluate[chromedp.Void](script+`document.querySelector('form').requestSubmit()`)))
	return err
}
