package script_test

import (
	"slices"
	"testing"

	"github.com/ssprlab/ssprlab/scenarios"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

const domainsFile = `name: domains
domain: alder.example.com
directory: {domain: corp.alder.example.com}
tenant: {verified domains: [alder.example.com, birch.test]}
people:
  adele: {name: Adele Birch, from: directory, user name: adele@birch.test, alternate email: adele@home.example.net}
  bela: {name: Bela Cedar, mail: bela@alder.example.com}
steps:
  - as: bela
    do:
      - fill: {User ID: "nobody@${domain}", Help: "notalder.example.com, alder.example.com.test, mail alder.example.com. Or x.alder.example.com"}
      - see: {text: [corp.alder.example.com, "${bela.upn}"]}
`

func TestRenamed(t *testing.T) {
	list, problems := script.Parse("domains.yaml", []byte(domainsFile))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s := list[0]
	if got := s.Domains(); !slices.Equal(got, []string{"alder.example.com", "birch.test"}) {
		t.Errorf("domains %v", got)
	}
	r := s.Renamed(map[string]string{"alder.example.com": "s1.alder.example.com", "birch.test": "s1.birch.test", "corp.alder.example.com": "corp.test"})
	if s.Domain != "alder.example.com" || s.Person("adele").UPN != "adele@birch.test" {
		t.Error("the original has changed")
	}
	fill := r.Steps[0].Do[0].What.(script.Fill)
	see := r.Steps[0].Do[1].What.(script.See)
	for _, is := range []struct{ what, got, want string }{
		{"domain", r.Domain, "s1.alder.example.com"},
		{"directory", r.Directory.Domain, "corp.test"},
		{"verified", r.Tenant.VerifiedDomains[1], "s1.birch.test"},
		{"UPN", r.Person("adele").UPN, "adele@s1.birch.test"},
		{"another domain", r.Person("adele").AlternateEmail, "adele@home.example.net"},
		{"mail", r.Person("bela").Mail, "bela@s1.alder.example.com"},
		{"a reference", fill.Fields[0].Text.String(), "nobody@${domain}"},
		{"names that only look so", fill.Fields[1].Text.String(), "notalder.example.com, alder.example.com.test, mail s1.alder.example.com. Or x.s1.alder.example.com"},
		{"a text", see.Texts[0].String(), "corp.test"},
	} {
		if is.got != is.want {
			t.Errorf("%s: %q, want %q", is.what, is.got, is.want)
		}
	}
}

// TestRenamedHasNothingLeft renames the domains of every built-in scenario and
// looks for the old names.
func TestRenamedHasNothingLeft(t *testing.T) {
	list, problems := script.ReadFS(scenarios.Files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, s := range list {
		domains := map[string]string{}
		for _, d := range s.Domains() {
			domains[d] = "renamed.test"
		}
		r := s.Renamed(domains)
		if got := r.Domains(); !slices.Equal(got, []string{"renamed.test"}) {
			t.Errorf("%s: %v", s.Name, got)
		}
		if r.At != s.At || len(r.Steps) != len(s.Steps) || r.Name != s.Name {
			t.Errorf("%s: something else has changed", s.Name)
		}
	}
}
