package house_test

import (
	"context"
	"testing"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/form"
	"github.com/ssprlab/ssprlab/scenarios"
	"github.com/ssprlab/ssprlab/scenarios/report"
	"github.com/ssprlab/ssprlab/scenarios/run"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// builtIn reads built-in scenarios.
func builtIn(t *testing.T, files ...string) []*script.Scenario {
	t.Helper()
	return sound(t)(script.ReadFS(scenarios.Files, files...))
}

// written reads scenarios from this package's testdata.
func written(t *testing.T, files ...string) []*script.Scenario {
	t.Helper()
	return sound(t)(script.ReadFiles(files...))
}

func sound(t *testing.T) func([]*script.Scenario, []script.Problem) []*script.Scenario {
	return func(list []*script.Scenario, problems []script.Problem) []*script.Scenario {
		t.Helper()
		for _, p := range problems {
			t.Error(p.Render())
		}
		if t.Failed() || len(list) == 0 {
			t.Fatal("the scenarios are not in order")
		}
		return list
	}
}

// inEra keeps one era of scenarios.
func inEra(list []*script.Scenario, era script.Era) []*script.Scenario {
	for _, s := range list {
		s.Eras = []script.Era{era}
	}
	return list
}

func newAuthority(t *testing.T) *pki.Authority {
	t.Helper()
	a, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func hosts() web.Hosts { return web.Hosts{"*." + lab.Domain: "127.0.0.1"} }

// formDriver is a form client that trusts an authority.
func formDriver(a *pki.Authority) web.Driver {
	return form.New(form.Config{RootCAs: a.Pool(), Hosts: hosts()})
}

// launch starts a browser that trusts an authority, or skips the test.
func launch(t *testing.T, a *pki.Authority) *browser.Browser {
	t.Helper()
	needBrowser(t)
	b, err := browser.Launch(t.Context(), browser.Config{KeyPins: []string{a.KeyPin()}, Hosts: hosts()})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func needBrowser(t *testing.T) {
	t.Helper()
	if _, err := browser.Find(); err != nil {
		t.Skip(err)
	}
}

// rehearse runs scenarios and returns what came of them; that they pass is not
// asked.
func rehearse(t *testing.T, list []*script.Scenario, o run.Options) *report.Run {
	t.Helper()
	done, err := run.Run(t.Context(), list, o)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// allPassed fails the test with the live line of each scenario that failed.
func allPassed(t *testing.T, done *report.Run) {
	t.Helper()
	for _, s := range done.Scenarios {
		if !s.Passed {
			report.Line(t.Output(), s)
			t.Errorf("the scenario %q failed", s.Name)
		}
	}
}

// openHouse starts a lab in the state of the built-in house.
func openHouse(ctx context.Context, list []*script.Scenario, a *pki.Authority, seed uint64) (*run.House, error) {
	return run.Open(ctx, list[0], run.Options{Authority: a, Seed: seed})
}
