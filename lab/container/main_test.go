package container_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ssprlab/ssprlab/lab/container"
)

// helperVariable makes this test binary a program that does something and waits
// to be killed.
const helperVariable = "SSPRLAB_TEST_HELPER"

func TestMain(m *testing.M) {
	if task := os.Getenv(helperVariable); task != "" {
		os.Exit(help(task))
	}
	os.Exit(withPart(func() int {
		defer removeImages()
		return m.Run()
	}))
}

// part is the program of testdata/part, built static. Helpers find it by a
// variable.
var part []byte

const partVariable = "SSPRLAB_TEST_PART"

func withPart(run func() int) int {
	dir, err := os.MkdirTemp("", "part-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "part")
	build := exec.Command("go", "build", "-trimpath", "-o", path, "./testdata/part")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n%s", build, err, out)
		return 1
	}
	os.Setenv(partVariable, path)
	if part, err = os.ReadFile(path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

// removeImages removes what tiny built.
func removeImages() {
	e, err := container.Open(context.Background())
	if err != nil {
		return // then there are none
	}
	defer e.Close()
	if _, err := e.RemoveImages(context.Background(), tiny().Name); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// tiny is an image of a few megabytes, with an anonymous volume.
func tiny() container.Image {
	return container.Image{Name: "test-tiny", Context: fstest.MapFS{
		"Dockerfile": {Data: []byte("FROM scratch\nVOLUME /data\nCOPY part /part\nENTRYPOINT [\"/part\"]\n")},
		"part":       {Data: part},
	}}
}

func build(t *testing.T, e *container.Engine, img container.Image) (reference string) {
	t.Helper()
	reference, err := e.Build(t.Context(), img, func(p container.Progress) { t.Logf("%+v", p) })
	if err != nil {
		t.Fatal(err)
	}
	return reference
}

// group makes a group that is closed with the test, and checks that the engine
// then has nothing of it.
func group(t *testing.T, e *container.Engine) *container.Group {
	t.Helper()
	g := e.NewGroup()
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
		if left := owned(t, g.ID()); left != "" {
			t.Errorf("the closed group left:\n%s", left)
		}
	})
	return g
}

// owned lists the containers and networks of a group, as the docker command
// sees them.
func owned(t *testing.T, id string) string {
	t.Helper()
	label := "label=io.github.ssprlab.lab=" + id
	return docker(t, "ps", "--all", "--quiet", "--filter", label) + docker(t, "network", "ls", "--quiet", "--filter", label)
}

// docker runs the docker command, the judge from outside.
func docker(t testing.TB, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// start starts a container, or ends the test.
func start(t *testing.T, g *container.Group, s container.Spec) *container.Container {
	t.Helper()
	c, err := g.Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// get asks a container over HTTP.
func get(t *testing.T, c *container.Container, path string) (status int, text string) {
	t.Helper()
	return fetch(t, "http://"+c.Addr(8080)+path)
}

func fetch(t *testing.T, url string) (status int, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// died waits for the error of a container's death.
func died(t *testing.T, c *container.Container) error {
	t.Helper()
	select {
	case err := <-c.Died():
		return err
	case <-time.After(10 * time.Second):
		t.Fatalf("%s did not die within 10 seconds", c.Name())
	}
	return nil
}

// says checks an error's words.
func says(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", texts)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error is\n%v\nwant %q in it", err, text)
		}
	}
	t.Logf("read aloud: %v", err)
}
