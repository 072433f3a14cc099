package house_test

import (
	"go/ast"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/scenarios"
)

// What looks like a mail address in a text, and what looks like a phone number
// in its international form.
var (
	mailAddress = regexp.MustCompile(`[A-Za-z0-9._%+-]+@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})`)
	phoneNumber = regexp.MustCompile(`\+[1-9][0-9]{0,2}[ .(-]?(?:[0-9][ ().-]{0,2}){6,12}[0-9]`)
)

// reserved are the domains that can belong to nobody (RFC 2606, RFC 6761).
var reserved = []string{"example.com", "example.net", "example.org", "example", "test", "invalid", "localhost"}

func fictionalDomain(d string) bool {
	d = strings.ToLower(d)
	for _, r := range reserved {
		if d == r || strings.HasSuffix(d, "."+r) {
			return true
		}
	}
	return false
}

// fictionalNumber reports whether the last digits are 555-01xx, or the number
// is of the British range that is kept for drama.
func fictionalNumber(n string) bool {
	digits := strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, n)
	return len(digits) >= 7 && strings.HasPrefix(digits[len(digits)-7:], "55501") || strings.HasPrefix(digits, "447700900")
}

// strangers lists the addresses and numbers of a text that may be somebody's.
func strangers(text string) (list []string) {
	for _, m := range mailAddress.FindAllStringSubmatch(text, -1) {
		if !fictionalDomain(m[1]) {
			list = append(list, m[0])
		}
	}
	for _, n := range phoneNumber.FindAllString(text, -1) {
		if !fictionalNumber(n) {
			list = append(list, n)
		}
	}
	return list
}

const strangersWhy = "people, numbers and domains are fictional (rule 8), so that no lab ever writes to somebody: example.com, .test, +1 425 555 01xx"

// TestPeopleAreFictional proves rule 8 for the scenario files, the pages and
// the mails of the tree, and for every text in the product's Go files. What
// proves that the language refuses strangers has to name some.
func TestPeopleAreFictional(t *testing.T) {
	root := tree(t).Root
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && (strings.HasPrefix(d.Name(), ".") && name != "." || name == "scenarios/script/testdata/bad") {
				return fs.SkipDir
			}
			return err
		}
		switch path.Ext(name) {
		case ".yaml", ".yml", ".html", ".gohtml", ".gotxt":
			text, err := os.ReadFile(path.Join(root, name))
			for _, who := range strangers(string(text)) {
				t.Errorf("%s names %s. Forbidden: %s", name, who, strangersWhy)
			}
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range product(t) {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				if text, ok := literal(e); ok {
					for _, who := range strangers(text) {
						t.Errorf("%s names %s. Forbidden: %s", at(f, f.Line(n.Pos())), who, strangersWhy)
					}
				}
			}
			return true
		})
	}
}

func TestStrangersAreSeen(t *testing.T) {
	for text, want := range map[string]string{
		"adele@alder.example.com, +1 4255550101":  "",
		"x@corp.alder.test and +1 (425) 555-0199": "",
		"+44 7700 900123":                         "",
		"write to info@contoso.com":               "info@contoso.com",
		"user@example.com.evil.org":               "user@example.com.evil.org",
		"+1 425 882 8080":                         "+1 425 882 8080",
		"+44 20 7946 0958":                        "+44 20 7946 0958",
	} {
		if got := strings.Join(strangers(text), ", "); got != want {
			t.Errorf("in %q strangers are %q, want %q", text, got, want)
		}
	}
}

// TestEveryScenarioIsBuiltIn proves that no scenario file of the tree is left
// out of the command, and so of the suites.
func TestEveryScenarioIsBuiltIn(t *testing.T) {
	files := os.DirFS(path.Join(tree(t).Root, "scenarios"))
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "testdata" {
			return fs.SkipDir
		}
		if path.Ext(name) == ".yaml" {
			if _, err := fs.Stat(scenarios.Files, name); err != nil {
				t.Errorf("scenarios/%s is not built in: add %s/*.yaml to the embedded files in scenarios/scenarios.go", name, path.Dir(name))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
