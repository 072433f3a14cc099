package main_test

import (
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/enginetest"
	"github.com/ssprlab/ssprlab/lab/supervise"
)

// TestCheckDirectory checks the embedded directory in place of one of the
// user's: with every right, and with each taken away in turn.
func TestCheckDirectory(t *testing.T) {
	t.Parallel()
	s := newTheirs(t, lab.Config{Seed: 3})
	s.checkWhole(t, "Active Directory (it names no vendor", "7 (2016)")
	s.checkEachRight(t, func(directory.Right, string) {})
}

// TestCheckSamba does the same with a domain controller of Samba's, and grants
// each right back by the command that the check prints.
func TestCheckSamba(t *testing.T) {
	t.Parallel()
	enginetest.Open(t)
	s := newTheirs(t, lab.Config{Seed: 3, Directory: lab.Samba})
	s.checkWhole(t, "Samba", "4 (2008 R2)")
	s.checkEachRight(t, func(r directory.Right, printed string) { s.sambaTool(t, printed) })
}

// checkWhole runs the whole check on a directory where nothing lacks.
func (s *theirs) checkWhole(t *testing.T, product, level string) {
	t.Helper()
	r := call(t, s.env, "check-directory", "--directory-config", s.file, "--yes")
	if r.status != 0 {
		t.Fatalf("status %d, want 0:\n%s\n%s", r.status, r.err, r.out)
	}
	for _, want := range []string{
		"product            " + product, "domain             corp.example.com", "functional level   domain " + level, s.unit, "lacks no right",
		"Reset Password     granted          accepted                                 ok",
		"0 otherwise", "find by every key", "Not asked, because only one unit may be written",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("the report does not say %q:\n%s", want, r.out)
		}
	}
	fits(t, r.out)
	for _, secret := range []string{theirPassword, "Start-Password-01", "Second-Password-02"} {
		if strings.Contains(r.out+r.err, secret) {
			t.Errorf("the password %s is printed:\n%s%s", secret, r.err, r.out)
		}
	}
	if left := s.trees(t); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// fits holds every line against the width of a ticket. Only a word that cannot
// be broken may be longer.
func fits(t *testing.T, text string) {
	t.Helper()
	for _, line := range strings.Split(text, "\n") {
		if len([]rune(line)) > 100 && len(strings.Fields(line)) > 1 && !strings.Contains(line, "--sddl=") {
			t.Errorf("a line of %d columns: %s", len([]rune(line)), line)
		}
	}
}

// checkEachRight takes each right away from the connector account and gives it
// back; grant may do so by the report's own words.
func (s *theirs) checkEachRight(t *testing.T, grant func(r directory.Right, printed string)) {
	t.Helper()
	for _, right := range writeback() {
		t.Run(right.String(), func(t *testing.T) {
			if err := s.admin.Revoke(t.Context(), s.connector.DN, s.unit, right); err != nil {
				t.Fatal(err)
			}
			r := call(t, s.env, "check-directory", "--directory-config", s.file, "--yes", "--rights-only")
			if r.status != 1 {
				t.Fatalf("status %d, want 1:\n%s\n%s", r.status, r.err, r.out)
			}
			if n := strings.Count(r.out, "LACKING"); n != 1 || !regexp.MustCompile(`(?m)^  `+right.String()+` +missing .* LACKING$`).MatchString(r.out) {
				t.Errorf("%d rights are lacking, want %s alone:\n%s", n, right, r.out)
			}
			for _, want := range []string{"The connector account lacks " + right.String() + ".", "for people:", "agent's log:",
				"dsacls", "connector@corp.example.com:", "samba-tool dsacl set", s.connector.SID + ")", "Set-ADSyncPasswordWritebackPermissions"} {
				if !strings.Contains(r.out, want) {
					t.Errorf("the report does not say %q:\n%s", want, r.out)
				}
			}
			fits(t, r.out)
			grant(right, r.out)
			if lacks := s.lacks(t); len(lacks) > 0 {
				s.delegate(t, right)
			}
			if r := call(t, s.env, "check-directory", "--directory-config", s.file, "--yes", "--rights-only"); r.status != 0 {
				t.Errorf("status %d after it was granted, want 0:\n%s\n%s", r.status, r.err, r.out)
			}
		})
	}
}

// lacks are the rights that the connector account lacks on an account below the
// unit, by the access lists.
func (s *theirs) lacks(t *testing.T) []directory.Right {
	t.Helper()
	a, err := s.admin.CreateAccount(t.Context(), directory.NewAccount{Parent: s.unit, Name: "probe", SAM: "probe", Password: theirPassword})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.admin.Delete(t.Context(), a.DN); err != nil {
			t.Error(err)
		}
	}()
	lacks, err := s.admin.Rights(t.Context(), s.connector.DN, a.DN)
	if err != nil {
		t.Fatal(err)
	}
	return lacks
}

// sambaTool runs the command for samba-tool that a report prints, on the
// controller, and sees that it grants the right.
func (s *theirs) sambaTool(t *testing.T, printed string) {
	t.Helper()
	_, command, found := strings.Cut(printed, "samba-tool dsacl set")
	command, _, ended := strings.Cut(command, "\n\n")
	if !found || !ended {
		t.Fatalf("no command for samba-tool in:\n%s", printed)
	}
	u, err := url.Parse(s.address)
	if err != nil {
		t.Fatal(err)
	}
	script := "samba-tool dsacl set " + command + " --configfile=" + supervise.StateFolder + "/smb.conf -H " + supervise.StateFolder + "/sam.ldb"
	id, err := exec.CommandContext(t.Context(), "docker", "ps", "-q", "--filter", "publish="+u.Port()).Output()
	if err != nil || strings.TrimSpace(string(id)) == "" {
		t.Fatalf("find the container at port %s: %q, %v", u.Port(), id, err)
	}
	out, err := exec.CommandContext(t.Context(), "docker", "exec", "-u", "0", strings.TrimSpace(string(id)), "sh", "-c", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	if lacks := s.lacks(t); len(lacks) > 0 {
		t.Errorf("after %s the account still lacks %v:\n%s", script, lacks, out)
	}
}

func TestCheckDirectoryRefuses(t *testing.T) {
	t.Parallel()
	s := newTheirs(t, lab.Config{Seed: 3})
	text, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	another := func(name, old, new string) string {
		changed := strings.Replace(string(text), old, new, 1)
		if changed == string(text) {
			t.Fatalf("%q is not in the file", old)
		}
		file := strings.TrimSuffix(s.file, "own.yaml") + name + ".yaml"
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for name, c := range map[string]struct {
		args   []string
		env    []string
		status int
		says   string
	}{
		"no file":           {[]string{"--yes"}, s.env, 2, "--directory-config is missing"},
		"no unit":           {[]string{"--yes", "--directory-config", another("no-unit", "unit:", "units:")}, s.env, 2, `unknown key "units"`},
		"no variable":       {[]string{"--yes", "--directory-config", s.file}, nil, 2, "the variable THEIR_PASSWORD is not set"},
		"nobody to ask":     {[]string{"--directory-config", s.file}, s.env, 2, "--yes agrees"},
		"wrong password":    {[]string{"--yes", "--directory-config", s.file}, []string{"THEIR_PASSWORD=Wrong-Password-9"}, 2, "wrong password"},
		"no such unit":      {[]string{"--yes", "--directory-config", another("elsewhere", "OU=For the lab", "OU=Nowhere")}, s.env, 2, "no such object"},
		"nobody there":      {[]string{"--yes", "--directory-config", another("away", s.address, "ldaps://127.0.0.1:1")}, s.env, 3, "unreachable"},
		"set-up too weak":   {[]string{"--yes", "--directory-config", another("weak", "set-up@", "connector@")}, s.env, 1, "no right"},
		"unknown authority": {[]string{"--yes", "--directory-config", another("authority", "ca: ca.pem\n", "")}, s.env, 3, "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			r := call(t, c.env, append([]string{"check-directory"}, c.args...)...)
			if r.status != c.status || !strings.Contains(r.err, c.says) {
				t.Errorf("status %d, want %d with %q:\n%s%s", r.status, c.status, c.says, r.err, r.out)
			}
			if strings.Contains(r.err+r.out, theirPassword) || strings.Contains(r.err+r.out, "Wrong-Password-9") {
				t.Errorf("a password is printed:\n%s%s", r.err, r.out)
			}
		})
	}
	if left := s.trees(t); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
