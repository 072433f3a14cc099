package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/form"
)

// The ways people act.
const (
	byBrowser = "browser"
	byForm    = "http"
)

// hall is what the specs of one process share.
type hall struct {
	authority *pki.Authority
	keys      lab.KeyRing
	finding   finding
	form      web.Driver
	chrome    web.Driver // launched by the first spec that needs it
	launchErr error
	fleets    map[lab.DirectoryKind]*lab.Fleet // opened by the first spec that needs one
}

// finding is what the first process tells the others of the browser and of the
// Docker engine: where it is, or why there is none.
type finding struct{ Path, Missing, NoEngine string }

// required reports whether it is a failure if something is missing, which a
// variable of the environment says, and CI always does.
func required(variable string) bool {
	return os.Getenv("CI") == "true" || os.Getenv(variable) != ""
}

// The variables.
const (
	requireBrowser = "SSPRLAB_REQUIRE_BROWSER"
	requireDocker  = "SSPRLAB_REQUIRE_DOCKER"
)

// lookAround looks for the browser and the engine, once for all processes, and
// says which specs are left out.
func (h *hall) lookAround(ctx SpecContext) []byte {
	var f finding
	path, err := browser.Find()
	if f.Path = path; err != nil {
		f.Missing = err.Error()
		if !required(requireBrowser) {
			fmt.Printf("The specs of the browser are skipped: %v\n", err)
		}
	}
	if engine, err := container.Open(ctx); err == nil {
		Expect(engine.Close()).To(Succeed())
	} else if f.NoEngine = err.Error(); !required(requireDocker) {
		fmt.Printf("The specs of the directories samba and openldap are skipped: %v\n", err)
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
	h.fleets = map[lab.DirectoryKind]*lab.Fleet{}
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
	case h.finding.Missing != "" && required(requireBrowser):
		Fail("a browser is required here (CI=true or SSPRLAB_REQUIRE_BROWSER is set): " + h.finding.Missing)
	case h.finding.Missing != "":
		Skip(h.finding.Missing)
	case h.chrome == nil && h.launchErr == nil:
		h.launch(ctx)
	}
	Expect(h.launchErr).NotTo(HaveOccurred(), "launch the browser")
	return h.chrome
}

// imagesTimeout bounds the building of images that are not there yet.
const imagesTimeout = 10 * time.Minute

// fleet returns where the containers of a directory come from, nil for one that
// needs none. Without an engine the spec is skipped, or fails where one is
// required.
func (h *hall) fleet(kind lab.DirectoryKind) *lab.Fleet {
	switch {
	case kind == lab.Embedded:
		return nil
	case h.finding.NoEngine != "" && required(requireDocker):
		Fail("a Docker engine is required here (CI=true or " + requireDocker + " is set): " + h.finding.NoEngine)
	case h.finding.NoEngine != "":
		Skip(h.finding.NoEngine)
	case h.fleets[kind] == nil:
		ctx, cancel := context.WithTimeout(context.Background(), imagesTimeout)
		defer cancel()
		f, err := lab.OpenFleet(ctx, lab.FleetConfig{Directory: kind, Authority: h.authority, Progress: container.Lines(GinkgoWriter)})
		Expect(err).NotTo(HaveOccurred(), "build the images and find the engine")
		h.fleets[kind] = f
	}
	return h.fleets[kind]
}

func (h *hall) launch(ctx context.Context) {
	b, err := browser.Launch(ctx, browser.Config{Path: h.finding.Path, KeyPins: []string{h.authority.KeyPin()}, Hosts: hosts()})
	if h.launchErr = err; err == nil {
		h.chrome = b
	}
}

func (h *hall) close() {
	for _, f := range h.fleets {
		Expect(f.Close()).To(Succeed())
	}
	for _, d := range []web.Driver{h.form, h.chrome} {
		if d != nil {
			Expect(d.Close()).To(Succeed())
		}
	}
}
