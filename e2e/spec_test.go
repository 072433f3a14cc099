package e2e_test

import (
	"context"
	"fmt"
	"log/slog"
	"path"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"

	"github.com/ssprlab/ssprlab/scenarios/report"
	"github.com/ssprlab/ssprlab/scenarios/run"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// seed is that of every spec, so that a spec repeats what it did before.
const seed = 1

// specTimeout bounds one scenario, set-up and all; each of its steps has a
// shorter deadline of its own.
const specTimeout = 5 * time.Minute

// declareOne makes the spec of one scenario in one era.
func declareOne(h *hall, s *script.Scenario, c cell, era script.Era) {
	name := s.Name
	if len(s.Eras) > 1 {
		name += " (era " + string(era) + ")"
	}
	place := types.NewCustomCodeLocation(fmt.Sprintf("scenarios/%s:%d", s.At.File, s.At.Line))
	It(name, labels(s, era), place, SpecTimeout(specTimeout), func(ctx SpecContext) {
		once := *s
		once.Eras = []script.Era{era}
		rehearse(ctx, h, &once, c)
	})
}

// labels are what a filter may ask for, beside the driver and the directory.
func labels(s *script.Scenario, era script.Era) Labels {
	all := Labels{"era:" + string(era), "folder:" + folder(s.At.File)}
	add := func(rules []string) {
		for _, r := range rules {
			all = append(all, "rule:"+r)
		}
	}
	add(s.Rules)
	for _, step := range s.Steps {
		add(step.Rules)
	}
	return all
}

// folder is a file's folder as a label, in which no slash may stand.
func folder(file string) string {
	dir := path.Dir(file)
	if dir == "." {
		return "top"
	}
	return strings.ReplaceAll(dir, "/", ".")
}

// rehearse runs a scenario of one era in a lab of its own.
func rehearse(ctx context.Context, h *hall, s *script.Scenario, c cell) {
	GinkgoHelper()
	fleet := h.fleet(c.directory)
	redactor := new(report.Redactor)
	done, err := run.Run(ctx, []*script.Scenario{s}, run.Options{
		Driver: h.driver(ctx, c.driver), Authority: h.authority, Keys: &h.keys, Seed: seed, Redactor: redactor,
		Directory: c.directory, Fleet: fleet,
		Log: slog.New(slog.NewTextHandler(GinkgoWriter, nil)),
	})
	Expect(err).NotTo(HaveOccurred(), "the spec was interrupted")
	r := done.Scenarios[0]
	if r.Skipped != "" {
		Skip(r.Skipped)
	}
	if !r.Passed {
		Fail(account(redactor.Scenario(r)))
	}
}

// account tells how a scenario failed: a line for each step, then the failing
// one with its place, what was expected, what was found, and the command that
// runs it again.
func account(s *report.Scenario) string {
	var b strings.Builder
	for _, step := range s.Steps {
		mark := "FAILED "
		switch {
		case step.Passed:
			mark = "passed "
		case step.Skipped:
			mark = "not run"
		}
		fmt.Fprintf(&b, "  %s  %s:%d  %s\n", mark, s.File, step.Line, step.Name)
	}
	if err := report.Line(&b, s); err != nil {
		fmt.Fprintln(&b, err)
	}
	return b.String()
}
