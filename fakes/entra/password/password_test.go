package password

import (
	"strings"
	"testing"
)

func TestVectors(t *testing.T) {
	both := []string{"contoso", "blank"}
	abc := []string{"abcdef"}
	for _, c := range []struct {
		rule, password string
		custom, names  []string
		accept         bool
		score          int // -1: not looked at
	}{
		{"R-PWD-31a", "Bl@nK", both, nil, false, -1},
		{"R-PWD-31b", "C0ntos0Blank12", both, nil, false, 4},
		{"R-PWD-31c", "ContoS0Bl@nkf9!", both, nil, true, 5},
		{"R-PWD-31d", "abcdeg", abc, nil, false, -1},
		{"R-PWD-31d", "abcdefg", abc, nil, false, -1},
		{"R-PWD-31d", "abcde", abc, nil, false, -1},
		{"R-PWD-31e", "p0LL23fb", nil, []string{"Poll"}, false, -1},
		{"R-PWD-31f", "ContosoContoso", both, nil, false, 2},
		{"R-PWD-31g", "contoso!2026x", both, nil, true, 7},
		{"R-PWD-31h", "C0ntoso-2024", both, nil, true, 6},
		{"R-PWD-31i", "Contoso1", both, nil, false, -1},
		{"R-PWD-31j", "Blank123", both, nil, false, 4},
		{"R-PWD-31k", "Blank1234", both, nil, true, 5},
		{"R-PWD-31l", "MyBlankPass", both, nil, true, 7},
		{"R-PWD-31m", "contosoblankcontosoblankblank", both, nil, true, 5},
		{"R-PWD-31n", "abcdefgh", abc, nil, false, 3},
		{"R-PWD-31o", "xabcdef", abc, nil, false, -1},
		{"R-PWD-26", "Contosa+Blank", both, nil, true, 9},         // 3 if a term matched within a letter
		{"R-PWD-27", "BlankBlankBlankBlank", both, nil, false, 4}, // five were not enough either if a term counted once
		{"R-PWD-27", "BlankBlankBlankBlankBlank", both, nil, true, 5},
		{"R-PWD-28", "Contoso++++", both, nil, true, 5},                                   // 2 if the same character counted once
		{"R-PWD-29", "ContosoBlank-1", []string{"contoso", "ontosoblank"}, nil, false, 4}, // 8 from the left
		{"R-PWD-24", "Sunny-Bob-42", nil, []string{"Bob"}, true, -1},
		{"R-PWD-20", "CONTOSO1", both, nil, false, -1},
	} {
		refusal := bannedBy(c.password, c.custom, c.names)
		if (refusal == nil) != c.accept {
			t.Errorf("%s: %s: got %v, want accepted = %t", c.rule, c.password, refusal, c.accept)
		}
		if got := Score(Normalise(c.password), c.custom); c.score >= 0 && got != c.score {
			t.Errorf("%s: %s scores %d, want %d", c.rule, c.password, got, c.score)
		}
	}
}

// bannedBy leaves the lab's global list out, as the published vectors do.
func bannedBy(p string, custom, names []string) *Refusal {
	r := Banned(p, custom, names)
	if r != nil && r.Kind == BannedByAll {
		return nil
	}
	return r
}

func TestTheGlobalListIsAlwaysOn(t *testing.T) {
	if r := Banned("P@ssw0rd1", nil, nil); r == nil || r.Kind != BannedByAll || r.Rule != "R-PWD-23" {
		t.Errorf("P@ssw0rd1: %v", r)
	}
	if r := Banned("Sunny-Harbor-42", nil, nil); r != nil {
		t.Error(r)
	}
}

func TestForm(t *testing.T) {
	for _, c := range []struct {
		rule, password string
		limits         Limits
		kind           Kind
	}{
		{"R-PWD-01", "Ab1-def", Today, TooShort},
		{"R-PWD-01", strings.Repeat("Ab1-", 64), Today, 0},
		{"R-PWD-01", strings.Repeat("Ab1-", 64) + "x", Today, TooLong},
		{"R-PWD-01", "Sunny-Harbor-42xx", Era2019, TooLong},
		{"R-PWD-01", "Sunny-Harbor-42x", Era2019, 0},
		{"R-PWD-02", "sunnyharbor42", Today, TooFewClasses},
		{"R-PWD-02", "SunnyHarbor42", Today, 0},
		{"R-PWD-03", "Sunny Harbor<42>", Today, 0},
		{"R-PWD-03", "Sunny Harbor 42", Era2019, BadCharacter},
		{"R-PWD-03", "Sunny.@Harbor4", Era2019, BadCharacter},
		{"R-PWD-03", "Sunny.@Harbor4", Today, 0},
		{"R-PWD-04", "Sünny-Harbor-42", Today, BadCharacter},
	} {
		r := Form(c.password, c.limits)
		switch {
		case c.kind == 0 && r != nil:
			t.Errorf("%s: %s: %v", c.rule, c.password, r)
		case c.kind != 0 && (r == nil || r.Kind != c.kind || r.Rule != c.rule):
			t.Errorf("%s: %s: got %v, want kind %d", c.rule, c.password, r, c.kind)
		}
	}
}

func FuzzBanned(f *testing.F) {
	f.Add("C0ntos0Blank12", "contoso")
	f.Add("", "")
	f.Add("\xff\xfe", "\xff")
	f.Fuzz(func(t *testing.T, p, term string) {
		if len(p) > 300 || len(term) > 300 {
			t.Skip()
		}
		Banned(p, []string{term}, []string{term})
		if n := Score(p, []string{term}); n < 0 || n > len(p) {
			t.Errorf("score %d of %d bytes", n, len(p))
		}
	})
}
