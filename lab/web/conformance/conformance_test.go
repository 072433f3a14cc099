package conformance_test

import (
	"testing"

	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/web/conformance"
	"github.com/ssprlab/ssprlab/lab/web/form"
)

// TestDriversAgree proves that a scenario may run on either driver.
func TestDriversAgree(t *testing.T) {
	site := conformance.NewSite(t)
	client := form.New(form.Config{RootCAs: site.CA.Pool()})
	defer client.Close()
	var byForm, byBrowser conformance.Transcript
	t.Run("http", func(t *testing.T) { byForm = conformance.Run(t, site, client) })
	if _, err := browser.Find(); err != nil {
		t.Skip(err)
	}
	chrome, err := browser.Launch(t.Context(), browser.Config{KeyPins: []string{site.CA.KeyPin()}})
	if err != nil {
		t.Fatal(err)
	}
	defer chrome.Close()
	t.Run("browser", func(t *testing.T) { byBrowser = conformance.Run(t, site, chrome) })
	conformance.Compare(t, byForm, byBrowser)
}
