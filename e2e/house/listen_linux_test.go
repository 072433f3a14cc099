package house_test

import (
	"os"
	"testing"

	"github.com/ssprlab/ssprlab/scenarios/run"
)

// TestLabListensOnLoopbackAlone proves rule 8 at run time, by what the kernel
// says of a lab with people in it and of the browser beside it.
func TestLabListensOnLoopbackAlone(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	authority := newAuthority(t)
	list := builtIn(t, "house.yaml")
	h, err := openHouse(t.Context(), list, authority, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	checkLoopback(t, parts, waiting(t, os.Getpid()))

	chrome := launch(t, authority)
	defer chrome.Close()
	allPassed(t, rehearse(t, list, run.Options{Driver: chrome, Authority: authority}))
	pids := family(t, os.Getpid())
	if len(pids) < 3 {
		t.Fatalf("Chrome's processes are %v, want several", pids)
	}
	checkLoopback(t, 0, waiting(t, pids...))
}

func checkLoopback(t *testing.T, least int, sockets []socket) {
	t.Helper()
	if len(sockets) < least {
		t.Errorf("%d sockets listen, want at least %d: %v", len(sockets), least, sockets)
	}
	for _, s := range sockets {
		if !s.address.IsLoopback() {
			t.Errorf("a socket waits on %s. Forbidden: every listener is on loopback (rule 8)", s)
		}
	}
}
