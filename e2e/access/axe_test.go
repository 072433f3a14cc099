package access_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// The rules that are run in a wide window: WCAG 2.0 to 2.2, levels A and AA. In
// a narrow one only those that hang on the layout are run again.
const (
	everyRule   = `{type: "tag", values: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22a","wcag22aa"]}`
	layoutRules = `{type: "rule", values: ["target-size","scrollable-region-focusable"]}`
)

// gap is the rule of something that the product leaves open.
var gap = regexp.MustCompile(`R-GAP-[0-9]+`)

// violation is what the engine says against a page.
type violation struct {
	ID, Help string
	Nodes    []struct {
		HTML, FailureSummary string
	}
}

// look checks the page in front of the visitor, and takes a picture of it.
func (v *visitor) look(name string) *visitor {
	v.Helper()
	v.picture(name)
	for _, id := range gap.FindAllString(v.view.Text, -1) {
		v.gaps[id] = true
	}
	if _, err := v.window.Evaluate(v.Context(), v.axe+";0"); err != nil {
		v.Fatalf("%s: load the accessibility engine: %v", name, err)
	}
	rules := everyRule
	if v.width < 800 {
		rules = layoutRules
	}
	raw, err := v.window.Evaluate(v.Context(), `axe.run(document, {runOnly: `+rules+`, resultTypes: ["violations"], iframes: false}).then(r => r.violations.map(x =>
		({id: x.id, help: x.help, nodes: x.nodes.map(n => ({html: n.html, failureSummary: n.failureSummary}))})))`)
	if err != nil {
		v.Fatalf("%s: %v", name, err)
	}
	var found []violation
	must(v, json.Unmarshal(raw, &found))
	for _, x := range found {
		for _, n := range x.Nodes {
			v.Errorf("%s at %d px: %s (%s)\n  %s\n  %s", name, v.width, x.ID, x.Help, n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", " "))
		}
	}
	v.shape(name)
	return v
}

// shape checks what the engine does not: one <h1>, a title, a language, a main
// part, no control that is cut off, nothing to scroll sideways (WCAG 1.4.10).
func (v *visitor) shape(name string) {
	v.Helper()
	raw, err := v.window.Evaluate(v.Context(), `(() => {
		const bad = [], count = s => document.querySelectorAll(s).length;
		if (count("h1") !== 1 || !document.querySelector("h1").textContent.trim()) bad.push(count("h1") + " h1");
		if (!document.title.trim()) bad.push("no title");
		if (!document.documentElement.lang) bad.push("no language");
		if (count("main") !== 1) bad.push(count("main") + " main");
		if (document.documentElement.scrollWidth > innerWidth) bad.push("wider than the window: " + document.documentElement.scrollWidth);
		const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
		for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) bad.push("id twice: " + id);
		for (const e of document.querySelectorAll("[aria-describedby]"))
			for (const id of e.getAttribute("aria-describedby").split(/\s+/))
				if (!document.getElementById(id)) bad.push("described by nothing: " + id);
		for (const e of document.querySelectorAll("form:not([novalidate])")) bad.push("a form without novalidate");
		for (const e of document.querySelectorAll("button,h1,h2,label,legend,th,dt,summary"))
			if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow !== "visible") bad.push("cut off: " + e.textContent.trim());
		return bad;
	})()`)
	if err != nil {
		v.Fatalf("%s: %v", name, err)
	}
	var bad []string
	must(v, json.Unmarshal(raw, &bad))
	for _, b := range bad {
		v.Errorf("%s at %d px: %s", name, v.width, b)
	}
}

// picture keeps the page as a picture where SSPRLAB_PICTURES says.
func (v *visitor) picture(name string) {
	v.Helper()
	if v.shots == "" {
		return
	}
	png, err := v.window.Screenshot(v.Context())
	must(v, err)
	v.seen[name]++
	if n := v.seen[name]; n > 1 {
		name = fmt.Sprintf("%s-%d", name, n)
	}
	must(v, os.WriteFile(filepath.Join(v.shots, name+".png"), png, 0o644))
}
