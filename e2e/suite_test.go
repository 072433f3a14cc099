package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/ssprlab/ssprlab/lab"
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

// cell is a directory and how people act.
type cell struct {
	directory lab.DirectoryKind
	driver    string
	folder    string // of the scenarios; "" takes all
}

// cells are what is run. On a directory in containers the form client runs all
// scenarios and the browser those at the top, the walkthrough among them: what a
// browser adds is the same on every directory.
func cells() []cell {
	return []cell{
		{lab.Embedded, byForm, ""}, {lab.Embedded, byBrowser, ""},
		{lab.Samba, byForm, ""}, {lab.Samba, byBrowser, "top"},
		{lab.OpenLDAP, byForm, ""}, {lab.OpenLDAP, byBrowser, "top"},
	}
}

// declare makes the specs: one for each scenario, directory, driver and era.
func declare(list []*script.Scenario) {
	h := new(hall)
	SynchronizedBeforeSuite(h.lookAround, h.open)
	for _, c := range cells() {
		Describe(fmt.Sprintf("directory %s, driver %s", c.directory, c.driver), Label("driver:"+c.driver, "directory:"+string(c.directory)), func() {
			for _, s := range list {
				if c.folder != "" && c.folder != folder(s.At.File) {
					continue
				}
				for _, era := range s.Eras {
					declareOne(h, s, c, era)
				}
			}
		})
	}
}
