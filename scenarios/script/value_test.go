package script_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/scenarios/script"
)

// pressed is the value that a press of text reads as.
func pressed(t *testing.T, quoted string) script.Value {
	t.Helper()
	s := parse(t, "name: A value\npeople: {adele: {name: Adele Birch}}\nsteps: [{as: adele, do: {press: "+quoted+"}}]\n")
	return s.Steps[0].Do[0].What.(script.Press).Label
}

func TestValues(t *testing.T) {
	lookup := func(r script.Ref) (string, error) { return "<" + r.Person + "/" + r.Name + ">", nil }
	for _, c := range []struct{ text, written, resolved string }{
		{`Next`, "Next", "Next"},
		{`"${adele.mobile}"`, "${adele.mobile}", "<adele/mobile>"},
		{`"${ text code }"`, "${adele.text code}", "<adele/text code>"},
		{`"${organisation} and ${domain}!"`, "${organisation} and ${domain}!", "</organisation> and </domain>!"},
		{`"costs $${adele.mail} or $5"`, "costs $${adele.mail} or $5", "costs ${adele.mail} or $5"},
		{`"$$${domain}"`, "$$${domain}", "$${domain}"},
		{`"a\tb ${adele.upn}"`, "a\tb ${adele.upn}", "a\tb <adele/upn>"},
		{`0042`, "0042", "0042"},
	} {
		v := pressed(t, c.text)
		got, err := v.Resolve(lookup)
		if err != nil || got != c.resolved || v.String() != c.written {
			t.Errorf("%s: %q, written %q, %v", c.text, got, v.String(), err)
		}
	}
}

func TestResolveSaysWhere(t *testing.T) {
	v := pressed(t, `"Call ${adele.mobile}"`)
	broken := errors.New("she has none")
	_, err := v.Resolve(func(script.Ref) (string, error) { return "", broken })
	if !errors.Is(err, broken) || err.Error() != "s.yaml:3: ${adele.mobile}: she has none" {
		t.Error(err)
	}
	if _, literal := v.Literal(); literal {
		t.Error("it has a reference")
	}
}

// TestSavedNames: a name is known after the act that saves it, not before.
func TestSavedNames(t *testing.T) {
	const head = "name: Saved\npeople: {adele: {name: Adele Birch}}\nsteps:\n  - as: adele\n    do:\n"
	const save, use = "      - generate password: first choice\n", "      - choose password: ${first choice}\n"
	parse(t, head+save+use)
	if got := complain(head + use + save); len(got) != 1 || !strings.Contains(got[0], `s.yaml:6:26: unknown value "first choice"`) {
		t.Error(got)
	}
	if got := complain(head + save + save); len(got) != 1 || !strings.Contains(got[0], "has been saved before") {
		t.Error(got)
	}
}
