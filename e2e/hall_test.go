package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/form"
)

// The ways people act.
const (
	byBrowser = "browser"
	byForm    = "http"
)

func drivers() []string { return []string{byForm, byBrowser} }

// hall is what the specs of one process share.
type hall struct {
	authority *pki.Authority
	keys      lab.KeyRing
	finding   finding
	form      web.Driver
	chrome    web.Driver // launched by the first spec that needs it
	launchErr error
}

// finding is what the first process tells the others of the browser.
type finding struct{ Path, Missing string }

// required reports whether a missing browser is a failure.
func required() bool {
	return os.Getenv("CI") == "true" || os.Getenv("SSPRLAB_REQUIRE_BROWSER") != ""
}

// lookAround looks for the browser, once for all processes.
func (h *hall) lookAround() []byte {
	var f finding
	path, err := browser.Find()
	if f.Path = path; err != nil {
		f.Missing = err.Error()
		if !required() {
			fmt.Printf("The specs of the browser are skipped: %v\n", err)
		}
	}
	data, err := json.Marshal(f)
	Expect(err).NotTo(HaveOccurred())
	return data
}

// open makes what the specs of this process share.
func (h *hall) open(data []byte) {
	Expect(json.Unmarshal(data, &h.finding)).To(Succeed())
	var err error
	h.authority, err = pki.NewAuthority()
	Expect(err).NotTo(HaveOccurred())
	h.form = form.New(form.Config{RootCAs: h.authority.Pool(), Hosts: hosts()})
	DeferCleanup(h.close)
}

func hosts() web.Hosts { return web.Hosts{"*." + lab.Domain: "127.0.0.1"} }

// driver returns the shared driver of that name; without a browser the spec is
// skipped, or fails where one is required.
func (h *hall) driver(ctx context.Context, name string) web.Driver {
	if name == byForm {
		return h.form
	}
	switch {
	case h.finding.Missing != "" && required():
		Fail("a browser is required here (CI=true or SSPRLAB_REQUIRE_BROWSER is set): " + h.finding.Missing)
	case h.finding.Missing != "":
		Skip(h.finding.Missing)
	case h.chrome == nil && h.launchErr == nil:
		h.launch(ctx)
	}
	Expect(h.launchErr).NotTo(HaveOccurred(), "launch the browser")
	return h.chrome
}

func (h *hall) launch(ctx context.Context) {
	b, err := browser.Launch(ctx, browser.Config{Path: h.finding.Path, KeyPins: []string{h.authority.KeyPin()}, Hosts: hosts()})
	if h.launchErr = err; err == nil {
		h.chrome = b
	}
}

func (h *hall) close() {
	for _, d := range []web.Driver{h.form, h.chrome} {
		if d != nil {
			Expect(d.Close()).To(Succeed())
		}
	}
}
