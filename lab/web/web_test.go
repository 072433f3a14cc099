package web_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab/web"
)

func parse(t testing.TB, body string) *web.Page {
	t.Helper()
	p, err := web.Parse(strings.NewReader("<!DOCTYPE html><body>"+body), "https://a.test/page?q#f", 200)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestVisibleText(t *testing.T) {
	for _, c := range []struct{ name, html, want string }{
		{"blocks and inlines", "<p>a <b>b</b>c<p>d", "a bc\nd"},
		{"white space", "  a\n\t b  c  ", "a b c"},
		{"line breaks", "a<br>b<br><br>c", "a\nb\nc"},
		{"hidden", "<p hidden>x</p><p style='DISPLAY:none!important'>y</p>z", "z"},
		{"not hidden", "<p style='display:block'>y</p><p style='x-display:none'>z</p>", "y\nz"},
		{"script and style", "<script>s</script><style>t</style><template>u</template><noscript>v</noscript>w", "w"},
		{"closed details", "<details><summary>s</summary>t</details>", "s\nt"},
		{"values are fields, not text", "<input value=x><textarea>y</textarea><select><option>z</select>w", "w"},
		{"buttons stand apart", "<button>a</button><button>b</button>", "a b"},
		{"cells stand apart", "<table><tr><td>a<td>b<tr><th>c", "a b\nc"},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := parse(t, c.html).View().Text; got != c.want {
				t.Errorf("text %q, want %q", got, c.want)
			}
		})
	}
}

func TestPlanErrorsKeepSecrets(t *testing.T) {
	const secret = "Tr0ub4dor&3"
	p := parse(t, `<form><label>Password <input type=password maxlength=4></label><label>Old <input type=password disabled></label></form>`)
	for _, act := range []web.Act{
		{Fill: []web.Fill{{Label: "Password", Value: secret}}},
		{Fill: []web.Fill{{Label: "Passwort", Value: secret}}},
		{Fill: []web.Fill{{Label: "Old", Value: secret}}},
	} {
		_, err := p.Plan(act)
		if err == nil || strings.Contains(err.Error()+act.String(), secret) {
			t.Errorf("%s: %v", act, err)
		}
	}
}

func TestNearestName(t *testing.T) {
	p := parse(t, `<form><button>Next</button><button>Send e-mail</button><a href=/>I forgot my password</a></form>`)
	for asked, want := range map[string]string{"Nxt": "Next", "forgot my password": "I forgot my password", "Send email": "Send e-mail", "Zebra crossing": ""} {
		var missing *web.NotFoundError
		if _, err := p.Plan(web.Act{Press: asked}); !errors.As(err, &missing) || missing.Nearest != want {
			t.Errorf("%q: %v, want nearest %q", asked, err, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"180": "180", "-1": "-1", "1e3": "1e3", ".5": ".5", "+1": "", "1.": "", "text": "", "0x10": "", "Inf": "", "1_0": "", "": "", "--1": "",
	} {
		p := parse(t, `<label>Days <input type=number></label>`)
		plan, err := p.Plan(web.Act{Fill: []web.Fill{{Label: "Days", Value: in}}})
		if err != nil {
			t.Fatal(err)
		}
		p.Apply(plan.Steps)
		if got := p.View().Field("Days").Value; got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestSubmission(t *testing.T) {
	p := parse(t, `<form action="/go?old=1#x"><input name=a value="1 &amp; 2"><select name=s><option disabled>0<option>1</select>
<input type=checkbox name=c checked><input name=d disabled value=d><button name=b value=v>Go</button></form>`)
	plan, err := p.Plan(web.Act{Press: "Go"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Submission(plan.Press)
	if err != nil || s.URL != "https://a.test/go?a=1+%26+2&s=1&c=on&b=v#x" || s.Method != "GET" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestHosts(t *testing.T) {
	h := web.Hosts{"*.lab.test": "127.0.0.1", "login.lab.test": "127.0.0.2:8443", "*.deep.lab.test": "127.0.0.3"}
	for in, want := range map[string]string{
		"login.lab.test": "127.0.0.2:8443", "LOGIN.lab.test.": "127.0.0.2:8443", "x.lab.test": "127.0.0.1:443", "x.deep.lab.test": "127.0.0.3:443",
		"localhost": "127.0.0.1:443", "a.localhost": "127.0.0.1:443", "127.0.0.9": "127.0.0.9:443", "::1": "[::1]:443",
		"lab.test": "", "8.8.8.8": "", "example.com": "", "notlocalhost": "",
	} {
		got, err := h.Address(in, "443")
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%s leads to %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestDataURL(t *testing.T) {
	for _, c := range []struct {
		in, body, kind string
		ok, fails      bool
	}{
		{in: "https://a.test/"}, {in: ""},
		{in: "data:,a%20b", body: "a b", kind: "text/plain;charset=US-ASCII", ok: true},
		{in: "DATA:image/png;base64,aGk=", body: "hi", kind: "image/png", ok: true},
		{in: "data:image/png", ok: true, fails: true}, {in: "data:;base64,!", ok: true, fails: true},
		{in: "data:/;base64,aGk=", ok: true, fails: true}, {in: "data:,%zz", ok: true, fails: true},
	} {
		body, kind, ok, err := web.DataURL(c.in)
		if string(body) != c.body || ok != c.ok || (err != nil) != c.fails || !c.fails && kind != c.kind {
			t.Errorf("%q: %q, %q, %t, %v", c.in, body, kind, ok, err)
		}
	}
}

// FuzzPage proves that no page and no act brings the reader down, that a
// rendered page reads like the page itself, and that passwords stay masked.
func FuzzPage(f *testing.F) {
	f.Add(`<form action=/x><label>A <input name=a required></label><button>Go</button></form>`, "A", "v", "Go")
	f.Add(`<fieldset><legend>G</legend><label><input type=radio name=r>A</label></fieldset>`, "G > A", "", "")
	f.Add(`<input type=password title=P value=s><select title=S><option>o</select><a href="::">l</a>`, "S", "o", "l")
	f.Add(`<table><template><input></template><tr><td><p><label for=x><b id=x>`, "", "\r\n", "x")
	f.Add(`<label><label><input aria-labelledby="x x"><i id=x aria-label=" "></label>`, ">", ">", ">")
	f.Fuzz(func(t *testing.T, body, label, value, press string) {
		p, err := web.Parse(strings.NewReader(body), "https://a.test/", 200)
		if err != nil {
			t.Skip()
		}
		for _, field := range p.View().Fields {
			if field.Type == "password" && field.Value != "" && field.Value != web.Mask {
				t.Errorf("a password shows: %q", field.Value)
			}
		}
		for _, act := range []web.Act{{Fill: []web.Fill{{Label: label, Value: value}}}, {Tick: []string{label}}, {Choose: []string{label}}, {Press: press}} {
			plan, err := p.Plan(act)
			if err != nil {
				if err.Error() == "" {
					t.Error("an error without words")
				}
				continue
			}
			p.Apply(plan.Steps)
			if plan.Press != nil && plan.Press.Sends {
				if _, err := p.Submission(plan.Press); err != nil && err.Error() == "" {
					t.Error("an error without words")
				}
			}
		}
		p.Returned()
		p.View()
		if _, err := p.HTML(); err != nil {
			t.Log(err) // what cannot be written as HTML, such as text after <plaintext>
		}
	})
}
