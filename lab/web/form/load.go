package form

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/ssprlab/ssprlab/lab/web"
)

// request is what a person's act asks a server for.
type request struct {
	method string
	url    *url.URL
	body   []byte
	kind   string // content type of the body
	sends  bool   // it sends a form
	from   *url.URL
	policy policy // of the page it comes from
	dest   string // Sec-Fetch-Dest, "" for a document
}

// visit is a page in the history.
type visit struct {
	page    *web.Page
	url     string
	request request // what loads the page again
	noStore bool
	policy  policy
}

// at is a visit of the same document at another fragment.
func (h *visit) at(url string) *visit {
	there := *h
	there.url = url
	return there.returned()
}

// returned shows the document at this visit's fragment again, as it was left;
// browsers forget what was typed into password fields.
func (h *visit) returned() *visit {
	if h.page.URL() != h.url {
		h.page.MoveTo(h.url)
	}
	return h
}

func sameDocument(a, b *visit) bool { return a.page == b.page }

// follow makes the request of a press.
func (h *visit) follow(press *web.Press) (request, error) {
	from, err := url.Parse(h.page.URL())
	if err != nil {
		return request{}, fmt.Errorf("the page's URL: %w", err)
	}
	req := request{method: "GET", from: from, policy: h.policy}
	if press.Link != "" {
		if press.NoReferrer {
			req.policy = "no-referrer"
		}
		req.url, err = url.Parse(press.Link)
		if err != nil {
			return request{}, fmt.Errorf("the link %q leads to no URL: %w", press.Name, err)
		}
		return req, nil
	}
	sub, err := h.page.Submission(press)
	if err != nil {
		return request{}, err
	}
	req.method, req.sends = sub.Method, true
	if req.url, err = url.Parse(sub.URL); err != nil {
		return request{}, fmt.Errorf("the form of %q leads to no URL: %w", press.Name, err)
	}
	if sub.Method == "POST" {
		req.body, req.kind, err = encode(sub)
	}
	return req, err
}

// mostRedirects is how many redirects a browser follows.
const mostRedirects = 20

// load makes a request, follows redirects and reads the page. The visit is nil
// if no page came of it; with a *web.PageError it may be the page in error.
func (v *visitor) load(ctx context.Context, req request) (*visit, error) {
	ctx, cancel := context.WithTimeout(ctx, v.client.timeout)
	defer cancel()
	resp, last, err := v.fetch(ctx, req)
	if err != nil {
		return nil, v.explain(ctx, req, err)
	}
	defer drain(resp.Body)
	there, err := read(resp, last)
	return there, v.explain(ctx, req, err)
}

// explain tells a time-out for what it is.
func (v *visitor) explain(ctx context.Context, req request, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("waited for the answer of %s: %w", req.url, context.DeadlineExceeded)
	}
	return err
}

// fetch makes a request and follows its redirects; last is the request that was
// answered, with the fragment it inherits.
func (v *visitor) fetch(ctx context.Context, req request) (*http.Response, request, error) {
	if v.closed {
		return nil, req, errors.New("form: the window is closed")
	}
	site := newSite(req)
	for range mostRedirects + 1 {
		resp, err := v.ask(ctx, req, &site)
		if err != nil {
			return nil, req, err
		}
		to := resp.Header.Get("Location")
		if !isRedirect(resp.StatusCode) || to == "" {
			return resp, req, nil
		}
		drain(resp.Body)
		if req, err = req.redirected(resp.StatusCode, to); err != nil {
			return nil, req, err
		}
	}
	return nil, req, fmt.Errorf("form: more than %d redirects, the last to %s", mostRedirects, req.url)
}

func isRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// redirected is the request that an answer of that status makes of r.
func (r request) redirected(status int, location string) (request, error) {
	ref, err := url.Parse(location)
	if err != nil {
		return r, fmt.Errorf("form: %s redirects to %q, which is no URL: %w", r.url, location, err)
	}
	fragment := r.url.Fragment
	r.url = tidy(r.url.ResolveReference(ref))
	if r.url.Scheme != "https" && r.url.Scheme != "http" {
		return r, fmt.Errorf("form: a redirect leads out of the browser, to %s", r.url)
	}
	if r.url.Fragment == "" && !strings.Contains(location, "#") {
		r.url.Fragment = fragment
	}
	if status == 303 || r.method == "POST" && (status == 301 || status == 302) {
		r.method, r.body, r.kind = "GET", nil, ""
	}
	return r, nil
}

// ask makes one request with the visitor's cookies.
func (v *visitor) ask(ctx context.Context, req request, s *site) (*http.Response, error) {
	hr := (&http.Request{Method: req.method, URL: req.url, Host: req.url.Host,
		Header: make(http.Header, 12), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx)
	if req.method == "POST" {
		hr.Body, hr.ContentLength = io.NopCloser(bytes.NewReader(req.body)), int64(len(req.body))
		hr.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(req.body)), nil }
	}
	s.headers(hr.Header, req)
	for _, c := range v.jar.Cookies(req.url) {
		hr.AddCookie(c)
	}
	resp, err := v.client.transport.RoundTrip(hr)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", req.method, req.url, err)
	}
	if _, ok := resp.Header["Set-Cookie"]; ok {
		v.jar.SetCookies(req.url, resp.Cookies())
	}
	return resp, nil
}

// read makes a visit of an answer.
func read(resp *http.Response, req request) (*visit, error) {
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	failed := &web.PageError{URL: req.url.String(), Status: resp.StatusCode, ContentType: kind}
	if !web.IsHTML(kind) || resp.StatusCode == http.StatusNoContent {
		return nil, failed
	}
	body := &io.LimitedReader{R: resp.Body, N: web.MaxPage + 1}
	page, err := web.Parse(body, req.url.String(), resp.StatusCode)
	switch {
	case err != nil:
		return nil, err
	case body.N == 0:
		return nil, fmt.Errorf("form: the page %s is larger than %d bytes", req.url, web.MaxPage)
	}
	req.dest = ""
	there := &visit{page: page, url: page.URL(), request: req, policy: policyOf(resp.Header, page),
		noStore: strings.Contains(strings.ToLower(resp.Header.Get("Cache-Control")), "no-store")}
	if resp.StatusCode >= 500 {
		failed.View = page.View()
		return there, failed
	}
	return there, nil
}

// drain makes a connection ready for its next request.
func drain(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, 64<<10)
	_ = body.Close()
}

// Fetch loads a resource.
func (v *visitor) Fetch(ctx context.Context, ref string) ([]byte, string, error) {
	body, kind, err := v.resource(ctx, ref)
	if err != nil {
		return nil, "", fmt.Errorf("%s: fetch %.200s: %w", v.name, ref, err)
	}
	return body, kind, nil
}

func (v *visitor) resource(ctx context.Context, ref string) ([]byte, string, error) {
	if body, kind, ok, err := web.DataURL(ref); ok {
		return body, kind, err
	}
	here := v.now()
	if here == nil {
		return nil, "", web.ErrNoPage
	}
	abs, err := here.page.Resolve(ref)
	if err != nil {
		return nil, "", err
	}
	target, err := url.Parse(abs)
	if err != nil {
		return nil, "", err
	}
	from, err := url.Parse(here.page.URL())
	if err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, v.client.timeout)
	defer cancel()
	req := request{method: "GET", url: tidy(target), from: from, policy: here.policy, dest: "empty"}
	resp, last, err := v.fetch(ctx, req)
	if err != nil {
		return nil, "", v.explain(ctx, req, err)
	}
	defer drain(resp.Body)
	if resp.StatusCode >= 400 {
		return nil, "", &web.StatusError{URL: last.url.String(), Status: resp.StatusCode}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, web.MaxResource+1))
	if err == nil && len(body) > web.MaxResource {
		err = fmt.Errorf("larger than %d bytes", web.MaxResource)
	}
	return body, resp.Header.Get("Content-Type"), v.explain(ctx, req, err)
}

// tidy writes a URL as browsers do: a path, and no letters beyond ASCII in the
// query.
func tidy(u *url.URL) *url.URL {
	plain := strings.IndexFunc(u.RawQuery, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' }) < 0
	if u.Path != "" && plain {
		return u
	}
	out := *u
	if out.Path == "" {
		out.Path = "/"
	}
	if !plain {
		var b strings.Builder
		for _, c := range []byte(u.RawQuery) {
			if c <= ' ' || c > '~' || c == '"' {
				fmt.Fprintf(&b, "%%%02X", c)
			} else {
				b.WriteByte(c)
			}
		}
		out.RawQuery = b.String()
	}
	return &out
}

// registrable returns what two hosts of one site share.
func registrable(host string) string {
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}
