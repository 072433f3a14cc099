package browser

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// problems are what went wrong in a window beside the acts themselves.
type problems []problem

type problem struct {
	text    string
	request network.RequestID // that failed, "" for none
}

func (p *problems) add(text string, request network.RequestID) {
	*p = append(*p, problem{text, request})
}

// console notes what a page's script reports as an error.
func (p *problems) console(ev runtime.EventConsoleAPICalled) {
	if ev.Type != runtime.ConsoleAPICalledTypeError && ev.Type != runtime.ConsoleAPICalledTypeAssert {
		return
	}
	var words []string
	for _, arg := range ev.Args {
		if arg.Description != "" {
			words = append(words, arg.Description)
		} else {
			words = append(words, strings.Trim(string(arg.Value), `"`))
		}
	}
	p.add("console: "+strings.Join(words, " "), "")
}

func (p *problems) exception(ev runtime.EventExceptionThrown) {
	if ev.ExceptionDetails == nil {
		return
	}
	text := ev.ExceptionDetails.Text
	if e := ev.ExceptionDetails.Exception; e != nil && e.Description != "" {
		text, _, _ = strings.Cut(e.Description, "\n")
	}
	p.add(fmt.Sprintf("exception: %s (%s)", text, ev.ExceptionDetails.URL), "")
}

// entry notes an error of the browser's log: a subresource that failed, a
// policy that was broken. That the document itself has a status of 400 or above
// is no problem but its view.
func (p *problems) entry(ev cdplog.EventEntryAdded, document cdp.LoaderID) {
	e := ev.Entry
	if e == nil || e.Level != cdplog.EntryLevelError || e.NetworkRequestID != "" && string(e.NetworkRequestID) == string(document) {
		return
	}
	text := string(e.Source) + ": " + e.Text
	if e.URL != "" {
		text += " (" + e.URL + ")"
	}
	p.add(text, e.NetworkRequestID)
}

// excuse forgets the failure of a request that turns out to be the document.
func (p *problems) excuse(document cdp.LoaderID) {
	*p = slices.DeleteFunc(*p, func(one problem) bool {
		return one.request != "" && string(one.request) == string(document)
	})
}

func (p *problems) dialog(ev page.EventJavascriptDialogOpening) {
	p.add(fmt.Sprintf("%s dismissed: %s (%s)", ev.Type, ev.Message, ev.URL), "")
}

// Problems returns what went wrong in the window so far, in order: errors of
// the console, exceptions, subresources that failed, broken policies, dialogs
// that were dismissed.
func (v *Visitor) Problems() []string {
	v.window.mu.Lock()
	defer v.window.mu.Unlock()
	out := make([]string, len(v.window.problems))
	for i, p := range v.window.problems {
		out[i] = p.text
	}
	return out
}
