package e2e_test

import (
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/ssprlab/ssprlab/scenarios"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

func TestScenarios(t *testing.T) {
	list, problems := script.ReadFS(scenarios.Files, ".")
	if len(problems) > 0 {
		var lines []string
		for _, p := range problems {
			lines = append(lines, p.Render())
		}
		t.Fatalf("the built-in scenarios are not in order:\n%s", strings.Join(lines, "\n"))
	}
	if len(list) == 0 {
		t.Fatal("no scenario is built in")
	}
	RegisterFailHandler(Fail)
	declare(list)
	RunSpecs(t, "Scenarios")
}

// declare makes the specs: one for each scenario, driver and era.
func declare(list []*script.Scenario) {
	h := new(hall)
	SynchronizedBeforeSuite(h.lookAround, h.open)
	for _, d := range drivers() {
		Describe("driver "+d, Label("driver:"+d, "directory:embedded"), func() {
			for _, s := range list {
				for _, era := range s.Eras {
					declareOne(h, s, d, era)
				}
			}
		})
	}
}
