package browser_test

import (
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab/browser"
)

func TestEvaluateAwaitsAndReports(t *testing.T) {
	base, ca := serve(t, map[string]string{"/": ""})
	v := visitor(t, launch(t, browser.Config{KeyPins: []string{ca.KeyPin()}}))
	open(t, v, base+"/")
	got, err := v.Evaluate(t.Context(), `Promise.resolve({path: location.pathname})`)
	if err != nil || string(got) != `{"path":"/"}` {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := v.Evaluate(t.Context(), `Promise.reject(new Error("no such luck"))`); err == nil || !strings.Contains(err.Error(), "no such luck") {
		t.Errorf("a promise that fails: %v", err)
	}
}
