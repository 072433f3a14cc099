package entra_test

import (
	"math/bits"
	"slices"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// everySet returns all sets of methods.
func everySet() (sets []entra.MethodSet) {
	for s := range entra.MethodSet(1 << len(entra.Methods())) {
		sets = append(sets, s)
	}
	return sets
}

func TestMethodsInTheOrderOfThePage(t *testing.T) { // R-POL-21
	var labels []string
	for _, m := range entra.Methods() {
		labels = append(labels, m.String())
	}
	want := []string{"Mobile app notification", "Mobile app code", "Email", "Mobile phone", "Office phone", "Security questions"}
	if !slices.Equal(labels, want) {
		t.Errorf("%q", labels)
	}
	for _, label := range []string{"mobile APP code", " Mobile app code "} {
		if m, ok := entra.ParseMethod(label); !ok || m != entra.AppCode {
			t.Errorf("%q is %v, %t", label, m, ok)
		}
	}
	if _, ok := entra.ParseMethod("Alternate phone"); ok { // R-POL-45
		t.Error("an alternate phone is no method of a reset")
	}
}

func TestMethodSets(t *testing.T) { // R-POL-27
	for _, s := range everySet() {
		list := s.List()
		if len(list) != bits.OnesCount8(uint8(s)) || entra.NewMethodSet(list...) != s {
			t.Errorf("%v does not come back from its list %v", s, list)
		}
		app := s.Has(entra.AppNotification) || s.Has(entra.AppCode)
		others := 0
		for _, m := range list {
			if !m.App() {
				others++
			}
		}
		kinds := others
		if app {
			kinds++
		}
		if s.App() != app || s.Others() != others || s.Kinds() != kinds {
			t.Errorf("%v: app %t, %d others, %d kinds", list, s.App(), s.Others(), s.Kinds())
		}
	}
}

func TestOptionsOfTheMethods(t *testing.T) { // R-RST-23, R-POL-31
	table := []struct {
		method  entra.Method
		options []entra.Option
	}{
		{entra.Email, []entra.Option{entra.MailCode}},
		{entra.MobilePhone, []entra.Option{entra.TextMobile, entra.CallMobile}}, // one tick box, text and call
		{entra.OfficePhone, []entra.Option{entra.CallOffice}},                   // no texts
		{entra.SecurityQuestions, []entra.Option{entra.AnswerQuestions}},
		{entra.AppNotification, []entra.Option{entra.ApproveNotification}},
		{entra.AppCode, []entra.Option{entra.TypeAppCode}},
	}
	var all []entra.Option
	for _, c := range table {
		if got := entra.OptionsOf(entra.NewMethodSet(c.method)); !slices.Equal(got, c.options) {
			t.Errorf("%s offers %v, want %v", c.method, got, c.options)
		}
		for _, o := range c.options {
			if o.Method() != c.method {
				t.Errorf("%s proves %s, want %s", o, o.Method(), c.method)
			}
		}
		all = append(all, c.options...)
	}
	if got := entra.OptionsOf(entra.NewMethodSet(entra.Methods()...)); !slices.Equal(got, all) {
		t.Errorf("all methods offer %v, want the order of the table: %v", got, all)
	}
	if got := entra.OptionsOf(0); len(got) != 0 {
		t.Errorf("no method offers %v", got)
	}
}

func TestOptionsHaveTheirTextsAndNames(t *testing.T) { // R-RST-23, R-AUD-14
	table := map[entra.Option][2]string{
		entra.MailCode:            {"Email my alternate email", "email"},
		entra.TextMobile:          {"Text my mobile phone", "mobile SMS"},
		entra.CallMobile:          {"Call my mobile phone", "mobile voice call"},
		entra.CallOffice:          {"Call my office phone", "office voice call"},
		entra.AnswerQuestions:     {"Answer my security questions", "security questions"},
		entra.ApproveNotification: {"Approve a notification on my authenticator app", "mobile app notification"},
		entra.TypeAppCode:         {"Enter a code from my authenticator app", "mobile app code"},
	}
	for o, want := range table {
		if o.String() != want[0] || o.Audit() != want[1] {
			t.Errorf("%q, %q, want %q", o.String(), o.Audit(), want)
		}
		if back, ok := entra.ParseOption(o.ID()); !ok || back != o {
			t.Errorf("%s does not come back from its id %q", o, o.ID())
		}
	}
	for _, id := range []string{"", "Email", "pager"} {
		if o, ok := entra.ParseOption(id); ok {
			t.Errorf("%q is the option %s", id, o)
		}
	}
}

func TestWhatMayNotServeTwice(t *testing.T) {
	all := entra.OptionsOf(entra.NewMethodSet(entra.Methods()...))
	same := map[[2]entra.Option]bool{
		{entra.TextMobile, entra.CallMobile}:           true, // R-RST-22, R-GAP-62
		{entra.ApproveNotification, entra.TypeAppCode}: true, // R-POL-27
	}
	for _, a := range all {
		for _, b := range all {
			want := a == b || same[[2]entra.Option{a, b}] || same[[2]entra.Option{b, a}] // R-RST-21
			if a.SameKind(b) != want {
				t.Errorf("%s and %s are one kind: %t, want %t", a, b, !want, want)
			}
		}
	}
}
