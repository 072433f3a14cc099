package house_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/e2e/house/source"
)

// loopbackWhy is why a listener may not be anywhere else.
const loopbackWhy = "every listener is on loopback (rule 8): a test lab hands out passwords. Write the host as \"127.0.0.1\" in the call"

// listensAsTold are the files that listen where they are told to, and why.
var listensAsTold = map[string]string{
	"lab/part/listen.go":     "a part in a container is reached over the container's network; by hand the default is loopback",
	"lab/supervise/serve.go": "a directory in a container is reached over the container's network",
}

// TestListenersAreOnLoopback proves rule 8 in the source, tests included: who
// listens names the loopback address in the very call.
func TestListenersAreOnLoopback(t *testing.T) {
	for _, f := range tree(t).Files {
		if listensAsTold[f.Path] != "" {
			continue
		}
		for _, bad := range listeners(f) {
			t.Errorf("%s. Forbidden: %s", bad, loopbackWhy)
		}
	}
}

// listeners describes the places of a file that listen where they should not.
func listeners(f *source.File) (bad []string) {
	opens := map[ast.Expr]bool{} // functions of net that open a listener
	for _, path := range []string{"net", "crypto/tls"} {
		for _, u := range f.Uses(path) {
			switch u.Name {
			case "Listen", "ListenPacket":
				opens[u.Node] = true
			case "ListenTCP", "ListenUDP", "ListenIP", "ListenMulticastUDP", "ListenUnix", "ListenUnixgram", "ListenConfig", ".":
				bad = append(bad, at(f, u.Line)+" uses "+path+"."+u.Name)
			}
		}
	}
	f.Calls(func(c *ast.CallExpr) {
		if opens[c.Fun] {
			if delete(opens, c.Fun); !onLoopback(f, c) {
				bad = append(bad, at(f, f.Line(c.Pos()))+" listens on an address that is not plainly loopback")
			}
		}
		if s, ok := c.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(s.Sel.Name, "ListenAndServe") {
			bad = append(bad, at(f, f.Line(c.Pos()))+" calls "+s.Sel.Name+", which listens on all addresses by default")
		}
	})
	for function := range opens {
		bad = append(bad, at(f, f.Line(function.Pos()))+" passes on the function that listens")
	}
	return bad
}

// onLoopback reports whether a call to Listen names a loopback address: as a
// literal, or joined from a literal host.
func onLoopback(f *source.File, c *ast.CallExpr) bool {
	if len(c.Args) < 2 {
		return false
	}
	if address, ok := literal(c.Args[1]); ok {
		return strings.HasPrefix(address, "127.0.0.1:") || strings.HasPrefix(address, "[::1]:")
	}
	join, ok := c.Args[1].(*ast.CallExpr)
	if !ok || len(join.Args) != 2 {
		return false
	}
	joins := slices.ContainsFunc(f.Uses("net"), func(u source.Use) bool { return u.Name == "JoinHostPort" && u.Node == join.Fun })
	host, ok := literal(join.Args[0])
	return joins && ok && (host == "127.0.0.1" || host == "::1")
}

// literal is the value of a string literal.
func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

// TestListenersAreSeen proves that the test above would see an offender.
func TestListenersAreSeen(t *testing.T) {
	const head = "package a\nimport (n \"net\"; \"net/http\")\nfunc f(x string) { "
	for text, seen := range map[string]bool{
		`n.Listen("tcp", "127.0.0.1:0")`:                  false,
		`n.Listen("tcp", "[::1]:0")`:                      false,
		`n.Listen("tcp", n.JoinHostPort("127.0.0.1", x))`: false,
		`n.Listen("tcp", ":0")`:                           true,
		`n.Listen("tcp", "0.0.0.0:80")`:                   true,
		`n.Listen("tcp", "127.0.0.100.example.com:80")`:   true,
		`n.Listen("tcp", x)`:                              true,
		`n.Listen("tcp", n.JoinHostPort(x, "0"))`:         true,
		`y := n.Listen; y("tcp", x)`:                      true,
		`n.ListenPacket("udp", ":53")`:                    true,
		`new(n.ListenConfig).Listen(nil, "tcp", x)`:       true,
		`http.ListenAndServe("127.0.0.1:0", nil)`:         true,
		`(&http.Server{}).ListenAndServeTLS("", "")`:      true,
		`n.ListenUDP("udp", nil)`:                         true,
	} {
		file, err := source.Parse("a.go", []byte(head+text+" }\n"))
		if err != nil {
			t.Fatal(err)
		}
		if bad := listeners(file); (len(bad) > 0) != seen {
			t.Errorf("%s: offences %v, want one: %v", text, bad, seen)
		}
	}
}
