package entra_test

import (
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// TestWhoMayResetWhom is the table of R-PWD-43.
func TestWhoMayResetWhom(t *testing.T) {
	for _, c := range []struct {
		actor, target string
		may           bool
	}{
		{"Global Administrator", "Global Administrator", true},
		{"Privileged Authentication Administrator", "Global Administrator", true},
		{"User Administrator", "", true},
		{"User Administrator", "Helpdesk Administrator", true},
		{"User Administrator", "Authentication Administrator", false},
		{"User Administrator", "Global Administrator", false},
		{"Authentication Administrator", "Authentication Administrator", true},
		{"Authentication Administrator", "User Administrator", false},
		{"Helpdesk Administrator", "Password Administrator", true},
		{"Helpdesk Administrator", "Global Administrator", false},
		{"Password Administrator", "Password Administrator", true},
		{"Password Administrator", "Helpdesk Administrator", false},
		{"Global Reader", "", false},
		{"", "", false},
	} {
		holder := func(role string) (u entra.User) {
			if role != "" {
				u.Roles = []string{role}
			}
			return u
		}
		if got := entra.MayResetPassword(holder(c.actor), holder(c.target)); got != c.may {
			t.Errorf("%q resets %q: %t", c.actor, c.target, got)
		}
	}
	two := entra.User{Roles: []string{"Password Administrator", "Global Administrator"}}
	if entra.MayResetPassword(entra.User{Roles: []string{"Password Administrator"}}, two) {
		t.Error("one of two roles is enough to be reset")
	}
}
