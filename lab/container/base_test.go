package container_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab/enginetest"
)

// TestBaseFromTheArchive proves that where no registry can be reached the base
// is made, and is Debian.
func TestBaseFromTheArchive(t *testing.T) {
	if _, err := exec.LookPath("mmdebstrap"); err != nil || os.Getuid() != 0 {
		t.Skip("making the base needs root and mmdebstrap")
	}
	e := enginetest.Open(t)
	const reference = "ssprlab-test/base:1"
	if err := e.MakeBase(t.Context(), reference); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { docker(t, "rmi", reference) })
	if text := docker(t, "run", "--rm", reference, "cat", "/etc/os-release"); !strings.Contains(text, "VERSION_CODENAME=trixie") {
		t.Errorf("the base is %s", text)
	}
	if found := docker(t, "run", "--rm", reference, "find", "/usr/share/man", "/usr/share/locale", "-type", "f"); found != "" {
		t.Errorf("the base holds manuals and translations: %.200s", found)
	}
}
