package container

import (
	"strings"
	"testing"
)

// TestCommandCannotBeHad proves what is said where the command can be neither
// taken nor built.
func TestCommandCannotBeHad(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	p := follow("parts", nil)
	defer p.finish("", nil)
	t.Run("outside a module", func(t *testing.T) {
		t.Chdir(t.TempDir())
		_, err := command(t.Context(), "amd64", p)
		if err == nil || !strings.Contains(err.Error(), "go build ") || !strings.HasSuffix(err.Error(), "\nUse an ssprlab for Linux built with CGO_ENABLED=0, or work in the module that is tested, after: go get -tool github.com/ssprlab/ssprlab/cmd/ssprlab") {
			t.Errorf("it says %v", err)
		}
	})
	t.Run("without go", func(t *testing.T) {
		t.Setenv("PATH", "/nonexistent")
		_, err := command(t.Context(), "arm64", p)
		says(t, err, "containers run ssprlab, built static for linux/arm64. This program is not that, and to build it the go command is missing: install Go, or use an ssprlab for Linux built with CGO_ENABLED=0")
	})
	if static([]byte("#!/bin/sh")) {
		t.Error("a script is taken for a static program")
	}
}

// TestBaseCannotBeMade proves what is said where mmdebstrap cannot work.
func TestBaseCannotBeMade(t *testing.T) {
	_, err := debootstrap(t.Context(), "riscv64")
	says(t, err, `that needs Debian or Ubuntu on the engine's own architecture (riscv64). Let the engine reach a registry, and "docker pull debian:trixie-slim"`)
	t.Setenv("PATH", "/nonexistent")
	says(t, installed(t.Context(), nil), `that needs mmdebstrap, which is for Debian and Ubuntu. Let the engine reach a registry, and "docker pull debian:trixie-slim"`)
	if line := byHand(); !strings.HasPrefix(line, "sudo mmdebstrap --quiet --variant=minbase ") || !strings.HasSuffix(line, ` -c 'CMD ["/bin/bash"]' - debian:trixie-slim`) {
		t.Errorf("the command to type is %s", line)
	}
}
