package container

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/moby/moby/client"
)

// fake is an engine that answers as it is told, by path without the version.
type fake map[string]string

func (f fake) start(t *testing.T) (address string) {
	t.Helper()
	version := regexp.MustCompile(`^/v1\.[0-9]+`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, known := f[version.ReplaceAllString(r.URL.Path, "")]
		w.Header().Set("API-Version", f["api"])
		switch {
		case !known:
			http.Error(w, `{"message":"no such thing"}`, http.StatusNotFound)
		case strings.HasPrefix(answer, "500 "):
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprintf(w, `{"message":%q}`, answer[4:])
		default:
			fmt.Fprint(w, answer)
		}
	}))
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "http://", "tcp://", 1)
}

// usable is a fake that the lab is content with.
func usable() fake {
	return fake{
		"api": "1.41", "/_ping": "OK",
		"/version": `{"Version":"20.10.24","ApiVersion":"1.41","Os":"linux","Arch":"amd64"}`,
		"/info":    `{"DockerRootDir":"/var/lib/docker","OperatingSystem":"Docker Desktop"}`,
	}
}

// says checks the whole message, with the changing parts replaced.
func says(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", want)
	}
	got := regexp.MustCompile(`tcp://127\.0\.0\.1:[0-9]+`).ReplaceAllString(err.Error(), "tcp://HERE")
	if got != want {
		t.Errorf("the error is\n%s\nwant\n%s", got, want)
	}
}

func TestEngineAbsent(t *testing.T) {
	t.Setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
	_, err := Open(t.Context())
	says(t, err, "the Docker engine at unix:///nowhere/docker.sock is absent. Install Docker ("+install()+"), or set DOCKER_HOST to where it listens")
	if u := (*Unusable)(nil); !errors.As(err, &u) || u.Mend == "" {
		t.Errorf("the error is %T, want an Unusable with what mends it", err)
	}
}

func TestEngineNotRunning(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "docker.sock")
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0) // bound, and never listening
	if err == nil {
		defer syscall.Close(fd)
		err = syscall.Bind(fd, &syscall.SockaddrUnix{Name: socket})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DOCKER_HOST", "unix://"+socket)
	_, err = Open(t.Context())
	says(t, err, "the Docker engine at unix://"+socket+" is not running. Start it: "+launch())
}

func TestEngineTooOld(t *testing.T) {
	for name, f := range map[string]fake{
		"by ping":    {"api": "1.20", "/_ping": "OK"},
		"by version": {"api": "", "/_ping": "OK", "/version": `{"Version":"1.8","ApiVersion":"1.20","Os":"linux","Arch":"amd64"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("DOCKER_HOST", f.start(t))
			_, err := Open(t.Context())
			says(t, err, "the Docker engine at tcp://HERE is too old: it speaks API 1.20, and the lab needs 1.41. Install Docker 20.10 or later")
		})
	}
}

func TestEngineOfOtherContainers(t *testing.T) {
	f := usable()
	f["/version"] = `{"Version":"29.0","ApiVersion":"1.50","Os":"windows","Arch":"amd64"}`
	t.Setenv("DOCKER_HOST", f.start(t))
	_, err := Open(t.Context())
	says(t, err, "the Docker engine at tcp://HERE runs containers of windows. Switch it to Linux containers")
}

func TestEngineElsewhere(t *testing.T) {
	for _, place := range []string{"tcp://docker.example.com:2375", "ssh://user@docker.example.com"} {
		t.Setenv("DOCKER_HOST", place)
		_, err := Open(t.Context())
		says(t, err, "the Docker engine at "+place+" is not on this machine. The lab publishes ports on the loopback address of the engine's machine, so use an engine on this one: unset DOCKER_HOST and DOCKER_CONTEXT, \"docker context use default\"")
	}
}

// TestEngineSilent proves that nobody waits for an engine that hangs.
func TestEngineSilent(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	t.Setenv("DOCKER_HOST", "tcp://"+ln.Addr().String())
	ctx, cancel := context.WithTimeout(t.Context(), pollInterval)
	defer cancel()
	_, err = Open(ctx)
	says(t, err, "the Docker engine at tcp://HERE did not answer within 10s. Restart it: "+launch())
}

func TestEngineRefusesThisUser(t *testing.T) {
	says(t, unreachable("unix:///var/run/docker.sock", fmt.Errorf("dial: %w", fs.ErrPermission)),
		`the Docker engine at unix:///var/run/docker.sock does not let this user in. Join its group (sudo usermod -aG docker "$USER") and sign in again`)
}

// TestEngineFull proves what is said when the engine's disk is full, in a build
// and elsewhere.
func TestEngineFull(t *testing.T) {
	const full = "write /var/lib/docker/tmp/x: no space left on device"
	f := usable()
	f["/build"] = `{"errorDetail":{"message":"` + full + `"},"error":"` + full + `"}`
	f["/networks/create"] = "500 " + full
	e, err := open(t.Context(), f.start(t))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	const what = `the Docker engine at tcp://HERE has no space left: %s` + full + `. Free some: "docker system df" shows what takes it, "docker system prune" removes what nothing uses, "ssprlab images remove" what the lab built`
	_, err = e.Build(t.Context(), Image{Name: "test", Context: fstest.MapFS{"Dockerfile": {Data: []byte("FROM scratch\n")}}}, nil)
	says(t, err, "build the image test: "+fmt.Sprintf(what, ""))
	_, err = e.NewGroup().Network(t.Context(), "corp")
	says(t, err, "make the network corp: "+fmt.Sprintf(what, "Error response from daemon: "))
}

func TestAlmostFullBeforehand(t *testing.T) {
	e := &Engine{host: "unix:///var/run/docker.sock", root: t.TempDir(), direct: true}
	if err := e.space(1); err != nil {
		t.Error(err)
	}
	err := e.space(1 << 60)
	if _, known := freeBytes(e.root); !known {
		t.Skip("on this system the lab does not look at the disk")
	}
	if err == nil || !strings.Contains(err.Error(), "has no space left: ") || !strings.Contains(err.Error(), "and the lab needs 1099511627776 MB") {
		t.Errorf("without space it says %v", err)
	}
}

// TestContainerThatCannotBeRemoved proves that the engine's reason is told, when
// it was not that another removes the container.
func TestContainerThatCannotBeRemoved(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodDelete:
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusConflict)
			fmt.Fprint(w, `{"message":"could not kill container"}`)
		case strings.HasSuffix(r.URL.Path, "/wait"):
			<-r.Context().Done()
		default:
			w.Header().Set("API-Version", "1.41")
		}
	}))
	defer server.Close()
	c, err := client.New(client.WithHost(strings.Replace(server.URL, "http://", "tcp://", 1)))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err = (&Engine{client: c}).removeContainer(ctx, "any")
	if err == nil || !strings.Contains(err.Error(), "could not kill container; it is still there: ") || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it says %v", err)
	}
}

// TestNoMoreNetworks proves that both ways in which engines say it are
// understood.
func TestNoMoreNetworks(t *testing.T) {
	for _, said := range []string{
		"could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network",
		"all predefined address pools have been fully subnetted",
	} {
		f := usable()
		f["/networks/create"] = "500 " + said
		e, err := open(t.Context(), f.start(t))
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		_, err = e.NewGroup().Network(t.Context(), "corp")
		says(t, err, "make the network corp: the Docker engine has addresses for no further network. "+
			`Run fewer labs at a time; "ssprlab clean" removes those of dead labs, "docker network prune" others that nothing uses: Error response from daemon: `+said)
	}
}

// TestWhichPortIsTaken proves that a port is told from one whose number begins
// with its.
func TestWhichPortIsTaken(t *testing.T) {
	s := Spec{Ports: []Port{{Host: 5000}, {Host: 50001}}}
	for _, said := range []string{
		"Bind for 127.0.0.1:50001 failed: port is already allocated",
		"failed to bind host port 127.0.0.1:50001/tcp: address already in use",
	} {
		taken := (*portTaken)(nil)
		if !errors.As(s.explain(errors.New(said)), &taken) || taken.port != 50001 {
			t.Errorf("%q is taken for %v", said, taken)
		}
	}
}

// TestWatchOfASilentEngine proves that nobody who starts a container waits for
// an engine that hangs.
func TestWatchOfASilentEngine(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	silent, err := client.New(client.WithHost("tcp://" + ln.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	c := &Container{id: "any", group: (&Engine{client: silent}).NewGroup(), died: make(chan error, 1), ended: make(chan struct{}), expected: make(chan struct{})}
	watching := make(chan struct{})
	go func() {
		c.watch()
		close(watching)
	}()
	select {
	case <-watching:
	case <-alarmed(openTimeout):
		t.Error("the watch waits for the engine")
	}
	ln.Close() // which resets the connection
	<-c.Ended()
}

// alarmed is closed after a while of real time.
func alarmed(d time.Duration) <-chan struct{} {
	c := make(chan struct{})
	alarm(d, func() { close(c) })
	return c
}

// TestHostNetworkOfAnotherMachine proves that nobody starts a container on a
// network that is not this machine's.
func TestHostNetworkOfAnotherMachine(t *testing.T) {
	e, err := open(t.Context(), usable().start(t))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	says(t, e.HostNetwork(), "the Docker engine at tcp://HERE cannot let a container use this machine's network: it is Docker Desktop's or a rootless one. "+
		"Run what needs that network on this machine itself, such as the browser with --browser host")
}

// TestWhereTheEngineIs proves the order in which it is looked for.
func TestWhereTheEngineIs(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("DOCKER_CONFIG", folder)
	t.Setenv("DOCKER_HOST", "")
	t.Setenv("DOCKER_CONTEXT", "")
	context := func(name, host string) {
		_, err := contextPlace(name)
		if u := (*Unusable)(nil); !errors.As(err, &u) {
			t.Errorf("a context that is not there: %v", err)
		}
		write(t, contextFile(name), `{"Name":"`+name+`","Endpoints":{"docker":{"Host":"`+host+`"}}}`)
	}
	context("desktop", "unix:///desktop.sock")
	context("other", "unix:///other.sock")
	is := func(want string) {
		t.Helper()
		got, err := places()
		if err != nil || len(got) == 0 || got[0] != want {
			t.Errorf("the engine is at %v (%v), want %s", got, err, want)
		}
	}
	write(t, filepath.Join(folder, "config.json"), `{"currentContext":"desktop"}`)
	is("unix:///desktop.sock")
	t.Setenv("DOCKER_CONTEXT", "other")
	is("unix:///other.sock")
	t.Setenv("DOCKER_HOST", "unix:///chosen.sock") // as for the docker command
	is("unix:///chosen.sock")
	t.Setenv("DOCKER_HOST", "")
	t.Setenv("DOCKER_CONTEXT", "default")
	is(client.DefaultDockerHost)
	t.Setenv("DOCKER_CONTEXT", "gone")
	_, err := places()
	says(t, err, `the Docker engine at context "gone" is not known: there is no such context. "docker context ls" shows those that there are, "docker context use default" chooses the engine of this machine`)
}

// TestUserWithoutHome proves that the docker command's settings are not looked
// for in the working folder.
func TestUserWithoutHome(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"HOME", "DOCKER_CONFIG"} {
		t.Setenv(name, "")
	}
	write(t, "config.json", `{"currentContext":"somebody's"}`)
	if name := currentContext(); name != "" {
		t.Errorf("the context is %q, of a file that is another program's", name)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestEnvironmentIsPutBack proves that what testcontainers-go is told is told
// to nobody else.
func TestEnvironmentIsPutBack(t *testing.T) {
	t.Setenv("DOCKER_HOST", "")
	os.Unsetenv("DOCKER_HOST")
	before := os.Environ()
	e, err := Open(t.Context())
	if err != nil {
		t.Skipf("without containers: %v", err)
	}
	defer e.Close()
	if after := os.Environ(); strings.Join(before, "\n") != strings.Join(after, "\n") {
		t.Errorf("the environment was\n%s\nand is\n%s", before, after)
	}
	if !settings().RyukDisabled && os.Getenv(ryukVariable) == "" {
		t.Error("testcontainers-go would start its reaper")
	}
}
