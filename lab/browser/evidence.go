package browser

import (
	"context"
	"encoding/base64"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	cdpio "github.com/chromedp/cdproto/io"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"

	"github.com/ssprlab/ssprlab/lab/web"
)

// Screenshot draws the whole page, beyond the window's edge too.
func (v *Visitor) Screenshot(ctx context.Context) ([]byte, error) {
	var png []byte
	err := v.do(ctx, "screenshot", func(ctx context.Context) error {
		if _, err := evaluate[bool](ctx, v.session, blackOut); err != nil {
			return err
		}
		layout, err := cdp.Call(ctx, v.session, page.GetLayoutMetrics, cdp.Empty{})
		if err != nil {
			return err
		}
		size := layout.CSSContentSize
		if size == nil {
			return fmt.Errorf("browser: the page has no size")
		}
		shot, err := cdp.Call(ctx, v.session, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Format: page.CaptureScreenshotFormatPng, CaptureBeyondViewport: new(true), OptimizeForSpeed: new(true),
			Clip: &page.Viewport{Width: size.Width, Height: size.Height, Scale: 1},
		})
		png = shot.Data
		if err != nil {
			return err
		}
		_, err = evaluate[bool](ctx, v.session, "(document.adoptedStyleSheets.pop(), true)")
		return err
	})
	return png, err
}

// blackOut covers what a page marks with data-secret, so that no key is to be
// read in a picture. A constructed style sheet needs no leave of the page's
// content policy.
const blackOut = `(() => {
	const cover = new CSSStyleSheet();
	cover.replaceSync("[data-secret]{color:transparent!important;background:#6b7280!important;text-shadow:none!important}[data-secret]::selection{color:transparent}img[data-secret],iframe[data-secret]{filter:brightness(0)!important}");
	document.adoptedStyleSheets.push(cover);
	return true;
})()`

// HTML returns the current document.
func (v *Visitor) HTML(ctx context.Context) (string, error) {
	if v.page == nil {
		return "", fmt.Errorf("%s: read the document: %w", v.name, web.ErrNoPage)
	}
	var text string
	err := v.do(ctx, "read the document "+v.page.URL(), func(ctx context.Context) error {
		s, err := evaluate[state](ctx, v.session, snapshotExpression())
		text = s.HTML
		return err
	})
	return text, err
}

// Fetch loads a resource through the window's network stack.
func (v *Visitor) Fetch(ctx context.Context, ref string) (body []byte, kind string, err error) {
	err = v.do(ctx, fmt.Sprintf("fetch %.200s", ref), func(ctx context.Context) error {
		var ok bool
		if body, kind, ok, err = web.DataURL(ref); ok {
			return err
		}
		if v.page == nil {
			return web.ErrNoPage
		}
		abs, err := v.page.Resolve(ref)
		if err != nil {
			return err
		}
		body, kind, err = v.resource(ctx, abs)
		return err
	})
	return body, kind, err
}

func (v *Visitor) resource(ctx context.Context, url string) ([]byte, string, error) {
	res, err := cdp.Call(ctx, v.session, network.LoadNetworkResource, network.LoadNetworkResourceParams{
		FrameID: v.window.frame, URL: url, Options: &network.LoadNetworkResourceOptions{IncludeCredentials: true},
	})
	if err != nil {
		return nil, "", err
	}
	got := res.Resource
	if got != nil && got.Stream != "" {
		defer v.closeStream(ctx, got.Stream)
	}
	switch {
	case got == nil:
		return nil, "", &LoadError{URL: url, Why: "no answer"}
	case got.HTTPStatusCode >= http.StatusBadRequest:
		return nil, "", &web.StatusError{URL: url, Status: int(got.HTTPStatusCode)}
	case !got.Success:
		return nil, "", &LoadError{URL: url, Why: got.NetErrorName}
	}
	body, err := v.readStream(ctx, got.Stream)
	return body, contentType(got.Headers), err
}

func contentType(headers network.Headers) string {
	for key, value := range headers {
		if strings.EqualFold(key, "Content-Type") {
			text := fmt.Sprint(value)
			if _, _, err := mime.ParseMediaType(text); err == nil {
				return text
			}
		}
	}
	return ""
}

// part is a piece of a stream. (cdproto's own type takes data for base64 even
// where Chrome says that it is not.)
type part struct {
	Data    string `json:"data"`
	Encoded bool   `json:"base64Encoded"`
	EOF     bool   `json:"eof"`
}

func (p part) bytes() ([]byte, error) {
	if p.Encoded {
		return base64.StdEncoding.DecodeString(p.Data)
	}
	return []byte(p.Data), nil
}

func (v *Visitor) readStream(ctx context.Context, h cdpio.StreamHandle) ([]byte, error) {
	var body []byte
	for {
		var p part
		if err := v.session.Call(ctx, cdpio.Read.Method, cdpio.ReadParams{Handle: h}, &p); err != nil {
			return nil, err
		}
		data, err := p.bytes()
		if err != nil {
			return nil, fmt.Errorf("browser: decode a resource: %w", err)
		}
		body = append(body, data...)
		if len(body) > web.MaxResource {
			return nil, fmt.Errorf("browser: larger than %d bytes", web.MaxResource)
		}
		if p.EOF {
			return body, nil
		}
	}
}

func (v *Visitor) closeStream(ctx context.Context, h cdpio.StreamHandle) {
	if _, err := cdp.Call(ctx, v.session, cdpio.Close, cdpio.CloseParams{Handle: h}); err != nil {
		v.browser.cfg.Log.Debug("stream not closed", "visitor", v.name, "error", err)
	}
}

// Evaluate runs an expression in the page and returns its value as JSON; a
// promise is awaited. It is for tests of the pages themselves: a journey acts
// through [Visitor.Act] alone.
func (v *Visitor) Evaluate(ctx context.Context, expression string) (value []byte, err error) {
	err = v.do(ctx, "evaluate in the page", func(ctx context.Context) error {
		res, err := cdp.Call(ctx, v.session, runtime.Evaluate, runtime.EvaluateParams{
			Expression: expression, ReturnByValue: new(true), AwaitPromise: new(true),
		})
		if err != nil {
			return err
		}
		if e := res.ExceptionDetails; e != nil {
			return thrown(e)
		}
		value = res.Result.Value
		return nil
	})
	return value, err
}
