package browser

import (
	"context"
	"errors"
	"sync"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/inspector"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// window is what the events of a tab tell of it. The reader of the connection
// writes it, a visitor reads it.
type window struct {
	frame  cdp.FrameID // the main frame
	dialog func()      // dismisses an open dialog; must not block

	mu       sync.Mutex
	changed  chan struct{} // closed at the next event
	departed int           // departures for another document
	started  int           // loads that began, to a fragment of the document too
	loading  bool
	arrived  int       // documents that came
	document cdp.Frame // the last of them
	complete bool      // it and its subresources are loaded
	within   int       // moves to a fragment
	crashed  bool
	problems problems
}

func newWindow(id target.ID) *window {
	return &window{frame: cdp.FrameID(id), changed: make(chan struct{})}
}

// event takes an event of the tab.
func (w *window) event(msg *cdproto.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch string(msg.Method) {
	case page.FrameStartedNavigating.Method:
		ev := payload(msg, page.FrameStartedNavigating)
		if ev.FrameID == w.frame && ev.NavigationType != page.FrameStartedNavigatingNavigationTypeSameDocument &&
			ev.NavigationType != page.FrameStartedNavigatingNavigationTypeHistorySameDocument {
			w.departed++
		}
	case page.FrameStartedLoading.Method:
		if payload(msg, page.FrameStartedLoading).FrameID == w.frame {
			w.started, w.loading = w.started+1, true
		}
	case page.FrameStoppedLoading.Method:
		if payload(msg, page.FrameStoppedLoading).FrameID == w.frame {
			w.loading = false
		}
	case page.FrameNavigated.Method:
		if f := payload(msg, page.FrameNavigated).Frame; f != nil && f.ParentID == "" {
			w.arrived, w.document, w.complete = w.arrived+1, *f, false
			w.problems.excuse(f.LoaderID)
		}
	case page.LoadEventFired.Method:
		w.complete = true
	case page.NavigatedWithinDocument.Method:
		if payload(msg, page.NavigatedWithinDocument).FrameID == w.frame {
			w.within++
		}
	case page.JavascriptDialogOpening.Method:
		w.problems.dialog(payload(msg, page.JavascriptDialogOpening))
		w.dialog()
	case runtime.ConsoleAPICalled.Method:
		w.problems.console(payload(msg, runtime.ConsoleAPICalled))
	case runtime.ExceptionThrown.Method:
		w.problems.exception(payload(msg, runtime.ExceptionThrown))
	case cdplog.EntryAdded.Method:
		w.problems.entry(payload(msg, cdplog.EntryAdded), w.document.LoaderID)
	case inspector.TargetCrashed.Method:
		w.crashed = true
	default:
		return
	}
	close(w.changed)
	w.changed = make(chan struct{})
}

// payload decodes an event. What does not decode is an event of a newer Chrome
// and reads as empty.
func payload[E any](msg *cdproto.Message, _ cdp.Event[E]) E {
	var ev E
	if jsonv2.Unmarshal(msg.Params, &ev, chromedp.DefaultUnmarshalOptions) != nil {
		var none E
		return none
	}
	return ev
}

// mark is a moment in the life of a window, to tell what came after it.
type mark struct{ departed, started, arrived, within int }

func (w *window) now() mark {
	w.mu.Lock()
	defer w.mu.Unlock()
	return mark{w.departed, w.started, w.arrived, w.within}
}

var (
	errCrashed = errors.New("browser: the page crashed")
	errNoPage  = errors.New("browser: the answer was no page: nothing to show (204) or a download")
)

// settle waits until a document that came after m is loaded with all its parts,
// or the page moved to a fragment.
func (w *window) settle(ctx context.Context, conn *conn, m mark) (cdp.Frame, error) {
	for {
		w.mu.Lock()
		changed, document := w.changed, w.document
		done, err := w.settled(m)
		w.mu.Unlock()
		if done || err != nil {
			return document, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return document, context.Cause(ctx)
		case <-conn.dead:
			return document, conn.err
		}
	}
}

// settled reports whether settle is done. w.mu is held.
func (w *window) settled(m mark) (bool, error) {
	switch {
	case w.crashed:
		return false, errCrashed
	case w.arrived > m.arrived:
		return w.complete, nil
	case w.departed > m.departed:
		if w.started > m.started && !w.loading {
			return false, errNoPage
		}
		return false, nil
	}
	return w.within > m.within, nil
}
