package pki

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The names of an authority's files in its folder.
const (
	certificateFile = "ca.pem"
	keyFile         = "ca-key.pem"
)

// OpenAuthority reads the authority that is kept in a folder, or makes one and
// keeps it there, so that processes started one by one trust each other. Who can
// read the folder can pretend to be any of them.
func OpenAuthority(dir string) (*Authority, error) {
	cert, err := tls.LoadX509KeyPair(filepath.Join(dir, certificateFile), filepath.Join(dir, keyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return keepAuthority(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("read the authority in %s: %w (remove %s and %s there to make a new one)", dir, err, certificateFile, keyFile)
	}
	key, ok := cert.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || !cert.Leaf.IsCA {
		return nil, fmt.Errorf("read the authority in %s: it is none that ssprlab has made", dir)
	}
	return &Authority{cert: cert.Leaf, key: key, issued: map[string]tls.Certificate{}}, nil
}

func keepAuthority(dir string) (*Authority, error) {
	a, err := NewAuthority()
	if err != nil {
		return nil, err
	}
	key, err := keyPEM(a.key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keep the authority: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, keyFile), key, 0o600); err != nil {
		return nil, fmt.Errorf("keep the authority: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, certificateFile), a.PEM(), 0o644); err != nil {
		return nil, fmt.Errorf("keep the authority: %w", err)
	}
	return a, nil
}

// IssuePEM signs a server certificate for names, as [Authority.Issue] does, and
// returns its chain and its key in PEM. The same names get the same one.
func (a *Authority) IssuePEM(names ...string) (cert, key []byte, err error) {
	config, err := a.ServerConfig(names...)
	if err != nil {
		return nil, nil, err
	}
	c := config.Certificates[0]
	for _, der := range c.Certificate {
		cert = append(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	key, err = keyPEM(c.PrivateKey)
	return cert, key, err
}

func keyPEM(key any) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write a key in PEM: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
