package web

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// Hosts tells where host names lead: a name, or a pattern "*.lab.test" for all
// below it, to an address of this machine, "127.0.0.1" or with a port of its
// own "127.0.0.1:8443". Names that end in localhost lead to 127.0.0.1 unless
// listed; any other name leads nowhere, so that no call leaves the machine.
// The zero value knows localhost alone.
type Hosts map[string]string

// Address returns where to dial for host and port. The exact name wins, then
// the longest pattern.
func (h Hosts) Address(host, port string) (string, error) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	to, known := h[host]
	for _, pattern := range h.Patterns() {
		if !known && strings.HasPrefix(pattern, "*.") && strings.HasSuffix(host, pattern[1:]) {
			to, known = h[pattern], true
		}
	}
	if ip, err := netip.ParseAddr(host); !known && err == nil && ip.IsLoopback() {
		to, known = host, true
	}
	if !known && (host == "localhost" || strings.HasSuffix(host, ".localhost")) {
		to, known = "127.0.0.1", true
	}
	if !known {
		return "", fmt.Errorf("the host %q is none of the lab's: add it to Hosts, or use a name below localhost", host)
	}
	if _, _, err := net.SplitHostPort(to); err == nil {
		return to, nil
	}
	return net.JoinHostPort(to, port), nil
}

// Patterns lists the names of h, the longest first and equal lengths in
// alphabetical order.
func (h Hosts) Patterns() []string {
	all := make([]string, 0, len(h))
	for p := range h {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return all
}
