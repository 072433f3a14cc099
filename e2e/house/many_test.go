package house_test

import (
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/scenarios/run"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// labs is how many run side by side.
const labs = 8

// TestManyLabsInOneProcess proves rule 9: labs share no port, no clock, no
// tenant and no directory.
func TestManyLabsInOneProcess(t *testing.T) {
	houses := openMany(t)
	addresses := map[string]int{}
	for i, h := range houses {
		e := h.Lab.Endpoints
		for _, a := range []string{e.Office, e.Connect, e.Phone, e.Mail, e.SMTP, e.LDAPS, e.TenantControl, e.ConnectControl, e.PhoneControl, e.MailControl, e.TenantID} {
			if other, taken := addresses[a]; taken || a == "" {
				t.Errorf("labs %d and %d share %q", other, i, a)
			}
			addresses[a] = i
		}
	}

	houses[0].Lab.Clock.Advance(24 * time.Hour)
	if ahead := houses[0].Lab.Clock.Now().Sub(houses[1].Lab.Clock.Now()); ahead < 23*time.Hour {
		t.Errorf("the first lab is %s ahead of the second, want a day: they share a clock", ahead)
	}

	const upn, chosen = "adele@alder.example.com", "Glacier-Pine-77"
	for i, h := range houses {
		d := open(t, h)
		if i == 0 {
			account, err := d.AccountByUPN(t.Context(), upn)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Reset(t.Context(), account.DN, chosen, directory.Reset{}); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Authenticate(t.Context(), upn, chosen); (err == nil) != (i == 0) {
			t.Errorf("lab %d: a bind with the password that was set in lab 0 gives %v", i, err)
		}
	}
}

// openMany opens houses at the same time, each with a seed of its own.
func openMany(t *testing.T) []*run.House {
	t.Helper()
	list, authority := builtIn(t, "house.yaml"), newAuthority(t)
	houses, errs := make([]*run.House, labs), make([]error, labs)
	var all sync.WaitGroup
	for i := range labs {
		all.Go(func() { houses[i], errs[i] = openHouse(t.Context(), list, authority, uint64(i+1)) })
	}
	all.Wait()
	for i, h := range houses {
		if errs[i] != nil {
			t.Fatalf("lab %d: %v", i, errs[i])
		}
		t.Cleanup(func() {
			if err := h.Close(); err != nil {
				t.Errorf("stop lab %d: %v", i, err)
			}
		})
	}
	return houses
}

func open(t *testing.T, h *run.House) *directory.Directory {
	t.Helper()
	d, err := directory.Open(t.Context(), h.Lab.Directory())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// TestSameScenarioManyTimesAtOnce proves rule 9 with people who act: the very
// same scenario, with the same seed and the same names, in several labs at
// once.
func TestSameScenarioManyTimesAtOnce(t *testing.T) {
	authority := newAuthority(t)
	driver := formDriver(authority)
	defer driver.Close()
	var list []*script.Scenario
	for range labs {
		list = append(list, inEra(builtIn(t, "reset/hybrid.yaml"), script.EraNow)...)
	}
	allPassed(t, rehearse(t, list, run.Options{Driver: driver, Authority: authority, Seed: 1, Workers: labs}))
}
