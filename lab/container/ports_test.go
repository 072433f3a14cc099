package container_test

import (
	"net"
	"testing"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/enginetest"
)

// TestFreePortIsTakenMeanwhile proves that a port that another takes between
// its choice and its use is replaced, and that one the user chose is not.
func TestFreePortIsTakenMeanwhile(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	s := serving(build(t, e, tiny()))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	taken := ln.Addr().(*net.TCPAddr).Port
	choices := 0
	choose := func(s container.Spec) (container.Spec, error) {
		choices++
		s, err := container.FreePorts(s)
		if choices == 1 {
			s.Ports[0].Host = taken
		}
		return s, err
	}
	if err := g.CreateAtFreePorts(t.Context(), s, choose); err != nil || choices != 2 {
		t.Errorf("after %d choices: %v", choices, err)
	}
	s.Name, s.Ports[0].Host = "chosen", taken
	says(t, g.CreateAtFreePorts(t.Context(), s, container.FreePorts), "is taken")
}
