package own_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/own"
	"github.com/ssprlab/ssprlab/lab/pki"
)

// environment is what the file's variables are looked up in.
func environment(name string) (string, bool) {
	v, ok := map[string]string{"CONNECTOR_PASSWORD": "S3cret-connector", "EMPTY": ""}[name]
	return v, ok
}

// folder holds the files that a configuration names.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	authority, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "ca.pem", string(authority.PEM()))
	write(t, dir, "set-up.password", "S3cret set-up \r\n")
	write(t, dir, "two-lines", "one\ntwo\n")
	return dir
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const good = `# ours
address: ldaps://DC1.corp.example.com
ca: ca.pem
server name: dc1.corp.example.com
base: DC=corp,DC=example,DC=com
unit: OU=ssprlab,OU=Test,DC=corp,DC=example,DC=com
connector: {user: MSOL_1@corp.example.com, password from environment: CONNECTOR_PASSWORD}
set-up:
  user: 'CORP\labadmin'
  password from file: set-up.password
`

func TestRead(t *testing.T) {
	dir := folder(t)
	c, problems := own.Read(write(t, dir, "own.yaml", good), environment)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if c.URL != "ldaps://dc1.corp.example.com:636" || c.Dialect != directory.ActiveDirectory || c.ServerName != "dc1.corp.example.com" ||
		c.Unit != "OU=ssprlab,OU=Test,DC=corp,DC=example,DC=com" || !strings.Contains(c.CA, "BEGIN CERTIFICATE") {
		t.Errorf("%+v", c)
	}
	if c.Connector.Password != "S3cret-connector" || c.SetUp.User != `CORP\labadmin` || c.SetUp.Password != "S3cret set-up " {
		t.Error("the accounts are not those of the file")
	}
	if d := c.As(c.SetUp); d.Within != c.Unit || d.Base != c.Base || d.RootCAs == nil || d.Password != "S3cret set-up " {
		t.Errorf("opened so: %+v", d)
	}
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(form, c); strings.Contains(text, "S3cret") {
			t.Errorf("printed by %s it shows a password: %s", form, text)
		}
	}
}

func TestOneAccountIsEnough(t *testing.T) {
	c, problems := own.Read(write(t, folder(t), "own.yaml", `address: ldaps://127.0.0.1:1636
dialect: openldap
unit: ou=lab,dc=example,dc=com
connector: {user: "cn=agent,dc=example,dc=com", password from environment: CONNECTOR_PASSWORD}
`), environment)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if c.SetUp != c.Connector || c.Dialect != directory.OpenLDAP || c.URL != "ldaps://127.0.0.1:1636" {
		t.Errorf("%+v", c)
	}
}

// TestProblems changes one line of a good file at a time.
func TestProblems(t *testing.T) {
	dir := folder(t)
	for name, c := range map[string]struct{ old, new, at, message, expected string }{
		"no unit":              {"unit: OU=ssprlab,OU=Test,DC=corp,DC=example,DC=com\n", "", "1:1", "the one unit in which it may write", "unit: "},
		"unit is the domain":   {"unit: OU=ssprlab,OU=Test,", "unit: ", "6:7", "no DN of an organisational unit", "OU=ssprlab"},
		"unit elsewhere":       {"unit: OU=ssprlab,OU=Test,DC=corp", "unit: OU=ssprlab,OU=Test,DC=other", "6:7", "not below the base", ""},
		"no TLS":               {"ldaps://DC1", "ldap://DC1", "2:10", "reached by TLS", "ldaps://host:port"},
		"misspelt":             {"address:", "adress:", "2:1", `unknown key "adress"`, "address"},
		"twice":                {"# ours", "ca: ca.pem", "3:1", "twice; first on line 1", ""},
		"no such CA":           {"ca: ca.pem", "ca: other.pem", "3:5", "cannot be read", "PEM"},
		"CA is none":           {"ca: ca.pem", "ca: two-lines", "3:5", "no certificate", "PEM"},
		"dialect":              {"# ours", "dialect: novell", "1:10", "unknown dialect", "openldap"},
		"not set":              {"CONNECTOR_PASSWORD", "OTHER", "7:71", "the variable OTHER is not set", ""},
		"empty":                {"CONNECTOR_PASSWORD", "EMPTY", "7:71", "is empty", ""},
		"no password":          {", password from environment: CONNECTOR_PASSWORD", "", "7:1", "0 places of its password", "password from file"},
		"two passwords":        {"  password from file: set-up.password", "  password from file: set-up.password\n  password from environment: CONNECTOR_PASSWORD", "8:1", "2 places", ""},
		"password file":        {"set-up.password", "two-lines", "10:23", "one line", ""},
		"no connector":         {"connector: {user: MSOL_1@corp.example.com, password from environment: CONNECTOR_PASSWORD}\n", "", "1:1", "the account that Connect uses", ""},
		"connector is a text":  {"connector: {user: MSOL_1@corp.example.com, password from environment: CONNECTOR_PASSWORD}", "connector: MSOL_1", "7:12", "no mapping", ""},
		"anchor":               {"ca: ca.pem", "ca: &x ca.pem", "3:5", "anchors", ""},
		"a list":               {"ca: ca.pem", "ca: [ca.pem]", "3:1", "does not fit", ""},
		"no YAML":              {"connector: {", "connector: {{", "", "", "YAML"},
		"a document too many":  {"base:", "---\nbase:", "", "several things", ""},
		"nothing at a key":     {"base: DC=corp,DC=example,DC=com", "base:", "5:1", "nothing stands here", "a DN"},
		"a password after all": {"password from environment: CONNECTOR_PASSWORD", "password: S3cret-9", "7:44", "does not stand in this file", "password from environment: NAME"},
		"a misspelt password":  {"password from environment: CONNECTOR_PASSWORD", "passwrd: S3cret-9", "7:44", "unknown key", ""},
		"not a variable":       {"CONNECTOR_PASSWORD", "S3cret-9", "7:71", "no variable's name", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, c.old, c.new, 1)
			if text == good {
				t.Fatal("the case changes nothing")
			}
			file := write(t, dir, strings.ReplaceAll(name, " ", "-")+".yaml", text)
			got, problems := own.Read(file, environment)
			if got != nil || len(problems) == 0 {
				t.Fatalf("read: %+v", got)
			}
			var all []string
			for _, p := range problems {
				all = append(all, p.Render())
			}
			said := strings.Join(all, "\n")
			if !strings.HasPrefix(said, file+":"+c.at) || !strings.Contains(said, c.message) || !strings.Contains(said, c.expected) {
				t.Errorf("says\n%s\nwant %s: … %s … %s", said, c.at, c.message, c.expected)
			}
			if strings.Contains(said, "S3cret") {
				t.Errorf("repeats a password:\n%s", said)
			}
		})
	}
}

func TestNoFile(t *testing.T) {
	_, problems := own.Read(filepath.Join(t.TempDir(), "none.yaml"), environment)
	if len(problems) != 1 || !strings.Contains(problems[0].Error(), "cannot be read") {
		t.Error(problems)
	}
	if _, problems = own.Read(write(t, t.TempDir(), "empty.yaml", "# nothing\n"), environment); len(problems) != 1 {
		t.Error(problems)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(good)
	f.Add("a: {b: [")
	f.Fuzz(func(t *testing.T, text string) {
		file := write(t, t.TempDir(), "own.yaml", text)
		c, problems := own.Read(file, environment)
		if (c == nil) == (len(problems) == 0) {
			t.Errorf("%v and %v", c, problems)
		}
	})
}
