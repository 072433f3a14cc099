package conformance_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/directory"
)

// TestOpenLDAPLosesNoChange reads the changes over and over while several
// connections write, many times within one second: each account is told.
func TestOpenLDAPLosesNoChange(t *testing.T) {
	const writers, each = 6, 40
	config := contained(t, container.OpenLDAP, directory.OpenLDAP, fieldNotes()).Config
	config.Connections = writers + 1
	d, err := directory.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ou, err := d.CreateOU(t.Context(), d.Base(), "changes")
	if err != nil {
		t.Fatal(err)
	}
	since, err := d.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var writing sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for i := range each {
				name := fmt.Sprintf("person%d-%d", w, i)
				if _, err := d.CreateAccount(t.Context(), directory.NewAccount{Parent: ou, Name: name, SAM: name, Disabled: true}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	written := make(chan struct{})
	go func() { defer close(written); writing.Wait() }()
	told := map[string]bool{}
	for last := false; ; {
		delta, next, err := d.Changes(t.Context(), since)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range delta.Accounts {
			told[a.SAM] = true
		}
		since = next
		if last {
			break
		}
		select {
		case <-written:
			last = true // and once more, for what came meanwhile
		default:
		}
	}
	if len(told) != writers*each {
		t.Errorf("%d of %d accounts were told", len(told), writers*each)
	}
}
