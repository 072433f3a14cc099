package form

import (
	"net/url"
	"testing"
)

func parse(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestReferrerPolicies(t *testing.T) {
	const (
		page = "https://u:p@a.test/x?y#z"
		full = "https://u:p@a.test/x?y"
		same = "https://a.test/2"
		far  = "https://b.test/"
		down = "http://a.test/"
	)
	_ = full
	for _, c := range []struct {
		policy policy
		to     string
		want   string
		sender string
	}{
		{"", same, "https://a.test/x?y", "https://a.test"}, {"", far, "https://a.test/", "https://a.test"}, {"", down, "", "null"},
		{"no-referrer", same, "", "null"}, {"unsafe-url", down, "https://a.test/x?y", "https://a.test"},
		{"origin", same, "https://a.test/", "https://a.test"}, {"same-origin", far, "", "null"},
		{"same-origin", same, "https://a.test/x?y", "https://a.test"},
		{"strict-origin", same, "https://a.test/", "https://a.test"}, {"strict-origin", down, "", "null"},
		{"no-referrer-when-downgrade", far, "https://a.test/x?y", "https://a.test"}, {"no-referrer-when-downgrade", down, "", "null"},
		{"origin-when-cross-origin", down, "https://a.test/", "https://a.test"},
	} {
		from, to := parse(t, page), parse(t, c.to)
		if got := c.policy.referer(from, to); got != c.want {
			t.Errorf("%q to %s: Referer %q, want %q", c.policy, c.to, got, c.want)
		}
		if got := c.policy.sender(from, to); got != c.sender {
			t.Errorf("%q to %s: Origin %q, want %q", c.policy, c.to, got, c.sender)
		}
	}
	if got := policy("origin").replaced("nonsense").replaced(" No-Referrer "); got != "no-referrer" {
		t.Errorf("the policy is %q", got)
	}
}

func TestTidy(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.test":              "https://a.test/",
		"https://a.test?q=ü x\"":      "https://a.test/?q=%C3%BC%20x%22",
		"https://a.test/b?q=%20#frag": "https://a.test/b?q=%20#frag",
	} {
		if got := tidy(parse(t, in)).String(); got != want {
			t.Errorf("tidy(%q) = %q, want %q", in, got, want)
		}
	}
}
