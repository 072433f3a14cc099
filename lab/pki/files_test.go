package pki

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOpenAuthority starts two processes one after the other: the second finds
// the authority of the first.
func TestOpenAuthority(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "authority")
	first, err := OpenAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := OpenAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	if first.KeyPin() != second.KeyPin() {
		t.Error("the second process made an authority of its own")
	}
	if info, err := os.Stat(filepath.Join(dir, keyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file is %v, %v", info.Mode(), err)
	}
	cert, key, err := second.IssuePEM("mail.lab.test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tls.X509KeyPair(cert, key); err != nil {
		t.Error(err)
	}
}

func TestOpenAuthorityThatIsBroken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{certificateFile, keyFile} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("no PEM"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := OpenAuthority(dir); err == nil || !strings.Contains(err.Error(), "remove ca.pem") {
		t.Errorf("error %v", err)
	}
}
