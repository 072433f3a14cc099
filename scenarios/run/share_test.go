package run

import (
	"testing"

	"github.com/ssprlab/ssprlab/scenarios"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

const adeleOnPremises = `
people:
  adele: {name: Adele Birch, from: directory, licence: AAD_PREMIUM, mobile: "+1 4255550101", registered: [mobile phone]}
`

// TestAloneBecause holds scenarios against why they must have the directory to
// themselves.
func TestAloneBecause(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing special":          {"directory: {}\nsteps: [{as: adele, do: sign in}]", ""},
		"the default policy, said": {"directory: {password policy: {minimum length: 7, lockout threshold: 5}}\nsteps: [{as: adele, do: sign in}]", ""},
		"a policy":                 {"directory: {password policy: {minimum age: 1 day}}\nsteps: [{as: adele, do: sign in}]", "it states a password policy"},
		"a day":                    {"start: 2021-03-01\ndirectory: {}\nsteps: [{as: adele, do: sign in}]", "it starts on a day of its own"},
		"a domain":                 {"directory: {domain: corp.birch.example.com}\nsteps: [{as: adele, do: sign in}]", "its domain is not that of the others"},
		"a right less":             {"directory: {delegation: [reset password, change password, write lockout time, write password last set]}\nsteps: [{as: adele, do: sign in}]", "its connector account lacks a right"},
		"time":                     {"directory: {}\nsteps: [{as: adele, do: sign in}, {after: 1 minute}]", "it moves the clock"},
		"time in another era":      {"directory: {}\neras: [2019, now]\nsteps: [{as: adele, do: sign in}, {when: {era: 2019}, after: 1 minute}]", ""},
		"a group of the domain's":  {"directory: {}\nsteps: [{lab: {protect account: adele}}]", "it writes to a group of the domain's"},
		"one code of an app":       {"directory: {}\nsteps: [{as: adele, do: {verify by: app code}}]", ""},
		"two codes of an app":      {"directory: {}\nsteps: [{as: adele, do: [{verify by: app code}, {fill: {Code: \"${app code}\"}}]}]", "it may wait for the next code of an app, by the clock"},
		"its cable pulled":         {"directory: {}\nsteps: [{lab: stop directory}, {lab: start directory}]", ""},
	} {
		t.Run(name, func(t *testing.T) {
			list, problems := script.Parse("test.yaml", []byte("name: Test\n"+adeleOnPremises+c.text))
			for _, p := range problems {
				t.Fatal(p.Render())
			}
			if got := aloneBecause(list[0], list[0].Eras[len(list[0].Eras)-1]); got != c.want {
				t.Errorf("alone because %q, want %q", got, c.want)
			}
		})
	}
}

// TestAloneInTheCloud moves the clock where nothing is on-premises.
func TestAloneInTheCloud(t *testing.T) {
	list, problems := script.Parse("test.yaml", []byte("name: Test\npeople: {carla: {name: Carla Elm}}\nsteps: [{as: carla, do: sign in}, {after: 1 day}]"))
	for _, p := range problems {
		t.Fatal(p.Render())
	}
	if got := aloneBecause(list[0], list[0].Eras[0]); got != "" {
		t.Errorf("alone because %q, want no reason", got)
	}
}

// TestMostShare counts the built-in scenarios that share a directory, so that a
// new reason does not shut all of them out.
func TestMostShare(t *testing.T) {
	list, problems := script.ReadFS(scenarios.Files)
	for _, p := range problems {
		t.Fatal(p.Render())
	}
	share, runs, alone := 0, 0, map[string]int{}
	for _, s := range list {
		for _, e := range s.Eras {
			runs++
			because := aloneBecause(s, e)
			if because == "" {
				share++
			}
			alone[because]++
		}
	}
	t.Logf("%d of %d share: %v", share, runs, alone)
	if share < runs/2 {
		t.Errorf("%d of %d share a directory, want most: %v", share, runs, alone)
	}
}
