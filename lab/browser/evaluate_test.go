package browser_test

import (
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab/browser"
)

func TestEvaluateAwaitsAndReports(t *testing.T) {
	base, ca := serve(t, map[string]string{"/": "<h1>Here</h1>"})
	v := visitor(t, launch(t, browser.Config{KeyPins: []string{ca.KeyPin()}}))
	open(t, v, base+"/")
	got, err := v.Evaluate(t.Context(), `Promise.resolve({heading: document.querySelector("h1").textContent})`)
	if err != nil || string(got) != `{"heading":"Here"}` {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := v.Evaluate(t.Context(), `Promise.reject(new Error("no such luck"))`); err == nil || !strings.Contains(err.Error(), "no such luck") {
		t.Errorf("a promise that fails: %v", err)
	}
}
