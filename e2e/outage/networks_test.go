package outage_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/browser/contained"
	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/enginetest"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/scenarios"
	"github.com/ssprlab/ssprlab/scenarios/report"
	"github.com/ssprlab/ssprlab/scenarios/run"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// TestNetworksThatComeAndGo takes the walkthrough in the browser, of this
// machine and of a container, while networks of other containers are made and
// removed. A browser that watches the network breaks its connections then.
func TestNetworksThatComeAndGo(t *testing.T) {
	for name, launch := range map[string]func(context.Context, browser.Config) (*browser.Browser, error){
		"host": browser.Launch,
		"container": func(ctx context.Context, c browser.Config) (*browser.Browser, error) {
			return contained.Launch(ctx, c, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			engine := enginetest.Open(t)
			authority, err := pki.NewAuthority()
			check(t, err)
			chrome, err := launch(ctx, browser.Config{KeyPins: []string{authority.KeyPin()}, Hosts: web.Hosts{"*." + lab.Domain: "127.0.0.1"}})
			check(t, err)
			defer chrome.Close()
			churning, stop := context.WithCancel(ctx)
			defer stop()
			churned := make(chan int, 1)
			go func() { churned <- churn(churning, engine) }()
			list, problems := script.ReadFS(scenarios.Files, "walkthrough.yaml")
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			redactor := new(report.Redactor)
			done, err := run.Run(ctx, list, run.Options{Driver: chrome, Authority: authority, Seed: 1, Workers: 2, Redactor: redactor})
			check(t, err)
			stop()
			if n := <-churned; n < 5 {
				t.Errorf("only %d networks came and went: this proves nothing", n)
			}
			for _, s := range done.Scenarios {
				if !s.Passed {
					report.Line(t.Output(), redactor.Scenario(s))
					t.Errorf("%s did not pass", s.Name)
				}
			}
		})
	}
}

// churn makes networks and removes them until ctx ends, and returns how many.
func churn(ctx context.Context, engine *container.Engine) (n int) {
	for ; ctx.Err() == nil; n++ {
		g := engine.NewGroup()
		_, err := g.Network(ctx, fmt.Sprint("passing", n))
		if g.Close() != nil || err != nil && ctx.Err() == nil {
			return n
		}
	}
	return n
}
