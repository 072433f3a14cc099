package container_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/enginetest"
)

// dockerfile is the context of an image that is built from nothing else.
func dockerfile(text string) fs.FS {
	return fstest.MapFS{"Dockerfile": {Data: []byte(text)}}
}

// scratch is an image of a name, with one file.
func scratch(name, content string) container.Image {
	return container.Image{Name: name, Context: fstest.MapFS{
		"Dockerfile": {Data: []byte("FROM scratch\nCOPY file /file\nCMD [\"/file\"]\n")},
		"file":       {Data: []byte(content)},
	}}
}

// stages builds an image and returns what was done for it.
func stages(t *testing.T, e *container.Engine, img container.Image) (reference string, did []string) {
	t.Helper()
	reference, err := e.Build(t.Context(), img, func(p container.Progress) { did = append(did, p.Doing) })
	if err != nil {
		t.Fatal(err)
	}
	return reference, did
}

// forget removes the images of a name with the test.
func forget(t *testing.T, e *container.Engine, name string) {
	t.Helper()
	remove := func() {
		if _, err := e.RemoveImages(context.WithoutCancel(t.Context()), name); err != nil {
			t.Error(err)
		}
	}
	remove()
	t.Cleanup(remove)
}

func TestImageIsBuiltOnce(t *testing.T) {
	e := enginetest.Open(t)
	forget(t, e, "test-once")
	first, did := stages(t, e, scratch("test-once", "one"))
	if !strings.HasPrefix(first, "ssprlab/test-once:") || !strings.Contains(strings.Join(did, "\n"), "step 3 of 4: COPY file /file") {
		t.Errorf("%s was built by %q", first, did)
	}
	again, did := stages(t, e, scratch("test-once", "one"))
	if again != first || len(did) != 1 {
		t.Errorf("the same image is %s by %q, want %s and nothing done", again, did, first)
	}
	if other, _ := stages(t, e, scratch("test-once", "two")); other == first {
		t.Error("another content is the same image")
	}
}

// TestOldImagesAreRetired proves that of one name a few images stay, and that
// one that a container uses is among them.
func TestOldImagesAreRetired(t *testing.T) {
	e := enginetest.Open(t)
	forget(t, e, "test-old")
	var used string
	for i := range 8 {
		reference, _ := stages(t, e, scratch("test-old", fmt.Sprint(i)))
		if i == 0 {
			used = reference
			id := strings.TrimSpace(docker(t, "create", reference))
			t.Cleanup(func() { docker(t, "rm", id); forget(t, e, "test-old") })
		}
	}
	all := strings.Fields(docker(t, "images", "--format", "{{.Repository}}:{{.Tag}}", "ssprlab/test-old"))
	if len(all) != 5 && len(all) != 6 || !strings.Contains(strings.Join(all, " "), used) {
		t.Errorf("the images are %v, want the last 5 and %s", all, used)
	}
	if _, err := e.RemoveImages(t.Context(), "test-old"); err == nil || !strings.Contains(err.Error(), "remove the image "+used) {
		t.Errorf("an image in use is removed: %v", err)
	}
	if left := strings.Fields(docker(t, "images", "--format", "{{.Repository}}:{{.Tag}}", "ssprlab/test-old")); len(left) != 1 || left[0] != used {
		t.Errorf("what stays is %v, want %s", left, used)
	}
}

// TestOthersImagesStay proves that what people build upon an image of the
// lab's, and so inherits its label, is not taken for the lab's.
func TestOthersImagesStay(t *testing.T) {
	e := enginetest.Open(t)
	forget(t, e, "test-others")
	reference, _ := stages(t, e, scratch("test-others", "x"))
	build := exec.Command("docker", "build", "--quiet", "--tag", "somebody/test-others:1", "-")
	build.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	build.Stdin = strings.NewReader("FROM " + reference + "\nENV THEIRS=1\n")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Cleanup(func() { docker(t, "rmi", "somebody/test-others:1") })
	for _, b := range images(t, e) {
		if b.Reference == "somebody/test-others:1" {
			t.Error("another's image is listed")
		}
	}
	if _, err := e.RemoveImages(t.Context(), "test-others"); err != nil {
		t.Error(err)
	}
	if left := docker(t, "images", "--quiet", "somebody/test-others"); left == "" {
		t.Error("another's image is gone")
	}
}

func images(t *testing.T, e *container.Engine) []container.Built {
	t.Helper()
	list, err := e.Images(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestManyBuildAtOnce proves that of many who want an image one builds it.
func TestManyBuildAtOnce(t *testing.T) {
	e := enginetest.Open(t)
	forget(t, e, "test-many")
	var all sync.WaitGroup
	var mu sync.Mutex
	references, built := map[string]bool{}, 0
	for range 8 {
		all.Go(func() {
			reference, err := e.Build(t.Context(), scratch("test-many", "x"), func(p container.Progress) {
				mu.Lock()
				defer mu.Unlock()
				if strings.HasPrefix(p.Doing, "step 1 of") {
					built++
				}
			})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			references[reference] = true
		})
	}
	all.Wait()
	if len(references) != 1 || built != 1 {
		t.Errorf("they got %v and built %d times, want one image built once", references, built)
	}
}

func TestFailingBuild(t *testing.T) {
	e := enginetest.Open(t)
	img := tiny()
	img.Name = "test-failing"
	forget(t, e, img.Name)
	text := "FROM scratch\nCOPY part /part\nRUN [\"/part\", \"say\", \"no such package\", \"that is all\"]\n"
	img.Context.(fstest.MapFS)["Dockerfile"] = &fstest.MapFile{Data: []byte(text)}
	_, err := e.Build(t.Context(), img, nil)
	says(t, err, `build the image test-failing: the step "RUN [\"/part\", \"say\", \"no such package\", \"that is all\"]" failed: `, "returned a non-zero code: 3", ". It said:\n  no such package\n  that is all")
	leftovers(t, e, img.Name)
}

func TestBaseMissing(t *testing.T) {
	e := enginetest.Open(t)
	_, err := e.Build(t.Context(), container.Image{Name: "test-base", Context: dockerfile("FROM registry.invalid/none:1\n")}, nil)
	says(t, err, "build the image test-base: pull registry.invalid/none:1, which it is built on: ")
	_, err = e.Build(t.Context(), container.Image{Name: "test-base", Context: fstest.MapFS{}}, nil)
	says(t, err, "build the image test-base: image test-base: open Dockerfile: file does not exist")
}

func TestNamed(t *testing.T) {
	for _, name := range []string{container.Parts, container.Chrome, container.Samba, container.OpenLDAP} {
		if img, err := container.Named(name); err != nil || img.Name != name {
			t.Errorf("%s is %q, %v", name, img.Name, err)
		}
	}
	_, err := container.Named("windows")
	says(t, err, `there is no image "windows": expected one of chrome, openldap, parts, samba`)
}

// leftovers waits until Sweep has left no container and no layer of builds of a
// name that have no image: the engine is still busy for a moment with a build
// that was given up.
func leftovers(t *testing.T, e *container.Engine, name string) {
	t.Helper()
	label := "label=io.github.ssprlab.image=" + name
	eventually(t, "no layer and no container of "+name, func() bool {
		sweep(t, e)
		return docker(t, "images", "--all", "--quiet", "--filter", label)+docker(t, "ps", "--all", "--quiet", "--filter", label) == ""
	})
}

// TestBuildGivenUp proves that a build ends with its context.
func TestBuildGivenUp(t *testing.T) {
	e := enginetest.Open(t)
	img := endless("test-given-up")
	forget(t, e, img.Name)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := e.Build(ctx, img, func(p container.Progress) {
		if strings.Contains(p.Doing, "RUN") {
			cancel()
		}
	})
	says(t, err, "build the image test-given-up: ", "canceled")
	leftovers(t, e, img.Name)
}

// endless is an image whose build does not end.
func endless(name string) container.Image {
	img := tiny()
	img.Name = name
	text := "FROM scratch\nCOPY part /part\nRUN [\"/part\", \"serve\", \"8080\"]\n"
	img.Context.(fstest.MapFS)["Dockerfile"] = &fstest.MapFile{Data: []byte(text)}
	return img
}

// runs lists the containers that a build runs in.
func runs(t *testing.T, name string) string {
	t.Helper()
	return docker(t, "ps", "--all", "--quiet", "--filter", "label=io.github.ssprlab.image="+name)
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited 20 seconds for %s", what)
		}
	}
}

// TestKilledBuildLeavesNothing proves that after a kill in the middle of a
// build nobody waits for a lock, and Sweep finds all layers.
func TestKilledBuildLeavesNothing(t *testing.T) {
	e := enginetest.Open(t)
	const name = "test-killed"
	forget(t, e, name)
	_, kill := helper(t, "build "+name)
	eventually(t, "a step of the build", func() bool { return runs(t, name) != "" })
	kill()
	eventually(t, "the end of the step", func() bool { return runs(t, name) == "" })
	if left := docker(t, "images", "--quiet", "--filter", "label=io.github.ssprlab.image="+name); left == "" {
		t.Error("the build left no layer, so this test proves nothing")
	}
	leftovers(t, e, name)
	if reference, _ := stages(t, e, scratch(name, "x")); reference == "" {
		t.Error("nothing can be built afterwards")
	}
}

// TestPartsImage proves that the image of the parts holds the static command.
func TestPartsImage(t *testing.T) {
	e := enginetest.Open(t)
	img, err := container.Named(container.Parts)
	if err != nil {
		t.Fatal(err)
	}
	reference := build(t, e, img)
	if help := docker(t, "run", "--rm", reference, "--help"); !strings.Contains(help, "A test lab for self-service password reset") {
		t.Errorf("its command says %s", help)
	}
}

// TestChromeImage proves that the browser answers on the container's streams,
// and ends with its input.
func TestChromeImage(t *testing.T) {
	e := enginetest.Open(t)
	img, err := container.Named(container.Chrome)
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, group(t, e), container.Spec{Name: "chrome", Image: build(t, e, img), Command: []string{"--headless"}, Attach: true})
	output, input := c.Attached()
	defer output.Close()
	if _, err := io.WriteString(input, `{"id":1,"method":"Browser.getVersion"}`+"\x00"); err != nil {
		t.Fatal(err)
	}
	if text, err := bufio.NewReader(output).ReadString(0); err != nil || !strings.Contains(text, `"product":"HeadlessChrome/`) {
		t.Fatalf("it answers %q, %v", text, err)
	}
	if err := input.Close(); err != nil {
		t.Fatal(err)
	}
	if err := died(t, c); c.ExitStatus() != 0 {
		t.Errorf("without its pipe it ended so: %v", err)
	}
}
