package browser

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/ssprlab/ssprlab/lab/web"
)

// snapshotScript returns the document as HTML with the live state of its
// controls written into attributes, so that package web reads it as it reads
// what a server sent. Passwords are masked in the page already. The copy lives
// in a document without a window: nothing is loaded for it.
const snapshotScript = `const snapshot = (selector, mask) => {
  const live = document.querySelectorAll(selector);
  const inert = document.implementation.createHTMLDocument("");
  const copy = inert.importNode(document.documentElement, true);
  const copies = copy.querySelectorAll(selector);
  live.forEach((l, i) => {
    const c = copies[i];
    switch (l.localName) {
    case "input":
      if (l.type === "checkbox" || l.type === "radio") c.toggleAttribute("checked", l.checked);
      else if (l.type === "password") l.value ? c.setAttribute("value", mask) : c.removeAttribute("value");
      else if (!["file", "submit", "image", "reset", "button"].includes(l.type)) c.setAttribute("value", l.value);
      break;
    case "select":
      for (let j = 0; j < l.options.length; j++) c.options[j].toggleAttribute("selected", l.options[j].selected);
      break;
    case "textarea":
      c.textContent = (l.value.startsWith("\n") ? "\n" : "") + l.value;
    }
  });
  const [nav] = performance.getEntriesByType("navigation");
  return {url: location.href, status: nav ? nav.responseStatus : 0, type: document.contentType,
    html: "<!DOCTYPE html>" + copy.outerHTML};
};`

// actScript carries out a plan: it checks everything, then sets the controls,
// then presses. The controls are those the plan was made on, or it says stale.
const actScript = `const act = (plan) => {
  const all = document.querySelectorAll(plan.selector);
  const is = (el, mark) => el && mark ===
    [el.localName, el.getAttribute("type") || "", el.id, el.getAttribute("name") || ""].join("|");
  const seen = el => {
    for (let d = el.closest("details"); d; d = d.parentElement && d.parentElement.closest("details")) d.open = true;
    return el.checkVisibility() || [...(el.labels || [])].some(l => l.checkVisibility());
  };
  const parts = plan.press ? [...plan.steps, plan.press] : plan.steps;
  if (parts.some(p => !is(all[p.index], p.mark))) return {stale: true};
  const unseen = parts.find(p => !seen(all[p.index]));
  if (unseen) return {unseen: unseen.mark};
  const tell = el => ["input", "change"].forEach(t => el.dispatchEvent(new Event(t, {bubbles: true})));
  for (const s of plan.steps) {
    const el = all[s.index];
    el.focus({preventScroll: true});
    if (s.check) { if (el.checked !== s.on) el.click(); }
    else if (s.option >= 0) { el.selectedIndex = s.option; tell(el); }
    else { el.value = s.value; tell(el); }
  }
  if (!plan.press) return {};
  const el = all[plan.press.index];
  if (el.disabled) return {disabled: true};
  if (plan.press.sends && el.form && !el.form.noValidate && !el.formNoValidate) {
    const bad = [...el.form.elements].find(e => e.willValidate && !e.checkValidity());
    if (bad) return {invalid: (bad.name || bad.id) + ": " + bad.validationMessage};
  }
  el.focus({preventScroll: true});
  el.click();
  return {};
};`

// orders is a plan as actScript takes it.
type orders struct {
	Selector string      `json:"selector"`
	Steps    []orderStep `json:"steps"`
	Press    *orderPress `json:"press"`
}

type orderStep struct {
	Index  int    `json:"index"`
	Mark   string `json:"mark"`
	Value  string `json:"value"`
	Option int    `json:"option"`
	Check  bool   `json:"check"`
	On     bool   `json:"on"`
}

type orderPress struct {
	Index int    `json:"index"`
	Mark  string `json:"mark"`
	Sends bool   `json:"sends"`
}

// outcome is what came of an act in the page.
type outcome struct {
	Stale    bool   `json:"stale"`    // the page has changed since it was read
	Unseen   string `json:"unseen"`   // a control is not shown
	Disabled bool   `json:"disabled"` // the button became disabled
	Invalid  string `json:"invalid"`  // the form is not sent, says the browser
	Snapshot *state `json:"snapshot"` // if the act stays on the page
}

// state is a document with the state of its controls.
type state struct {
	URL    string `json:"url"`
	Status int    `json:"status"`
	Type   string `json:"type"`
	HTML   string `json:"html"`
}

// actExpression is the one evaluation that an act is.
func actExpression(plan *web.Plan) (string, error) {
	o := orders{Selector: web.Controls, Steps: make([]orderStep, 0, len(plan.Steps))}
	for _, s := range plan.Steps {
		o.Steps = append(o.Steps, orderStep{s.Index, s.Mark(), s.Value, s.Option, s.Check, s.On})
	}
	tail := "out.stale || out.unseen || (out.snapshot = " + snapshotCall() + ");"
	if plan.Press != nil {
		o.Press, tail = &orderPress{plan.Press.Index, plan.Press.Mark(), plan.Press.Sends}, ""
	}
	text, err := json.Marshal(o)
	if err != nil {
		return "", fmt.Errorf("browser: encode the act: %w", err)
	}
	return "(() => {" + snapshotScript + actScript + "const out = act(" + string(text) + ");" + tail + "return out;})()", nil
}

// snapshotExpression is the one evaluation that reads a page.
func snapshotExpression() string {
	return "(() => {" + snapshotScript + "return " + snapshotCall() + ";})()"
}

func snapshotCall() string {
	return fmt.Sprintf("snapshot(%q, %q)", web.Controls, web.Mask)
}

// evaluate runs an expression in the page, as if a person had touched it.
func evaluate[T any](ctx context.Context, s session, expression string) (T, error) {
	var out T
	res, err := cdp.Call(ctx, s, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ReturnByValue: new(true), UserGesture: new(true),
	})
	if err != nil {
		return out, err
	}
	if e := res.ExceptionDetails; e != nil {
		return out, thrown(e)
	}
	if err := jsonv2.Unmarshal(res.Result.Value, &out, chromedp.DefaultUnmarshalOptions); err != nil {
		return out, fmt.Errorf("browser: decode what the page returned: %w", err)
	}
	return out, nil
}

// thrown is what a script threw, as an error.
func thrown(e *runtime.ExceptionDetails) error {
	text := e.Text
	if e.Exception != nil {
		text += " " + e.Exception.Description
	}
	return fmt.Errorf("browser: evaluate in the page: %s", text)
}
