package container_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/enginetest"
)

// serving is a container that answers at port 8080.
func serving(reference string) container.Spec {
	return container.Spec{Name: "part", Image: reference, Command: []string{"serve", "8080"}, Ports: []container.Port{{Number: 8080}}}
}

func TestContainerIsAsItsSpecSays(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	s := serving(build(t, e, tiny()))
	s.Env = map[string]string{"GREETING": "good day"}
	s.User = "1000:1000"
	s.Hosts = map[string]string{"elsewhere.test": "192.0.2.1"}
	s.Labels = map[string]string{"who": "somebody"}
	s.OpenFiles = 1024
	s.Files = []container.File{
		{Path: "/etc/lab/ca.pem", Content: []byte("certificate")},
		{Path: "/etc/lab/key.pem", Content: []byte("key"), Mode: 0o600, UID: 1000, GID: 1000},
		{Path: "/etc/lab/secret", Content: []byte("not for 1000"), Mode: 0o600},
	}
	c := start(t, g, s)
	for path, want := range map[string]string{
		"/about":                 "part 1000 good day",
		"/files/etc/lab/ca.pem":  "644 certificate <nil>",
		"/files/etc/lab/key.pem": "600 key <nil>",
		"/files/etc/lab/secret":  "600  open /etc/lab/secret: permission denied",
	} {
		if _, got := get(t, c, path); got != want {
			t.Errorf("%s answers %q, want %q", path, got, want)
		}
	}
	if _, hosts := get(t, c, "/files/etc/hosts"); !strings.Contains(hosts, "192.0.2.1\telsewhere.test") {
		t.Errorf("the names it knows are %s", hosts)
	}
	if _, limits := get(t, c, "/files/proc/self/limits"); !strings.Contains(limits, "Max open files            1024 ") {
		t.Errorf("its limits are %s", limits)
	}
	if log, err := c.Log(t.Context()); err != nil || log != "serving\n" {
		t.Errorf("its log is %q, %v", log, err)
	}
	if labels := docker(t, "ps", "--filter", "label=io.github.ssprlab.lab="+g.ID(), "--format", "{{.Labels}}"); !strings.Contains(labels, "io.github.ssprlab.owner=") || !strings.Contains(labels, "who=somebody") {
		t.Errorf("its labels are %s", labels)
	}
}

// TestAttached proves that an attached container's streams are the program's,
// that the engine keeps nothing of them, and that its death still has words.
func TestAttached(t *testing.T) {
	e := enginetest.Open(t)
	c := start(t, group(t, e), container.Spec{Name: "part", Image: build(t, e, tiny()), Command: []string{"echo", "the end"}, Attach: true})
	output, input := c.Attached()
	defer output.Close()
	if _, err := io.WriteString(input, "secret\x00\xff"); err != nil {
		t.Fatal(err)
	}
	if err := input.Close(); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(output); err != nil || string(text) != "secret\x00\xff" {
		t.Errorf("it printed %q, %v", text, err)
	}
	says(t, died(t, c), "part died with exit status 3", "the end of its log:\n  the end")
	if status := c.ExitStatus(); status != 3 {
		t.Errorf("its exit status is %d, want 3", status)
	}
	if log, err := c.Log(t.Context()); err == nil {
		t.Errorf("the engine keeps %q", log)
	}
}

// TestClosedGroupLetsGoOfStreams proves that what nobody has read of a
// container goes with its group, and with it what waits to hand it over.
func TestClosedGroupLetsGoOfStreams(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	output, input := start(t, g, container.Spec{Name: "part", Image: build(t, e, tiny()), Command: []string{"echo"}, Attach: true}).Attached()
	defer output.Close()
	if _, err := io.WriteString(input, "some more"); err != nil {
		t.Fatal(err)
	}
	if _, err := output.Read(make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := output.Read(make([]byte, 4)); n != 0 || err == nil {
		t.Errorf("after Close there are %d bytes, %v", n, err)
	}
}

// TestSilent proves that nothing is kept of what a silent container prints.
func TestSilent(t *testing.T) {
	e := enginetest.Open(t)
	c := start(t, group(t, e), container.Spec{Name: "part", Image: build(t, e, tiny()), Command: []string{"say", "secret"}, Silent: true})
	err := died(t, c)
	says(t, err, "part died with exit status 3; what it printed is not kept")
	if log, logged := c.Log(t.Context()); logged == nil || strings.Contains(err.Error()+log, "secret") {
		t.Errorf("the engine keeps %q, and the error is %v", log, err)
	}
}

// TestPortsAreOnLoopback proves that a free and a chosen port are published on
// 127.0.0.1 and nowhere else, and that nothing else is.
func TestPortsAreOnLoopback(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	s := serving(build(t, e, tiny()))
	s.Command = []string{"serve", "8080", "8081", "8082"}
	s.Ports = []container.Port{{Number: 8080}, {Number: 8081, Host: freePort(t)}}
	c := start(t, g, s)
	for _, p := range s.Ports {
		host, port, err := net.SplitHostPort(c.Addr(p.Number))
		if err != nil || host != "127.0.0.1" || port == "0" || p.Host != 0 && port != strconv.Itoa(p.Host) {
			t.Errorf("port %d is at %s (%v), want port %d of 127.0.0.1", p.Number, c.Addr(p.Number), err, p.Host)
		}
	}
	if at := c.Addr(8082); at != "" {
		t.Errorf("port 8082 is published at %s", at)
	}
	if all := docker(t, "ps", "--filter", "label=io.github.ssprlab.lab="+g.ID(), "--format", "{{.Ports}}"); strings.Contains(all, "0.0.0.0") || strings.Contains(all, "::") {
		t.Errorf("the ports are %s", all)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

// TestStartWaitsForPorts proves that Start returns when the port is listened
// on, and not before, and that it does not wait for one that is Later.
func TestStartWaitsForPorts(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	s := serving(build(t, e, tiny()))
	s.Command = []string{"late", "8080"}
	c := start(t, g, s)
	if status, _ := get(t, c, "/about"); status != http.StatusOK {
		t.Errorf("it answers %d", status)
	}
	s = serving(s.Image)
	s.Name, s.Ports = "later", append(s.Ports, container.Port{Number: 8081, Later: true})
	if c := start(t, g, s); c.Addr(8081) == "" {
		t.Error("a port that is Later is not published")
	}
}

func TestNobodyListens(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	s := serving(build(t, e, tiny()))
	s.Ports = append(s.Ports, container.Port{Number: 9})
	s.Timeout = 200 * time.Millisecond
	_, err := g.Start(t.Context(), s)
	says(t, err, "start the container part: nothing listens on its port 9: not within 200ms; the end of its log:\n  serving")
	if left := owned(t, g.ID()); left != "" {
		t.Errorf("the failed start left %s", left)
	}
}

func TestPortTaken(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	s := serving(build(t, e, tiny()))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	s.Ports[0].Host = ln.Addr().(*net.TCPAddr).Port
	want := "start the container part: port " + strconv.Itoa(s.Ports[0].Host) + " of 127.0.0.1 is taken. Choose another, or 0 for any free one"
	_, err = g.Start(t.Context(), s)
	says(t, err, want)

	s.Ports[0].Host = freePort(t) // taken by another container this time
	start(t, g, s)
	s.Name = "second"
	_, err = g.Start(t.Context(), s)
	says(t, err, "start the container second: port "+strconv.Itoa(s.Ports[0].Host)+" of 127.0.0.1 is taken.")
}

func TestContainerDiesAtStart(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	s := serving(build(t, e, tiny()))
	s.Command = []string{"say", "the configuration", "is wrong in line 7"}
	_, err := g.Start(t.Context(), s)
	says(t, err, "start the container part: part died with exit status 3; the end of its log:\n  the configuration\n  is wrong in line 7")
	if left := owned(t, g.ID()); left != "" {
		t.Errorf("the failed start left %s", left)
	}
}

func TestCommandThatIsNotThere(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	img := tiny()
	img.Context = dockerfile("FROM scratch\nCMD [\"/nothing\"]\n")
	_, err := g.Start(t.Context(), container.Spec{Name: "part", Image: build(t, e, img)})
	says(t, err, "start the container part: ", "/nothing")
}

func TestImageMissing(t *testing.T) {
	g := group(t, enginetest.Open(t))
	_, err := g.Start(t.Context(), serving("ssprlab/samba:0123456789abcdef"))
	says(t, err, "start the container part: the image ssprlab/samba:0123456789abcdef is not there. Build it: ssprlab images build")
}

func TestBadSpecs(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	reference := build(t, e, tiny())
	start(t, g, serving(reference))
	_, err := g.Start(t.Context(), serving(reference))
	says(t, err, "the group has a container of that name")
	_, err = g.Start(t.Context(), container.Spec{Image: reference})
	says(t, err, "it has no name")
	_, err = g.Start(t.Context(), container.Spec{Name: "files", Image: reference, Files: []container.File{{Path: "etc/../x"}}})
	says(t, err, `the path of the file "etc/../x" is not absolute and plain`)
}

// TestDeathIsTold proves that a container that ends by itself, or is killed,
// is told of, and one that is stopped is not.
func TestDeathIsTold(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	s := serving(build(t, e, tiny()))
	c := start(t, g, s)
	res, err := http.Get("http://" + c.Addr(8080) + "/exit?status=4")
	if err == nil {
		res.Body.Close()
	}
	says(t, died(t, c), "part died with exit status 4; the end of its log:\n  serving\n  told to exit")
	if err := c.Stop(t.Context()); err != nil {
		t.Error(err)
	}

	c = start(t, g, s) // the name is free again
	if err := c.Kill(t.Context()); err != nil {
		t.Error(err)
	}
	says(t, died(t, c), "part died with exit status 137")

	s.Name = "stopped"
	c = start(t, g, s)
	for range 2 {
		if err := c.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	select {
	case err := <-c.Died():
		t.Errorf("a stopped container is told of: %v", err)
	default:
	}
}

// TestStopRemovesAnonymousVolumes proves that a stop is quick and leaves no
// volume.
func TestStopRemovesAnonymousVolumes(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	c := start(t, g, serving(build(t, e, tiny())))
	volume := strings.TrimSpace(docker(t, "inspect", "ssprlab-"+g.ID()+"-part", "--format", "{{range .Mounts}}{{.Name}}{{end}}"))
	if volume == "" {
		t.Fatal("the container has no volume")
	}
	before := time.Now()
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(before); took > 5*time.Second {
		t.Errorf("the stop took %s", took)
	}
	if all := docker(t, "volume", "ls", "--quiet"); strings.Contains(all, volume) {
		t.Errorf("the volume %s is still there", volume)
	}
}

// TestStartIsGivenUp proves that a start whose context ends comes back with
// that reason and leaves nothing, whenever it is.
func TestStartIsGivenUp(t *testing.T) {
	e := enginetest.Open(t)
	s := serving(build(t, e, tiny()))
	s.Ports = append(s.Ports, container.Port{Number: 9}) // on which nobody listens
	for _, after := range []time.Duration{0, 50 * time.Millisecond, 150 * time.Millisecond, 400 * time.Millisecond, time.Second} {
		g := group(t, e)
		ctx, cancel := context.WithTimeout(t.Context(), after)
		defer cancel()
		n, err := g.Network(ctx, "corp")
		if err == nil {
			s.Networks = []container.Attachment{{Network: n}}
			_, err = g.Start(ctx, s)
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up after %s: %v", after, err)
		}
		if err := g.Close(); err != nil {
			t.Error(err)
		}
		if left := owned(t, g.ID()); left != "" {
			t.Errorf("given up after %s, it left %s", after, left)
		}
	}
}

func TestClosedGroupStartsNothing(t *testing.T) {
	e := enginetest.Open(t)
	reference := build(t, e, tiny())
	g := group(t, e)
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Network(t.Context(), "corp"); err == nil || !strings.Contains(err.Error(), "the group is closed") {
		t.Errorf("a network of a closed group: %v", err)
	}
	if _, err := g.Start(t.Context(), serving(reference)); err == nil || !strings.Contains(err.Error(), "the group is closed") {
		t.Errorf("a container of a closed group: %v", err)
	}
}

// TestCloseDuringStarts proves that Close finds what is being made meanwhile.
func TestCloseDuringStarts(t *testing.T) {
	e := enginetest.Open(t)
	s := serving(build(t, e, tiny()))
	g := group(t, e)
	done := make(chan error)
	for i := range 4 {
		go func() {
			s := s
			s.Name += strconv.Itoa(i)
			_, err := g.Start(context.Background(), s)
			done <- err
		}()
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	for range 4 {
		<-done // started before Close, or refused after it
	}
	if left := owned(t, g.ID()); left != "" {
		t.Errorf("it left %s", left)
	}
}
