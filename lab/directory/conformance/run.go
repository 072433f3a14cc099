package conformance

import (
	"context"
	"slices"
	"testing"
	"time"
)

// Factory makes a subject and, by t.Cleanup, sees to its end.
type Factory func(t *testing.T) Subject

// patience is how long a case may take, in real time.
const patience = 2 * time.Minute

// Run runs every case against one directory that open makes, one after the
// other, because they replace the domain's policy.
func Run(t *testing.T, open Factory) {
	subject := open(t)
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) { c.prove(t, subject) })
	}
}

func (c Case) prove(t *testing.T, s Subject) {
	if missing := c.Missing(s); missing != "" {
		t.Skip(missing)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got, err := c.Play(ctx, s)
	if err != nil {
		t.Fatalf("%v: %v", c.Rules, err)
	}
	if !got.Matches(c.Want) {
		t.Errorf("%v: answered %s, want %s", c.Rules, got, c.Want)
	}
}

// rules is how a case names what it proves.
func rules(ids ...string) []string { return slices.Clip(ids) }
