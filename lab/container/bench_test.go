package container_test

import (
	"context"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ssprlab/ssprlab/lab/container"
)

// BenchmarkBuildFromNothing measures the build of all images on a machine that
// has nothing of them: neither the base, which is made from the Debian archive,
// nor layers. Compiled packages are there, as after the build of the command
// itself. It leaves the lab's own images alone.
func BenchmarkBuildFromNothing(b *testing.B) {
	e, err := container.Open(b.Context())
	if err != nil {
		b.Skip(err)
	}
	b.Cleanup(func() { e.Close() })
	const base = "ssprlab-test/base:2"
	for b.Loop() {
		b.Setenv("XDG_CACHE_HOME", b.TempDir())
		measure(b, "base", func() error { return e.MakeBase(b.Context(), base) })
		var names []string
		var images []container.Image
		for _, img := range container.All() {
			img = upon(b, img, base)
			images, names = append(images, img), append(names, img.Name)
		}
		b.Cleanup(func() {
			if _, err := e.RemoveImages(context.WithoutCancel(b.Context()), names...); err != nil {
				b.Error(err)
			}
			docker(b, "rmi", base)
		})
		took := map[string]time.Duration{}
		var mu sync.Mutex
		err := e.BuildAll(b.Context(), images, func(p container.Progress) {
			mu.Lock()
			defer mu.Unlock()
			took[p.Image] = p.Took
		})
		if err != nil {
			b.Fatal(err)
		}
		for name, d := range took {
			b.ReportMetric(d.Seconds(), "s-"+name)
		}
	}
}

func measure(b *testing.B, what string, f func() error) {
	b.Helper()
	before := time.Now()
	if err := f(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(before).Seconds(), "s-"+what)
}

// upon is an image under another name and upon another base.
func upon(b *testing.B, img container.Image, base string) container.Image {
	files := fstest.MapFS{}
	err := fs.WalkDir(img.Context, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(img.Context, path)
		if path == "Dockerfile" {
			text = []byte(strings.ReplaceAll(string(text), "debian:trixie-slim", base))
		}
		files[path] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return container.Image{Name: "bench-" + img.Name, Context: files}
}
