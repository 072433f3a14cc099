package pki

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"testing"
)

func TestAClientThatTrustsTheRootAcceptsTheServer(t *testing.T) {
	ca, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	config, err := ca.ServerConfig("login.lab.test", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"login.lab.test", "127.0.0.1"} {
		if err := handshake(config, &tls.Config{RootCAs: ca.Pool(), ServerName: name}); err != nil {
			t.Errorf("handshake for %s: %v", name, err)
		}
	}
	if err := handshake(config, &tls.Config{RootCAs: ca.Pool(), ServerName: "graph.lab.test"}); err == nil {
		t.Error("handshake for a name that the certificate does not carry")
	}
	if err := handshake(config, &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "127.0.0.1"}); err == nil {
		t.Error("handshake without trust in the root")
	}
}

func TestTheSameNamesGetTheSameCertificate(t *testing.T) {
	ca, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	issued := func(names ...string) string {
		config, err := ca.ServerConfig(names...)
		if err != nil {
			t.Fatal(err)
		}
		return string(config.Certificates[0].Certificate[0])
	}
	if first := issued("a.lab.test", "b.lab.test"); first != issued("a.lab.test", "b.lab.test") {
		t.Error("another certificate for the same names")
	}
	if issued("a.lab.test") == issued("b.lab.test") {
		t.Error("one certificate for different names")
	}
}

func handshake(server, client *tls.Config) error {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	go func() { io.Copy(io.Discard, tls.Server(a, server)) }()
	return tls.Client(b, client).Handshake()
}
