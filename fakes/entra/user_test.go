package entra_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

func TestTheFormOfAPhoneNumber(t *testing.T) { // R-POL-50, R-TRB-05
	for number, good := range map[string]bool{
		"+1 4255550101":       true,
		"+1 4255550101X12345": true,
		"+1 4255550101x12":    true,
		"+1 425 555 0101":     true,
		"+1 425-555-0101":     true,
		"+1 425 555 0101 x12": true,
		"+358 401234567":      true,
		"+14255550101":        false, // no space after the country code
		"4255550101":          false, // no country code
		"(425) 555-0101":      false,
		"1 4255550101":        false,
		"+1  4255550101":      false,
		"+1 ":                 false,
		"+1 42":               false,
		"+1234 4255550101":    false,
		"+1 4255550101x":      false, // an extension without a number
		"+1 4255550101 or so": false,
		" +1 4255550101":      false,
		"":                    false,
		"+1 425555०101":       false, // digits are ASCII
	} {
		if got := entra.WellFormedPhone(number); got != good {
			t.Errorf("%q is well formed: %t", number, got)
		}
	}
}

func TestExtensionsAreNotDialled(t *testing.T) { // R-POL-50, R-RST-35, R-GAP-27
	for number, want := range map[string]string{
		"+1 4255551234X12345": "+1 4255551234",
		"+1 4255551234x1":     "+1 4255551234",
		"+1 425 555 1234 x1":  "+1 425 555 1234",
		"+1 4255551234":       "+1 4255551234",
		"":                    "",
	} {
		if got := entra.DialPhone(number); got != want {
			t.Errorf("%q dials %q, want %q", number, got, want)
		}
	}
}

func TestWhenTwoNumbersAreOne(t *testing.T) { // R-RST-24, R-RST-25, R-GAP-42
	const stored = "+1 4255550101"
	for typed, same := range map[string]bool{
		"+1 4255550101":     true,
		"+1 (425) 555-0101": true,
		"14255550101":       true,
		" +1 425 555 0101 ": true,
		"+1 4255550101x99":  true,  // the extension is not part of it
		"4255550101":        false, // without the country code
		"5550101":           false,
		"+1 4255550102":     false,
		"+1 42555501011":    false,
		"0014255550101":     false,
		"":                  false,
	} {
		if got := entra.SamePhone(typed, stored); got != same {
			t.Errorf("%q is %q: %t", typed, stored, got)
		}
		if entra.SamePhone(stored, typed) != entra.SamePhone(typed, stored) {
			t.Errorf("%q: it depends on the order", typed)
		}
	}
}

func TestMasksHideWhatTheyMask(t *testing.T) { // R-RST-26, R-GAP-41
	for number, want := range map[string]string{
		"+1 4255550101": "*********01", "+1 4255550101x987": "*********01", "": "**", "12": "**", "123": "**",
	} {
		if got := entra.MaskPhone(number); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
	for address, want := range map[string]string{
		"adele@home.example.com": "ad***@home.example.com", "ab@example.com": "ab*@example.com", "a@example.com": "a*@example.com",
		"@example.com": "*@example.com", "no address": "**", "": "**", "aéle@example.com": "aé**@example.com",
	} {
		if got := entra.MaskEmail(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func FuzzPhonesAndMasks(f *testing.F) {
	for _, s := range []string{"+1 4255550101", "+1 4255550101X12345", "adele@home.example.com", "é@", "@", "x", "\xff@\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if entra.WellFormedPhone(s) {
			if dialled := entra.DialPhone(s); !strings.HasPrefix(s, dialled) || strings.ContainsAny(dialled, "xX") || !entra.SamePhone(s, dialled) {
				t.Errorf("%q dials %q", s, dialled)
			}
			if strings.Contains(entra.MaskPhone(s), strings.TrimLeft(s, "+")) {
				t.Errorf("%q is not masked", s)
			}
		}
		masked := entra.MaskEmail(s)
		if s != "" && masked == s {
			t.Errorf("%q is not masked", s)
		}
		if utf8.ValidString(s) && !utf8.ValidString(masked) {
			t.Errorf("%q: the mask %q cuts a letter in two", s, masked)
		}
	})
}

func TestWhereCodesAndTextsGo(t *testing.T) { // R-POL-41, R-POL-42
	u := entra.User{Mail: "primary@alder.example.com", MobilePhone: "+1 4255550102", OfficePhone: "+1 4255550103"}
	if u.ResetEmail() != "" || u.ResetPhone() != "+1 4255550102" {
		t.Errorf("%q, %q", u.ResetEmail(), u.ResetPhone())
	}
	u.AlternateMails = []string{"first@home.example.com", "second@home.example.com"}
	if u.ResetEmail() != "first@home.example.com" {
		t.Error(u.ResetEmail())
	}
	u.Security = entra.SecurityInfo{Email: "own@home.example.com", Phone: "+1 4255550101"}
	if u.ResetEmail() != "own@home.example.com" || u.ResetPhone() != "+1 4255550101" {
		t.Errorf("%q, %q", u.ResetEmail(), u.ResetPhone())
	}
}

func TestWhomToTellOfAReset(t *testing.T) { // R-NOT-01, R-NOT-20
	for _, c := range []struct {
		user entra.User
		want []string
	}{
		{entra.User{UPN: "a@x.test", Mail: "p@x.test", AlternateMails: []string{"q@y.test"}}, []string{"p@x.test", "q@y.test"}},
		{entra.User{UPN: "a@x.test", Mail: "p@x.test", Security: entra.SecurityInfo{Email: "q@y.test"}}, []string{"p@x.test", "q@y.test"}},
		{entra.User{UPN: "a@x.test", Mail: "p@x.test", AlternateMails: []string{"P@X.test"}}, []string{"p@x.test"}},
		{entra.User{UPN: "a@x.test", Mail: "p@x.test"}, []string{"p@x.test"}},
		{entra.User{UPN: "a@x.test", AlternateMails: []string{"q@y.test"}}, []string{"q@y.test"}},
		{entra.User{UPN: "a@x.test"}, []string{"a@x.test"}},
	} {
		if got := c.user.NotificationAddresses(); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.user, got, c.want)
		}
	}
}

func TestAnswersAreComparedWithoutCaseAndOuterBlanks(t *testing.T) { // R-RST-37, R-GAP-47
	q := entra.NewQuestion("Where?", " Port  Alder ")
	for answer, right := range map[string]bool{"port  alder": true, "PORT  ALDER ": true, "Port Alder": false, "": false} {
		if q.Answered(answer) != right {
			t.Errorf("%q is right: %t", answer, !right)
		}
	}
	if (entra.Question{Text: "Where?"}).Answered("") {
		t.Error("a question without an answer is answered by nothing")
	}
}

// TestWhichLicencesAllowAReset (R-LIC-02, R-LIC-03, R-LIC-04).
func TestWhichLicencesAllowAReset(t *testing.T) {
	for _, c := range []struct {
		licences       []string
		cloud, onPrems bool
	}{
		{nil, false, false},
		{[]string{"AAD_PREMIUM"}, true, true},
		{[]string{"aad_premium_p2"}, true, true},
		{[]string{"EMS"}, true, true}, {[]string{"EMSPREMIUM"}, true, true}, {[]string{"SPE_E3"}, true, true}, {[]string{"SPE_E5"}, true, true}, {[]string{"SPB"}, true, true},
		{[]string{"ENTERPRISEPACK"}, true, false}, {[]string{"O365_BUSINESS_PREMIUM"}, true, false},
		{[]string{"ENTERPRISEPACK", "AAD_PREMIUM"}, true, true},
		{[]string{"GARDENING_E5"}, false, false},
	} {
		u := entra.User{Licences: c.licences}
		hybrid := synced(u)
		if u.LicensedToReset() != c.cloud || hybrid.LicensedToReset() != c.onPrems {
			t.Errorf("%q: cloud-only %t, hybrid %t", c.licences, u.LicensedToReset(), hybrid.LicensedToReset())
		}
	}
	for _, s := range entra.SKUs() {
		if found, ok := entra.FindSKU(strings.ToLower(s.ID)); !ok || found.Part != s.Part {
			t.Errorf("%s is not found by its id", s.Part)
		}
		if s.Writeback && !s.Reset {
			t.Errorf("%s writes back but does not reset", s.Part)
		}
	}
}

func TestRolesAreFoundByNameAndTemplate(t *testing.T) { // R-POL-89
	seen := map[string]bool{}
	for _, r := range entra.Roles() {
		if seen[r.Name] || seen[r.Template] {
			t.Errorf("%s is there twice", r.Name)
		}
		seen[r.Name], seen[r.Template] = true, true
		for _, key := range []string{r.Name, strings.ToUpper(r.Name), strings.ToUpper(r.Template)} {
			if found, ok := entra.FindRole(key); !ok || found != r {
				t.Errorf("%q finds %+v", key, found)
			}
		}
		if reader := strings.Contains(r.Name, "Reader"); r.Covered == reader {
			t.Errorf("%s is covered: %t", r.Name, r.Covered)
		}
	}
}
