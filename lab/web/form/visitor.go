package form

import (
	"context"
	"errors"
	"fmt"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"github.com/ssprlab/ssprlab/lab/web"
)

// visitor is one person's window.
type visitor struct {
	client  *Client
	name    string
	jar     *cookiejar.Jar
	view    *web.View
	history []*visit
	at      int // index of the current visit, -1 before the first
	closed  bool
}

// mostVisits bounds the history, as browsers do.
const mostVisits = 50

// now returns the current visit, nil before the first.
func (v *visitor) now() *visit {
	if v.at < 0 {
		return nil
	}
	return v.history[v.at]
}

// Open goes to a URL.
func (v *visitor) Open(ctx context.Context, ref string) (*web.View, error) {
	u, err := url.Parse(ref)
	if err == nil && (u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
		err = errors.New("want an absolute http or https URL")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: open %s: %w", v.name, ref, err)
	}
	view, err := v.travel(ctx, request{method: "GET", url: u})
	if err != nil {
		return nil, fmt.Errorf("%s: open %s: %w", v.name, ref, err)
	}
	return view, nil
}

// Act fills, ticks, chooses and presses.
func (v *visitor) Act(ctx context.Context, act web.Act) (*web.View, error) {
	here := v.now()
	if here == nil {
		return nil, fmt.Errorf("%s: %s: %w", v.name, act, web.ErrNoPage)
	}
	view, err := v.act(ctx, here, act)
	if err != nil {
		return nil, fmt.Errorf("%s: %s on %s: %w", v.name, act, here.page.URL(), err)
	}
	return view, nil
}

func (v *visitor) act(ctx context.Context, here *visit, act web.Act) (*web.View, error) {
	plan, err := here.page.Plan(act)
	if err != nil {
		return nil, err
	}
	if plan.Press == nil {
		here.page.Apply(plan.Steps)
		v.view = here.page.View()
		return v.view, nil
	}
	if plan.Press.Link == "" && !plan.Press.Sends {
		_, err := here.page.Submission(plan.Press)
		return nil, err
	}
	here.page.Apply(plan.Steps)
	req, err := here.follow(plan.Press)
	if err != nil {
		return nil, err
	}
	return v.travel(ctx, req)
}

// travel loads a page and makes it the current one.
func (v *visitor) travel(ctx context.Context, req request) (*web.View, error) {
	req.url = tidy(req.url)
	here := v.now()
	same := here != nil && req.method == "GET" && here.page.URL() == req.url.String()
	if here != nil && within(here.page.URL(), req) {
		v.push(here.at(req.url.String()), same)
		v.view = v.now().page.View()
		return v.view, nil
	}
	there, err := v.load(ctx, req)
	if there != nil {
		v.push(there, same)
	}
	return v.arrive(there, err)
}

// within reports whether a request only moves to a fragment of the page.
func within(page string, req request) bool {
	if req.method != "GET" || req.sends || req.url.Fragment == "" {
		return false
	}
	a, _, _ := strings.Cut(page, "#")
	b, _, _ := strings.Cut(req.url.String(), "#")
	return a == b
}

// push adds a visit to the history after the current one, or in its place.
func (v *visitor) push(there *visit, replace bool) {
	if replace {
		v.history[v.at] = there
		return
	}
	v.history = append(v.history[:v.at+1], there)
	if len(v.history) > mostVisits {
		v.history = append(v.history[:0], v.history[1:]...)
	}
	v.at = len(v.history) - 1
}

// arrive shows the page that a journey came to.
func (v *visitor) arrive(there *visit, err error) (*web.View, error) {
	if there != nil {
		v.view = there.page.View()
	}
	if err != nil {
		return nil, err
	}
	return v.view, nil
}

// View returns the last view.
func (v *visitor) View() *web.View { return v.view }

// Back goes to the page before: as it was left, or loaded again if it may not
// be stored.
func (v *visitor) Back(ctx context.Context) (*web.View, error) {
	if v.at < 1 {
		return nil, fmt.Errorf("%s: back: %w", v.name, web.ErrNoPageBefore)
	}
	before := v.history[v.at-1]
	if same := sameDocument(before, v.now()); same || !before.noStore {
		v.at--
		if !same {
			before.page.Returned()
		}
		return v.arrive(before.returned(), nil)
	}
	if before.request.method != "GET" {
		return nil, fmt.Errorf("%s: back to %s: web: the page came of a POST and may not be stored, so a browser asks to send the form again",
			v.name, before.page.URL())
	}
	there, err := v.load(ctx, before.request)
	if there != nil {
		there.page.Restore(before.page)
		v.at--
		v.history[v.at] = there
	}
	view, err := v.arrive(there, err)
	if err != nil {
		return nil, fmt.Errorf("%s: back to %s: %w", v.name, before.page.URL(), err)
	}
	return view, nil
}

// Reload makes the request of the current page again.
func (v *visitor) Reload(ctx context.Context) (*web.View, error) {
	here := v.now()
	if here == nil {
		return nil, fmt.Errorf("%s: reload: %w", v.name, web.ErrNoPage)
	}
	there, err := v.load(ctx, here.request)
	if there != nil {
		v.history[v.at] = there
	}
	view, err := v.arrive(there, err)
	if err != nil {
		return nil, fmt.Errorf("%s: reload %s: %w", v.name, here.page.URL(), err)
	}
	return view, nil
}

// Screenshot returns web.ErrNoPicture.
func (v *visitor) Screenshot(context.Context) ([]byte, error) {
	return nil, fmt.Errorf("%s: %w", v.name, web.ErrNoPicture)
}

// HTML returns the current document.
func (v *visitor) HTML(context.Context) (string, error) {
	here := v.now()
	if here == nil {
		return "", fmt.Errorf("%s: read the document: %w", v.name, web.ErrNoPage)
	}
	return here.page.HTML()
}

// Close forgets cookies and history.
func (v *visitor) Close() error {
	v.closed = true
	v.history, v.at, v.jar, v.view = nil, -1, nil, nil
	return nil
}
