package main_test

import (
	"testing"

	"github.com/ssprlab/ssprlab/lab"
)

func TestExplore(t *testing.T) {
	s := newTheirs(t, lab.Config{Seed: 3})
	r := call(t, s.env, "check-directory", "--directory-config", s.file, "--yes")
	t.Logf("%d\n%s\n%s", r.status, r.err, r.out)
	if err := s.admin.Revoke(t.Context(), s.connector.DN, s.unit, writeback()...); err != nil {
		t.Fatal(err)
	}
	r = call(t, s.env, "check-directory", "--directory-config", s.file, "--yes")
	t.Logf("%d\n%s\n%s", r.status, r.err, r.out)
	t.Log(s.trees(t))
}
